"""What the tests of the use cases share: a house with three people who have both services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kktest.house import House, employee, open_house


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    """A house with Anna, Bertil and Carolina, whose mailboxes are empty."""
    with open_house(sqlite_template, tmp_path, map(employee, ("anna", "bertil", "carolina"))) as opened:
        yield opened
