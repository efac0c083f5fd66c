"""The addresses of the page "Personer": the list, services for many, one person, and that person's services."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response, post
from litestar.params import FromPath

from kalenderkoppling.domain.errors import ConflictError, RefusedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.service import Scope, Service, ServiceSetting
from kalenderkoppling.surfaces.administration.people.page import (
    administered_path,
    list_path,
    shown_orders,
    shown_person,
    shown_rows,
)
from kalenderkoppling.surfaces.administration.tabs import ADMINISTRATION, PEOPLE, show_tab
from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.people.administer_people import (
    Filters,
    edit_services,
    list_people,
    order_for_many,
    read_orders,
    read_person,
)

SERVICES = f"{ADMINISTRATION}/services"
ONE = f"{PEOPLE}/{{person:str}}"
_FARTHEST = 10**9


@page(PEOPLE)
async def show_people(visit: TheVisit) -> Response[str]:
    """Show the people whom the filters of the address let pass."""
    asked = visit.request.query_params
    service = asked.get("service", "")
    filters = Filters(
        text=asked.get("q", ""),
        department=asked.get("department", ""),
        group=asked.get("group", ""),
        service=Service(service) if service in set(Service) else None,
        in_trouble=bool(asked.get("trouble")),
    )
    return await _list(visit, filters, _place(asked.get("after", "")))


@page(SERVICES)
async def show_orders(visit: TheVisit) -> Response[str]:
    """Show how far the orders are; a script asks for it while one is running."""
    if not visit.is_partial:
        return visit.redirect(PEOPLE)
    orders = await read_orders(visit.shell.core, visit.actor)
    return visit.render("administration/people/orders.html", orders=shown_orders(visit, orders))


@post(SERVICES, status_code=303)
async def order_services(visit: TheVisit, form: TheForm) -> Response[str]:
    """Set a service for a department or group."""
    scope, _, of = form.get("of").partition(":")
    service, setting = form.get("service"), form.get("setting")
    if scope not in set(Scope) or service not in set(Service) or setting not in set(ServiceSetting):
        return await _list(visit, Filters(), problem="problem.required", status=422)
    try:
        await order_for_many(
            visit.shell.core,
            visit.actor,
            service=Service(service),
            setting=ServiceSetting(setting),
            scope=Scope(scope),
            of=of,
        )
    except RefusedError as error:
        return await _list(visit, Filters(), problem=f"problem.{error.problems[0].problem}", status=422)
    return visit.redirect(PEOPLE, say=Notice(text_key="done.service_ordered"))


@page(ONE)
async def show_person(visit: TheVisit, person: FromPath[str]) -> Response[str]:
    """Show one person; absences are not shown, so nothing of it is in the audit log."""
    return await _person(visit, PersonId(person))


@post(f"{ONE}/services", status_code=303)
async def save_services(visit: TheVisit, person: FromPath[str], form: TheForm) -> Response[str]:
    """Set a person's services by hand."""
    id_ = PersonId(person)
    wanted, seen = _settings(form, ""), _settings(form, "seen_")
    try:
        await edit_services(visit.shell.core, visit.actor, id_, wanted, seen=seen)
    except ConflictError:
        return await _person(visit, id_, say=Notice(text_key="error.conflict", is_problem=True), status=409)
    return visit.redirect(administered_path(id_), say=Notice(text_key="done.services_saved"))


def _settings(form: Form, prefix: str) -> Mapping[Service, ServiceSetting]:
    sent = {each: form.get(f"{prefix}{each}") for each in Service}
    return {each: ServiceSetting(value) for each, value in sent.items() if value in set(ServiceSetting)}


def _place(after: str) -> int:
    return min(int(after), _FARTHEST) if after.isascii() and after.isdigit() and len(after) < len(str(_FARTHEST)) else 0


async def _list(
    visit: Visit, filters: Filters, after: int = 0, *, problem: str = "", status: int = 200
) -> Response[str]:
    found = await list_people(visit.shell.core, visit.actor, filters, after)
    return show_tab(
        visit,
        "administration/people/list.html",
        PEOPLE,
        status=status,
        filters=filters,
        rows=shown_rows(visit, found),
        next_path="" if found.next is None else list_path(filters, found.next),
        first_path=list_path(filters) if after else "",
        departments=found.departments,
        groups=found.groups,
        orders=shown_orders(visit, found.orders),
        problem=visit.text(problem) if problem else "",
    )


async def _person(visit: Visit, id_: PersonId, *, say: Notice | None = None, status: int = 200) -> Response[str]:
    found = await read_person(visit.shell.core, visit.actor, id_)
    return show_tab(
        visit, "administration/people/person.html", PEOPLE, status=status, say=say, shown=shown_person(visit, found)
    )
