"""Every scenario file beside this one, played against the whole system, one test per scenario."""

from pathlib import Path

import pytest

from kalenderkoppling.scenarios.form import Scenario
from kalenderkoppling.scenarios.play import play
from kalenderkoppling.scenarios.read_scenario import read_scenario
from kalenderkoppling.scenarios.yaml_file import read_yaml

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
SCENARIOS = [read_scenario(node) for file in FILES for node in read_yaml(file)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.id for each in SCENARIOS])
def test_the_scenario_is_seen_as_it_says(scenario: Scenario) -> None:
    assert play(scenario).lines() == []


def test_every_choice_has_a_scenario() -> None:
    chosen = {
        choice
        for file in FILES
        for node in read_yaml(file)
        for choice in (each.text() for each in node.items()["choices"].list())
    }
    assert {f"C-{number:02}" for number in range(28)} - chosen == set()


def test_no_two_scenarios_have_the_same_id() -> None:
    ids = [each.id for each in SCENARIOS]
    assert len(ids) == len(set(ids))
