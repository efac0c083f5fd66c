"""The history: whose calls, which way, what became of them, when; paged, and never somebody else's."""

import re
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import SICK, Diversion
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.surfaces.calls.surface import calls_surface
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.words import languages, text
from kktest.absence_pages import Reader, reading
from kktest.call_pages import call, called, row_texts
from kktest.make import between, layer, rule
from kktest.web import ANNA, BO, KARIN, OTHER_TENANT, TENANT, Company, make_app, someone, visiting

HOSTILE = "<script>alert(1)</script>\"'><img src=x>"


def rows(html: str) -> list[str]:
    return row_texts(html, "call")


def test_a_call_from_outside_says_number_what_became_of_it_how_long_and_when(company: Company, anna: Reader) -> None:
    called(company, call())
    page = anna.get("/calls").text
    assert rows(page) == ["070-174 06 05 Till mig · Hörde beskedet, 1:05 min 10:12"]
    assert 'href="tel:0701740605"' in page
    assert "Numren raderas efter 24 timmar." in page


def test_a_colleague_stands_with_name_card_and_live_status(company: Company, anna: Reader) -> None:
    company.absent(BO, between("2026-11-25 10:00", "2026-11-25 11:00"))
    company.in_call(KARIN)
    called(company, call("in", by=BO), call("out", to=KARIN, by=ANNA, ago=timedelta(minutes=1), length=timedelta()))
    page = anna.get("/calls").text
    assert rows(page) == [
        "Karin Lund, I samtal Från mig · Hörde beskedet 10:29",
        "Bo Åberg, Frånvarande Möte, åter 11:00 Till mig · Hörde beskedet, 1:05 min 10:12",
    ]
    for told in ('href="/people/bo"', 'data-person="bo"', 'data-live="status" data-colour="orange"'):
        assert told in page


def test_the_number_of_a_colleague_is_not_written(company: Company, anna: Reader, bo: Reader) -> None:
    called(company, call(by=BO))
    for reader in (anna, bo):
        assert "070-174 06 05" not in reader.get("/calls").text


def test_a_number_that_was_withheld_and_one_that_was_erased_are_told_apart(company: Company, anna: Reader) -> None:
    called(company, call("new", number=""), call("old", number="", ago=timedelta(hours=24)))
    hidden, erased = rows(anna.get("/calls").text)
    assert hidden.startswith("Dolt nummer Till mig")
    assert erased.startswith("Numret är raderat Till mig")
    assert erased.endswith("tis 24 nov. 10:30")
    assert "tel:" not in anna.get("/calls").text


@pytest.mark.parametrize("result", CallResult)
def test_what_was_never_heard_stands_out(company: Company, anna: Reader, result: CallResult) -> None:
    called(company, call(result=result))
    page = anna.get("/calls").text
    assert text(f"calls.result.{result}", anna.language) in page  # type: ignore[arg-type] # it is one of ours
    assert ('<li class="call unheard">' in page) is (result in {CallResult.MISSED, CallResult.FAILED})


def test_times_are_told_in_the_readers_own_zone(company: Company, client: TestClient[Litestar]) -> None:
    company.write(lambda tx: tx.people.put([someone(ANNA, "Anna Berg", zone=ZoneInfo("Europe/Helsinki"))]))
    called(company, call())
    assert rows(reading(company, client, ANNA).get("/calls").text)[0].endswith("11:12")


def test_nobody_sees_anothers_calls_not_even_an_attendant(company: Company, bo: Reader, attendant: Reader) -> None:
    called(company, call())
    for reader in (bo, attendant):
        page = reader.get("/calls").text
        assert rows(page) == []
        assert "070-174 06 05" not in page


def test_S_7_calls_of_another_tenant_are_nowhere(company: Company, anna: Reader) -> None:
    company.write(lambda tx: tx.calls.add([call(to=PersonId("olle"), by=ANNA)]), OTHER_TENANT)
    assert rows(anna.get("/calls").text) == []


def test_S_2_no_subject_and_no_illness_shows_beside_a_call(company: Company, anna: Reader) -> None:
    shown = layer({ShowAs.BUSY: rule(diversion=Diversion.DIRECT)}, show_subject=True)
    company.write(lambda tx: tx.rules.put_layer(ScopedLayer(layer=shown)))
    company.booked(BO, between("2026-11-25 10:00", "2026-11-25 11:00"), subject="Kanariefågel")
    company.absent(KARIN, between("2026-11-25 10:00", "2026-11-25 11:00"), reason=SICK)
    called(company, call("a", by=BO), call("b", by=KARIN))
    page = anna.get("/calls").text
    assert "Kanariefågel" not in page
    assert "Sjuk" not in page


@pytest.mark.parametrize("number", [HOSTILE, "\u202e070", "x" * 500, "anonymous", "sip:anna@evil.example"])
def test_F_33_a_hostile_number_is_only_text(company: Company, anna: Reader, number: str) -> None:
    called(company, call(number=number))
    page = anna.get("/calls").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="sip:' not in page
    assert len(rows(page)) == 1


def test_whoever_is_no_longer_in_the_directory_is_told_so_and_the_own_number_is_not_written(
    company: Company, anna: Reader
) -> None:
    called(company, call(to=PersonId("gone"), by=ANNA, number="10231"))
    assert rows(anna.get("/calls").text) == [
        "Finns inte längre i telefonboken Från mig · Hörde beskedet, 1:05 min 10:12"
    ]


# ── pages of it ─────────────────────────────────────────────────────────────────────────────────


def many(company: Company, count: int) -> None:
    called(company, *(call(f"c{n:03}", number=f"{n}", ago=timedelta(minutes=n)) for n in range(count)))


def numbers(html: str) -> list[int]:
    return [int(row.split(" ", 1)[0]) for row in rows(html)]


def older(html: str) -> str:
    found = re.search(r'<p class="older"><a class="button" href="([^"]+)"', html)
    return found[1] if found else ""


def test_older_calls_are_shown_by_pages_without_script_and_with(company: Company, anna: Reader) -> None:
    many(company, 120)
    page = anna.get("/calls").text
    found = numbers(page)
    assert found == list(range(50))
    while path := older(page):
        assert numbers(anna.get(path).text)[0] == len(found)
        piece = anna.piece(path)
        assert "<html" not in piece.text
        page = piece.text
        found += numbers(page)
    assert found == list(range(120))


def test_what_is_drawn_anew_has_what_is_new_and_ends_where_it_ended(company: Company, anna: Reader) -> None:
    many(company, 60)
    page = anna.get("/calls").text
    [same] = re.findall(r'<div id="newest" hx-get="([^"]+)"', page)
    called(company, call("new", number="999", ago=timedelta()))
    piece = anna.piece(same)
    assert numbers(piece.text) == [999, *range(50)]
    assert piece.text.lstrip().startswith('<div id="newest" hx-get="')
    assert older(piece.text) == ""
    [again] = re.findall(r'<div id="newest" hx-get="([^"]+)"', piece.text)
    assert again == same


def test_the_first_calls_of_all_appear_on_an_empty_page(company: Company, anna: Reader) -> None:
    [same] = re.findall(r'<div id="newest" hx-get="([^"]+)"', anna.get("/calls").text)
    many(company, 80)
    assert numbers(anna.piece(same).text) == list(range(80))


def test_where_more_came_than_a_piece_holds_the_page_is_loaded_anew(company: Company, anna: Reader) -> None:
    [same] = re.findall(r'<div id="newest" hx-get="([^"]+)"', anna.get("/calls").text)
    many(company, 201)
    answer = anna.piece(same)
    assert (answer.headers["HX-Refresh"], answer.text) == ("true", "")


def test_older_calls_are_not_drawn_anew(company: Company, anna: Reader) -> None:
    many(company, 60)
    page = anna.get(older(anna.get("/calls").text)).text
    assert '<div id="newest" hx-get' not in page
    assert numbers(page) == list(range(50, 60))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "2026-11-25",
        "2026-11-25T10:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
        "%00",
        "9" * 900,
    ],
)
@pytest.mark.parametrize("name", ["before", "since"])
def test_an_instant_that_is_none_of_ours_shows_the_newest(
    company: Company, anna: Reader, name: str, written: str
) -> None:
    called(company, call())
    for answer in (anna.get(f"/calls?{name}={quote(written)}"), anna.piece(f"/calls?{name}={quote(written)}")):
        assert answer.status_code == 200
        assert len(rows(answer.text)) == 1


# ── every language, nothing there, nobody ───────────────────────────────────────────────────────


@pytest.mark.parametrize("language", languages())
def test_the_page_exists_in_every_language(company: Company, client: TestClient[Litestar], language: str) -> None:
    called(company, call("a", by=BO), call("b", number=""), call("c", to=BO, by=ANNA))
    page = reading(company, client, ANNA, language).get("/calls").text
    assert f"<h1>{text('calls.title', language)}</h1>" in page  # type: ignore[arg-type] # it is one of ours


@pytest.mark.parametrize("takes_calls", [False, True])
def test_an_empty_page_says_whether_calls_come_at_all(company: Company, takes_calls: bool) -> None:
    options = WebOptions(tenant=TENANT, takes_calls=takes_calls)
    with visiting(make_app(company, options=options, surfaces=[calls_surface()])) as client:
        page = reading(company, client, ANNA).get("/calls").text
    assert ("Inga samtal än." in page) is takes_calls
    assert ("Inget telefonsystem är anslutet än" in page) is not takes_calls


def test_the_tab_follows_the_favourites(anna: Reader) -> None:
    tabs = re.findall(r'<li><a href="([^"]+)"(?: aria-current="page")?>([^<]+)</a></li>', anna.get("/calls").text)
    assert tabs[:3] == [("/", "Alla"), ("/favourites", "Favoriter"), ("/calls", "Samtal")]


def test_nobody_signed_in_is_sent_to_sign_in(anna: Reader) -> None:
    anna.cookies.clear()
    for path in ("/calls", "/calls/waiting"):
        assert anna.get(path).headers["Location"].startswith("/sign-in")
