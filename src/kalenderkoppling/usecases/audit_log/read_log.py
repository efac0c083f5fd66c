"""An administrator reads the audit log: who did what for whom, newest first, by person, actor, act and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry, LogRow, Wanted
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.record_reading import record_reading

ROWS = 50
MOST_EXPORTED = 100_000
_MOST_NAMED = 50

_OF_ABSENCES = frozenset({Act.CREATE_ABSENCE, Act.EDIT_ABSENCE, Act.REMOVE_ABSENCE, Act.RESTORE_ABSENCE, Act.CHOOSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What is asked for. `person` and `actor` are an id, or words of a name; empty narrows nothing."""

    person: str = ""
    actor: str = ""
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Entries, newest first; the names of those in them who are in the directory; and where the next page begins.

    `names_details` tells whether entries about absences may be shown with what was changed: only where a person was
    asked for, since that reading is recorded.
    """

    rows: Sequence[LogRow]
    names: Mapping[str, str]
    before: int | None
    names_details: bool


async def read_log(core: Core, actor: Actor, asked: LogFilter, *, before: int | None = None) -> LogPage:
    """Return one page of the log.

    Asked for a person, it shows what was changed in that person's absences: then the reading is in the log itself, once
    for each person whose absences are shown (S-12).

    Raises:
        NotFoundError: the actor is no administrator.
    """
    return await _read(core, actor, asked, before=before, limit=ROWS, is_export=False)


async def export_log(core: Core, actor: Actor, asked: LogFilter) -> LogPage:
    """Return all wanted entries, at most a hundred thousand, with what was changed; the reading is recorded.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    return await _read(core, actor, asked, before=None, limit=MOST_EXPORTED, is_export=True)


def must_administer(actor: Actor) -> None:
    """Refuse all but administrators.

    Raises:
        NotFoundError: the actor is none.
    """
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotFoundError


async def _read(
    core: Core, actor: Actor, asked: LogFilter, *, before: int | None, limit: int, is_export: bool
) -> LogPage:
    must_administer(actor)

    def work(unit: Unit) -> LogPage:
        wanted = _wanted(unit.tx, asked)
        found = list(unit.tx.audit.newest(wanted, before=before, limit=limit + 1))
        rows, rest = found[:limit], found[limit:]
        names_details = is_export or bool(asked.person)
        if names_details:
            for person in _whose_absences(rows):
                record_reading(unit, actor, person)
        return LogPage(
            rows=rows,
            names=_names(unit.tx, rows),
            before=rows[-1].number if rest else None,
            names_details=names_details,
        )

    return await perform(core, actor.tenant, work)


def _wanted(tx: Transaction, asked: LogFilter) -> Wanted:
    return Wanted(
        people=_ids(tx, asked.person), actors=_ids(tx, asked.actor), act=asked.act, since=asked.since, until=asked.until
    )


def _ids(tx: Transaction, written: str) -> frozenset[str] | None:
    """Return whom a text names: the id itself, which may be a program's or of somebody gone, and people by name."""
    words = written.strip()
    if not words:
        return None
    if tx.people.get(PersonId(words)) is not None:
        return frozenset({words})
    return frozenset({words, *(each.id for each in tx.people.search(words, limit=_MOST_NAMED).people)})


def _whose_absences(rows: Sequence[LogRow]) -> Sequence[PersonId]:
    told = (each.entry for each in rows if each.entry is not None)
    return list(dict.fromkeys(each.person for each in told if shows_absence(each) and each.person is not None))


def shows_absence(entry: Entry) -> bool:
    """Tell whether an entry says something about an absence of its person."""
    return entry.act in _OF_ABSENCES


def _names(tx: Transaction, rows: Sequence[LogRow]) -> Mapping[str, str]:
    told = [each.entry for each in rows if each.entry is not None]
    ids = {PersonId(id_) for each in told for id_ in (each.person, each.actor) if id_}
    return {id_: person.name for id_, person in tx.people.many(ids).items()}
