"""The addresses of a person's data: what it means to hand it out or to erase it, and doing so."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import FromQuery

from kalenderkoppling.domain.errors import RefusedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.surfaces.administration.log.filter_form import Address
from kalenderkoppling.surfaces.administration.log.routes import as_file
from kalenderkoppling.surfaces.administration.tabs import LOG, show_tab
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.audit_log.hand_out_person import erase_by_name, hand_out, the_person
from kalenderkoppling.usecases.people.erase_person import as_json

PERSON = f"{LOG}/person"
HAND_OUT = f"{PERSON}/export"
ERASE = f"{PERSON}/erase"


@page(PERSON)
async def show_person(visit: TheVisit, id: FromQuery[str] = "") -> Response[str]:  # noqa: A002 - the address's own word
    """Show what can be done with what is kept about a person."""
    return await _show(visit, PersonId(id))


@post(HAND_OUT, status_code=200)
async def send_person(visit: TheVisit, form: TheForm) -> Response[str]:
    """Send everything that is kept about a person as a file."""
    kept = await hand_out(visit.shell.core, visit.actor, PersonId(form.get("id")))
    return as_file(as_json(kept), "person.json", "application/json; charset=utf-8")


@post(ERASE, status_code=303)
async def erase(visit: TheVisit, form: TheForm) -> Response[str]:
    """Erase a person whose name was typed."""
    person = PersonId(form.get("id"))
    try:
        await erase_by_name(visit.shell.core, visit.actor, person, form.get("name"))
    except RefusedError as error:
        problems = {each.field: visit.text(f"problem.{each.problem}") for each in error.problems}
        return await _show(visit, person, typed=form.get("name"), problems=problems, status=422)
    return visit.redirect(LOG, say=Notice(text_key="done.person_erased"))


async def _show(
    visit: Visit, person: PersonId, *, typed: str = "", problems: dict[str, str] | None = None, status: int = 200
) -> Response[str]:
    who = await the_person(visit.shell.core, visit.actor, person)
    entries = Address(path=LOG, fields={"person": person})
    return show_tab(
        visit,
        "administration/log/person.html",
        LOG,
        status=status,
        who=who,
        typed=typed,
        problems=problems or {},
        entries=entries.with_(),
        readings=entries.with_(act=Act.READ_ABSENCES),
    )
