"""From the settings file to the source of the directory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.people.csv_file import CsvPeople
from kalenderkoppling.ports.store import Store
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan


def people_source(settings: Settings, country: str) -> CsvPeople:
    """Return the people file, with how the numbers of a company in that country are read."""
    return CsvPeople(file=Path(settings.people.file), plan=number_plan(settings, country))


def number_plan(settings: Settings, country: str) -> NumberPlan:
    """Return how the numbers of a company in that country are read."""
    direct_dial = settings.telephony.direct_dial if settings.telephony else ()
    return NumberPlan(country=country, direct_dial=direct_dial)


def company_country(settings: Settings) -> str:
    """Return the company's country: as the settings file names it, else as it is stored.

    Raises:
        StoreUnavailableError: the database cannot be reached.
    """
    if settings.company.country is not None:
        return settings.company.country
    with closing(opened_store(settings)) as store:
        return stored_country(store)


def stored_country(store: Store) -> str:
    """Return the company's country as it is stored; the standard one where there is no company yet."""
    with store.read(TENANT) as tx:
        return tx.people.settings().country
