"""Choose for one booking or series: follow the rules, no update, or a reason and kind of one's own (R16, R18)."""

from __future__ import annotations

from collections.abc import Mapping

from kalenderkoppling.domain.booking import BookingKey, Choice
from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.reasons import known_reasons
from kalenderkoppling.usecases.rules.tidy import tidy


async def choose_for_booking(
    core: Core, tenant: TenantId, actor: str, person: PersonId, *, key: BookingKey, choice: Choice
) -> None:
    """Set a person's choice on a booking, an occurrence or a series, by its key.

    Raises:
        NotFoundError: there is no such person, or the person does not have the service.
        RefusedError: a diversion without the referral service, or a reason that does not exist.
    """

    def work(unit: Unit) -> None:
        who = unit.tx.people.get(person)
        if who is None or not who.entitlements.calendar_coupling:
            raise NotFoundError
        if choice.diversion is not None and choice.diversion.diverts and not who.entitlements.referral:
            raise RefusedError(FieldProblem(field="diversion", problem="no_referral_service"))
        if choice.reason is not None and choice.reason not in known_reasons(unit.tx):
            raise RefusedError(FieldProblem(field="reason", problem="unknown_reason"))
        unit.tx.mailboxes.lock([person])
        before = unit.tx.choices.of([person]).get(person, Choices()).by_key.get(key)
        unit.tx.choices.put(person, {key: choice})
        tidy(unit, [person])
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.CHOOSE,
                actor=actor,
                person=person,
                about=key,
                before=_described(before),
                after=_described(choice),
            )
        )
        unit.tell(person)
        unit.wake([person])

    await perform(core, tenant, work)


def _described(choice: Choice | None) -> Mapping[str, object]:
    if choice is None:
        return {}
    return {
        "choice": str(choice.kind),
        "reason": None if choice.reason is None else str(choice.reason),
        "diversion": None if choice.diversion is None else str(choice.diversion),
    }
