"""How the pages of absences write reasons, kinds and times, for one reader and one person's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.web.outside import isolated, isolated_values
from kalenderkoppling.words import (
    Language,
    TenantReasons,
    day_heading,
    reason_label,
    shown_age,
    shown_back,
    shown_stretch,
    shown_time,
    text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The reader's language, the tenant's reasons, the zone in which times are told, and the present (UTC)."""

    language: Language
    reasons: TenantReasons
    zone: ZoneInfo
    now: datetime

    def text(self, key: str, **values: str | int) -> str:
        """Return a text of the page; values from outside do not reorder it."""
        return text(key, self.language, **isolated_values(values))

    def local(self, instant: datetime) -> datetime:
        """Return an instant on the person's wall clock."""
        return instant.astimezone(self.zone)

    def reason(self, key: ReasonKey) -> str:
        """Return a reason's label, which may stand in a sentence."""
        return isolated(reason_label(key, self.language, self.reasons))

    def time(self, instant: datetime) -> str:
        """Write an instant: `13:05`, `i morgon 13:05`."""
        return shown_time(self.local(instant), self.local(self.now), self.language)

    def back(self, instant: datetime) -> str:
        """Write a return: `åter 13:00`."""
        return shown_back(self.local(instant), self.local(self.now), self.language)

    def stretch(self, interval: Interval) -> str:
        """Write from when until when."""
        now = self.local(self.now)
        return shown_stretch(self.local(interval.start), self.local(interval.end), now, self.language)

    def day(self, instant: datetime) -> str:
        """Write the day of an instant as a heading."""
        return day_heading(self.local(instant).date(), self.local(self.now).date(), self.language)

    def age(self, instant: datetime) -> str:
        """Write how long ago an instant was."""
        return shown_age(self.now - instant, self.language)


def kind_key(diversion: Diversion) -> str:
    """Return the key of an absence's kind: absence, open referral, referral."""
    return {
        Diversion.NONE: "kind.absence",
        Diversion.OPEN: "diversion.open",
        Diversion.DIRECT: "kind.referral",
    }[diversion]
