"""Invariants of every scenario: no writes to the calendar, no private traces, no stale announcement, idempotence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from kalenderkoppling.absences.call import Ring
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.sandbox import ids
from kalenderkoppling.sandbox.event import DEFAULT_CALENDAR, Event
from kalenderkoppling.scenarios.outlook import address_of, is_normal
from kalenderkoppling.scenarios.stage import Stage
from kalenderkoppling.scenarios.traces import found_in
from kalenderkoppling.usecases.calls.answer_call import answer_call

_YESTERDAY = timedelta(days=1)
_AHEAD = timedelta(days=60)
_SHORTEST_SUBJECT = 4
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_MAY_BE_WRITTEN = ("/subscriptions", "/oauth2/v2.0/token")
# A look that changes nothing still writes when a mailbox was read and will be read next.
_OF_LOOKS = ("mailbox", "subscription", "alembic_version")


def writes(stage: Stage) -> Iterator[str]:
    """Yield requests that would have written to a calendar (S-5)."""
    if stage.graph.refused_writes:
        yield f"always: expected no write to a calendar, got {stage.graph.refused_writes}"
    for asked in stage.graph.journal.requests:
        if asked.method in _WRITES and not any(part in asked.path for part in _MAY_BE_WRITTEN):
            yield f"always: expected no write to a calendar, got {asked.method} {asked.path}"


async def stale_announcements(stage: Stage, users: Iterable[str]) -> list[str]:
    """Return announcements whose return is not in the future (S-3)."""
    told = []
    now = stage.clock.now()
    for user in users:
        treatment = await answer_call(stage.system.core, TENANT, PersonId(user))
        if not isinstance(treatment, Ring) and treatment.announced.back_at <= now:
            told.append(f"always: {user}: expected a return in the future, got {treatment.announced.back_at}")
    return told


def private_traces(stage: Stage, somewhere: Mapping[str, bytes], innocent: bytes) -> list[str]:
    """Return traces of private bookings (S-1); texts in `innocent` were there before any booking and do not count."""
    told = []
    for token in _private(stage):
        names = [ids.immutable_id(token), ids.mutable_id(token).rpartition("-")[0] + "-"]
        told += [f"always: private {token}: its id stands in {place}" for _, place in found_in(names, somewhere)]
        texts = _texts_of(stage, token, innocent)
        told += [f"always: private {token}: {text!r} stands in {place}" for text, place in found_in(texts, somewhere)]
    return told


def _texts_of(stage: Stage, token: str, innocent: bytes) -> list[str]:
    """Return the texts of a private booking that occur nowhere else."""
    outlook = stage.outlook
    # An occurrence has the texts of its series unless it has its own: only those are unique to it.
    own = outlook.texts.get(token, set())
    others = "\n".join(text for other, texts in outlook.texts.items() if other != token for text in texts)
    return [
        text for text in own if len(text) >= _SHORTEST_SUBJECT and text not in others and text.encode() not in innocent
    ]


def _private(stage: Stage) -> Iterator[str]:
    """Yield bookings that are private now and were so from the start, or were read as private since."""
    outlook, now = stage.outlook, stage.wall.now()
    half_private = set()
    for user in outlook.zones:
        for event in stage.world.events(address_of(user), now - _YESTERDAY, now + _AHEAD):
            if is_normal(event):
                half_private.add(event.master)
            elif event.calendar == DEFAULT_CALENDAR and _is_known_private(stage, user, event):
                yield event.token
    # A series' id may be stored where one of its occurrences is normal.
    yield from sorted(outlook.born_private - half_private)


def _is_known_private(stage: Stage, user: str, event: Event) -> bool:
    outlook = stage.outlook
    if event.master in outlook.born_private or event.token in outlook.born_private:
        return event.token not in outlook.born_private
    turned = outlook.turned.get(event.token, outlook.turned.get(event.master or ""))
    return turned is not None and stage.outside.seen.get(address_of(user), -1) >= turned


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the database that must not change in a look that changes nothing."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)  # noqa: S608 - names of its own
            for name in names
            if name not in _OF_LOOKS
        }


def changed_rows(
    before: Mapping[str, list[tuple[object, ...]]], after: Mapping[str, list[tuple[object, ...]]]
) -> list[str]:
    """Return the tables that a second full read wrote to (L-2)."""
    return [
        f"always: expected that a second full read changes nothing, got other rows in {name}"
        for name in before
        if before[name] != after.get(name)
    ]
