"""A customer company: its zone, language, country and what it allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import InvalidValueError

SHORTEST_RETENTION = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """Settings of a whole company that are not rules.

    `country` is the ISO 3166 code whose public holidays count, `language` a BCP 47 code (`sv`, `nb`, `en`). `retention`
    is how long an ended absence is kept; `freshness_limit` the age at which calendar data stops diverting calls (C-27).
    `reads_item_choices` is on for every tenant that ever had the Outlook add-in (C-15). `speaks` are the languages that
    callers hear, the first of them first; empty is `language` alone. `call_numbers_kept` is how long a caller's number
    is kept, `calls_kept` how long a call is.

    Raises:
        InvalidValueError: the retention is shorter than two days (the window reaches back over one).
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Stockholm"))
    language: str = "sv"
    country: str = "SE"
    retention: timedelta = timedelta(days=7)
    freshness_limit: timedelta = timedelta(hours=24)
    sick_to_attendants: bool = False
    reads_item_choices: bool = False
    speaks: tuple[str, ...] = ()
    call_numbers_kept: timedelta = timedelta(hours=24)
    calls_kept: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.retention < SHORTEST_RETENTION:
            message = "the retention of ended absences must be at least two days"
            raise InvalidValueError(message)

    @property
    def further_languages(self) -> tuple[str, ...]:
        """The languages that callers can switch to, beside the company's own, in their order."""
        return tuple(each for each in self.speaks if each != self.language)

    def speaking(self, further: Iterable[str]) -> TenantSettings:
        """Return these settings with other languages that callers can switch to; the company's own is heard first."""
        others = tuple(dict.fromkeys(each for each in further if each != self.language))
        return replace(self, speaks=(self.language, *others) if others else ())
