"""Tests do not wait for the clock: the few that must are listed here, each with its reason.

A test waits for a condition (kktest/waiting.py), lives on virtual time (kktest/virtual_time.py), or has its
times judged by `make soak` (kktest/timed.py).
"""

import ast
from collections import Counter

from kktest.checkout import Module, modules

VIRTUAL = {
    "tests/adapters/telephony/kamailio/test_edge.py",
    "tests/kktest/dialog_exchange.py",
    "tests/kktest/phone.py",
    "tests/usecases/call_flow/test_ringing.py",
}
"""What sleeps here, or where `kktest.virtual_time` is imported, sleeps on virtual time."""

REAL = {
    "tests/kktest/waiting.py": (4, "the one place where tests wait"),
    "tests/kktest/ari.py": (1, "an Asterisk that takes its time to answer"),
    "tests/kktest/pretend.py": (1, "a listener that takes its time to answer"),
    "tests/usecases/calls/lines/test_follow_lines.py": (1, "a store that takes its time to write"),
    "tests/adapters/telephony/media/test_sound.py": (1, "a loop that is stalled, which is the point"),
    "tests/adapters/speech/test_espeak_engine.py": (2, "a sentence must be under way in a thread that tells nobody"),
}
"""Modules that sleep in real time: how often, and why."""

SHORT_BOUNDS = {
    "tests/kktest/speech_contract.py": (1, "seconds of sound, not of waiting"),
    "tests/usecases/announcements/test_rendering.py": (1, "seconds of sound, not of waiting"),
    "tests/usecases/call_flow/test_ringing.py": (2, "on virtual time"),
    "tests/adapters/telephony/linestate/test_dialog_events.py": (1, "on virtual time"),
}
"""Modules that compare with less than a second."""


def sleeps(module: Module) -> int:
    """Count the calls that let time pass; `sleep(0)` lets others have their turn and no time pass."""
    return sum(
        isinstance(node, ast.Call)
        and _name(node.func) == "sleep"
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
        for node in ast.walk(module.tree)
    )


def short_bounds(module: Module) -> int:
    """Count comparisons that demand less than a part of a second."""
    return sum(
        isinstance(operator, ast.Lt | ast.LtE) and isinstance(right, ast.Constant) and _is_part_of_a_second(right.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
        for compared in ast.walk(node)
        if isinstance(compared, ast.Compare)
        for operator, right in zip(compared.ops, compared.comparators, strict=True)
    )


def _is_part_of_a_second(value: object) -> bool:
    return isinstance(value, float) and 0 < value < 1


def _name(called: ast.expr) -> str:
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def test_what_sleeps_in_real_time_is_listed_with_its_reason() -> None:
    real = [each for each in modules("tests/") if each.path not in VIRTUAL and "kktest.virtual_time" not in each.text]
    found = Counter({module.path: sleeps(module) for module in real})
    assert +found == {path: count for path, (count, _) in REAL.items()}


def test_no_test_demands_that_something_takes_less_than_a_second() -> None:
    found = Counter({module.path: short_bounds(module) for module in modules("tests/")})
    assert +found == {path: count for path, (count, _) in SHORT_BOUNDS.items()}
