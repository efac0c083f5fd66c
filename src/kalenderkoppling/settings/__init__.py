"""The settings file as one typed object; an unknown key is an error, and secrets are only referred to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings.part import (
    CalendarSection,
    FilePath,
    Part,
    Secret,
    must_be_ours_only,
    with_absolute_paths,
)
from kalenderkoppling.settings.sign_in import IdentityProvider, SignIn
from kalenderkoppling.settings.telephony import Telephony

__all__ = [
    "Audit",
    "CalendarSection",
    "CalendarSections",
    "Company",
    "Database",
    "Hours",
    "IdentityProvider",
    "People",
    "RuleSetting",
    "Rules",
    "Secret",
    "Server",
    "Settings",
    "SignIn",
    "Telephony",
    "read_settings",
    "settings_from",
]


_HAS_PASSWORD = re.compile(r"://[^/@:]*:[^/@]+@")


class Server(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the pages are served, and the public address that a calendar system sends notices to.

    Notices have a port of their own, so that a proxy can publish it without the pages. So have metrics for Prometheus,
    where `metrics_port` is set: they are not for everybody who reaches the pages.

    `pages_url` is the https address at which a proxy with TLS serves the pages; it needs a section `sign_in`.
    `trusted_proxies` are the addresses or networks of proxies that are believed about the client's address, which they
    tell in `forwarded_header`.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    hooks_host: str = "127.0.0.1"
    hooks_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8081
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    public_url: str = ""
    pages_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"


class Database(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where everything is stored: `sqlite:///file` or `postgresql+psycopg://…`."""

    url: str = "sqlite:///kalenderkoppling.db"


class Audit(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The audit log's heads, written outside of the database, so that truncating the log there is detected.

    `heads_file` is appended to, a line per entry; empty: `<database>.audit-heads` beside SQLite's file, and
    `audit-heads` beside the settings file with PostgreSQL. `erasures_file` lists what was erased, so that a restored
    backup forgets it again; it names nobody. Empty: `<database>.erasures`, or `erasures` beside the settings file.
    """

    write_heads: bool = True
    heads_file: FilePath = ""
    erasures_file: FilePath = ""


class Hours(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Working hours: weekdays (Monday is 0) and local times such as `08:00`."""

    days: list[Annotated[int, msgspec.Meta(ge=0, le=6)]]
    start: str
    end: str


class RuleSetting(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a booking with a certain show-as becomes; with `update = false` it gives no absence."""

    update: bool = True
    reason: str = "meeting"
    diversion: str = "none"


class Rules(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The administrator's rules by show-as; each one that is named is pinned."""

    free: RuleSetting | None = None
    working_elsewhere: RuleSetting | None = None
    tentative: RuleSetting | None = None
    busy: RuleSetting | None = None
    out_of_office: RuleSetting | None = None


class Company(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The customer company; `retention_days` and `freshness_hours` as in semantics 5 and 9.

    What is named here is pinned: it holds at every start, and the administrator's pages show it locked. None is not
    named, which TOML cannot write otherwise: then the pages' value stays. `name` is shown on the pages and has none.
    `speaks` are the languages that a caller can switch to; an empty list means English. `call_numbers_hours` is the
    retention of callers' numbers, `calls_days` that of the call history.
    """

    name: str = ""
    time_zone: str | None = None
    language: str | None = None
    country: str | None = None
    show_subject: bool | None = None
    addin: bool | None = None
    ring_seconds: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    retention_days: Annotated[int, msgspec.Meta(ge=2, le=365)] | None = None
    freshness_hours: Annotated[int, msgspec.Meta(ge=4, le=720)] | None = None
    sick_to_attendants: bool | None = None
    speaks: tuple[str, ...] | None = None
    call_numbers_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] | None = None
    calls_days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None = None
    working_hours: Hours | None = None
    rules: Rules = Rules()


class People(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The directory: a CSV file that is read at the start and whenever it changes.

    Where no file is named and `people.csv` does not exist, the directory is left as it is.
    """

    file: FilePath = "people.csv"


class FileSections(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sections that every settings file may have; what is left out has the values written here."""

    server: Server = Server()
    database: Database = Database()
    company: Company = Company()
    people: People = People()
    audit: Audit = Audit()
    telephony: Telephony | None = None
    sign_in: SignIn | None = None


class Settings(FileSections, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set.

    `calendar` is the section of the calendar system, whose type tells the kind; None where none is connected.
    `names_people_file` tells whether the file of people is named, and has to exist.
    """

    calendar: CalendarSection | None = None
    names_people_file: bool = False


CalendarSections = Mapping[str, type[CalendarSection]]
"""The types of the calendar kinds' sections, by their names in the file."""


def read_settings(file: Path, calendars: CalendarSections) -> Settings:
    """Read the settings file; paths in it are relative to its folder.

    Raises:
        InvalidValueError: it cannot be read, is not TOML, or has a key or value that does not fit; the message
            names it, or it holds the database's password and others may read it.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidValueError(f"{file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{file} is not TOML: {error}") from error
    found = settings_from(raw, file.parent, str(file), calendars)
    if _HAS_PASSWORD.search(found.database.url):
        must_be_ours_only(file)
    return found


def settings_from(
    raw: Mapping[str, object],
    folder: Path,
    name: str = "the settings",
    calendars: CalendarSections = MappingProxyType({}),
) -> Settings:
    """Return settings from plain values, with file names made absolute from a folder.

    Raises:
        InvalidValueError: a key or value does not fit, or two calendar systems are named; the message says which.
    """
    named = [section for section in raw if section in calendars]
    if len(named) > 1:
        raise InvalidValueError(f"{name}: one calendar system at a time, not {' and '.join(named)}")
    try:
        sections = msgspec.convert({key: value for key, value in raw.items() if key not in named}, FileSections)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"{name}: {error}") from error
    calendar = _calendar(raw[named[0]], calendars[named[0]], f"{name}, [{named[0]}]") if named else None
    people = raw.get("people", {})
    named_file = isinstance(people, Mapping) and "file" in people
    found = Settings(**msgspec.structs.asdict(sections), calendar=calendar, names_people_file=named_file)
    return _with_files_beside(_with_absolute_database(with_absolute_paths(found, folder), folder), folder)


def _calendar(raw: object, section: type[CalendarSection], name: str) -> CalendarSection:
    try:
        return msgspec.convert(raw, section)
    except (msgspec.ValidationError, InvalidValueError) as error:
        raise InvalidValueError(f"{name}: {error}") from error


def _with_files_beside(found: Settings, folder: Path) -> Settings:
    """Name the audit log's heads and the list of erasures where no file of the database is there to lie beside."""
    if found.database.url.startswith("sqlite"):
        return found
    audit = msgspec.structs.replace(
        found.audit,
        heads_file=found.audit.heads_file or str(folder / "audit-heads"),
        erasures_file=found.audit.erasures_file or str(folder / "erasures"),
    )
    return msgspec.structs.replace(found, audit=audit)


def _with_absolute_database(found: Settings, folder: Path) -> Settings:
    prefix, url = "sqlite:///", found.database.url
    if not url.startswith(prefix) or url.startswith(prefix + "/") or url == prefix + ":memory:":
        return found
    absolute = prefix + str(folder / url.removeprefix(prefix))
    return msgspec.structs.replace(found, database=msgspec.structs.replace(found.database, url=absolute))
