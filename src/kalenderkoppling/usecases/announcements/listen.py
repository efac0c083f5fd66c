"""Hear it first: what a caller would hear of somebody, now or when an absence begins."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from kalenderkoppling.absences.call import Treatment
from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import NotFoundError, SpeechFailedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.absences.changed import about
from kalenderkoppling.usecases.absences.load_absence import load_absence
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.recordings import recordings_in
from kalenderkoppling.usecases.announcements.sentence import Sentence, said, sentence_at
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.record_reading import record_reading
from kalenderkoppling.words import unreachable_sentence

_NO_NUMBERS = NumberPlan(country="")
"""By which number the person is called makes no difference to what is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a caller meets, and hears after that; `sentence` is None where the phone just rings."""

    treatment: Treatment
    sentence: Sentence | None


async def met_now(core: Core, actor: Actor, person: PersonId) -> Met:
    """Return what a caller meets now, which every colleague may know: anybody can call.

    Raises:
        NotFoundError: there is no such person.
    """
    now = core.clock.now()

    def work(tx: Transaction) -> Met:
        callee = _callee(tx, actor, person, now)
        return Met(treatment=callee.treatment(now), sentence=sentence_at(callee, now))

    return await look_up(core, actor.tenant, work)


async def announcement_now(
    core: Core,
    prompts: Prompts,
    actor: Actor,
    person: PersonId,
    *,
    at: datetime | None = None,
    absence: AbsenceId | None = None,
) -> Prompt | None:
    """Return exactly what a caller would hear of a person, None where the phone rings.

    What holds now may be heard by every colleague: anybody can call. What comes is for the person, attendants and
    administrators; an administrator's asking is in the audit log (S-12).

    Args:
        core: Store and clock.
        prompts: Where a prompt may be ready; what is rendered here is not kept.
        actor: Who asks.
        person: Who would be called.
        at: When, aware; None, or what has passed, is now.
        absence: An absence of the person: heard is what holds when it begins, or now where it has begun.

    Raises:
        NotFoundError: there is no such person or absence for this actor; a removed, sleeping or ended one is none.
        SpeechFailedError: it could not be said, and what callers hear then is not ready here.
    """
    now = core.clock.now()
    if absence is not None:
        sentence = await perform(core, actor.tenant, lambda unit: _when_it_begins(unit, actor, person, absence))
    elif at is not None and at > now:
        sentence = await perform(core, actor.tenant, lambda unit: _when_it_comes(unit, actor, person, at))
    else:
        sentence = await look_up(core, actor.tenant, lambda tx: _heard(tx, actor, person, now, is_coming=False))
    return None if sentence is None else await _prompt(core, prompts, actor, sentence)


def _when_it_begins(unit: Unit, actor: Actor, person: PersonId, absence: AbsenceId) -> Sentence | None:
    loaded = load_absence(unit.tx, absence)
    if loaded is None or loaded.person.id != person or not actor.may_ask_why(person):
        raise NotFoundError
    stands = loaded.absence
    if stands is None or stands.interval.end <= unit.now:
        raise NotFoundError
    record_reading(unit, actor, person, about(loaded.owned, absence))
    start = stands.interval.start
    return _heard(unit.tx, actor, person, max(start, unit.now), is_coming=start > unit.now)


def _when_it_comes(unit: Unit, actor: Actor, person: PersonId, at: datetime) -> Sentence | None:
    if not actor.may_ask_why(person):
        raise NotFoundError
    heard = _heard(unit.tx, actor, person, at, is_coming=True)
    record_reading(unit, actor, person, "")
    return heard


def _heard(tx: Transaction, actor: Actor, person: PersonId, at: datetime, *, is_coming: bool) -> Sentence | None:
    callee = _callee(tx, actor, person, at)
    # The calendar will have been looked at by then; if it has not, the phone rings (C-27).
    return sentence_at(replace(callee, last_good_look=at) if is_coming else callee, at)


def _callee(tx: Transaction, actor: Actor, person: PersonId, at: datetime) -> Callee:
    callee = load_callees(tx, actor.tenant, [person], at, _NO_NUMBERS).get(person)
    if callee is None:
        raise NotFoundError
    return callee


async def _prompt(core: Core, prompts: Prompts, actor: Actor, sentence: Sentence) -> Prompt:
    """Return a sentence's prompt; where it cannot be rendered, what callers hear then (F-26)."""
    recording_of = partial(recordings_in(core.store), actor.tenant)
    try:
        return await asyncio.to_thread(prompts.render, sentence, recording_of)
    except SpeechFailedError:
        generic = said(unreachable_sentence(sentence.language), sentence.language)
        found = await asyncio.to_thread(prompts.find, generic)
        if found is None:
            raise
        return found
