"""Time zones by the names that calendars, settings and people files use: the one reader of such names."""

from __future__ import annotations

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz

_LONGEST_NAME = 64

# Names that systems list although they are settings of the machine.
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_EXCHANGE_NAMES = {"tzone://microsoft/utc": "UTC", "utc": "UTC", "coordinated universal time": "UTC"}


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA, Windows or Exchange name; None for any other name.

    Case does not matter. Only listed names are opened: `ZoneInfo("Europe")` and endless names fail in strange ways.

    Source: IANA tz database; CLDR windowsZones; [MS-OXCICAL] `tzone://Microsoft/Utc`.
    """
    return _listed_zone(name) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=1024)
def _listed_zone(name: str) -> ZoneInfo | None:
    key = _zone_keys().get(name.casefold())
    return ZoneInfo(key) if key is not None else None


@cache
def _zone_keys() -> dict[str, str]:
    known = available_timezones() - _NO_ZONES
    iana = {key.casefold(): key for key in known}
    windows = {label.casefold(): key for label, key in win_tz.items() if key in known}
    return {**iana, **windows, **_EXCHANGE_NAMES}
