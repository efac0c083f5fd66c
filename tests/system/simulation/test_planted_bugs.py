"""The guard is guarded: each bug that is planted in the product is found by the simulation."""

from pathlib import Path

import pytest

from kktest.planted import PLANTED, Plant
from kktest.simulated_deeds import live_on
from kktest.simulated_model import Violation
from kktest.simulated_world import Habits
from kktest.simulation import simulate

LIVES = 12
"""How many lives may be needed to find a bug. Most are found in the first or second, all in a third of these."""


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    habits = Habits()
    plant(monkeypatch, habits)
    assert any(lives_badly(sqlite_template, tmp_path / str(seed), seed, habits) for seed in range(LIVES))


def lives_badly(template: Path, folder: Path, seed: int, habits: Habits) -> bool:
    try:
        simulate(template, folder, seed, live_on, actions=120, settle_every=20, habits=habits)
    except Violation:
        return True
    return False
