"""Verify the audit log: its chain, what was erased, and its end against what lies outside the database (S-12).

A restored backup lacks the links that were written after it. That they were known is excused by the heads file alone,
where `restore` noted it, and only where the log has both the link that the backup ended with and the entry of the
restore: their hashes stand in the note. Such links are not a problem, but are told of by every verification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import End, Link, LinkState
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.audit_log.read_log import must_administer
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.mailboxes.worker import AUDIT_KEPT


class LogProblem(StrEnum):
    """What can be wrong with the log."""

    BROKEN = "broken"
    """The link, its contents, or what it follows was changed."""
    CONTENTS_GONE = "contents_gone"
    """The contents are gone, and no erasure of them is in the log."""
    CUT = "cut"
    """The log ends before a link that was known outside of the database."""
    ANOTHER = "another"
    """The link is another than the one that was known outside of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One problem, at a link by its number."""

    problem: LogProblem
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredLog:
    """A restore: when, the last link of the backup, and the last that was lost; the former where none was."""

    at: datetime
    after: int
    lost_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a verification found: how many links are in which state, the last link, problems, and restores."""

    states: Mapping[LinkState, int]
    head: End | None
    problems: Sequence[Found]
    restores: Sequence[RestoredLog]


async def verify_log(core: Core, actor: Actor) -> LogReport:
    """Verify the log of the tenant.

    Raises:
        NotFoundError: the actor is no administrator.
        InvalidValueError: the heads outside the database cannot be read.
    """
    must_administer(actor)
    now = core.clock.now()
    return await look_up(core, actor.tenant, lambda tx: verified(tx, now))


def verified(tx: Transaction, now: datetime, noted: Iterable[End] = ()) -> LogReport:
    """Verify the log in a transaction; `noted` are ends that somebody wrote down earlier."""
    links, outside = tx.audit.links(), tx.audit.outside()
    known = outside.known | (frozenset(noted) - outside.lost)
    lost_to = max((each.number for each in outside.lost), default=0)
    return LogReport(
        states=Counter(link.state for link in links),
        head=End(number=links[-1].number, hash=links[-1].hash) if links else None,
        problems=[*_in_the_chain(links, now), *_at_the_ends(links, known)],
        restores=[
            RestoredLog(at=each.at, after=each.after, lost_to=max(lost_to, each.after)) for each in outside.restores
        ],
    )


def _in_the_chain(links: Sequence[Link], now: datetime) -> Iterable[Found]:
    for each in links:
        if each.state is LinkState.BROKEN:
            yield Found(problem=LogProblem.BROKEN, number=each.number)
    for each in links:
        if each.state is LinkState.ERASED and not each.is_erasure_told and each.at >= now - AUDIT_KEPT:
            yield Found(problem=LogProblem.CONTENTS_GONE, number=each.number)


def _at_the_ends(links: Sequence[Link], known: Iterable[End]) -> Iterable[Found]:
    hashes = {each.number: each.hash for each in links}
    for end in sorted(known, key=lambda each: each.number):
        if end.number not in hashes:
            yield Found(problem=LogProblem.CUT, number=end.number)
        elif hashes[end.number] != end.hash:
            yield Found(problem=LogProblem.ANOTHER, number=end.number)
