"""Set a person's own rules and switch; they beat the administrator's (R12, R15)."""

from __future__ import annotations

from collections.abc import Mapping

from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import Person, PersonId, TenantId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.rules.model import OwnRules
from kalenderkoppling.usecases.core import Core, Unit, perform
from kalenderkoppling.usecases.reasons import known_reasons
from kalenderkoppling.usecases.rules.tidy import tidy


async def set_own_rules(core: Core, tenant: TenantId, actor: str, person: PersonId, own: OwnRules) -> None:
    """Set all own rules and the switch of a person.

    Raises:
        NotFoundError: there is no such person.
        RefusedError: a diversion without the referral service, or a reason that does not exist.
    """

    def work(unit: Unit) -> None:
        who = unit.tx.people.get(person)
        if who is None:
            raise NotFoundError
        _check(unit.tx, who, own)
        unit.tx.mailboxes.lock([person])
        before = unit.tx.rules.own([person]).get(person, OwnRules())
        unit.tx.rules.put_own(person, own)
        tidy(unit, [person])
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.SET_OWN_RULES,
                actor=actor,
                person=person,
                before=_described(before),
                after=_described(own),
            )
        )
        unit.tell(person)
        unit.wake([person])

    await perform(core, tenant, work)


def _check(tx: Transaction, who: Person, own: OwnRules) -> None:
    reasons = known_reasons(tx)
    problems = []
    for show_as, each in own.by_show_as.items():
        if each.rule is None:
            continue
        if each.rule.diversion.diverts and not who.entitlements.referral:
            problems.append(FieldProblem(field=f"{show_as}.diversion", problem="no_referral_service"))
        if each.rule.reason not in reasons:
            problems.append(FieldProblem(field=f"{show_as}.reason", problem="unknown_reason"))
    if problems:
        raise RefusedError(*problems)


def _described(own: OwnRules) -> Mapping[str, object]:
    return {
        "update": own.update,
        "rules": {
            str(show_as): f"{each.rule.reason}/{each.rule.diversion}" if each.rule else "no update"
            for show_as, each in own.by_show_as.items()
        },
    }
