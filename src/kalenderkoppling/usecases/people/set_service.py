"""Give a person the calendar coupling or the referral service, or take it away (R7, C-05, C-06).

What an administrator sets by hand is pinned: imports leave it as it is, until it is given back to the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import Entitlements, Person, PersonId, TenantId
from kalenderkoppling.domain.service import Service, Services, ServiceSetting, has
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, perform

ServiceSettings = Mapping[Service, ServiceSetting]


async def set_service(core: Core, tenant: TenantId, actor: str, person: PersonId, entitlements: Entitlements) -> None:
    """Set what a person has; what it takes away goes at once, and what it changes is pinned.

    Raises:
        NotFoundError: there is no such person.
    """

    def work(unit: Unit) -> None:
        who = _known(unit, person)
        changed = [each for each in Service if has(who.entitlements, each) != has(entitlements, each)]
        wanted = {each: ServiceSetting.ON if has(entitlements, each) else ServiceSetting.OFF for each in changed}
        _set_for_one(unit, actor, who, wanted)

    await perform(core, tenant, work)


async def set_services(core: Core, tenant: TenantId, actor: str, person: PersonId, wanted: ServiceSettings) -> None:
    """Switch some of a person's services on or off by hand, or give them back to the source; in force at once.

    Raises:
        NotFoundError: there is no such person.
    """
    await perform(core, tenant, lambda unit: _set_for_one(unit, actor, _known(unit, person), wanted))


def _known(unit: Unit, person: PersonId) -> Person:
    who = unit.tx.people.get(person)
    if who is None:
        raise NotFoundError
    return who


def _set_for_one(unit: Unit, actor: str, who: Person, wanted: ServiceSettings) -> None:
    if wanted:
        unit.tx.mailboxes.lock([who.id])
        put_services(unit, actor, [who], wanted)


def put_services(unit: Unit, actor: str, people: Iterable[Person], wanted: ServiceSettings) -> None:
    """Set services of people within a unit of work that has locked their mailboxes.

    Whoever has them set so already is left as is, and is not in the audit log.
    """
    known = {each.id: each for each in people}
    pins = unit.tx.services.pins(known)
    changed_pins: dict[PersonId, Mapping[Service, bool]] = {}
    for id_, person in known.items():
        before = Services(given=person.entitlements, pinned=pins.get(id_, {}))
        after = before
        for service, setting in wanted.items():
            after = after.set(service, setting)
        if after == before:
            continue
        if after.pinned != before.pinned:
            changed_pins[id_] = after.pinned
        if after.given != before.given:
            _put_in_force(unit, person, after.given)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.SET_SERVICE,
                actor=actor,
                person=id_,
                before=_described(before),
                after=_described(after),
            )
        )
    unit.tx.services.put_pins(changed_pins)


def _put_in_force(unit: Unit, person: Person, given: Entitlements) -> None:
    unit.tx.people.set_entitlements(person.id, given)
    if given.calendar_coupling != person.entitlements.calendar_coupling:
        apply_service(unit, person, given)
    unit.tell(person.id)


def apply_service(unit: Unit, person: Person, entitlements: Entitlements) -> None:
    """Start or stop reading a person's mailbox.

    Switched off, what was synchronised goes at once (absences, edits, removals); choices sleep, what was set by
    hand stays. Switched on, a full look follows (C-06). Somebody without a mailbox address is not looked at.
    """
    if entitlements.calendar_coupling and person.mailbox:
        unit.tx.mailboxes.add(person.id, unit.now)
        unit.wake([person.id])
        return
    _let_end(unit, person.id)
    unit.tx.mailboxes.remove(person.id)
    if unit.tx.absences.drop_kept_of(person.id):
        unit.scrub = True


def _let_end(unit: Unit, person: PersonId) -> None:
    """Make the end of the subscription due as soon as the mailbox's pause is over (S-8)."""
    subscription = unit.tx.subscriptions.of(person)
    state = unit.tx.mailboxes.state([person]).get(person)
    if subscription is not None:
        at = max(unit.now, (state.paused_until if state else None) or unit.now)
        unit.tx.subscriptions.put(replace(subscription, renew_at=at))


def _described(services: Services) -> dict[str, object]:
    given = services.given
    by_hand = " ".join(sorted(services.pinned))
    described: dict[str, object] = {"calendar_coupling": given.calendar_coupling, "referral": given.referral}
    return {**described, "by_hand": by_hand} if by_hand else described
