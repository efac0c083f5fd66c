"""A position in a scenario file: typed access to its value; anything unknown is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

REMARK = "note"
"""A key that is allowed anywhere and ignored by the runner."""

_DURATION = re.compile(r"(?P<sign>[-+]?)(?P<hours>\d{1,4}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}))?")
_FLAGS = {"yes": True, "on": True, "no": False, "off": False}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RefusedError(Exception):
    """A scenario or file that cannot be run; the message says what is unknown, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value and its position, for instance `steps[2].do[0].set`."""

    where: str
    value: object

    def refuse(self, what: str) -> RefusedError:
        """Return a refusal that names this position."""
        return RefusedError(f"{self.where}: {what}" if self.where else what)

    @property
    def is_null(self) -> bool:
        """Whether the value is null."""
        return self.value is None

    def items(self) -> dict[str, Node]:
        """Return the entries of a mapping with free keys, without remarks; null is an empty one."""
        if self.value is None:
            return {}
        if not isinstance(self.value, Mapping):
            raise self.refuse(f"a mapping is wanted, not {self.value!r}")
        return {
            str(key): Node(where=f"{self.where}.{key}" if self.where else str(key), value=value)
            for key, value in self.value.items()
            if key != REMARK
        }

    def fields(self, *known: str) -> dict[str, Node]:
        """Return the entries of a mapping that may have these keys only."""
        found = self.items()
        for key in found:
            if key not in known:
                raise self.refuse(f"unknown key {key!r}")
        return found

    def list(self) -> list[Node]:
        """Return the entries of a list; null is an empty one."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.refuse(f"a list is wanted, not {self.value!r}")
        return [Node(where=f"{self.where}[{place}]", value=value) for place, value in enumerate(self.value)]

    def text(self) -> str:
        """Return text; a number is taken as written."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            raise self.refuse(f"text is wanted, not {self.value!r}")
        return str(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        if isinstance(self.value, str) and self.value.lower() in _FLAGS:
            return _FLAGS[self.value.lower()]
        if not isinstance(self.value, bool):
            raise self.refuse(f"true or false is wanted, not {self.value!r}")
        return self.value

    def number(self) -> int:
        """Return a whole number, at least 0."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self.refuse(f"a whole number is wanted, not {self.value!r}")
        return self.value

    def one_of(self, known: Mapping[str, T]) -> T:
        """Return the value that a word stands for."""
        word = self.value
        if not isinstance(word, str) or word not in known:
            raise self.refuse(f"unknown value {word!r}; known are {', '.join(known)}")
        return known[word]

    def maybe(self, take: Callable[[Node], T]) -> T | None:
        """Return None for null, else what `take` returns."""
        return None if self.is_null else take(self)

    def zone(self) -> ZoneInfo:
        """Return a time zone by its IANA name."""
        try:
            return ZoneInfo(self.text())
        except (ValueError, OSError) as error:
            raise self.refuse(f"unknown time zone {self.value!r}") from error

    def moment(self, zone: ZoneInfo) -> datetime | date:
        """Return a date, or an instant; one without offset is local in `zone`."""
        text = self.text().strip()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
            found = datetime.fromisoformat(re.sub(r"\s+(?=[-+Zz])", "", text))
        except ValueError as error:
            raise self.refuse(f"a date or an instant is wanted, not {self.value!r}") from error
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)

    def instant(self, zone: ZoneInfo) -> datetime:
        """Return an instant; a date is its midnight in `zone`."""
        return at_instant(self.moment(zone), zone)

    def day(self) -> date:
        """Return a date."""
        found = self.moment(ZoneInfo("UTC"))
        return found.date() if isinstance(found, datetime) else found

    def duration(self) -> timedelta:
        """Return a duration written HH:MM, with a sign where it may be negative."""
        match = _DURATION.fullmatch(self.text().strip())
        if match is None:
            raise self.refuse(f"a duration HH:MM is wanted, not {self.value!r}")
        length = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]), seconds=int(match["seconds"] or 0))
        return -length if match["sign"] == "-" else length


def at_instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """Return the instant of a moment: a date's is its midnight in `zone`."""
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=zone)


def demand(fields: Mapping[str, Node], node: Node, *wanted: str) -> None:
    """Refuse a mapping that lacks a key.

    Raises:
        RefusedError: it names the key.
    """
    for key in wanted:
        if key not in fields:
            raise node.refuse(f"key {key!r} is missing")
