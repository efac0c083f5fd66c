"""The form of rules: what stands in its fields, and the layer that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import TypeVar

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import FieldProblem, InvalidValueError, RefusedError
from kalenderkoppling.rules.model import Layer, LayerKind, Rule, WorkingHours
from kalenderkoppling.rules.pins import Pin, rule_pin
from kalenderkoppling.surfaces.web.forms import Form

T = TypeVar("T")

INHERIT, YES, NO = "inherit", "yes", "no"
DAYS = range(7)
LONGEST_RING_SECONDS = 120

Fields = Mapping[str, str]
"""The fields of the form by name, as text."""


def fields_of(layer: Layer) -> dict[str, str]:
    """Return the fields as they are shown for a layer."""
    hours = layer.working_hours
    shown = {
        "show_subject": _choice(layer.show_subject),
        "addin": _choice(layer.addin_allowed),
        "ring_seconds": "" if layer.ring is None else str(int(layer.ring.total_seconds())),
        "working_hours": YES if hours else INHERIT,
        "hours_start": f"{hours.start:%H:%M}" if hours else "",
        "hours_end": f"{hours.end:%H:%M}" if hours else "",
    }
    for show_as in ShowAs:
        rule = layer.rules.get(show_as)
        shown[f"{show_as}.update"] = _choice(rule is not None) if show_as in layer.rules else INHERIT
        shown[f"{show_as}.reason"] = rule.reason if rule else ""
        shown[f"{show_as}.diversion"] = rule.diversion if rule else Diversion.NONE
    return shown | {f"day.{day}": "on" for day in DAYS if hours and day in hours.days}


def _choice(value: bool | None) -> str:  # noqa: FBT001 - the value of a setting
    if value is None:
        return INHERIT
    return YES if value else NO


def sent_fields(form: Form, stored: Layer, pins: frozenset[Pin]) -> dict[str, str]:
    """Return the fields as they were sent; those that are pinned are not sent and stand as they are stored."""
    shown = fields_of(stored)
    sent = {name: form.get(name) for name in (*fields_of(Layer(kind=stored.kind)), *(f"day.{day}" for day in DAYS))}
    kept = {name: shown.get(name, "") for name in sent if _is_pinned(name, pins)}
    return sent | kept


def _is_pinned(field: str, pins: frozenset[Pin]) -> bool:
    show_as, dot, _ = field.partition(".")
    if dot and show_as != "day":
        return rule_pin(ShowAs(show_as)) in pins
    of_hours = show_as == "day" or field.startswith("hours_")
    return Pin("working_hours" if of_hours else field) in pins


def layer_meant(fields: Fields, kind: LayerKind) -> Layer:
    """Return the layer that the fields mean.

    Raises:
        RefusedError: fields that mean nothing, each with its problem.
    """
    problems: list[FieldProblem] = []

    def read(reader: Callable[[Fields], T], otherwise: T) -> T:
        try:
            return reader(fields)
        except RefusedError as error:
            problems.extend(error.problems)
            return otherwise

    rules = {show_as: read(_reader_of(show_as), None) for show_as in ShowAs if not _inherits(fields, show_as)}
    layer = Layer(
        kind=kind,
        rules=rules,
        show_subject=read(lambda given: _yes_or_no(given, "show_subject"), None),
        addin_allowed=read(lambda given: _yes_or_no(given, "addin"), None),
        ring=read(_ring, None),
        working_hours=read(_hours, None),
    )
    if problems:
        raise RefusedError(*problems)
    return layer


def _inherits(fields: Fields, show_as: ShowAs) -> bool:
    return fields.get(f"{show_as}.update", INHERIT) == INHERIT


def _reader_of(show_as: ShowAs) -> Callable[[Fields], Rule | None]:
    def read(fields: Fields) -> Rule | None:
        if not _yes_or_no(fields, f"{show_as}.update"):
            return None
        reason, diversion = fields.get(f"{show_as}.reason", ""), fields.get(f"{show_as}.diversion", "")
        if not reason:
            raise _refused(f"{show_as}.reason", "required")
        if diversion not in set(Diversion):
            raise _refused(f"{show_as}.diversion", "unknown_diversion")
        return Rule(reason=ReasonKey(reason), diversion=Diversion(diversion))

    return read


def _yes_or_no(fields: Fields, name: str) -> bool | None:
    value = fields.get(name, INHERIT)
    if value not in {INHERIT, YES, NO}:
        raise _refused(name, "unknown")
    return None if value == INHERIT else value == YES


def _ring(fields: Fields) -> timedelta | None:
    written = fields.get("ring_seconds", "")
    if not written:
        return None
    return timedelta(seconds=whole_number("ring_seconds", written, 1, LONGEST_RING_SECONDS))


def whole_number(field: str, written: str, least: int, most: int) -> int:
    """Read a whole number within bounds.

    Raises:
        RefusedError: it is none, or outside of them.
    """
    if not written.isascii() or not written.isdigit() or not least <= int(written[:9]) <= most:
        raise _refused(field, "out_of_range")
    return int(written)


def _hours(fields: Fields) -> WorkingHours | None:
    if fields.get("working_hours", INHERIT) == INHERIT:
        return None
    days = frozenset(day for day in DAYS if fields.get(f"day.{day}"))
    if not days:
        raise _refused("working_hours", "no_days")
    start, end = (_clock(fields, name) for name in ("hours_start", "hours_end"))
    try:
        return WorkingHours(days=days, start=start, end=end)
    except InvalidValueError as error:
        raise _refused("hours_end", "end_not_after_start") from error


def _clock(fields: Fields, name: str) -> time:
    try:
        found = time.fromisoformat(fields.get(name, ""))
    except ValueError as error:
        raise _refused(name, "not_a_time") from error
    if found.tzinfo is not None:
        raise _refused(name, "not_a_time")
    return found


def _refused(field: str, problem: str) -> RefusedError:
    return RefusedError(FieldProblem(field=field, problem=problem))
