"""Reads faults, each with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from kalenderkoppling.scenarios.node import Node, demand
from kalenderkoppling.scenarios.operations import Trouble
from kalenderkoppling.scenarios.read_given import Context

Said = int | bool | str | timedelta
Take = Callable[[Node, Context], Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    keys: Mapping[str, Take]
    wanted: tuple[str, ...] = ()


def _number(node: Node, _: Context) -> int:
    return node.number()


def _from_one(node: Node, _: Context) -> int:
    if (found := node.number()) < 1:
        raise node.refuse("it starts at 1")
    return found


def _duration(node: Node, _: Context) -> timedelta:
    found = node.duration()
    if found < timedelta(0):
        raise node.refuse("a time that passes is not negative")
    return found


def _shift(node: Node, _: Context) -> timedelta:
    return node.duration()


def _user(node: Node, context: Context) -> str:
    return context.user(node)


def _yes(node: Node, _: Context) -> bool:
    return node.flag()


def _both(node: Node, _: Context) -> str:
    return node.one_of({"both": "both"})


_KINDS = {
    "F-01-notification-duplicated": _Kind(keys={"copies": _from_one}),
    "F-02-notification-reordered": _Kind(keys={}),
    "F-03-notification-lost": _Kind(keys={"count": _number}),
    "F-04-delta-token-expired": _Kind(keys={}),
    "F-05-throttled": _Kind(keys={"for": _duration}, wanted=("for",)),
    "F-06-server-error": _Kind(keys={"times": _number}),
    "F-08-half-read-body": _Kind(keys={"page_size": _from_one, "on_page": _from_one, "times": _number}),
    "F-09-malformed-answer": _Kind(keys={"times": _number}),
    "F-12-clock-step": _Kind(keys={"by": _shift, "for": _duration}, wanted=("by", "for")),
    "F-14-mailbox-gone": _Kind(keys={"user": _user, "for": _duration}, wanted=("user", "for")),
    "F-17-webhook-forged": _Kind(keys={"count": _number}),
    "F-20-kill-9": _Kind(keys={"every_step": _yes}),
    "F-27-edit-races-sync": _Kind(keys={"orders": _both}),
}


def read_fault(node: Node, context: Context) -> Trouble:
    """Read a fault.

    Raises:
        RefusedError: its kind, or one of its keys or values, is unknown; the message names it.
    """
    name = node.items().get("kind", Node(where=node.where, value=None)).value
    if not isinstance(name, str) or name not in _KINDS:
        raise node.refuse(f"unknown fault {name!r}")
    kind = _KINDS[name]
    fields = Node(where=f"{node.where[:-1]} {name})", value=node.value).fields("op", "kind", *kind.keys)
    demand(fields, node, *kind.wanted)
    said = {key: take(fields[key], context) for key, take in kind.keys.items() if key in fields}
    return Trouble(number=name[:4], said=said)
