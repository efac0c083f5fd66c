"""What an administrator sees and sets of people: the list, one person, services. No absence is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs
from kalenderkoppling.domain.errors import ConflictError, NotFoundError
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import GroupId, Person, PersonId, Role
from kalenderkoppling.domain.service import OrderId, Scope, Service, ServiceOrder, Services, ServiceSetting, has
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.explain import explain
from kalenderkoppling.rules.model import LayerKind, Policy, Rule
from kalenderkoppling.rules.walk import Check, Finding
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.people.mailbox_condition import MailboxCondition, mailbox_condition
from kalenderkoppling.usecases.people.order_service import order_service
from kalenderkoppling.usecases.people.set_service import put_services
from kalenderkoppling.usecases.situation import policies

PAGE_SIZE = 50
_BLOCK = 500
MOST_LOOKED_THROUGH = 10_000
"""How many people one page looks through for those that the filters let pass; the next page goes on behind them."""

_GIVERS = frozenset({Check.OWN_SWITCH, Check.OWN_RULE, Check.ADMINISTRATOR_RULE, Check.STANDARD_TEMPLATE})
_ANY_TIME = Interval(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 1, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Whom the list shows; an empty or absent filter lets everybody pass. `text` is the directory's search."""

    text: str = ""
    department: str = ""
    group: str = ""
    service: Service | None = None
    in_trouble: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """One row of the list."""

    person: Person
    services: Services
    condition: MailboxCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """Some of the people in the order of the directory; `next` is where the following page begins, None at the end."""

    rows: Sequence[ListedPerson]
    next: int | None
    departments: Sequence[str]
    groups: Sequence[GroupId]
    orders: Sequence[ServiceOrder]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInForce:
    """What a show-as becomes for a person, and whose word that is.

    `rule` is None for no absence. `giver` is the check that decided; `layer` is set where that was an
    administrator's layer.
    """

    show_as: ShowAs
    rule: Rule | None
    giver: Check
    layer: LayerKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministeredPerson:
    """What an administrator sees of one person; instants in UTC."""

    person: Person
    services: Services
    condition: MailboxCondition
    mailbox: MailboxState | None
    rules: Sequence[RuleInForce]
    sessions: int
    last_seen: datetime | None


def setting_of(services: Services, service: Service) -> ServiceSetting:
    """Return how a service is set now."""
    if service not in services.pinned:
        return ServiceSetting.SOURCE
    return ServiceSetting.ON if has(services.given, service) else ServiceSetting.OFF


async def list_people(core: Core, actor: Actor, filters: Filters, after: int = 0) -> PeopleList:
    """Return the people whom the filters let pass, from a place in the list on.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)

    def read(tx: Transaction) -> PeopleList:
        rows, following = _passing(tx, filters, max(after, 0))
        return PeopleList(
            rows=rows,
            next=following,
            departments=sorted(tx.people.departments(), key=str.casefold),
            groups=sorted(tx.people.groups()),
            orders=tx.services.orders(),
        )

    return await look_up(core, actor.tenant, read)


async def read_orders(core: Core, actor: Actor) -> Sequence[ServiceOrder]:
    """Return the orders of services, those that are being carried out and the last that is finished.

    Raises:
        NotFoundError: the actor is no administrator.
    """
    _must_administer(actor)
    return await look_up(core, actor.tenant, lambda tx: tx.services.orders())


async def read_person(core: Core, actor: Actor, person: PersonId) -> AdministeredPerson:
    """Return one person as an administrator sees somebody.

    Raises:
        NotFoundError: there is no such person, or the actor is no administrator.
    """
    _must_administer(actor)

    def read(tx: Transaction) -> AdministeredPerson:
        who = tx.people.get(person)
        if who is None:
            raise NotFoundError
        state = tx.mailboxes.state([person]).get(person)
        sessions = tx.sessions.of(person)
        return AdministeredPerson(
            person=who,
            services=_services(tx, [who])[person],
            condition=mailbox_condition(who, state),
            mailbox=state,
            rules=rules_in_force(policies(tx, {person: who})[person]),
            sessions=len(sessions),
            last_seen=max((each.seen_at for each in sessions), default=None),
        )

    return await look_up(core, actor.tenant, read)


async def edit_services(
    core: Core,
    actor: Actor,
    person: PersonId,
    wanted: Mapping[Service, ServiceSetting],
    *,
    seen: Mapping[Service, ServiceSetting],
) -> None:
    """Set a person's services by hand, or give them back to the source; what is set as it was seen stays.

    Raises:
        NotFoundError: there is no such person, or the actor is no administrator.
        ConflictError: one of those that were to change is no longer as it was seen.
    """
    _must_administer(actor)
    changed = {service: setting for service, setting in wanted.items() if seen.get(service) is not setting}

    def work(unit: Unit) -> None:
        who = unit.tx.people.get(person)
        if who is None:
            raise NotFoundError
        unit.tx.mailboxes.lock([person])
        services = _services(unit.tx, [who])[person]
        if any(setting_of(services, each) is not seen.get(each) for each in changed):
            raise ConflictError
        put_services(unit, actor.person, [who], changed)

    await perform(core, actor.tenant, work)


async def order_for_many(
    core: Core, actor: Actor, *, service: Service, setting: ServiceSetting, scope: Scope, of: str
) -> OrderId:
    """Order a service for a department or group.

    Raises:
        NotFoundError: the actor is no administrator.
        RefusedError: nobody is in it.
    """
    _must_administer(actor)
    return await order_service(core, actor.tenant, actor.person, service=service, setting=setting, scope=scope, of=of)


def rules_in_force(policy: Policy) -> Sequence[RuleInForce]:
    """Return what each show-as becomes without a choice, as if the person had the calendar coupling."""
    coupled = replace(policy, calendar_coupling=True)
    return [_rule_in_force(each, coupled) for each in ShowAs]


def _rule_in_force(show_as: ShowAs, policy: Policy) -> RuleInForce:
    steps = explain(Booking(key=BookingKey("any"), when=_ANY_TIME, show_as=show_as), None, policy)
    giver = next(each for each in steps if each.check in _GIVERS and each.finding in {Finding.GIVES, Finding.ENDS})
    return RuleInForce(show_as=show_as, rule=steps[-1].rule, giver=giver.check, layer=giver.layer)


def _passing(tx: Transaction, filters: Filters, after: int) -> tuple[Sequence[ListedPerson], int | None]:
    rows: list[ListedPerson] = []
    place = after
    while place < after + MOST_LOOKED_THROUGH:
        found = tx.people.search(filters.text, limit=_BLOCK, offset=place)
        for number, each in enumerate(_listed(tx, found.people), start=place):
            if _passes(each, filters):
                if len(rows) == PAGE_SIZE:
                    return rows, number
                rows.append(each)
        place += len(found.people)
        if not found.has_more:
            return rows, None
    return rows, place


def _listed(tx: Transaction, people: Sequence[Person]) -> Sequence[ListedPerson]:
    services = _services(tx, people)
    states = tx.mailboxes.state(each.id for each in people)
    return [
        ListedPerson(person=each, services=services[each.id], condition=mailbox_condition(each, states.get(each.id)))
        for each in people
    ]


def _passes(each: ListedPerson, filters: Filters) -> bool:
    return (
        (not filters.department or each.person.department == filters.department)
        and (not filters.group or filters.group in each.person.groups)
        and (filters.service is None or has(each.person.entitlements, filters.service))
        and (not filters.in_trouble or each.condition.is_trouble)
    )


def _services(tx: Transaction, people: Sequence[Person]) -> Mapping[PersonId, Services]:
    pins = tx.services.pins(each.id for each in people)
    return {each.id: Services(given=each.entitlements, pinned=pins.get(each.id, {})) for each in people}


def _must_administer(actor: Actor) -> None:
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotFoundError
