"""Mailboxes: claims with a lease and a fence, due times and pauses."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, exists, func, select, tuple_, update

from kalenderkoppling.domain.booking import BookingKey
from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.mailboxes import Claim, Revision
from kalenderkoppling.store.instants import (
    from_micros,
    from_micros_or_none,
    length_in_micros,
    to_micros,
    to_micros_or_none,
)
from kalenderkoppling.store.prepared import run_many
from kalenderkoppling.store.revisions import Revisions
from kalenderkoppling.store.scoped import TENANT, Scoped, add_missing, chunks
from kalenderkoppling.store.tables import mailbox, pause

_encode = msgspec.json.Encoder().encode
_keys = msgspec.json.Decoder(tuple[BookingKey, ...]).decode

_NOT_LEASED = 0
_PAGE = 200
# Generations start at a random number: after a mailbox is removed and added again, an old run fails at its fence.
_GENERATION_BITS = 48

_now: Any = bindparam("now")
_latest: Any = bindparam("latest")
_person: Any = bindparam("person")
_people: Any = bindparam("people", expanding=True)


def _free() -> tuple[ColumnElement[bool], ...]:
    """Neither leased nor paused; a lease beyond `latest` was given under a wrong clock (F-12)."""
    paused = exists().where(pause.c.tenant_id == TENANT, pause.c.until > _now)
    return (
        (mailbox.c.lease_until <= _now) | (mailbox.c.lease_until > _latest),
        mailbox.c.paused_until.is_(None) | (mailbox.c.paused_until <= _now),
        ~paused,
    )


_STATE = (
    mailbox.c.person_id,
    mailbox.c.due,
    mailbox.c.last_good_look,
    mailbox.c.problem,
    mailbox.c.blocked,
    mailbox.c.failures,
    mailbox.c.paused_until,
    mailbox.c.unreadable,
    mailbox.c.left_out,
)
_STATES = select(*_STATE).where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id.in_(_people))
_REMOVE = delete(mailbox).where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id == _person)
_CLAIM = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id.in_(_people), *_free())
    .values(due_before_claim=mailbox.c.due, due=_latest, lease_until=_latest, generation=mailbox.c.generation + 1)
    .returning(mailbox.c.generation, mailbox.c.revision, mailbox.c.due_before_claim, *_STATE)
)
# During a run the due time is the lease's end; if it is earlier, somebody woke the mailbox meanwhile.
_DUE_AFTER_RUN = case(
    ((mailbox.c.due < mailbox.c.lease_until) & (mailbox.c.due < bindparam("next_due")), mailbox.c.due),
    else_=bindparam("next_due"),
)
_paused = func.coalesce(mailbox.c.paused_until, 0)
# The same of a pause: one that was not there at the claim was asked for during the run.
_PAUSE_AFTER_RUN = case(
    ((_paused > bindparam("paused_before")) & (_paused > bindparam("pause_asked")), mailbox.c.paused_until),
    else_=bindparam("new_paused_until"),
)
_FINISH = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id == _person, mailbox.c.generation == bindparam("fence"))
    .values(
        due=_DUE_AFTER_RUN,
        lease_until=_NOT_LEASED,
        last_good_look=bindparam("new_last_good_look"),
        problem=bindparam("new_problem"),
        blocked=bindparam("new_blocked"),
        failures=bindparam("new_failures"),
        paused_until=_PAUSE_AFTER_RUN,
        unreadable=bindparam("new_unreadable"),
        left_out=bindparam("new_left_out"),
    )
)
_MAKE_DUE = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id.in_(_people), mailbox.c.due > bindparam("at"))
    .values(due=bindparam("at"))
)
_FORGET_LOOKS = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT)
    .values(
        due=bindparam("at"),
        due_before_claim=bindparam("at"),
        lease_until=_NOT_LEASED,
        generation=mailbox.c.generation + 1,
        last_good_look=None,
        problem=None,
        blocked=None,
        failures=0,
        unreadable=False,
        left_out=None,
    )
)
_OVERDUE = (
    select(mailbox.c.person_id)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.due <= _now, *_free())
    .order_by(mailbox.c.due, mailbox.c.person_id)
    .limit(bindparam("most"))
)
_DUE_BY_WRONG_CLOCK = (
    select(mailbox.c.person_id)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.due > _latest, *_free())
    .order_by(mailbox.c.due, mailbox.c.person_id)
    .limit(bindparam("most"))
)
_BY_DUE = (
    select(mailbox.c.due, mailbox.c.person_id, mailbox.c.lease_until, mailbox.c.paused_until)
    .where(
        mailbox.c.tenant_id == TENANT,
        tuple_(mailbox.c.due, mailbox.c.person_id) > tuple_(bindparam("due"), bindparam("after")),
    )
    .order_by(mailbox.c.due, mailbox.c.person_id)
    .limit(_PAGE)
)
_PAUSE_ONE = (
    update(mailbox)
    .where(mailbox.c.tenant_id == TENANT, mailbox.c.person_id == _person, _paused < bindparam("until"))
    .values(paused_until=bindparam("until"))
)
_PAUSE = select(pause.c.until).where(pause.c.tenant_id == TENANT)


class SqlMailboxes(Scoped):
    """The mailboxes of one tenant that are read."""

    def __init__(self, connection: Connection, tenant: str, revisions: Revisions) -> None:
        super().__init__(connection, tenant)
        self._revisions = revisions

    def add(self, person: PersonId, due: datetime) -> None:
        row = {
            "tenant_id": self._tenant,
            "person_id": person,
            "due": to_micros(due),
            "due_before_claim": to_micros(due),
            "lease_until": _NOT_LEASED,
            "generation": secrets.randbits(_GENERATION_BITS),
            "last_good_look": None,
            "problem": None,
            "blocked": None,
            "failures": 0,
            "paused_until": None,
            "unreadable": False,
            "left_out": None,
        }
        self._connection.execute(add_missing(mailbox, self._connection.dialect.name), row)
        self.make_due([person], due)

    def remove(self, person: PersonId) -> None:
        self._run(_REMOVE, person=person)

    def state(self, people: Iterable[PersonId]) -> Mapping[PersonId, MailboxState]:
        return {row[0]: _state(row) for row in self._rows_of(_STATES, people)}

    def claim(self, person: PersonId, now: datetime, lease: timedelta) -> Claim | None:
        return self.claim_many([person], now, lease).get(person)

    def claim_many(self, people: Iterable[PersonId], now: datetime, lease: timedelta) -> Mapping[PersonId, Claim]:
        at = {"now": to_micros(now), "latest": to_micros(now) + length_in_micros(lease)}
        found: dict[PersonId, Claim] = {}
        shared = self._revisions.shared()
        for piece in chunks(sorted(people)):
            # The due time from before the claim replaces the one that the claim has set.
            self._lock_in_order(piece)
            for generation, own, due, person, _, *others in self._run(_CLAIM, people=piece, **at).all():
                found[person] = Claim(
                    person=person,
                    generation=generation,
                    revision=Revision(own=own, shared=shared),
                    state=_state((person, due, *others)),
                )
        return found

    def finish(self, claim: Claim, state: MailboxState) -> bool:
        return bool(self._run(_FINISH, **_outcome(claim, state)).rowcount == 1)

    def lock(self, people: Iterable[PersonId]) -> None:
        self._revisions.lock(people)

    def still_held(self, claims: Iterable[Claim]) -> Mapping[Claim, Revision]:
        wanted = list(claims)
        locked = self._revisions.locked(each.person for each in wanted)
        shared = self._revisions.shared()
        found = {}
        for each in wanted:
            generation, own = locked.get(each.person, (None, 0))
            if generation == each.generation:
                found[each] = Revision(own=own, shared=shared)
        return found

    def revisions(self, people: Iterable[PersonId]) -> Mapping[PersonId, Revision]:
        return self._revisions.of(people)

    def finish_many(self, outcomes: Sequence[tuple[Claim, MailboxState]]) -> None:
        if outcomes:
            rows = [{"tenant": self._tenant, **_outcome(claim, state)} for claim, state in outcomes]
            run_many(self._connection, _FINISH, rows)

    def forget_looks(self, due: datetime) -> None:
        self._run(_FORGET_LOOKS, at=to_micros(due))

    def make_due(self, people: Iterable[PersonId], at: datetime) -> None:
        for piece in chunks(sorted(people)):
            self._lock_in_order(piece)
            self._run(_MAKE_DUE, people=piece, at=to_micros(at))

    def due(self, now: datetime, horizon: timedelta, limit: int) -> Sequence[PersonId]:
        at = {"now": to_micros(now), "latest": to_micros(now) + length_in_micros(horizon)}
        found = list(self._run(_OVERDUE, most=limit, **at).scalars())
        if len(found) < limit:
            found += self._run(_DUE_BY_WRONG_CLOCK, most=limit - len(found), **at).scalars()
        return [PersonId(person) for person in found]

    def next_due(self) -> datetime | None:
        # No mailbox falls due before its `due`, so reading them in that order ends early.
        soonest: int | None = None
        due, after = -1, ""
        while rows := self._run(_BY_DUE, due=due, after=after).all():
            for row in rows:
                if soonest is not None and row.due >= soonest:
                    return self._after_pause(soonest)
                free = max(row.due, row.lease_until, row.paused_until or 0)
                soonest = free if soonest is None else min(soonest, free)
            due, after = rows[-1].due, rows[-1].person_id
        return None if soonest is None else self._after_pause(soonest)

    def pause(self, person: PersonId, until: datetime) -> None:
        self._run(_PAUSE_ONE, person=person, until=to_micros(until))

    def tenant_pause(self) -> datetime | None:
        return from_micros_or_none(self._run(_PAUSE).scalar())

    def pause_tenant(self, until: datetime) -> None:
        # Two answers may ask for different waits: the longer one is kept to.
        standing = self._run(_PAUSE).scalar() or 0
        self._upsert(pause, [{"until": max(standing, to_micros(until))}])

    def _lock_in_order(self, people: Sequence[PersonId]) -> None:
        """Lock mailboxes in order of id: an UPDATE of several would lock them in the order in which it finds them."""
        if len(people) > 1:
            self.lock(people)

    def _after_pause(self, soonest: int) -> datetime:
        return from_micros(max(soonest, self._run(_PAUSE).scalar() or 0))


def _outcome(claim: Claim, state: MailboxState) -> Mapping[str, object]:
    """Return the parameters of `_FINISH`."""
    return {
        "person": claim.person,
        "fence": claim.generation,
        "next_due": to_micros(state.due),
        "new_last_good_look": to_micros_or_none(state.last_good_look),
        "new_problem": state.problem,
        "new_blocked": state.blocked,
        "new_failures": state.failures,
        "new_paused_until": to_micros_or_none(state.paused_until),
        "pause_asked": to_micros_or_none(state.paused_until) or 0,
        "paused_before": to_micros_or_none(claim.state.paused_until) or 0,
        "new_unreadable": state.unreadable,
        "new_left_out": _encode(state.left_out).decode() if state.left_out else None,
    }


def _state(row: Any) -> MailboxState:  # noqa: ANN401 - rows of the driver
    person, due, last_good_look, problem, blocked, failures, paused_until, unreadable, left_out = row
    return MailboxState(
        person=PersonId(person),
        due=from_micros(due),
        last_good_look=from_micros_or_none(last_good_look),
        problem=None if problem is None else ReadProblem(problem),
        blocked=None if blocked is None else BlockedReason(blocked),
        failures=failures,
        paused_until=from_micros_or_none(paused_until),
        unreadable=bool(unreadable),
        left_out=() if left_out is None else _keys(left_out),
    )
