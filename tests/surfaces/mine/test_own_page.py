"""Min frånvaro: own status, what callers hear, what comes, and how old the knowledge is."""

import re
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.announcements.sentence import sentence_at
from kalenderkoppling.usecases.callees.load_callees import load_callees
from kalenderkoppling.usecases.numbers.number_plan import NumberPlan
from kktest.absence_pages import Reader, reading
from kktest.bidi import as_read
from kktest.make import between, days, layer, rule
from kktest.web import ANNA, BO, NOW, TENANT, Company, make_app, visiting

NOW_TO_ELEVEN = between("2026-11-25 10:00", "2026-11-25 11:00")
TOMORROW = between("2026-11-26 13:00", "2026-11-26 14:00")


def test_somebody_free_is_told_so_and_that_the_phone_rings(anna: Reader) -> None:
    page = anna.get("/mine").text
    assert '<span class="word">Ledig</span>' in page
    assert "Telefonen ringer." in page


def test_what_a_caller_hears_stands_there_in_words(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    page = as_read(anna.get("/mine").text)
    assert "Beskedet direkt." in page
    assert "Anna Berg är i möte och är åter klockan elva." in page


def test_an_open_referral_tells_how_long_the_phone_rings(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.OPEN)
    assert "Telefonen ringer 15 sekunder, sedan beskedet." in anna.get("/mine").text


def test_what_a_caller_hears_can_be_listened_to_now_and_for_each_referral(company: Company, anna: Reader) -> None:
    now = company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    coming = company.absent(ANNA, TOMORROW, diversion=Diversion.OPEN)
    informing = company.absent(ANNA, TOMORROW)
    page = anna.get("/mine").text
    assert 'href="/people/anna/announcement"' in page
    assert [f'href="/people/anna/announcement?absence={id_}"' in page for id_ in (now, coming, informing)] == [
        True,
        True,
        False,
    ]


def test_where_the_phone_rings_there_is_nothing_to_listen_to(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN)
    assert "/announcement" not in anna.get("/mine").text


@pytest.mark.parametrize("takes_calls", [False, True])
def test_without_a_telephone_system_the_page_says_that_it_is_how_it_will_be(
    company: Company, takes_calls: bool
) -> None:
    options = WebOptions(tenant=TENANT, takes_calls=takes_calls)
    with visiting(make_app(company, options=options, surfaces=[mine_surface()])) as client:
        page = reading(company, client, ANNA).get("/mine").text
    assert ("Inget telefonsystem är anslutet än." in page) is not takes_calls


def test_information_only_lets_the_phone_ring(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN)
    page = as_read(anna.get("/mine").text)
    assert '<p class="seen">Möte, åter 11:00</p>' in page
    assert "Telefonen ringer." in page


def test_the_announcement_is_in_the_companys_language_whatever_the_reader_reads(
    company: Company, client: TestClient[Litestar]
) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    reader = reading(company, client, ANNA, language="en")
    page = as_read(reader.get("/mine").text)
    assert "My absence" in page
    assert '<blockquote lang="sv">”Anna Berg är i möte' in page


def test_the_announcement_is_in_the_language_that_callers_hear_first(company: Company, anna: Reader) -> None:
    settings = TenantSettings(language="sv", speaks=("en", "sv"))
    company.write(lambda tx: tx.people.put_settings(settings))
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.DIRECT)
    page = as_read(anna.get("/mine").text)
    assert '<blockquote lang="en">' in page
    assert "Anna Berg is in a meeting" in page


@pytest.mark.parametrize("diversion", list(Diversion))
@pytest.mark.parametrize("speaks", [(), ("da",), ("nb", "sv"), ("xx", "en")])
def test_what_the_own_page_shows_as_heard_is_what_a_caller_hears(
    company: Company, anna: Reader, speaks: tuple[str, ...], diversion: Diversion
) -> None:
    company.write(lambda tx: tx.people.put_settings(TenantSettings(language="sv", speaks=speaks)))
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=diversion)
    with company.store.read(TENANT) as tx:
        heard = sentence_at(load_callees(tx, TENANT, [ANNA], NOW, NumberPlan(country=""))[ANNA], NOW)
    shown = re.findall(r'<blockquote lang="([^"]+)">”(.*?)”</blockquote>', as_read(anna.get("/mine").text))
    assert shown == ([(heard.language, heard.text)] if heard else [])


def test_being_sick_is_told_to_oneself_but_not_among_what_colleagues_see(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, reason=ReasonKey("sick"))
    page = as_read(anna.get("/mine").text)
    assert '<p class="seen">Frånvarande, åter 11:00</p>' in page
    assert re.search(r'class="row-title">Sjuk<', page)


def test_the_next_change_is_told_with_its_kind(company: Company, anna: Reader) -> None:
    company.absent(ANNA, between("2026-11-25 13:00", "2026-11-25 14:00"), diversion=Diversion.DIRECT)
    assert "13:00: Möte (Hänvisning)" in anna.get("/mine").text


def test_back_to_back_absences_of_one_kind_are_no_change_between(company: Company, anna: Reader) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN)
    company.absent(ANNA, between("2026-11-25 11:00", "2026-11-25 12:00"))
    assert "12:00: ledig" in anna.get("/mine").text


def test_coming_absences_stand_under_their_day_with_their_kind_and_origin(company: Company, anna: Reader) -> None:
    company.absent(ANNA, TOMORROW, reason=ReasonKey("lunch"), diversion=Diversion.OPEN, note="Fråga Bo")
    page = anna.get("/mine").text
    for told in ("I morgon, torsdag 26 november", "13:00–14:00", "Öppen hänvisning", "Satt för hand", "Fråga Bo"):
        assert told in page


def test_that_changes_do_not_reach_outlook_is_said_once_for_all_rows(company: Company, anna: Reader) -> None:
    for day in range(26, 30):
        company.booked(ANNA, between(f"2026-11-{day} 13:00", f"2026-11-{day} 14:00"))
    page = anna.get("/mine").text
    assert page.count("Ändringar här ändrar inte Outlook.") == 1
    assert page.count("<summary>") == 4


def test_why_lies_behind_each_row_of_outlook_and_no_other(company: Company, anna: Reader) -> None:
    booked, by_hand = company.booked(ANNA, TOMORROW), company.absent(ANNA, TOMORROW)
    page = anna.get("/mine").text
    assert f'href="/absences/{booked}/why"' in page
    assert f'href="/absences/{by_hand}/why"' not in page
    assert page.count("Satt för hand") == 1


def test_without_rows_of_outlook_the_page_does_not_speak_of_opening_them(company: Company, anna: Reader) -> None:
    company.absent(ANNA, TOMORROW)
    assert "Öppna en rad" not in anna.get("/mine").text


def test_whole_days_are_told_as_dates(company: Company, anna: Reader) -> None:
    company.booked(ANNA, days("2026-11-30", "2026-12-05"), show_as=ShowAs.OUT_OF_OFFICE)
    assert "mån 30 nov. – fre 4 dec." in anna.get("/mine").text


def test_what_starts_later_than_28_days_ahead_is_not_listed(company: Company, anna: Reader) -> None:
    company.absent(ANNA, between("2027-01-25 13:00", "2027-01-25 14:00"), reason=ReasonKey("course"))
    assert "<bdi>Utbildning</bdi>" not in anna.get("/mine").text


def test_others_absences_are_not_on_the_own_page(company: Company, anna: Reader) -> None:
    id_ = company.absent(BO, TOMORROW)
    assert id_ not in anna.get("/mine").text


def test_the_subject_shows_only_while_the_administrator_shows_subjects(company: Company, anna: Reader) -> None:
    company.booked(ANNA, TOMORROW, subject="Budget 2027")
    assert "Budget 2027" not in anna.get("/mine").text
    company.show_subjects()
    assert "<bdi>Budget 2027</bdi>" in anna.get("/mine").text


def test_F_33_a_hostile_subject_and_note_are_only_text(company: Company, anna: Reader) -> None:
    company.show_subjects()
    company.booked(ANNA, TOMORROW, subject="<script>alert(1)</script>")
    company.absent(ANNA, TOMORROW, note='"><img src=x onerror=alert(1)>')
    page = anna.get("/mine").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_age_of_what_is_known_of_the_calendar_is_told(company: Company, anna: Reader) -> None:
    company.looked(ANNA, NOW - timedelta(minutes=3))
    assert "Kalendern lästes för 3 minuter sedan" in anna.get("/mine").text


def test_C_27_stale_knowledge_is_told_and_diverts_no_calls(company: Company, anna: Reader) -> None:
    company.looked(ANNA, NOW - timedelta(hours=30))
    company.write(
        lambda tx: tx.rules.put_layer(
            ScopedLayer(layer=layer({ShowAs.BUSY: rule(diversion=Diversion.DIRECT)})),
        )
    )
    company.booked(ANNA, NOW_TO_ELEVEN)
    page = anna.get("/mine").text
    assert "Uppgifterna kan vara gamla och styr inga samtal." in page
    assert "Telefonen ringer." in page


def test_without_the_coupling_the_page_says_so(anna: Reader) -> None:
    assert "Din kalender är inte kopplad till telefonsystemet." in anna.get("/mine").text


@pytest.mark.parametrize(("language", "title"), [("sv", "Min frånvaro"), ("nb", "Mitt fravær"), ("en", "My absence")])
def test_the_page_exists_in_every_language(
    company: Company, client: TestClient[Litestar], language: str, title: str
) -> None:
    company.absent(ANNA, NOW_TO_ELEVEN, diversion=Diversion.OPEN)
    company.booked(ANNA, TOMORROW)
    company.looked(ANNA)
    reader = reading(company, client, ANNA, language)
    assert f"<h1>{title}</h1>" in reader.get("/mine").text


def test_a_script_gets_only_the_piece_that_changes(anna: Reader) -> None:
    answer = anna.piece("/mine")
    assert answer.text.lstrip().startswith('<div id="own-day"')


def test_nobody_signed_in_is_sent_to_sign_in(anna: Reader) -> None:
    anna.cookies.clear()
    assert anna.get("/mine").headers["Location"].startswith("/sign-in")
