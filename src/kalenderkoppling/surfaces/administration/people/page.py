"""What the page "Personer" and a person's own page show, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.service import Service, ServiceOrder, Services, has
from kalenderkoppling.surfaces.administration.tabs import PEOPLE
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.people.administer_people import (
    AdministeredPerson,
    Filters,
    PeopleList,
    RuleInForce,
    setting_of,
)
from kalenderkoppling.words import reason_label, shown_age, shown_time


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownService:
    """A service of a person: whether it is on, and by whose word."""

    name: str
    is_on: bool
    state: str
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One person in the list."""

    name: str
    path: str
    department: str
    services: Sequence[ShownService]
    mailbox: str
    is_trouble: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """How far an order is."""

    text: str
    done: int
    total: int
    is_running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """What a show-as becomes, and whose rule that is."""

    show_as: str
    becomes: str
    whose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPerson:
    """One person's page."""

    path: str
    name: str
    facts: Sequence[tuple[str, str]]
    services: Sequence[ShownService]
    mailbox: str
    what_to_do: str
    is_trouble: bool
    times: Sequence[tuple[str, str]]
    rules: Sequence[ShownRule]
    is_coupled: bool
    rules_path: str


def administered_path(person: PersonId) -> str:
    """Return the path of a person's page of the administration."""
    return f"{PEOPLE}/{quote(person, safe='')}"


def list_path(filters: Filters, after: int = 0) -> str:
    """Return the path of the list with filters, from a place on."""
    fields = {
        "q": filters.text,
        "department": filters.department,
        "group": filters.group,
        "service": filters.service or "",
        "trouble": "yes" if filters.in_trouble else "",
        "after": str(after) if after else "",
    }
    asked = urlencode({name: value for name, value in fields.items() if value})
    return f"{PEOPLE}?{asked}" if asked else PEOPLE


def shown_rows(visit: Visit, found: PeopleList) -> Sequence[ShownRow]:
    """Return the rows of the list."""
    return [
        ShownRow(
            name=each.person.name,
            path=administered_path(each.person.id),
            department=each.person.department,
            services=shown_services(visit, each.services),
            mailbox=visit.text(f"mailbox.{each.condition}"),
            is_trouble=each.condition.is_trouble,
        )
        for each in found.rows
    ]


def shown_services(visit: Visit, services: Services) -> Sequence[ShownService]:
    """Return a person's services, each with whether the people file says so too."""
    return [_service(visit, services, each) for each in Service]


def _service(visit: Visit, services: Services, service: Service) -> ShownService:
    is_on = has(services.given, service)
    state = visit.text("people.on" if is_on else "people.off")
    if service in services.pinned:
        says = visit.text("people.says_yes" if services.pinned[service] else "people.says_no")
        state = f"{state} ({visit.text('people.by_hand', says=says)})"
    return ShownService(name=service, is_on=is_on, state=state, setting=setting_of(services, service))


def shown_orders(visit: Visit, orders: Sequence[ServiceOrder]) -> Sequence[ShownOrder]:
    """Return the orders, the newest first."""
    return [
        ShownOrder(
            text=visit.text(
                f"people.order.{each.setting}",
                service=visit.text(f"service.{each.service}"),
                whom=visit.text(f"people.of_{each.scope}", name=each.of),
            ),
            done=each.done,
            total=max(each.total, each.done),
            is_running=each.finished_at is None,
        )
        for each in reversed(orders)
    ]


def shown_person(visit: Visit, found: AdministeredPerson) -> ShownPerson:
    """Return one person's page."""
    person = found.person
    facts = {
        "people.id": person.id,
        "people.mailbox": person.mailbox,
        "people.title_of": person.title,
        "people.department": person.department,
        "people.groups": ", ".join(person.groups),
        "people.extension": person.extension,
        "people.mobile": person.mobile,
        "people.phone_uri": person.phone_uri,
        "people.roles": ", ".join(visit.text(f"role.{each}") for each in sorted(person.roles)),
        "people.sessions": visit.text("people.session_count", count=found.sessions),
    }
    return ShownPerson(
        path=administered_path(person.id),
        name=person.name,
        facts=_told(visit, facts),
        services=shown_services(visit, found.services),
        mailbox=visit.text(f"mailbox.{found.condition}"),
        what_to_do=visit.text(f"mailbox.{found.condition}.do") if found.condition.is_trouble else "",
        is_trouble=found.condition.is_trouble,
        times=_told(visit, _times(visit, found)),
        rules=[_rule(visit, each) for each in found.rules],
        is_coupled=person.entitlements.calendar_coupling,
        rules_path=f"/administration/rules?{urlencode({'kind': 'person', 'whom': person.id})}",
    )


def _told(visit: Visit, facts: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    return [(visit.text(key), value) for key, value in facts.items() if value]


def _times(visit: Visit, found: AdministeredPerson) -> Mapping[str, str]:
    state = found.mailbox
    if state is None:
        return {}
    last = state.last_good_look
    return {
        "people.last_look": (
            f"{_when(visit, last)} ({shown_age(visit.now - last, visit.language)})"
            if last
            else visit.text("people.never")
        ),
        "people.failures": str(state.failures) if state.failures else "",
        "people.paused": _when(visit, state.paused_until)
        if state.paused_until and state.paused_until > visit.now
        else "",
        "people.left_out": str(len(state.left_out)) if state.left_out else "",
    }


def _when(visit: Visit, at: datetime) -> str:
    zone = visit.settings.zone
    return shown_time(at.astimezone(zone), visit.now.astimezone(zone), visit.language)


def _rule(visit: Visit, each: RuleInForce) -> ShownRule:
    becomes = visit.text("rules.no_update")
    if each.rule is not None:
        reason = reason_label(each.rule.reason, visit.language, visit.reasons)
        becomes = f"{reason}, {visit.text(f'diversion.{each.rule.diversion}')}"
    whose = f"people.rule_of.{each.layer}" if each.layer else f"people.rule_of.{each.giver}"
    return ShownRule(show_as=visit.text(f"show_as.{each.show_as}"), becomes=becomes, whose=visit.text(whose))
