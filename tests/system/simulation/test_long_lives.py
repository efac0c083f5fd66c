"""Long lives of a small company: whatever happened, what is stored is what it should be, and no promise was broken."""

from pathlib import Path

import pytest

from kktest.simulated_deeds import live_on
from kktest.simulation import simulate


@pytest.mark.parametrize("seed", range(3))
def test_L_1_whatever_happens_what_is_stored_is_what_it_should_be(
    sqlite_template: Path, tmp_path: Path, seed: int
) -> None:
    simulate(sqlite_template, tmp_path, seed, live_on, actions=160)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 400))
def test_L_1_it_is_so_in_many_lives(sqlite_template: Path, tmp_path: Path, seed: int) -> None:
    simulate(sqlite_template, tmp_path, seed, live_on, actions=400)
