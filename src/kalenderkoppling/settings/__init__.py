"""The settings file: one typed object from TOML; an unknown key refuses to start, secrets come from elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings.part import Part, Secret
from kalenderkoppling.settings.telephony import Telephony, telephony_from

__all__ = [
    "Company",
    "Database",
    "Hours",
    "Microsoft365",
    "People",
    "RuleSetting",
    "Rules",
    "Secret",
    "Server",
    "Settings",
    "Telephony",
    "read_settings",
    "settings_from",
]


class Server(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the pages are served, and the public address that Microsoft 365 sends notifications to.

    Notifications come to a port of their own, so that a proxy can publish it without the pages. So do figures for
    Prometheus, where `metrics_port` is set: whoever reaches the pages learns nothing of how the program fares.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    hooks_host: str = "127.0.0.1"
    hooks_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8081
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    public_url: str = ""


class Database(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where everything is kept: `sqlite:///file` or `postgresql+psycopg://…`."""

    url: str = "sqlite:///kalenderkoppling.db"


class Hours(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Working hours: weekdays (Monday is 0) and local times such as `08:00`."""

    days: list[Annotated[int, msgspec.Meta(ge=0, le=6)]]
    start: str
    end: str


class RuleSetting(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a show-as becomes; `update = false` means nothing."""

    update: bool = True
    reason: str = "meeting"
    diversion: str = "none"


class Rules(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The administrator's rules by show-as; one that is not there follows the standard template."""

    free: RuleSetting | None = None
    working_elsewhere: RuleSetting | None = None
    tentative: RuleSetting | None = None
    busy: RuleSetting | None = None
    out_of_office: RuleSetting | None = None


class Company(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The customer company; `retention_days` and `freshness_hours` as in semantics 5 and 9.

    `call_numbers_hours` is how long a caller's number is kept, `calls_days` how long a call is in the history.
    """

    name: str = ""
    time_zone: str = "Europe/Stockholm"
    language: str = "sv"
    country: str = "SE"
    show_subject: bool = False
    addin: bool = True
    ring_seconds: Annotated[int, msgspec.Meta(ge=1, le=120)] = 15
    retention_days: Annotated[int, msgspec.Meta(ge=2, le=365)] = 7
    freshness_hours: Annotated[int, msgspec.Meta(ge=4, le=720)] = 24
    sick_to_attendants: bool = False
    speaks: tuple[str, ...] = ()  # languages that a caller can switch to; empty adds English to the company's own
    call_numbers_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] = 24
    calls_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30
    working_hours: Hours | None = None
    rules: Rules = Rules()


class Microsoft365(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How Microsoft 365 is reached: an application in Entra ID, with a certificate (preferred) or a secret."""

    tenant_id: str
    client_id: str
    certificate: Secret | None = None
    secret: Secret | None = None
    graph_url: str = "https://graph.microsoft.com/v1.0"
    authority: str = ""
    ca_file: str = ""
    proxy: str = ""


class People(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The directory: a CSV file that is read at the start and whenever it changes."""

    file: str = "people.csv"


class Settings(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set; what is left out has the values written here."""

    server: Server = Server()
    database: Database = Database()
    company: Company = Company()
    microsoft365: Microsoft365 | None = None
    people: People = People()
    telephony: Telephony | None = None


def read_settings(file: Path) -> Settings:
    """Read the settings file; paths in it are relative to its folder.

    Raises:
        InvalidValueError: it cannot be read, is not TOML, or has a key or value that does not fit; the message
            names it.
    """
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidValueError(f"{file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{file} is not TOML: {error}") from error
    return settings_from(raw, file.parent, str(file))


def settings_from(raw: Mapping[str, object], folder: Path, name: str = "the settings") -> Settings:
    """Return settings from plain values, with file names made absolute from a folder.

    Raises:
        InvalidValueError: a key or value does not fit; the message names it.
    """
    try:
        found = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"{name}: {error}") from error
    return _with_paths(found, folder)


def _with_paths(found: Settings, folder: Path) -> Settings:
    def absolute(path: str) -> str:
        return str(folder / path) if path else path

    def secret(each: Secret | None) -> Secret | None:
        return msgspec.structs.replace(each, file=absolute(each.file)) if each else None

    graph = found.microsoft365
    if graph is not None:
        graph = msgspec.structs.replace(
            graph,
            certificate=secret(graph.certificate),
            secret=secret(graph.secret),
            ca_file=absolute(graph.ca_file),
        )
    telephony = found.telephony
    if telephony is not None:
        telephony = telephony_from(telephony, absolute, secret)
    prefix = "sqlite:///"
    url = found.database.url
    if url.startswith(prefix) and not url.startswith(prefix + "/") and url != prefix + ":memory:":
        url = prefix + absolute(url.removeprefix(prefix))
    return msgspec.structs.replace(
        found,
        database=msgspec.structs.replace(found.database, url=url),
        people=msgspec.structs.replace(found.people, file=absolute(found.people.file)),
        microsoft365=graph,
        telephony=telephony,
    )
