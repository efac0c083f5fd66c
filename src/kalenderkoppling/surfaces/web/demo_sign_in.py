"""Sign-in for demos and tests: choose anybody. The page says that it is a demo, and it is never used otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, post
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import Person, PersonId, Role
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.options import DemoLinks
from kalenderkoppling.surfaces.web.sign_in import sign_in
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import local_path
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.directory.search_people import LONGEST_TEXT

_SHOWN = 30


class DemoSignIn:
    """The sign-in port that authenticates nobody: users choose who they are."""

    @property
    def handlers(self) -> Sequence[ControllerRouterHandler]:
        return (choose, chosen)


@page("/sign-in")
async def choose(
    visit: TheVisit,
    q: FromQuery[str] = "",
    ended: FromQuery[str] = "",
    next_path: Annotated[str, QueryParameter(name="next")] = "",
) -> Response[str]:
    """Show people to sign in as, found by name."""
    demo = visit.shell.options.demo or DemoLinks()

    def work(tx: Transaction) -> tuple[Sequence[Person], Sequence[Person]]:
        suggested = tx.people.many([PersonId(each) for each in demo.suggested])
        found = tx.people.search(q[:LONGEST_TEXT], limit=_SHOWN, offset=0)
        return [suggested[each] for each in map(PersonId, demo.suggested) if each in suggested], found.people

    suggested, people = await look_up(visit.shell.core, visit.shell.options.tenant, work)
    template = "web/sign_in_people.html" if visit.is_partial else "web/sign_in.html"
    return visit.render(
        template,
        q=q[:LONGEST_TEXT],
        suggested=suggested,
        people=people,
        next_path=local_path(next_path),
        ended=bool(ended),
        refused=False,
        main_role=_main_role,
    )


@post("/sign-in", status_code=200)
async def chosen(visit: TheVisit, form: TheForm) -> Response[str]:
    """Sign in as the person chosen."""
    wanted = PersonId(form.get("person"))
    person = await look_up(visit.shell.core, visit.shell.options.tenant, lambda tx: tx.people.get(wanted))
    if person is None or not person.roles:
        return visit.render(
            "web/sign_in.html",
            status=422,
            q="",
            suggested=(),
            people=(),
            next_path="/",
            ended=False,
            refused=True,
            main_role=_main_role,
        )
    return await sign_in(visit, person.id, local_path(form.get("next")))


def _main_role(person: Person) -> Role | None:
    strongest_first = (Role.OPERATOR, Role.ADMINISTRATOR, Role.ATTENDANT, Role.EMPLOYEE)
    return next((each for each in strongest_first if each in person.roles), None)
