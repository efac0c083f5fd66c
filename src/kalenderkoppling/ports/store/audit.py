"""The audit log: every change by a human once, in a hash chain whose contents can be erased (S-12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kalenderkoppling.domain.person import PersonId


class Act(StrEnum):
    """Kinds of acts."""

    CREATE_ABSENCE = "create_absence"
    EDIT_ABSENCE = "edit_absence"
    REMOVE_ABSENCE = "remove_absence"
    RESTORE_ABSENCE = "restore_absence"
    CHOOSE = "choose"
    SET_OWN_RULES = "set_own_rules"
    SET_RULES = "set_rules"
    SET_SERVICE = "set_service"
    SET_SETTINGS = "set_settings"
    IMPORT_PEOPLE = "import_people"
    READ_ABSENCES = "read_absences"
    EXPORT_PERSON = "export_person"
    ERASE_PERSON = "erase_person"
    CALL_BACK_DONE = "call_back_done"
    RECORD_PHRASE = "record_phrase"
    REMOVE_RECORDING = "remove_recording"
    MAKE_ADMINISTRATOR = "make_administrator"
    SET_ADMINISTRATOR_PASSWORD = "set_administrator_password"  # noqa: S105 - the act, no password
    REMOVE_ADMINISTRATOR = "remove_administrator"
    ADMINISTRATOR_SIGN_IN = "administrator_sign_in"
    REFUSED_SIGN_IN = "refused_sign_in"
    LINK_SIGN_IN = "link_sign_in"
    UNLINK_SIGN_IN = "unlink_sign_in"
    ERASE_ENTRIES = "erase_entries"
    BACK_UP = "back_up"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act: by whom, for whom, before and after; never a subject.

    `about` is the id of the absence or the key of the booking that it names, so that its payload can be erased
    with it. `actor` is a person's id or a program's own name such as `command line`.
    """

    at: datetime
    act: Act
    actor: str
    person: PersonId | None = None
    about: str = ""
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)


class LinkState(StrEnum):
    """Result of verifying one link of the chain."""

    WHOLE = "whole"
    ERASED = "erased"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the chain: its number, time, verification result, and the entry unless erased.

    `is_erasure_told` tells of an erased link that a later entry of the chain names it. The erasure of payloads older
    than the retention is in no entry.
    """

    number: int
    at: datetime
    state: LinkState
    entry: Entry | None = None
    hash: str = ""
    is_erasure_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries of the log are wanted; what is None or empty does not narrow.

    `people` and `actors` are ids, of which one has to be named. The interval is half open. An entry that is erased is
    wanted only where nothing but the interval narrows.
    """

    people: frozenset[str] | None = None
    actors: frozenset[str] | None = None
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """An entry as it is listed, unverified: its link's number and time, and what it says unless it is erased."""

    number: int
    at: datetime
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """An end of the chain: the number and hash of its last link."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreNote:
    """A restore as it is noted outside the database: when, and the number of the last link of the backup."""

    at: datetime
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is known of the chain outside the database: ends that it must have, those that restores took, restores."""

    known: frozenset[End] = frozenset()
    lost: frozenset[End] = frozenset()
    restores: Sequence[RestoreNote] = ()


class Audit(Protocol):
    """The log of one tenant. The chain covers salted hashes; names are in payloads beside it, which can be erased."""

    def append(self, entry: Entry) -> None:
        """Append an entry to the chain, in the transaction of the change itself."""
        ...

    def links(self) -> Sequence[Link]:
        """Return the whole chain, verified, oldest first."""
        ...

    def newest(self, wanted: Wanted, *, before: int | None, limit: int) -> Sequence[LogRow]:
        """Return wanted entries, newest first, with numbers below `before` where one is given."""
        ...

    def outside(self) -> Outside:
        """Return what is known of the chain outside the database; nothing where no heads are written.

        Raises:
            InvalidValueError: what lies outside cannot be read.
        """
        ...

    def of_person(self, person: PersonId) -> Sequence[Entry]:
        """Return the entries about a person, oldest first."""
        ...

    def forget(self, about: Iterable[str]) -> int:
        """Erase payloads and salts of entries about absences or bookings; return the number.

        That they were erased is in the chain at the end of the transaction: by their numbers, without what they told.
        """
        ...

    def forget_person(self, person: PersonId) -> int:
        """Erase payloads and salts of entries about a person or by that person; return the number.

        That they were erased is in the chain at the end of the transaction, in the entry of the person's erasure where
        there is one.
        """
        ...

    def drop_before(self, at: datetime) -> int:
        """Erase payloads from before an instant (retention) and return the number; the chain stays intact."""
        ...
