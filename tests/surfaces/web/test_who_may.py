"""Who may use which route: every route of the real applications, by every role, by nobody, and from another tenant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.composition.server.pages import page_app
from kalenderkoppling.composition.server.parts import ServerParts
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Origin
from kalenderkoppling.domain.call import CallId
from kalenderkoppling.domain.person import PersonId, Role, TenantId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.web.access import ROUTES, Access, RouteKey, UnlistedRouteError, route_key, routes_of
from kalenderkoppling.surfaces.web.app import machine_app
from kalenderkoppling.surfaces.web.configured_sign_in import ConfiguredSignIn
from kalenderkoppling.surfaces.web.demo_sign_in import DemoSignIn
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.sign_in import SignIn
from kalenderkoppling.surfaces.web.surface import Surface, page
from kalenderkoppling.usecases.mailboxes.worker import Worker
from kalenderkoppling.usecases.sign_in.local_administrators import make_administrator
from kktest.call_pages import call, wish
from kktest.exchange import Exchange, asking
from kktest.notices import FakeNotices
from kktest.web import (
    ADAM,
    ANNA,
    NOW,
    OTHER_TENANT,
    PEOPLE,
    SAME_ORIGIN,
    TENANT,
    Company,
    make_app,
    sign_in,
    someone,
    token_of,
    visiting,
)

Visitor = TestClient[Litestar]
SIGN_OUT = route_key("POST", "/sign-out")
OLLE = PersonId("olle")
SECRETS = ("Olle Annan", "Hemligdal", "Bara deras", "070-999 88 77")
"""Texts of the other tenant."""


def real_app(company: Company, tenant: TenantId = TENANT, sign_in: SignIn | None = None) -> Litestar:
    """The pages as the server puts them together, hooks among them."""
    meter = PrometheusMeter()
    worker = Worker(core=company.core, connection_of=lambda _: None, meter=meter, chance=lambda: 0.5, address_of=None)
    notices = FakeNotices(clock=company.clock)
    parts = ServerParts(core=company.core, store=company.store, worker=worker, meter=meter, notices=notices)
    return page_app(parts, meter, WebOptions(tenant=tenant), sign_in=sign_in or DemoSignIn(), with_hooks=True)


@pytest.fixture
def app(company: Company) -> Litestar:
    return real_app(company)


def pages_routes(app: Litestar, *, among: set[Access]) -> list[RouteKey]:
    """The routes for some, sign-out last: it ends the session."""
    return sorted((key for key in routes_of(app, "") if ROUTES[key] in among), key=lambda key: (key == SIGN_OUT, key))


def ask(visitor: Visitor, key: RouteKey, *, token: str = "", filled: str = "x") -> Response:
    """Ask for a route as a browser does; each place in its path is filled with the same text."""
    method, path = key.split()
    path = "/".join(filled if each.startswith("{") else each for each in path.split("/"))
    headers = {**SAME_ORIGIN, **({"X-CSRF-Token": token} if token else {})}
    return visitor.request(method, path, headers=headers)


def is_let_in(answer: Response, key: RouteKey) -> bool:
    """Whether a request got past the gate, whatever came of it then."""
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in") and key != SIGN_OUT
    return answer.status_code not in {401, 403, 500} and not to_sign_in


def test_every_route_of_every_application_is_in_the_table_and_the_table_has_no_other(
    company: Company, app: Litestar
) -> None:
    figures = machine_app(company.core, WebOptions(tenant=TENANT), surfaces=[operations_surface(PrometheusMeter())])
    configured = real_app(company, sign_in=ConfiguredSignIn())
    with asking(Exchange(company=company)) as exchange:
        exchanges = routes_of(exchange.app, "")
    pages = routes_of(app, "") | routes_of(configured, "")
    assert pages | routes_of(figures, "") | exchanges == set(ROUTES)


def test_a_route_that_is_not_in_the_table_refuses_to_start(company: Company) -> None:
    @page("/nobody-thought-of-this")
    async def unlisted() -> str:
        return ""

    with pytest.raises(UnlistedRouteError, match="GET /nobody-thought-of-this"):
        make_app(company, surfaces=[Surface(name="unlisted", handlers=[unlisted], has_pages=False)])


def test_a_method_that_is_not_in_the_table_refuses_to_start(company: Company) -> None:
    access = {key: each for key, each in ROUTES.items() if key != "POST /people/{person}/favourite"}
    with pytest.raises(UnlistedRouteError, match=r"POST /people/\{person\}/favourite"):
        make_app(company, access=access)


def test_the_table_holds_below_a_base_path(company: Company) -> None:
    with visiting(make_app(company, options=WebOptions(tenant=TENANT, base_path="/kk"))) as visitor:
        assert visitor.get("/kk/sign-in").status_code == 200
        assert visitor.get("/kk/people/anna").headers["location"].startswith("/kk/sign-in")
        assert visitor.get("/kk").status_code == 303


def test_nobody_gets_to_a_route_for_those_who_are_signed_in(app: Litestar) -> None:
    guarded = pages_routes(app, among=set(Access) - {Access.MACHINE, Access.ANYBODY})
    assert len(guarded) > 20
    with visiting(app) as visitor:
        let_in = [key for key in guarded if ask(visitor, key).status_code not in {303, 401}]
        answers = [ask(visitor, key).headers.get("location", "/sign-in") for key in guarded]
    assert let_in == []
    assert all(each.startswith("/sign-in") for each in answers)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_lets_in_the_roles_of_the_table_and_no_other(
    company: Company, app: Litestar, role: Role | None
) -> None:
    with visiting(app) as visitor:
        token = sign_in(visitor, ANNA)
        roles = frozenset({role} if role else set[Role]())
        company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=roles)]))
        guarded = pages_routes(app, among=set(Access) - {Access.MACHINE, Access.ANYBODY})
        let_in = {key for key in guarded if is_let_in(ask(visitor, key, token=token), key)}
    allowed = {
        Access.SIGNED_IN: True,
        Access.COLLEAGUE: role in {Role.EMPLOYEE, Role.ATTENDANT, Role.ADMINISTRATOR},
        Access.ATTENDANT: role is Role.ATTENDANT,
        Access.ADMINISTRATOR: role is Role.ADMINISTRATOR,
        Access.OPERATOR: role is Role.OPERATOR,
    }
    assert let_in == {key for key in guarded if allowed[ROUTES[key]]}


async def test_a_local_administrator_gets_to_what_is_for_administrators_and_to_nothing_for_colleagues(
    company: Company,
) -> None:
    password = "correct horse battery"
    await make_administrator(company.core, TENANT, "command line", "karin", password)
    app = real_app(company, sign_in=ConfiguredSignIn())
    with visiting(app) as visitor:
        form = {"name": "karin", "password": password}
        assert visitor.post("/sign-in/administrator", data=form, headers=SAME_ORIGIN).status_code == 303
        token = token_of(visitor.get("/sessions").text)
        guarded = pages_routes(app, among=set(Access) - {Access.MACHINE, Access.ANYBODY})
        let_in = {key for key in guarded if is_let_in(ask(visitor, key, token=token), key)}
    assert let_in == {key for key in guarded if ROUTES[key] in {Access.SIGNED_IN, Access.ADMINISTRATOR}}


def _plant(tx: Transaction) -> None:
    coming = Interval(start=NOW + timedelta(hours=1), end=NOW + timedelta(hours=2))
    id_ = AbsenceId("olles")
    absence = Absence(
        id=id_,
        interval=coming,
        reason=MEETING,
        diversion=Diversion.NONE,
        origin=Origin.BY_HAND,
        tie=id_,
        note=SECRETS[2],
    )
    tx.people.put([someone(OLLE, "Olle Annan", place=SECRETS[1])])
    tx.absences.put_by_hand(OLLE, absence)
    number = SECRETS[3]
    tx.calls.add([call("olles", to=OLLE, number=number)])
    tx.call_backs.add(wish("olles", to=OLLE, number=number))


@pytest.mark.parametrize("person", [ANNA, ADAM])
@pytest.mark.parametrize("filled", ["olle", "olles"])
def test_no_route_gives_or_changes_anything_of_another_tenant(
    company: Company, app: Litestar, person: PersonId, filled: str
) -> None:
    company.write(_plant, OTHER_TENANT)
    before = _everything_of_olle(company)
    with visiting(app) as visitor:
        token = sign_in(visitor, person)
        named = [key for key in pages_routes(app, among=set(Access) - {Access.MACHINE, Access.ANYBODY}) if "{" in key]
        answers = {key: ask(visitor, key, token=token, filled=filled) for key in named}
        everywhere = [ask(visitor, key, token=token).text for key in pages_routes(app, among={Access.COLLEAGUE})]
    assert {
        key: each.status_code for key, each in answers.items() if each.status_code not in {400, 403, 404, 409, 422}
    } == {}
    told = "".join([*(each.text for each in answers.values()), *everywhere])
    assert [each for each in SECRETS if each in told] == []
    assert _everything_of_olle(company) == before


def _everything_of_olle(company: Company) -> object:
    with company.store.read(OTHER_TENANT) as tx:
        owned = tx.absences.owned(AbsenceId("olles"))
        return tx.people.get(OLLE), owned, tx.call_backs.get(CallId("olles")), tx.favourites.of(OLLE)


def test_a_session_of_another_tenant_is_nobodys_here(company: Company, app: Litestar) -> None:
    with visiting(real_app(company, OTHER_TENANT)) as theirs:
        token = sign_in(theirs, OLLE)
        cookie = theirs.cookies["session"]
    with visiting(app) as visitor:
        visitor.cookies["session"] = cookie
        guarded = pages_routes(app, among=set(Access) - {Access.MACHINE, Access.ANYBODY})
        assert [key for key in guarded if ask(visitor, key, token=token).status_code not in {303, 401}] == []


NAMES = ("absence", "whom", "q", "kind", "person", "actor", "since", "after", "before", "next", "back", "id", "name")
"""Of queries and fields."""


@pytest.mark.parametrize("filled", ["%00", "a%00b", "anna"])
def test_F_33_a_text_that_cannot_be_stored_is_never_an_internal_error(
    company: Company, app: Litestar, filled: str
) -> None:
    named = dict.fromkeys(NAMES, "\0")
    with visiting(app) as visitor:
        for key in pages_routes(app, among=set(Access) - {Access.MACHINE}):
            if key in {SIGN_OUT, "POST /live"}:
                continue
            company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=frozenset(Role))]))
            headers = {**SAME_ORIGIN, "X-CSRF-Token": sign_in(visitor, ANNA)}
            method, path = key.split()
            path = "/".join(filled if each.startswith("{") else each for each in path.split("/"))
            body = None if method == "GET" else named
            answer = visitor.request(method, path, headers=headers, params=named, data=body)
            assert answer.status_code < 500, key
