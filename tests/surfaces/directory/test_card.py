"""The contact card: what it says, to whom, and what colleagues cannot tell from it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import Diversion, Edit
from kalenderkoppling.domain.errors import BlockedReason
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.surfaces.web.options import DemoLinks, WebOptions
from kktest.bidi import as_read
from kktest.make import between, days
from kktest.web import ADAM, ANNA, BO, FRAGMENT, KARIN, NOW, TENANT, Company, make_app, sign_in, visiting

Visitor = TestClient[Litestar]

TODAY_TEN_TO_TWELVE = Interval(start=NOW - timedelta(minutes=30), end=NOW + timedelta(minutes=90))


def card(visitor: Visitor, path: str = "/people/bo") -> str:
    """Return a card, without the elements that keep texts from outside apart."""
    return as_read(visitor.get(path, headers=FRAGMENT).text)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_card_says_who_it_is_and_how_to_call(visitor: Visitor) -> None:
    sign_in(visitor, BO)
    html = card(visitor, "/people/anna")
    assert "Bygglovshandläggare · Bygglov · Malmö" in html
    assert 'href="tel:10231"' in html
    assert 'href="tel:0701740605"' in html
    assert "070-174 06 05" in html


def test_the_card_says_when_somebody_is_next_free(company: Company, visitor: Visitor) -> None:
    company.absent(BO, TODAY_TEN_TO_TWELVE)
    sign_in(visitor, ANNA)
    assert "Nästa lediga tid: 12:00" in card(visitor)
    assert "Ledig nu" in card(visitor, "/people/anna")


ON_THE_CARD = '<section class="card-call"'


@pytest.mark.parametrize(("reader", "is_told"), [(KARIN, True), (BO, True), (ANNA, False), (ADAM, False)])
def test_what_callers_hear_now_is_on_the_card_for_the_person_and_attendants(
    company: Company, visitor: Visitor, reader: PersonId, is_told: bool
) -> None:
    company.absent(BO, TODAY_TEN_TO_TWELVE, diversion=Diversion.OPEN)
    sign_in(visitor, reader)
    html = card(visitor)
    assert (ON_THE_CARD in html) is is_told
    assert ("”Bo Åberg är i möte och är åter klockan tolv.”" in html) is is_told
    assert ("Telefonen ringer 15 sekunder, sedan beskedet." in html) is is_told
    assert ('href="/people/bo/announcement"' in html) is is_told


def test_a_phone_that_rings_gives_the_card_nothing_to_hear(company: Company, visitor: Visitor) -> None:
    company.absent(BO, TODAY_TEN_TO_TWELVE)
    sign_in(visitor, KARIN)
    assert ON_THE_CARD not in card(visitor)


def test_in_the_demo_everybody_can_be_rung_from_the_card(company: Company) -> None:
    demo = WebOptions(tenant=TENANT, demo=DemoLinks())
    company.absent(BO, TODAY_TEN_TO_TWELVE, diversion=Diversion.OPEN)
    with visiting(make_app(company, options=demo)) as visitor:
        sign_in(visitor, ANNA)
        html = card(visitor)
        assert 'href="/people/bo/announcement?rings=yes"' in html
        assert "Ring Bo Åberg" in html
        assert "”Bo Åberg är i möte och är åter klockan tolv.”" in html
        assert "I demon ringer det bara 3 sekunder." in text_of(html)
        rings = card(visitor, "/people/asa")
        assert 'data-nothing="Telefonen ringer hos Åsa Öberg: inget besked läses upp."' in rings


def test_a_card_has_an_address_of_its_own_beside_the_list(visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    html = visitor.get("/people/bo?week=2026-W50&q=bo").text
    assert "v. 50" in html
    assert 'data-person="bo"' in html
    assert "<title>Kontaktkort för Bo Åberg" in html


def test_referrals_are_red_and_absences_yellow_and_both_say_so(company: Company, visitor: Visitor) -> None:
    company.absent(BO, between("2026-11-26 09:00", "2026-11-26 10:00"), diversion=Diversion.OPEN)
    company.absent(BO, between("2026-11-27 09:00", "2026-11-27 10:00"))
    sign_in(visitor, ANNA)
    entries = re.findall(r'<button type="button" class="entry ([^"]+)".*?</button>', card(visitor), re.DOTALL)
    assert [each.split()[-1] for each in entries] == ["referral", "absence"]
    assert re.findall(r'<span class="entry-kind">(\w+)</span>', card(visitor)) == ["Hänvisning", "Frånvaro"]


def test_coming_absences_of_four_weeks_are_listed(company: Company, visitor: Visitor) -> None:
    company.absent(BO, between("2026-12-22 09:00", "2026-12-22 10:00"))
    company.absent(BO, between("2026-12-24 09:00", "2026-12-24 10:00"))
    sign_in(visitor, ANNA)
    coming = text_of(card(visitor).split('id="coming-title"')[1])
    assert "tis 22 dec. 09:00–10:00" in coming
    assert "24 dec" not in coming


def test_the_weekend_shows_when_there_is_something(company: Company, visitor: Visitor) -> None:
    sign_in(visitor, ANNA)
    assert "days-5" in card(visitor)
    company.absent(BO, between("2026-11-28 09:00", "2026-11-28 10:00"))
    assert "days-6" in card(visitor)


def test_a_long_absence_is_a_bar_over_its_whole_days(company: Company, visitor: Visitor) -> None:
    company.booked(BO, days("2026-11-24", "2026-11-28"))
    sign_in(visitor, ANNA)
    assert re.search(r'class="entry bar day-from-3 day-to-7 absence"', card(visitor))


@pytest.mark.parametrize("week", ["", "x", "2026-W99", "0000-W01", "9999-W52", "2026-W48'", "2026-W00"])
def test_a_week_that_does_not_exist_is_this_week(visitor: Visitor, week: str) -> None:
    sign_in(visitor, ANNA)
    answer = visitor.get("/people/bo", params={"week": week}, headers=FRAGMENT)
    assert answer.status_code == 200
    assert "v. 48" in answer.text


# ── the one door to a subject (R11, R21) ────────────────────────────────────────────────────────


def test_a_subject_shows_to_colleagues_where_the_administrator_shows_subjects(
    company: Company, visitor: Visitor
) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE, subject="Budget <2027>")
    company.show_subjects()
    sign_in(visitor, ANNA)
    assert "Budget &lt;2027&gt;" in card(visitor)


@pytest.mark.parametrize("who", [ANNA, BO, KARIN, ADAM])
def test_a_subject_shows_to_nobody_where_the_administrator_does_not(
    company: Company, visitor: Visitor, who: PersonId
) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE, subject="Budget 2027")
    sign_in(visitor, who)
    for path in ("/", "/people/bo", "/?q=budget"):
        assert "Budget 2027" not in visitor.get(path).text


def test_a_subject_never_stands_in_the_list(company: Company, visitor: Visitor) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE, subject="Hemliga planer")
    company.show_subjects()
    sign_in(visitor, ANNA)
    assert "Hemliga planer" not in visitor.get("/").text


# ── colleagues cannot tell where an absence came from (R19) ─────────────────────────────────────

STRETCHES = (
    TODAY_TEN_TO_TWELVE,
    between("2026-11-26 09:00", "2026-11-26 10:00"),
    between("2026-11-26 09:00", "2026-11-26 10:00"),
    between("2026-11-28 00:00", "2026-11-30 00:00"),
    between("2026-12-03 09:00", "2026-12-03 10:00"),
)


def pages_of(company: Company, visitor: Visitor) -> list[str]:
    """Everything that a colleague can get at about Bo, what differs from session to session left out."""
    company.looked(BO)
    token = sign_in(visitor, ANNA)
    paths = ("/", "/people/bo", "/people/bo?week=2026-W49", "/?q=bo")
    answers = [visitor.get(path) for path in paths] + [visitor.get(path, headers=FRAGMENT) for path in paths]
    return [f"{each.text}\n{sorted(each.headers.items())}".replace(token, "TOKEN") for each in answers]


@pytest.fixture
def read_by_a_colleague(company: Company, visitor: Visitor) -> list[str]:
    for stretch in STRETCHES:
        company.booked(BO, stretch)
    return pages_of(company, visitor)


def test_a_colleague_reads_the_same_bytes_of_a_bookings_absence_and_of_a_hand_made_one(
    company: Company, visitor: Visitor, read_by_a_colleague: list[str]
) -> None:
    company.write(lambda tx: tx.absences.drop([each.id for each in tx.absences.kept(BO)]))
    for stretch in reversed(STRETCHES):
        company.absent(BO, stretch, note="for attendants")
    assert pages_of(company, visitor) == read_by_a_colleague


def test_an_edit_is_not_seen_by_colleagues_either(
    company: Company, visitor: Visitor, read_by_a_colleague: list[str]
) -> None:
    def edit(tx: Transaction) -> None:
        for each in tx.absences.kept(BO):
            edited = replace(each, edit=Edit(note="seen by few"))
            when = each.booking.when
            assert isinstance(when, Interval)
            tx.absences.change(BO, [Placed(kept=edited, interval=when)])

    company.write(edit)
    assert pages_of(company, visitor) == read_by_a_colleague


def test_no_id_of_the_store_reaches_a_colleague(read_by_a_colleague: list[str]) -> None:
    assert not [each for each in read_by_a_colleague if "kept-" in each]


@pytest.mark.parametrize("who", [BO, KARIN])
def test_the_person_and_attendants_see_origin_and_age(company: Company, visitor: Visitor, who: PersonId) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE)
    company.absent(BO, between("2026-11-26 09:00", "2026-11-26 10:00"), note="Ring Eva")
    company.looked(BO, NOW - timedelta(minutes=3))
    sign_in(visitor, who)
    said = text_of(card(visitor))
    assert "Från kalendern" in said
    assert "Satt för hand" in said
    assert "Anteckning: Ring Eva" in said
    assert "Kalendern lästes för 3 minuter sedan" in said


def test_colleagues_do_not(company: Company, visitor: Visitor) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE)
    company.absent(BO, between("2026-11-26 09:00", "2026-11-26 10:00"), note="Ring Eva")
    company.looked(BO, NOW - timedelta(minutes=3))
    sign_in(visitor, ANNA)
    said = text_of(visitor.get("/people/bo").text)
    for hidden in ("Från kalendern", "Satt för hand", "Ring Eva", "Kalendern lästes"):
        assert hidden not in said


def test_a_note_is_not_for_administrators_but_the_age_is(company: Company, visitor: Visitor) -> None:
    company.absent(BO, between("2026-11-26 09:00", "2026-11-26 10:00"), note="Ring Eva")
    company.looked(BO, NOW - timedelta(minutes=3))
    sign_in(visitor, ADAM)
    said = text_of(visitor.get("/people/bo").text)
    assert "Ring Eva" not in said
    assert "Kalendern lästes för 3 minuter sedan" in said


def test_a_stale_or_blocked_calendar_is_said_in_words_to_attendants(company: Company, visitor: Visitor) -> None:
    company.booked(BO, TODAY_TEN_TO_TWELVE)
    company.looked(BO, NOW - timedelta(hours=30))

    def block(tx: Transaction) -> None:
        claim = tx.mailboxes.claim(BO, NOW, timedelta(minutes=1))
        assert claim is not None
        tx.mailboxes.finish(claim, replace(claim.state, blocked=BlockedReason.FORBIDDEN))

    company.write(block)
    sign_in(visitor, KARIN)
    said = text_of(card(visitor))
    assert "Kalendern har inte kunnat läsas sedan" in said
    assert "Behörigheten omfattar inte brevlådan." in said


def test_ones_own_card_leads_to_ones_own_absences(visitor: Visitor) -> None:
    sign_in(visitor, BO)
    assert 'href="/mine"' in card(visitor, "/people/bo")
    assert 'href="/mine"' not in card(visitor, "/people/anna")
