"""Call-back requests: a person's own, all of them for attendants, and marking one as done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kalenderkoppling.domain.call import CallBackRequest, CallId
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Person, Role
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform

MOST_CALL_BACKS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """A call-back request: to whom, and who called where that is a colleague."""

    request: CallBackRequest
    person: Person
    colleague: Person | None = None


async def my_call_backs(core: Core, actor: Actor) -> Sequence[CallBack]:
    """Return who wants to be called back by the actor, the longest waiting first."""
    return await look_up(core, actor.tenant, lambda tx: _shown(tx, tx.call_backs.of(actor.person)))


async def all_call_backs(core: Core, actor: Actor) -> Sequence[CallBack]:
    """Return who wants to be called back by anybody, the longest waiting first; at most 500.

    Raises:
        NotFoundError: the actor is no attendant.
    """
    if Role.ATTENDANT not in actor.roles:
        raise NotFoundError
    return await look_up(core, actor.tenant, lambda tx: _shown(tx, tx.call_backs.all(limit=MOST_CALL_BACKS)))


async def call_back_done(core: Core, actor: Actor, request_id: CallId) -> None:
    """Remove a request that is done; the audit log names the person who was called, not the caller.

    Raises:
        NotFoundError: there is no such request (any more), or the actor is neither its person nor an attendant.
    """

    def work(unit: Unit) -> None:
        request = unit.tx.call_backs.get(request_id)
        if request is None:
            raise NotFoundError
        actor.must_change(request.person)
        unit.tx.call_backs.remove(request_id)
        unit.tx.audit.append(Entry(at=unit.now, act=Act.CALL_BACK_DONE, actor=actor.person, person=request.person))
        unit.tell(request.person)

    await perform(core, actor.tenant, work)


def _shown(tx: Transaction, requests: Sequence[CallBackRequest]) -> Sequence[CallBack]:
    named = {each.person for each in requests} | {each.colleague for each in requests if each.colleague is not None}
    known = tx.people.many(named)
    return [
        CallBack(
            request=each,
            person=known[each.person],
            colleague=None if each.colleague is None else known.get(each.colleague),
        )
        for each in requests
        if each.person in known
    ]
