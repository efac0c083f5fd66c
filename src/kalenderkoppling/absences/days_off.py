"""Public holidays, as people in the country keep them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """Return a country's days off in a year, by its ISO 3166 code; none for a country that is not known.

    For Sweden the customary eves count too: Midsummer's, Christmas and New Year's Eve (C-24).
    """
    supported = holidays.list_supported_countries()
    if country not in supported:
        return frozenset()
    kinds = holidays.country_holidays(country).supported_categories
    wanted = tuple(kind for kind in (holidays.PUBLIC, holidays.DE_FACTO) if kind in kinds)
    return frozenset(holidays.country_holidays(country, years=year, categories=wanted, expand=False))


def knows_country(country: str) -> bool:
    """Tell whether the holidays of a country are known, by its ISO 3166 code in capitals."""
    return country in holidays.list_supported_countries()


def is_holiday(day: date, country: str) -> bool:
    """Tell whether a day is a holiday in a country; an empty code knows none."""
    return day in holidays_of(country, day.year)
