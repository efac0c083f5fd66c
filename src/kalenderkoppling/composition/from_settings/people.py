"""From the settings file to the source of the directory."""

from __future__ import annotations

from pathlib import Path

from kalenderkoppling.people.csv_file import CsvPeople
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan


def people_source(settings: Settings) -> CsvPeople:
    """Return the people file, with how the company's numbers are read."""
    direct_dial = settings.telephony.direct_dial if settings.telephony else ()
    plan = NumberPlan(country=settings.company.country, direct_dial=direct_dial)
    return CsvPeople(file=Path(settings.people.file), plan=plan)
