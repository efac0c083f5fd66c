"""The gate: host, forgery, session and role, on every route."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.web.access import ROUTES, Access, routes_of
from kktest.web import ANNA, FRAGMENT, PEOPLE, SAME_ORIGIN, Company, make_app, sign_in, somebody_else, visiting

Visitor = TestClient[Litestar]


_FOR_ALL = {Access.MACHINE, Access.ANYBODY}


def routes(app: Litestar, method: str, access: Iterable[Access]) -> list[str]:
    """The paths of an application for some, places in them filled in."""
    wanted = [key.split() for key in routes_of(app, "") if ROUTES[key] in access]
    return [path.replace("{", "").replace("}", "") for verb, path in wanted if verb == method]


def guarded(app: Litestar, method: str) -> list[str]:
    return routes(app, method, set(Access) - _FOR_ALL)


@pytest.fixture
def app(company: Company) -> Litestar:
    return make_app(company, surfaces=[mine_surface()])


def test_every_page_sends_strangers_to_sign_in(app: Litestar) -> None:
    with visiting(app) as visitor:
        answers = {path: visitor.get(path) for path in guarded(app, "GET")}
    assert len(answers) > 5
    assert {path for path, each in answers.items() if each.status_code != 303} == set()
    assert all(each.headers["location"].startswith("/sign-in") for each in answers.values())


def test_no_route_takes_a_post_from_strangers(app: Litestar) -> None:
    with visiting(app) as visitor:
        answers = {path: visitor.post(path, headers=SAME_ORIGIN) for path in guarded(app, "POST")}
    assert len(answers) > 5
    assert {path for path, each in answers.items() if each.status_code not in {303, 401}} == set()


def test_no_route_takes_a_post_without_the_token(app: Litestar) -> None:
    with visiting(app) as visitor:
        sign_in(visitor, ANNA)
        statuses = {path: visitor.post(path, headers=SAME_ORIGIN).status_code for path in guarded(app, "POST")}
    assert {path for path, status in statuses.items() if status != 403} == set()


def test_no_route_takes_a_post_from_another_site_even_with_the_token(app: Litestar) -> None:
    open_to_all = routes(app, "POST", {Access.ANYBODY})
    assert open_to_all
    with visiting(app) as visitor:
        token = sign_in(visitor, ANNA)
        for site in ("cross-site", "same-site", "none"):
            headers = {"Sec-Fetch-Site": site, "X-CSRF-Token": token}
            paths = [*guarded(app, "POST"), *open_to_all]
            assert {visitor.post(path, headers=headers).status_code for path in paths} == {403}


@pytest.mark.parametrize("origin", [None, "null", "https://127.0.0.1.evil.example", "http://evil.example"])
def test_a_post_of_an_old_browser_goes_by_its_origin(visitor: Visitor, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    assert visitor.post("/sign-in", data={"person": ANNA}, headers=headers).status_code == 403


def test_a_post_from_our_own_origin_is_taken(visitor: Visitor) -> None:
    answer = visitor.post("/sign-in", data={"person": ANNA}, headers={"Origin": "http://127.0.0.1"})
    assert answer.status_code == 303


def test_another_sessions_token_is_refused(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    with somebody_else(visitor) as other:
        foreign = sign_in(other, ANNA)
    answer = visitor.post("/sign-out", data={"csrf_token": foreign}, headers=SAME_ORIGIN)
    assert answer.status_code == 403
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::", "evil.example:80"])
def test_a_foreign_host_is_refused(visitor: Visitor, host: str) -> None:
    assert visitor.get("/sign-in", headers={"Host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed(visitor: Visitor) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1"}
    assert visitor.get("/sign-in", headers=headers).status_code == 400


def test_our_host_may_name_its_port(visitor: Visitor) -> None:
    assert visitor.get("/sign-in", headers={"Host": "localhost:8080"}).status_code == 200


def test_there_is_no_default_role(company: Company, visitor: Visitor) -> None:
    company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=frozenset())]))
    assert visitor.post("/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN).status_code == 422


def test_a_role_that_was_taken_away_counts_at_once(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=frozenset())]))
    assert visitor.get("/").status_code == 403


def test_an_operator_sees_no_content(company: Company, visitor: Visitor) -> None:
    company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=frozenset({Role.OPERATOR}))]))
    visitor.post("/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN)
    answer = visitor.get("/")
    assert answer.status_code == 403
    assert "Åberg" not in answer.text


def test_a_person_who_was_removed_is_signed_out(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    company.write(lambda tx: tx.people.remove(ANNA))
    assert visitor.get("/").status_code == 303


def test_nobody_of_another_tenant_can_sign_in(visitor: Visitor) -> None:
    answer = visitor.post("/sign-in", data={"person": PersonId("olle")}, headers=SAME_ORIGIN)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/people/olle", "/people/nobody", "/people/%2e%2e", "/people/a%00b"])
def test_people_of_other_tenants_are_not_found(visitor: Visitor, path: str) -> None:
    sign_in(visitor, ANNA)
    assert visitor.get(path).status_code == 404


def test_a_favourite_of_another_tenant_is_not_found(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "marked": "yes"}
    assert visitor.post("/people/olle/favourite", data=form, headers=SAME_ORIGIN).status_code == 404


def test_head_answers_as_get_without_a_body(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    answer = visitor.head("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_options_tells_the_methods(visitor: Visitor) -> None:
    answer = visitor.options("/")
    assert answer.status_code == 204
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].replace(" ", "").split(","))


def test_sign_out_takes_no_get(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    assert visitor.get("/sign-out").status_code == 405


def test_F_28_a_stale_tab_gets_a_message_in_its_place_and_no_piece_of_a_page(visitor: Visitor) -> None:
    answer = visitor.get("/people/anna", headers=FRAGMENT)
    assert answer.status_code == 401
    assert answer.headers["hx-retarget"] == "#said"
    assert "Du har loggats ut" in answer.text
    assert "<html" not in answer.text
    assert "Berg" not in answer.text


@pytest.mark.parametrize(
    "part",
    [
        b'name="csrf_token"\r\n\r\n\xff\xfe',
        b'name="csrf_token"\r\nContent-Type: text/plain; charset=no-such\r\n\r\nx',
        b'name="csrf_token"\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800',
        b'name="file"; filename=""\r\n\r\n\xff',
    ],
    ids=["bytes", "unknown charset", "half a character", "file without a name"],
)
def test_F_33_a_field_that_is_no_text_is_refused_and_breaks_nothing(visitor: Visitor, part: bytes) -> None:
    sign_in(visitor, ANNA)
    body = b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n--x--\r\n"
    headers = {**SAME_ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}
    assert visitor.post("/sign-out", content=body, headers=headers).status_code == 400
    assert visitor.post("/sign-in", content=body, headers=headers).status_code == 400
