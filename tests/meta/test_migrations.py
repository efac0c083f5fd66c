"""Migrations are one chain: two changes that were made beside each other do not both follow the same step."""

import re

from kktest.checkout import ROOT

VERSIONS = ROOT / "src" / "kalenderkoppling" / "store" / "migrations" / "versions"
STEP = re.compile(r'^revision = "(\d+)"\ndown_revision = (?:"(\d+)"|None)$', re.MULTILINE)


def test_every_migration_has_its_own_number_and_follows_the_one_before() -> None:
    names = sorted(each.stem for each in VERSIONS.glob("0*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    for number, name in enumerate(names, start=1):
        step = STEP.search((VERSIONS / f"{name}.py").read_text(encoding="utf-8"))
        assert step is not None, name
        assert (int(step[1]), int(step[2] or 0)) == (number, number - 1), name
