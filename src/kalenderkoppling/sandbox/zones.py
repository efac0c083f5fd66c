"""Time zones by the names that Graph accepts and returns: IANA's and Windows'."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz


@cache
def _iana_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zone_named(label: str) -> ZoneInfo | None:
    """Return the zone of a label, Windows or IANA; None where Graph would not know it either."""
    name = win_tz.get(label, label)
    return ZoneInfo(name) if name in _iana_names() else None


@cache
def windows_label(name: str) -> str:
    """Return the Windows name of an IANA zone, as in `originalStartTimeZone`; the same name where there is none."""
    return next((label for label, iana in win_tz.items() if iana == name), _COUSINS.get(name, name))


_COUSINS = {
    "Europe/Stockholm": "W. Europe Standard Time",
    "Europe/Oslo": "W. Europe Standard Time",
    "Europe/Copenhagen": "Romance Standard Time",
    "Europe/Helsinki": "FLE Standard Time",
}
# Windows knows fewer zones than IANA: these are CLDR's mappings for the Nordic countries.


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a local wall-clock time; one that a clock change skips moves forward by the gap."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which a local day begins."""
    return instant(datetime.combine(day, time()), zone)


def graph_time(local: datetime) -> str:
    """Write a local time as Graph does: no offset, seven fractional digits."""
    return local.replace(tzinfo=None).isoformat(timespec="microseconds") + "0"


def utc_stamp(moment: datetime) -> str:
    """Write an instant as Graph's DateTimeOffset: UTC with `Z`, seven fractional digits."""
    return graph_time(moment.astimezone(UTC)) + "Z"
