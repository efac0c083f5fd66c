"""What a call to a person meets now: from memory, else from the store, else the phone rings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import structlog

from kalenderkoppling.absences.call import Ring, Treatment, decide_call
from kalenderkoppling.domain.errors import KalenderkopplingError
from kalenderkoppling.domain.person import Person, PersonId, TenantId
from kalenderkoppling.ports.meter import Count, Meter
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.usecases.announcements.sentence import Sentence, announced_of, sentence_for
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.calls.decision import CallDecision
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kalenderkoppling.usecases.situation import situation

STORE_WITHIN_SECONDS = 1.0
"""How long a caller waits for the store; after that the phone rings (S-13)."""

MOST_AT_STORE = 3
"""How many calls may wait for the store at the same time, so that a store that hangs does not block every thread of
the pool (five on one core)."""

NOBODY_VALID = timedelta(minutes=1)
"""How long a decision about an unassigned number is valid: the number may be assigned meanwhile."""

MOST_LOOKED_THROUGH = 500
"""Up to this size the whole directory is scanned for a number; in a larger one the store is searched, which finds
extensions and mobiles, not the addresses of phones."""

_MOST_HITS = 500
_TELLING_DIGITS = 9
_ENDING = 4

_log = structlog.get_logger("calls")


async def answer_call(core: Core, tenant: TenantId, person: PersonId) -> Treatment:
    """Decide what a call to a person meets, from the store; somebody unknown rings (semantics 7)."""
    now = core.clock.now()
    found = await look_up(core, tenant, lambda tx: situation(tx, person, now))
    return Ring() if found is None else decide_call(found.absences, now, found.terms)


class _NotToldError(Exception):
    """The store did not answer the lookup of a number."""


class AnswerCall:
    """Decides calls; it never raises, and answers within about a second.

    Args:
        core: The clock, and the store for lookups of what is not in memory.
        index: The people in memory.
        plan_of: How a tenant's numbers are read.
        follower_is_current: Tells whether the index is up to date, so that an unknown number is unassigned.
        meter: Counts calls that ring because of an internal failure.
    """

    def __init__(
        self,
        core: Core,
        index: CallIndex,
        plan_of: Callable[[TenantId], NumberPlan],
        follower_is_current: Callable[[TenantId], bool],
        meter: Meter,
    ) -> None:
        self._core = core
        self._index = index
        self._plan_of = plan_of
        self._is_current = follower_is_current
        self._meter = meter
        self._at_store = 0

    async def decide(self, tenant: TenantId, candidates: Sequence[str]) -> CallDecision:
        """Decide what a call meets.

        Args:
            tenant: Whose exchange sent it.
            candidates: The numbers that it names, in any written form; the one that was called first.
        """
        now = self._core.clock.now()
        try:
            plan = self._plan_of(tenant)
            keys = tuple(dict.fromkeys(chain.from_iterable(map(plan.candidates, candidates))))
            callee = self._index.find(tenant, keys)
            if callee is None and keys and not self._knows_everybody(tenant):
                callee = await self._from_store(tenant, keys, plan)
                now = self._core.clock.now()
            return _nobody(now) if callee is None else self._judged(callee, now)
        except _NotToldError:
            return replace(_nobody(self._core.clock.now()), is_sure=False)
        except Exception as error:  # noqa: BLE001 - whatever of ours fails, the phone rings (S-13)
            self._count_failure(error)
            return replace(_nobody(now), is_sure=False)

    def again(self, callee: Callee) -> CallDecision:
        """Decide again for the same person, with what is known now (C-26).

        Where the person has been removed meanwhile, the phone rings.
        """
        now = self._core.clock.now()
        known = self._index.get(callee.tenant, callee.person)
        if known is None and self._knows_everybody(callee.tenant):
            return _nobody(now)
        return self._judged(known or callee, now)

    def who_is(self, tenant: TenantId, number: str) -> PersonId | None:
        """Look a number up in memory, in any written form; None where it is unassigned or ambiguous."""
        found = self._index.find(tenant, self._plan_of(tenant).candidates(number))
        return None if found is None else found.person

    def _knows_everybody(self, tenant: TenantId) -> bool:
        return self._index.is_loaded(tenant) and self._is_current(tenant)

    def _judged(self, callee: Callee, now: datetime) -> CallDecision:
        try:
            treatment = callee.treatment(now)
            until = callee.holds_until(now, partial(_heard, callee))
        except Exception as error:  # noqa: BLE001 - one failed decision must not stop the call: it rings (S-13)
            self._count_failure(error)
            treatment, until = Ring(), now + NOBODY_VALID
        return CallDecision(callee=callee, treatment=treatment, valid_until=until, now=now)

    async def _from_store(self, tenant: TenantId, keys: Sequence[str], plan: NumberPlan) -> Callee | None:
        """Look for the person in the store, within a second.

        Raises:
            _NotToldError: it takes longer, or fails.
        """
        if self._at_store >= MOST_AT_STORE:
            self._meter.count(Count.CALLS_FAILED_OPEN, "store_busy")
            raise _NotToldError
        now = self._core.clock.now()
        self._at_store += 1
        reading = asyncio.ensure_future(look_up(self._core, tenant, lambda tx: _looked_up(tx, tenant, keys, plan, now)))
        reading.add_done_callback(self._read)
        try:
            async with asyncio.timeout(STORE_WITHIN_SECONDS):
                # The thread goes on after the timeout, so it is counted until it returns.
                return await asyncio.shield(reading)
        except (TimeoutError, KalenderkopplingError) as error:
            self._count_failure(error)
            raise _NotToldError from error

    def _read(self, reading: asyncio.Future[Callee | None]) -> None:
        self._at_store -= 1
        if not reading.cancelled():
            reading.exception()

    def _count_failure(self, error: Exception) -> None:
        self._meter.count(Count.CALLS_FAILED_OPEN, type(error).__name__)
        _log.error("call_not_decided", error=type(error).__name__)


def _heard(callee: Callee, now: datetime) -> tuple[Treatment, Sentence | None]:
    """Return what a call meets at an instant, with its sentence, whose words may change at midnight (C-10)."""
    treatment = callee.treatment(now)
    announced = announced_of(treatment)
    return treatment, None if announced is None else sentence_for(callee, announced, now)


def _nobody(now: datetime) -> CallDecision:
    return CallDecision(callee=None, treatment=Ring(), valid_until=now + NOBODY_VALID, now=now)


def _looked_up(
    tx: Transaction, tenant: TenantId, keys: Sequence[str], plan: NumberPlan, now: datetime
) -> Callee | None:
    """Find the person of the first key that is assigned; None where it is ambiguous, as in the index."""
    for key in keys:
        having = [each.id for each in _maybe(tx, key) if key in plan.keys_of(each)]
        if having:
            return load_callees(tx, tenant, having, now, plan)[having[0]] if len(having) == 1 else None
    return None


def _maybe(tx: Transaction, key: str) -> Iterator[Person]:
    """Yield candidates for a key: all of a small directory, else those whose numbers contain its digits."""
    everybody = tx.people.search("", limit=MOST_LOOKED_THROUGH)
    digits = key.removeprefix("+")
    if not everybody.has_more:
        # Parsing a number is slow; comparing the last digits first rules most people out.
        ending = digits[-_ENDING:] if digits.isdecimal() else ""
        yield from (each for each in everybody.people if ending in _digits_of(each))
    elif digits.isdecimal():
        yield from tx.people.search(digits[-_TELLING_DIGITS:], limit=_MOST_HITS).people


def _digits_of(person: Person) -> str:
    return "".join(filter(str.isdecimal, f"{person.extension} {person.mobile} {person.phone_uri}"))
