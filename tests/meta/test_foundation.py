"""What is switched off in pyproject.toml has its reason there."""

import re
import tomllib
from typing import Any

from kktest.checkout import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def tool(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = tomllib.loads(PYPROJECT)["tool"][name]
    return settings


def test_every_ignored_lint_rule_has_its_reason() -> None:
    section = PYPROJECT.split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    ignored = [line for line in section.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert len(ignored) > 10
    assert [line for line in ignored if not re.search(r"# \w.{10,}", line)] == []


def test_warnings_are_errors_and_exceptions_are_named() -> None:
    first, *rest = tool("pytest")["ini_options"]["filterwarnings"]
    assert first == "error"
    assert [line for line in rest if not re.match(r"ignore:.+:", line)] == []
