"""The list: who is found, how a row reads, favourites, hostile text."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import SICK, Diversion
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.surfaces.web.options import WebOptions
from kktest.web import (
    ANNA,
    ASA,
    BO,
    FRAGMENT,
    KARIN,
    NOW,
    SAME_ORIGIN,
    TENANT,
    Company,
    make_app,
    sign_in,
    someone,
    visiting,
)

Visitor = TestClient[Litestar]

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


class Elements(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def names(html: str) -> list[str]:
    return re.findall(r'<strong class="row-name"><bdi>([^<]+)<', html)


def row(html: str, person: PersonId) -> str:
    """What a row says, as text."""
    part = html.split(f'<li class="row" data-person="{person}">')[1].split("</a>", maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part)).strip()


def an_hour() -> Interval:
    return Interval(start=NOW - timedelta(minutes=30), end=NOW + timedelta(hours=1))


def test_everybody_is_listed_in_order_of_name_with_a_ring_last(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    listed = names(visitor.get("/").text)
    assert listed == ["Adam Ek", "Anna Berg", "Bo Åberg", "Karin Lund", "Åsa Öberg"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("asa", ["Åsa Öberg"]),
        ("berg", ["Anna Berg"]),
        ("anna bygglov malmö", ["Anna Berg"]),
        ("budget", ["Bo Åberg"]),
        ("10877", ["Bo Åberg"]),
        ("070 174 06", ["Anna Berg"]),
        ("  ", ["Adam Ek", "Anna Berg", "Bo Åberg", "Karin Lund", "Åsa Öberg"]),
    ],
)
def test_people_are_found_by_several_words_folded_and_by_digits(visitor: Visitor, query: str, found: list[str]) -> None:
    sign_in(visitor, ANNA)
    assert names(visitor.get("/", params={"q": query}).text) == found


def test_a_row_says_name_status_reason_and_return(company: Company, visitor: Visitor) -> None:
    company.absent(BO, an_hour())
    sign_in(visitor, ANNA)
    html = visitor.get("/").text
    said = "Bo Åberg, Frånvarande, Möte, åter 11:30, Ekonomi"
    assert row(html, BO) == said
    assert row(html, ASA).startswith("Åsa Öberg, Ledig")


def test_a_known_line_bears_no_mark(company: Company, visitor: Visitor) -> None:
    company.in_call(BO)
    sign_in(visitor, ANNA)
    part = visitor.get("/").text.split('data-person="bo"')[1].split("</a>")[0]
    assert 'data-colour="red"' in part
    assert "I samtal" in part
    assert "line-unknown" not in part


def test_without_a_telephone_system_no_row_speaks_of_lines(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    for path in ("/", "/people/bo", "/favourites"):
        assert "linjens status" not in visitor.get(path).text, path


def test_with_a_telephone_system_a_known_line_bears_a_hidden_mark(company: Company) -> None:
    company.in_call(BO)
    with visiting(make_app(company, options=WebOptions(tenant=TENANT, has_telephone_system=True))) as visitor:
        sign_in(visitor, ANNA)
        part = visitor.get("/").text.split('data-person="bo"')[1].split("</a>")[0]
    assert re.search(r'data-live="line" hidden', part)


def test_without_a_telephone_system_that_is_said_once(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    assert visitor.get("/").text.count("Inget telefonsystem är anslutet") == 1


def test_with_a_telephone_system_an_unknown_line_shows_in_its_row(company: Company) -> None:
    with visiting(make_app(company, options=WebOptions(tenant=TENANT, has_telephone_system=True))) as visitor:
        sign_in(visitor, ANNA)
        html = visitor.get("/").text
    assert "Inget telefonsystem" not in html
    assert '<span class="line-unknown"' in html


def test_a_referral_tells_the_callers_return(company: Company, visitor: Visitor) -> None:
    company.absent(BO, an_hour(), diversion=Diversion.DIRECT)
    company.absent(BO, Interval(start=NOW + timedelta(hours=1), end=NOW + timedelta(hours=3)))
    sign_in(visitor, ANNA)
    assert "åter 11:30" in row(visitor.get("/").text, BO)


def test_illness_reads_as_absent_to_colleagues(company: Company, visitor: Visitor) -> None:
    company.absent(BO, an_hour(), reason=SICK)
    sign_in(visitor, ANNA)
    assert "Sjuk" not in visitor.get("/").text
    assert "Sjuk" not in visitor.get("/people/bo").text


def test_a_script_gets_the_rows_alone(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    answer = visitor.get("/?q=bo", headers=FRAGMENT)
    assert names(answer.text) == ["Bo Åberg"]
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["vary"]


def test_no_hit_helps_on(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    text = visitor.get("/?q=xyzzy").text
    assert "Ingen träff på ”xyzzy”." in text
    assert "Pröva färre ord" in text


@pytest.mark.parametrize(
    "query",
    [HOSTILE, "a" * 10_000, "\x00\x01\x1b[31m", "\u202eabc", "%", "*", '"', "' OR 1=1 --", "NEAR(a b)", "\ud7ff"],
)
def test_F_33_a_hostile_search_is_text_and_nothing_else(visitor: Visitor, query: str) -> None:
    sign_in(visitor, ANNA)
    answer = visitor.get("/", params={"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "49" not in answer.text.split('id="search"')[1].split(">")[0]
    tags = Elements(answer.text).tags
    assert [attrs for tag, attrs in tags if tag == "img" and attrs.get("src") == "x"] == []
    assert [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)] == []


def test_F_33_a_hostile_name_is_text_everywhere(company: Company, visitor: Visitor) -> None:
    company.write(
        lambda tx: tx.people.put(
            [someone(BO, f"Bo {HOSTILE}", department=HOSTILE, title=HOSTILE, responsibilities=HOSTILE, mobile=HOSTILE)]
        )
    )
    sign_in(visitor, ANNA)
    for path in ("/", "/people/bo", "/sign-in"):
        text = visitor.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert [attrs for _, attrs in Elements(text).tags if "onerror" in attrs] == []


@pytest.mark.parametrize("offset", ["-5", "999999999999", "0"])
def test_a_strange_place_in_the_list_does_no_harm(visitor: Visitor, offset: str) -> None:
    sign_in(visitor, ANNA)
    assert visitor.get(f"/?offset={offset}").status_code == 200


def test_a_place_that_is_no_number_is_refused(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    assert visitor.get("/?offset=x").status_code == 400


def test_more_are_fetched_to_the_end_and_nobody_twice(company: Company, visitor: Visitor) -> None:
    company.write(
        lambda tx: tx.people.put([someone(PersonId(f"p{number:03}"), f"Person {number:03}") for number in range(120)])
    )
    sign_in(visitor, ANNA)
    seen, path = names(visitor.get("/?q=person").text), "/?q=person&offset=50"
    assert len(seen) == 50
    while path:
        html = visitor.get(path, headers=FRAGMENT).text
        assert "<ul" not in html
        seen += names(html)
        found = re.search(r'class="more"><a[^>]*hx-get="([^"]+)"', html)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Person {number:03}" for number in range(120)]


def test_a_favourite_is_marked_and_taken_away(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "marked": "yes", "back": "/?q=bo"}
    answer = visitor.post("/people/bo/favourite", data=form, headers=SAME_ORIGIN)
    assert answer.headers["location"] == "/?q=bo"
    assert names(visitor.get("/favourites").text) == ["Bo Åberg"]
    visitor.post("/people/bo/favourite", data={**form, "marked": "no"}, headers=SAME_ORIGIN)
    assert names(visitor.get("/favourites").text) == []


def test_a_script_gets_the_star_as_it_is_now(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "marked": "yes", "name": "Bo Åberg", "place": "row"}
    answer = visitor.post("/people/bo/favourite", data=form, headers={**SAME_ORIGIN, **FRAGMENT})
    assert answer.status_code == 200
    assert 'aria-pressed="true"' in answer.text
    assert "<html" not in answer.text


def test_favourites_are_ones_own(visitor: Visitor) -> None:
    token = sign_in(visitor, ANNA)
    form = {"csrf_token": token, "marked": "yes"}
    visitor.post("/people/bo/favourite", data=form, headers=SAME_ORIGIN)
    sign_in(visitor, KARIN)
    assert "Du har inga favoriter än" in visitor.get("/favourites").text


def test_the_list_works_without_script(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    tags = Elements(visitor.get("/?q=b").text).tags
    assert [attrs["action"] for tag, attrs in tags if tag == "form" and attrs.get("method") == "get"] == ["/"]
    opened = [attrs for tag, attrs in tags if attrs.get("class") == "row-open"]
    assert opened
    assert all(attrs["href"] == attrs["hx-get"] for attrs in opened)
