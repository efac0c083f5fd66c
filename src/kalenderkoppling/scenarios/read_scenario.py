"""Reads whole scenarios: every key and value is checked before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from kalenderkoppling.scenarios.form import Scenario, SeenEntry, SeenUser, Step
from kalenderkoppling.scenarios.node import Node, RefusedError, demand
from kalenderkoppling.scenarios.read_given import DEFAULT_ZONE, Context, read_given
from kalenderkoppling.scenarios.read_operation import read_operation

_KEYS = ("id", "title", "tags", "basis", "choices", "level", "given", "steps")
_KINDS = {"absence": "absence", "open": "open", "direct": "direct"}
_CALLS = {"ring": "ring", "ring_then_announce": "ring_then_announce", "announce": "announce"}
_COLOURS = {"green": "green", "orange": "orange", "red": "red"}
_FORMS = {"time": "time", "tomorrow": "tomorrow", "date_time": "date_time", "date": "date"}
_NOW = ("colour", "call", "reason", "back", "form", "governing")


def name_of(node: Node, place: int) -> str:
    """Return a scenario's id for the report, or its position in the file."""
    id_ = node.value.get("id") if isinstance(node.value, Mapping) else None
    return str(id_) if isinstance(id_, str | int) else f"scenario {place}"


def read_scenario(node: Node) -> Scenario:
    """Read one scenario.

    Raises:
        RefusedError: it has an unknown key, value or operation; the message names it.
    """
    fields = node.fields(*_KEYS)
    demand(fields, node, "id", "given", "steps")
    if "level" in fields:
        fields["level"].one_of({"core": "core", "extended": "extended"})
    if "basis" in fields:
        fields["basis"].one_of({"seed": "seed", "choice": "choice", "mixed": "mixed"})
    context = Context()
    given = read_given(fields["given"], _first_step(fields["steps"]), context)
    steps = [_step(each, context) for each in fields["steps"].list()]
    _must_be_in_order(given.now, steps, fields["steps"])
    return Scenario(
        id=fields["id"].text(),
        title=fields["title"].text() if "title" in fields else "",
        given=given,
        steps=steps,
        labels=frozenset(context.labels),
    )


def _first_step(steps: Node) -> datetime | None:
    for each in steps.list():
        at = each.items().get("at")
        return at.instant(DEFAULT_ZONE) if at else None
    return None


def _must_be_in_order(now: datetime, steps: list[Step], node: Node) -> None:
    for before, after in pairwise([now, *(each.at for each in steps)]):
        if after < before:
            raise RefusedError(f"{node.where}: {after.isoformat()} is before {before.isoformat()}")


def _step(node: Node, context: Context) -> Step:
    fields = node.fields("at", "do", "expect")
    demand(fields, node, "at")
    do = [read_operation(each, context) for each in _operations(fields["do"])] if "do" in fields else []
    expect = fields["expect"].fields("users", "absent_everywhere") if "expect" in fields else {}
    users = expect["users"].items() if "users" in expect else {}
    texts = expect["absent_everywhere"].list() if "absent_everywhere" in expect else []
    return Step(
        at=fields["at"].instant(context.zone),
        do=do,
        users={context.user(Node(where=each.where, value=name)): _seen(each, context) for name, each in users.items()},
        absent_everywhere=[each.text() for each in texts if each.text()],
    )


def _operations(node: Node) -> list[Node]:
    """Return a step's operations; a single one needs no list."""
    return [node] if isinstance(node.value, Mapping) else node.list()


def _seen(node: Node, context: Context) -> SeenUser:
    fields = node.fields("entries", "now", "governing")
    asked = fields["now"].fields(*_NOW) if "now" in fields else {}
    if "governing" in fields:
        asked = {**asked, "governing": fields["governing"]}
    return SeenUser(
        entries=[_entry(each, context) for each in fields["entries"].list()] if "entries" in fields else None,
        now={key: _now(key, each, context) for key, each in asked.items()},
    )


def _entry(node: Node, context: Context) -> SeenEntry:
    fields = node.fields("ref", "from", "to", "kind", "reason", "title")
    return SeenEntry(
        said=frozenset(fields),
        ref=fields["ref"].text() if "ref" in fields else "",
        start=fields["from"].instant(context.zone) if "from" in fields else None,
        end=fields["to"].instant(context.zone) if "to" in fields else None,
        kind=fields["kind"].one_of(_KINDS) if "kind" in fields else "",
        reason=fields["reason"].text().strip() if "reason" in fields else "",
        title=fields["title"].maybe(Node.text) if "title" in fields else None,
    )


def _now(key: str, node: Node, context: Context) -> object:
    if node.is_null:
        return None
    match key:
        case "colour":
            return node.one_of(_COLOURS)
        case "call":
            return node.one_of(_CALLS)
        case "form":
            return node.one_of(_FORMS)
        case "back":
            return node.instant(context.zone)
        case _:
            return node.text().strip()
