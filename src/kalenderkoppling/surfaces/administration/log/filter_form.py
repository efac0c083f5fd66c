"""The form that narrows the log: what stands in its fields, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.time import local_midnight
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.audit_log.read_log import LogFilter

FIELDS = ("person", "actor", "act", "since", "until")
LONGEST = 200
_FIRST_YEAR, _LAST_YEAR = 1970, 2200

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address of the page with some fields, the empty ones left out."""

    path: str
    fields: Fields

    def with_(self, **others: str) -> str:
        """Return it with further fields."""
        asked = {name: value for name, value in {**self.fields, **others}.items() if value}
        return f"{self.path}?{urlencode(asked)}" if asked else self.path


def printable(written: str) -> str:
    """Return a field of an address without control characters and blanks at its ends."""
    return "".join(each for each in written[:LONGEST] if each.isprintable()).strip()


def meant(fields: Fields, zone: ZoneInfo) -> LogFilter:
    """Return what the fields mean; days are those of a zone, the last one included.

    Raises:
        RefusedError: fields that mean nothing, each with its problem.
    """
    problems: list[FieldProblem] = []

    def day(name: str) -> date | None:
        written = fields.get(name, "")
        try:
            found = date.fromisoformat(written) if written else None
        except ValueError:
            found, written = None, "?"
        if written and (found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR):
            problems.append(FieldProblem(field=name, problem="not_a_date"))
            return None
        return found

    since, until = day("since"), day("until")
    act = fields.get("act", "")
    if act and act not in set(Act):
        problems.append(FieldProblem(field="act", problem="unknown"))
    if problems:
        raise RefusedError(*problems)
    return LogFilter(
        person=fields.get("person", "")[:LONGEST],
        actor=fields.get("actor", "")[:LONGEST],
        act=Act(act) if act else None,
        since=_begin(since, zone),
        until=None if until is None else _begin(until + timedelta(days=1), zone),
    )


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else local_midnight(day, zone)
