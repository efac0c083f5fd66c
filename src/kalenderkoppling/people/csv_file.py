"""People from a CSV file (UTF-8; semicolons, commas or tabs): one row a person, a header names the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, is_reserved
from kalenderkoppling.domain.text import identifier, shown_text
from kalenderkoppling.people.cells import code_of, is_yes, roles_in, zone_in
from kalenderkoppling.people.remarks import Remark, remarks_on
from kalenderkoppling.people.table import Columns, Row, read_table
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan

COLUMNS = (
    "id",
    "name",
    "mailbox",
    "title",
    "department",
    "place",
    "responsibilities",
    "extension",
    "mobile",
    "phone_uri",
    "time_zone",
    "groups",
    "calendar_coupling",
    "referral",
    "roles",
    "entra_oid",
)
_COLUMNS = Columns(known=COLUMNS, needed=("id", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPeople:
    """The content of a people file: everybody, each with the number of the line."""

    rows: Sequence[tuple[int, Person]]
    plan: NumberPlan

    @property
    def people(self) -> Sequence[Person]:
        """Everybody, in the order of the file."""
        return tuple(person for _, person in self.rows)

    def remarks(self) -> Sequence[Remark]:
        """Return what is imported but will not work, in the order of lines; tens of microseconds per number."""
        return tuple(remarks_on(self.rows, self.plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvPeople:
    """The people in a file; `id` and `name` are needed, several groups or roles are separated by blanks.

    `plan` is how the company's numbers are read, for the remarks on those that nobody can call.
    """

    file: Path
    plan: NumberPlan = field(default_factory=lambda: NumberPlan(country="SE"))

    def people(self) -> Sequence[Person]:
        """Return everybody in the file.

        Raises:
            InvalidValueError: the file or a row is wrong; the message names file, row and column.
        """
        return self.read().people

    def read(self) -> ReadPeople:
        """Return everybody in the file, with what remarks need.

        Raises:
            InvalidValueError: as for `people`.
        """
        return ReadPeople(rows=tuple(self._rows()), plan=self.plan)

    def _rows(self) -> Iterator[tuple[int, Person]]:
        """Yield everybody with the number of the line."""
        name = self.file.name
        try:
            content = self.file.read_bytes()
        except OSError as error:
            raise InvalidValueError(f"{name} cannot be read: {error.strerror}") from error
        lines: dict[PersonId, int] = {}
        for row in read_table(content, _COLUMNS, name):
            person = _person(row, f"{name}, line {row.line}")
            if person.id in lines:
                raise InvalidValueError(
                    f"{name}, line {row.line}: the id {person.id!r} is there twice, first in line {lines[person.id]}"
                )
            lines[person.id] = row.line
            yield row.line, person


def _person(row: Row, where: str) -> Person:
    def text(column: str) -> str:
        return shown_text(row.cells.get(column, ""))

    def code(column: str) -> str:
        return code_of(row.cells.get(column, ""), f"{where}: {column}")

    def switched_on(column: str) -> bool:
        return is_yes(row.cells.get(column, ""), f"{where}: {column}")

    if not code("id") or not text("name"):
        raise InvalidValueError(f"{where}: id and name must not be empty")
    if is_reserved(PersonId(code("id"))):
        raise InvalidValueError(f"{where}: the id {code('id')!r} is reserved for a local administrator")
    return Person(
        id=PersonId(code("id")),
        name=text("name"),
        mailbox=code("mailbox"),
        title=text("title"),
        department=text("department"),
        place=text("place"),
        responsibilities=text("responsibilities"),
        extension=code("extension"),
        mobile=code("mobile"),
        phone_uri=code("phone_uri"),
        zone=zone_in(row.cells.get("time_zone", ""), where),
        groups=tuple(GroupId(each) for each in identifier(row.cells.get("groups", "")).split()),
        entitlements=Entitlements(calendar_coupling=switched_on("calendar_coupling"), referral=switched_on("referral")),
        roles=roles_in(row.cells.get("roles", ""), where),
        entra_oid=code("entra_oid").casefold(),
    )
