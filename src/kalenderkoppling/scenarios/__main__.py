"""`python -m kalenderkoppling.scenarios FILES…`: runs scenario files and prints the differences."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kalenderkoppling.scenarios.form import Scenario
from kalenderkoppling.scenarios.node import RefusedError
from kalenderkoppling.scenarios.play import play
from kalenderkoppling.scenarios.read_scenario import name_of, read_scenario
from kalenderkoppling.scenarios.report import Played, closing_line
from kalenderkoppling.scenarios.yaml_file import read_yaml

_USAGE = "usage: python -m kalenderkoppling.scenarios FILES…"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str], show: Callable[[str], None] = _print) -> int:
    """Run files; return 0 when everything is as expected, 1 when anything differs or is refused, 2 without files."""
    if not arguments:
        show(_USAGE)
        return 2
    scenarios, refused = _read(arguments, show)
    passed = failed = 0
    for scenario in scenarios:
        played = _played(scenario)
        for line in played.lines():
            show(line)
        passed += not played.differences
        failed += bool(played.differences)
    show(closing_line(passed, failed, refused))
    return 1 if failed or refused else 0


def _read(files: Sequence[str], show: Callable[[str], None]) -> tuple[list[Scenario], int]:
    """Read every file before anything is run; unknown keys and values are refused by name."""
    scenarios: list[Scenario] = []
    refused = 0
    for file in files:
        try:
            nodes = read_yaml(Path(file))
        except RefusedError as error:
            show(f"{file}: refused: {error}")
            refused += 1
            continue
        for place, node in enumerate(nodes, start=1):
            try:
                scenarios.append(read_scenario(node))
            except RefusedError as error:
                show(f"{name_of(node, place)}: refused: {error}")
                refused += 1
    return scenarios, refused


def _played(scenario: Scenario) -> Played:
    try:
        return play(scenario)
    except Exception as error:  # noqa: BLE001 - one scenario that fails does not stop the others
        return Played(id=scenario.id, differences=[f"expected to be played to the end, got {error!r}"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
