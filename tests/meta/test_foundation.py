"""The files that the project stands on say what they must."""

import re
import tomllib
from typing import Any

import pytest

from kktest.checkout import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# Rules of those families that say where a sentence stands, not whether something is wrong.
MATTERS_OF_TASTE = ("TRY003",)


def tool(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads(PYPROJECT)["tool"][name]
    return settings


def test_every_ignored_lint_rule_has_its_reason() -> None:
    section = PYPROJECT.split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    ignored = [line for line in section.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert len(ignored) > 10
    assert [line for line in ignored if not re.search(r"# \w.{10,}", line)] == []


@pytest.mark.parametrize("family", ["DTZ", "ASYNC", "S", "BLE", "TRY", "ARG"])
def test_the_families_that_find_real_faults_stay_on_in_the_sources(family: str) -> None:
    ignored = tool("ruff")["lint"]["ignore"]
    assert tool("ruff")["lint"]["select"] == ["ALL"]
    found = [rule for rule in ignored if re.fullmatch(rf"{family}[0-9]*", rule)]
    assert [rule for rule in found if rule not in MATTERS_OF_TASTE] == []


def test_the_layers_are_exhaustive() -> None:
    layers = [c for c in tool("importlinter")["contracts"] if c["type"] == "layers"]
    partial = [contract["containers"] for contract in layers if not contract.get("exhaustive")]
    # Most use cases share one level; only those of calls have an order.
    assert partial == [["kalenderkoppling.usecases"]]


def test_types_are_strict_in_sources_and_tests() -> None:
    mypy = tool("mypy")
    assert mypy["strict"] is True
    assert {"src", "tests"} <= set(mypy["files"])


def test_warnings_are_errors_and_exceptions_are_named() -> None:
    first, *rest = tool("pytest")["ini_options"]["filterwarnings"]
    assert first == "error"
    assert [line for line in rest if not re.match(r"ignore:.+:", line)] == []


def test_every_branch_of_the_core_is_covered() -> None:
    assert tool("coverage")["run"]["branch"] is True
    assert tool("coverage")["report"]["fail_under"] == 100


def test_the_changelog_has_a_part_for_what_is_not_released() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize(
    "target", ["demo", "test", "check", "bench", "scenarios", "conformance", "soak", "lock", "help"]
)
def test_the_makefile_has_the_target(target: str) -> None:
    assert re.search(rf"^{target}:.*## \w", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
