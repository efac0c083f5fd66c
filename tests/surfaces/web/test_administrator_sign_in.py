"""Signing in as a local administrator, and what such a session gets."""

from collections.abc import Iterator

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.web.app import create_app
from kalenderkoppling.surfaces.web.configured_sign_in import ConfiguredSignIn
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.sign_in.local_administrators import make_administrator, remove_administrator
from kktest.web import ANNA, SAME_ORIGIN, TENANT, Company, token_of, visiting

Visitor = TestClient[Litestar]
PASSWORD = "correct horse battery"
FORM = "/sign-in/administrator"


@pytest.fixture
async def app(company: Company) -> Litestar:
    await make_administrator(company.core, TENANT, "command line", "karin", PASSWORD)
    surfaces = [directory_surface(), mine_surface()]
    return create_app(company.core, WebOptions(tenant=TENANT), sign_in=ConfiguredSignIn(), surfaces=surfaces)


@pytest.fixture
def visitor(app: Litestar) -> Iterator[Visitor]:
    with visiting(app) as client:
        yield client


def sign_in(visitor: Visitor, password: str = PASSWORD, **others: str) -> Response:
    return visitor.post(FORM, data={"name": "karin", "password": password, **others}, headers=SAME_ORIGIN)


def test_nobody_can_choose_whom_to_be(visitor: Visitor) -> None:
    assert visitor.post("/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN).status_code == 405
    page = visitor.get("/sign-in").text
    assert "Anna Berg" not in page
    assert 'href="/sign-in/administrator"' in page


def test_the_right_password_leads_to_a_page_of_theirs_under_a_menu_without_colleagues_pages(visitor: Visitor) -> None:
    answer = sign_in(visitor)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sessions")
    page = visitor.get("/sessions").text
    assert "karin" in page
    assert "Min frånvaro" not in page
    assert "data-live" not in page
    assert visitor.get("/").status_code == 403


def test_a_wrong_name_and_a_wrong_password_get_the_same_page(visitor: Visitor) -> None:
    wrong = sign_in(visitor, "not the password")
    unknown = sign_in(visitor, name="nobody")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace('value="karin"', "") == unknown.text.replace('value="nobody"', "")
    assert "Namnet eller lösenordet stämmer inte." in wrong.text
    assert "not the password" not in wrong.text


def test_too_many_attempts_are_told_to_wait(visitor: Visitor) -> None:
    answers = [sign_in(visitor, "not the password") for _ in range(5)]
    assert [each.status_code for each in answers] == [422] * 4 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "Vänta" in sign_in(visitor).text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_the_form_sends_nobody_to_another_host(visitor: Visitor, wanted: str) -> None:
    assert sign_in(visitor, next=wanted).headers["location"] == "/sessions"


def test_another_sites_form_signs_nobody_in(visitor: Visitor) -> None:
    form = {"name": "karin", "password": PASSWORD}
    assert visitor.post(FORM, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


async def test_whoever_is_removed_is_signed_out(company: Company, visitor: Visitor) -> None:
    sign_in(visitor)
    await remove_administrator(company.core, TENANT, "command line", "karin")
    assert visitor.get("/sessions").status_code == 303


def test_a_local_administrator_signs_out(visitor: Visitor) -> None:
    sign_in(visitor)
    token = token_of(visitor.get("/sessions").text)
    assert visitor.post("/sign-out", data={"csrf_token": token}, headers=SAME_ORIGIN).status_code == 303
    assert visitor.get("/sessions").status_code == 303
