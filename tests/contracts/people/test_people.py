"""Every source of people keeps the contract."""

import csv
from collections.abc import Sequence
from pathlib import Path

from kalenderkoppling.domain.person import Person
from kalenderkoppling.people.csv_file import COLUMNS, CsvPeople
from kalenderkoppling.ports.people import PeopleSource
from kktest.people_contract import PeopleContract


class TestCsvPeople(PeopleContract):
    def source(self, folder: Path, people: Sequence[Person]) -> PeopleSource:
        file = folder / "people.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            rows = csv.DictWriter(out, COLUMNS)
            rows.writeheader()
            rows.writerows(map(row_of, people))
        return CsvPeople(file=file)

    def broken(self, folder: Path) -> PeopleSource:
        return CsvPeople(file=folder / "nowhere.csv")


def row_of(person: Person) -> dict[str, str]:
    named = ("id", "name", "mailbox", "title", "department", "place", "responsibilities", "extension", "mobile")
    return {
        **{column: getattr(person, column) for column in named},
        "phone_uri": person.phone_uri,
        "time_zone": person.zone.key if person.zone else "",
        "groups": " ".join(person.groups),
        "calendar_coupling": "yes" if person.entitlements.calendar_coupling else "",
        "referral": "yes" if person.entitlements.referral else "",
        "roles": " ".join(sorted(person.roles)),
    }
