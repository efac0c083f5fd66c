"""The steps of the database follow each other: two that were made side by side may not bear one number."""

import re

from kktest.checkout import PACKAGE

STEPS = sorted((PACKAGE / "store/migrations/versions").glob("[0-9]*.py"))
REVISION = re.compile(r'^revision = "(\d{4})"$', re.MULTILINE)
BEFORE = re.compile(r'^down_revision = (?:"(\d{4})"|None)$', re.MULTILINE)


def test_each_step_bears_the_number_of_its_file_and_follows_the_one_before() -> None:
    texts = [each.read_text(encoding="utf-8") for each in STEPS]
    numbers = [each.name[:4] for each in STEPS]
    assert len(numbers) > 4
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert [REVISION.findall(text) for text in texts] == [[number] for number in numbers]
    assert [BEFORE.findall(text) for text in texts] == [[before] for before in ("", *numbers[:-1])]
