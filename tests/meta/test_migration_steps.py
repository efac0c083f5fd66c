"""The steps of the database: one chain, each file named by its number."""

import re

from kktest.checkout import ROOT

STEPS = ROOT / "src/kalenderkoppling/store/migrations/versions"
FILE = re.compile(r"(\d{4})_[a-z_]+\.py")
REVISION = re.compile(r'^(?:down_)?revision(?:: [^=]+)? = (?:"(\d{4})"|None)$', re.MULTILINE)


def test_the_steps_are_one_chain_in_the_order_of_their_files() -> None:
    found = [(match[1], file) for file in sorted(STEPS.iterdir()) if (match := FILE.fullmatch(file.name))]
    numbers = [number for number, _ in found]
    assert numbers == [f"{each:04}" for each in range(1, len(found) + 1)]
    for number, file in found:
        before = f"{int(number) - 1:04}" if number != "0001" else ""
        assert REVISION.findall(file.read_text(encoding="utf-8")) == [number, before], file.name
