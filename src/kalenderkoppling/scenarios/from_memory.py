"""Decides a call a second time, from the in-memory index and by number: the result must match the store's."""

from __future__ import annotations

from kalenderkoppling.absences.call import Treatment
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.scenarios.system import System
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan

_PLAN = NumberPlan(country=TenantSettings().country)


class MemoryDiffersError(Exception):
    """The decision from memory differs from the store's: a bug of ours, whatever the scenario expects."""


async def must_agree(system: System, person: PersonId, treatment: Treatment) -> None:
    """Decide a call to a person's number by an index that is freshly read from the store.

    Raises:
        MemoryDiffersError: the number is not found, or the decision differs.
    """
    index = CallIndex()

    def everybody(tx: Transaction) -> tuple[dict[PersonId, Callee], str]:
        who = tx.people.get(person)
        now = system.core.clock.now()
        return load_callees(tx, TENANT, tx.people.ids(), now, _PLAN), who.extension if who else ""

    callees, number = await look_up(system.core, TENANT, everybody)
    index.replace_all(TENANT, callees.values())
    answers = AnswerCall(system.core, index, lambda _: _PLAN, lambda _: True, system.meter)
    decision = await answers.decide(TENANT, [number])
    found = decision.callee.person if decision.callee else None
    if (found, decision.treatment) != (person, treatment):
        raise MemoryDiffersError(f"expected {treatment} for {person}, got {decision.treatment} for {found} from memory")
