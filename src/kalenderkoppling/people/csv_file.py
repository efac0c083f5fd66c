"""People from a CSV file (UTF-8, comma or semicolon): one row a person, a header names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Entitlements, GroupId, Person, PersonId, Role

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
)
_YES = frozenset({"yes", "ja", "true", "1", "x"})
_NO = frozenset({"", "no", "nej", "nei", "false", "0"})
_LONGEST_CELL = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvPeople:
    """The people in a file; `id` and `name` are needed, several groups or roles are parted by spaces."""

    file: Path

    def people(self) -> Sequence[Person]:
        """Return everybody in the file.

        Raises:
            InvalidValueError: the file or a row is wrong; the message names file, row and column.
        """
        try:
            text = self.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidValueError(f"{self.file.name} cannot be read as UTF-8 text") from error
        return tuple(_people(text, self.file.name))


def _people(text: str, name: str) -> Iterator[Person]:
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    _check_header(rows.fieldnames or (), name)
    seen: set[str] = set()
    try:
        for row in rows:
            where = f"{name}, line {rows.line_num}"
            person = _person(row, where)
            if person.id in seen:
                raise InvalidValueError(f"{where}: the id {person.id!r} is there twice")
            seen.add(person.id)
            yield person
    except csv.Error as error:
        raise InvalidValueError(f"{name} is not CSV: {error}") from error


def _check_header(fields: Sequence[str], name: str) -> None:
    unknown = [each for each in fields if each not in COLUMNS]
    missing = [each for each in ("id", "name") if each not in fields]
    doubled = [each for each in COLUMNS if fields.count(each) > 1]
    if unknown or missing or doubled:
        told = [f"unknown column {each!r}" for each in unknown] + [f"missing column {each!r}" for each in missing]
        told += [f"column {each!r} twice" for each in doubled]
        raise InvalidValueError(f"{name}: {', '.join(told)}; known are {', '.join(COLUMNS)}")


def _person(row: Mapping[str | None, str | None], where: str) -> Person:
    if None in row:
        raise InvalidValueError(f"{where}: more cells than columns")
    cells = {str(key): (value or "").strip() for key, value in row.items()}
    for column, text in cells.items():
        if len(text) > _LONGEST_CELL or "\x00" in text:
            raise InvalidValueError(f"{where}: {column} is too long or not text")
    if not cells["id"] or not cells["name"]:
        raise InvalidValueError(f"{where}: id and name must not be empty")

    def cell(column: str) -> str:
        return cells.get(column, "")

    return Person(
        id=PersonId(cell("id")),
        name=cell("name"),
        mailbox=cell("mailbox"),
        title=cell("title"),
        department=cell("department"),
        place=cell("place"),
        responsibilities=cell("responsibilities"),
        extension=cell("extension"),
        mobile=cell("mobile"),
        phone_uri=cell("phone_uri"),
        zone=_zone(cell("time_zone"), where),
        groups=tuple(GroupId(each) for each in cell("groups").split()),
        entitlements=Entitlements(
            calendar_coupling=_yes(cell("calendar_coupling"), f"{where}: calendar_coupling"),
            referral=_yes(cell("referral"), f"{where}: referral"),
        ),
        roles=_roles(cell("roles"), where),
    )


def _yes(cell: str, where: str) -> bool:
    word = cell.lower()
    if word not in _YES | _NO:
        raise InvalidValueError(f"{where}: {cell!r} is neither yes nor no")
    return word in _YES


def _zone(cell: str, where: str) -> ZoneInfo | None:
    if not cell:
        return None
    try:
        return ZoneInfo(cell)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidValueError(f"{where}: there is no time zone {cell!r}") from error


def _roles(cell: str, where: str) -> frozenset[Role]:
    """Return the roles; somebody in the directory without a named role may sign in as nobody (no default role)."""
    try:
        return frozenset(Role(each) for each in cell.split())
    except ValueError as error:
        raise InvalidValueError(f"{where}: unknown role in {cell!r}; known are {', '.join(Role)}") from error
