"""Record calls and call-back requests, and publish whose lists changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeAlias

from kalenderkoppling.domain.call import CallBackRequest, CallRecord
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.usecases.core import Core, Unit, perform

Note: TypeAlias = CallRecord | CallBackRequest


async def record_call(core: Core, tenant: TenantId, record: CallRecord) -> None:
    """Write a call into the history, where the person and a colleague who called find it at once (R20).

    Raises:
        StoreUnavailableError: it is not written; the same record may be given again.
    """
    await perform(core, tenant, lambda unit: take_down(unit, notes=[record]))


async def ask_call_back(core: Core, tenant: TenantId, request: CallBackRequest) -> None:
    """Record a call-back request for a person and the attendants.

    Raises:
        StoreUnavailableError: it is not written; the same request may be given again.
    """
    await perform(core, tenant, lambda unit: take_down(unit, notes=[request]))


def take_down(unit: Unit, *, notes: Sequence[Note]) -> None:
    """Write calls and call-back requests in order, and publish whose lists changed.

    Nothing is written about a person who was erased during the call (S-12): no call to that person and no request by
    or to that person; a call by that person is kept without a name.
    """
    known = unit.tx.people.many({person for each in notes for person in _named(each)})
    calls = [each for each in notes if isinstance(each, CallRecord) and each.person in known]
    wishes = [
        each for each in notes if isinstance(each, CallBackRequest) and all(person in known for person in _named(each))
    ]
    unit.tx.calls.add([_without_strangers(each, known) for each in calls])
    for wish in wishes:
        unit.tx.call_backs.add(wish)
    told = {person: None for each in calls for person in _named(each) if person in known}
    told.update({each.person: None for each in wishes})
    if told:
        unit.tell(*told)


def _named(note: Note) -> tuple[PersonId, ...]:
    return (note.person,) if note.colleague is None else (note.person, note.colleague)


def _without_strangers(record: CallRecord, known: Collection[PersonId]) -> CallRecord:
    if record.colleague is None or record.colleague in known:
        return record
    return replace(record, colleague=None, number="")
