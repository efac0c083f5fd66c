"""What all pages share: languages, errors, messages, escaping, installing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.errors import ConflictError, FieldProblem, RefusedError, StoreUnavailableError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.surfaces.web.access import ROUTES, Access, route_key
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions
from kalenderkoppling.surfaces.web.said import UNDO_FOR, UNDO_GRACE, Notice, Said, Undoing
from kalenderkoppling.surfaces.web.surface import Surface, page
from kalenderkoppling.words import languages
from kktest.web import ANNA, KARIN, NOW, SAME_ORIGIN, TENANT, Company, make_app, sign_in, visiting

Visitor = TestClient[Litestar]


@contextmanager
def failing(company: Company, error: Exception, **opt: object) -> Iterator[Visitor]:
    @page("/fails", opt=opt)
    async def fails() -> str:
        raise error

    surface = Surface(name="fails", handlers=[fails], has_pages=False)
    access = {**ROUTES, route_key("GET", "/fails"): Access.SIGNED_IN}
    with visiting(make_app(company, surfaces=[surface], access=access)) as client:
        sign_in(client, ANNA)
        yield client


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConflictError(), 409, "Någon annan hann ändra"),
        (StoreUnavailableError(), 503, "Tjänsten svarar inte just nu"),
        (RuntimeError("secret of the database"), 500, "Ett fel hos oss"),
        (RefusedError(FieldProblem(field="end", problem="end_is_past")), 422, "kan inte användas"),
    ],
)
def test_people_read_an_error_in_their_language(company: Company, error: Exception, status: int, said: str) -> None:
    with failing(company, error) as visitor:
        answer = visitor.get("/fails")
    assert answer.status_code == status
    assert said in answer.text


def test_an_error_tells_nothing_of_its_inside(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    with failing(company, RuntimeError("secret of the database")) as visitor:
        answer = visitor.get("/fails")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_programs_read_a_problem(company: Company) -> None:
    error = RefusedError(FieldProblem(field="end", problem="end_is_past"))
    with failing(company, error, answers="problem") as visitor:
        answer = visitor.get("/fails")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "refused",
        "status": 422,
        "key": "refused",
        "problems": [{"field": "end", "problem": "end_is_past"}],
    }


def test_who_takes_json_alone_reads_a_problem(visitor: Visitor) -> None:
    answer = visitor.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["key"] == "not_found"


def test_a_busy_store_asks_to_come_back(company: Company) -> None:
    with failing(company, StoreUnavailableError()) as visitor:
        assert visitor.get("/fails").headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("header", "language"),
    [("sv-SE,sv;q=0.9", "sv"), ("nb-NO", "nb"), ("no", "nb"), ("en-GB,en;q=0.8", "en"), ("fr", "sv"), ("", "sv")],
)
def test_the_browsers_language_is_answered(visitor: Visitor, header: str, language: str) -> None:
    page_text = visitor.get("/sign-in", headers={"Accept-Language": header}).text
    assert f'<html lang="{language}">' in page_text


@pytest.mark.parametrize("header", ["en;q=x", "sv;q=0,nb", ";;;", "en" * 4_000, ",".join(["fr"] * 500)])
def test_a_strange_language_header_does_no_harm(visitor: Visitor, header: str) -> None:
    assert visitor.get("/sign-in", headers={"Accept-Language": header}).status_code == 200


def test_a_language_of_weight_nought_is_not_wanted(visitor: Visitor) -> None:
    assert '<html lang="nb">' in visitor.get("/sign-in", headers={"Accept-Language": "sv;q=0, nb;q=0.1"}).text


def test_the_companys_language_holds_where_the_browser_says_nothing_known(company: Company, visitor: Visitor) -> None:
    company.write(lambda tx: tx.people.put_settings(TenantSettings(language="nb")))
    assert '<html lang="nb">' in visitor.get("/sign-in", headers={"Accept-Language": "fi"}).text


def test_a_chosen_language_beats_the_browsers_and_is_remembered(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "language": "en", "back": "/favourites"}
    answer = visitor.post("/language", data=form, headers=SAME_ORIGIN)
    assert answer.headers["location"] == "/favourites"
    assert '<html lang="en">' in visitor.get("/").text
    visitor.post("/sign-out", data={"csrf_token": token}, headers=SAME_ORIGIN)
    assert '<html lang="en">' in visitor.get("/sign-in").text


def test_an_unknown_language_changes_nothing(visitor: Visitor) -> None:
    visitor.post("/language", data={"language": "<x>"}, headers=SAME_ORIGIN)
    assert '<html lang="sv">' in visitor.get("/sign-in").text


@pytest.mark.parametrize("language", languages())
def test_every_page_is_whole_in_every_language(company: Company, language: str) -> None:
    with visiting(make_app(company), language) as visitor:
        sign_in(visitor, KARIN)
        for path in ("/", "/?q=xyzzy", "/favourites", "/people/anna", "/sign-in", "/nowhere"):
            assert f'<html lang="{language}">' in visitor.get(path).text


def test_the_demo_says_that_it_is_one_and_offers_people(company: Company) -> None:
    demo = DemoLinks(outlook_url="http://127.0.0.1:8025/", suggested=(ANNA, KARIN, "gone"))
    with visiting(make_app(company, options=WebOptions(tenant=TENANT, demo=demo))) as visitor:
        text = visitor.get("/sign-in").text
    assert "Detta är en demo" in text
    assert text.index("Förslag") < text.index("Anna Berg") < text.index("Telefonist")
    assert 'href="http://127.0.0.1:8025/"' in text


def test_people_to_sign_in_as_are_found_by_name(visitor: Visitor) -> None:
    found = visitor.get("/sign-in?q=oberg", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "Åsa Öberg" in found
    assert "Anna Berg" not in found
    assert "<html" not in found


def test_the_directory_can_be_installed(visitor: Visitor) -> None:
    manifest = visitor.get("/manifest.webmanifest")
    content = manifest.json()
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert content["start_url"] == "/"
    assert content["display"] == "standalone"
    for icon in content["icons"]:
        image = visitor.get(icon["src"])
        assert image.headers["content-type"] == "image/png"
        width = int.from_bytes(image.content[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"


def test_pages_stand_below_a_base_path(company: Company) -> None:
    options = WebOptions(tenant=TENANT, base_path="/katalog")
    with visiting(make_app(company, options=options)) as visitor:
        assert visitor.get("/katalog/").headers["location"] == "/katalog/sign-in"
        answer = visitor.post("/katalog/sign-in", data={"person": ANNA}, headers=SAME_ORIGIN)
        assert answer.headers["location"] == "/katalog/"
        text = visitor.get("/katalog/people/bo").text
    addresses = re.findall(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"', text)
    assert len(addresses) > 20
    assert [each for each in addresses if not each.startswith("/katalog/")] == []


def test_a_message_is_said_once() -> None:
    said = Said()
    said.put("session", Notice(text_key="mine.saved"))
    assert said.take("other") is None
    assert said.take("session") == Notice(text_key="mine.saved")
    assert said.take("session") is None


def test_an_undo_is_taken_once_in_its_own_session_and_in_time() -> None:
    undoing: Undoing[str] = Undoing()
    token = undoing.keep("session", "what", NOW)
    assert undoing.take("other", token, NOW) is None
    assert undoing.take("session", token, NOW + UNDO_FOR + UNDO_GRACE - timedelta(seconds=1)) == "what"
    assert undoing.take("session", token, NOW) is None
    late = undoing.keep("session", "what", NOW)
    assert undoing.take("session", late, NOW + UNDO_FOR + UNDO_GRACE) is None


def test_what_can_be_undone_is_bounded() -> None:
    undoing: Undoing[int] = Undoing()
    first = undoing.keep("session", 0, NOW)
    later = [undoing.keep("session", number, NOW) for number in range(10_000)]
    assert undoing.take("session", first, NOW) is None
    assert undoing.take("session", later[-1], NOW) == 9_999


def test_a_form_that_is_too_large_is_refused(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "marked": "x" * 100_000}
    assert visitor.post("/people/bo/favourite", data=form, headers=SAME_ORIGIN).status_code == 413


def test_a_file_in_a_form_is_refused(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    files = {"marked": ("a.txt", b"yes")}
    answer = visitor.post("/people/bo/favourite", data={"csrf_token": token}, files=files, headers=SAME_ORIGIN)
    assert answer.status_code in {400, 403}


def test_roles_beyond_an_employees_are_shown_to_oneself(visitor: Visitor) -> None:
    sign_in(visitor, KARIN)
    assert '<span class="tag">Telefonist</span>' in visitor.get("/").text
