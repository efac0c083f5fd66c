"""One press: remove, back now, a quarter longer; and undo, which only the session that did it can, once."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.ports.store.audit import Act
from kktest.absence_pages import FORM, Reader, reading, undo_path
from kktest.make import at, between, days
from kktest.web import ANNA, BO, NOW, SAME_ORIGIN, Company, SetClock

TEN_TO_TWELVE = between("2026-11-25 10:00", "2026-11-25 12:00")
TOMORROW = between("2026-11-26 13:00", "2026-11-26 14:00")


def path(id_: str, verb: str) -> str:
    return f"/absences/{id_}/{verb}"


def pass_time(company: Company, by: timedelta) -> None:
    assert isinstance(company.clock, SetClock)
    company.clock.at += by


def test_back_now_ends_what_is_in_force_at_this_instant(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    page = anna.followed(anna.post(path(id_, "end-now")))
    assert anna.absences()[0].interval.end == NOW
    assert '<span class="word">Ledig</span>' in page
    assert "Tillbaka. Frånvaron är avslutad." in page


def test_R22_back_now_from_a_booking_says_that_outlook_stays(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, TEN_TO_TWELVE)
    booking = anna.kept().booking
    page = anna.followed(anna.post(path(id_, "end-now")))
    assert "det ändrar inte Outlook" in page
    assert anna.kept().booking == booking


@pytest.mark.parametrize("start", ["2026-11-25 10:30", "2026-11-26 13:00"])
def test_back_now_removes_what_has_hardly_begun_or_lies_ahead(company: Company, anna: Reader, start: str) -> None:
    pass_time(company, timedelta(seconds=40))
    id_ = company.absent(ANNA, between(start, "2026-11-26 14:00"))
    anna.post(path(id_, "end-now"))
    assert anna.absences() == []


def test_back_now_after_the_end_tells_that_it_is_over(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, between("2026-11-25 09:00", "2026-11-25 10:00"))
    answer = anna.post(path(id_, "end-now"))
    assert answer.status_code == 409
    assert "Frånvaron har ändrats eller tagit slut under tiden." in answer.text


def test_a_quarter_longer_moves_the_end(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, TEN_TO_TWELVE)
    page = anna.followed(anna.post(path(id_, "extend")))
    assert anna.absences()[0].interval.end == at("2026-11-25 12:15")
    assert "Förlängd med 15 minuter. Det ändrar inte Outlook." in page


def test_two_presses_are_half_an_hour(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    anna.post(path(id_, "extend"))
    anna.post(path(id_, "extend"))
    assert anna.absences()[0].interval.end == at("2026-11-25 12:30")


def test_removing_asks_nothing_and_offers_to_undo(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, TOMORROW, note="Fråga Bo")
    before = anna.absences()
    page = anna.followed(anna.post(path(id_, "remove")))
    assert anna.absences() == []
    anna.undo(page)
    assert anna.absences() == before


def test_R22_a_removed_calendar_absence_keeps_its_booking_and_comes_back_by_undo(
    company: Company, anna: Reader
) -> None:
    id_ = company.booked(ANNA, TOMORROW)
    page = anna.followed(anna.post(path(id_, "remove")))
    assert anna.kept().is_removed
    assert anna.kept().booking.when == TOMORROW
    assert "Frånvaron är borttagen här. Det ändrar inte Outlook." in page
    anna.undo(page)
    assert [each.interval for each in anna.absences()] == [TOMORROW]


def test_every_press_is_in_the_log_with_its_undo(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, TOMORROW)
    anna.undo(anna.followed(anna.post(path(id_, "remove"))))
    assert [each.act for each in anna.audit()] == [Act.REMOVE_ABSENCE, Act.RESTORE_ABSENCE]


@pytest.mark.parametrize("verb", ["remove", "end-now", "extend"])
def test_anothers_absence_is_answered_as_one_that_never_was(company: Company, anna: Reader, verb: str) -> None:
    of_bo = company.absent(BO, TEN_TO_TWELVE)
    answers = [anna.post(path(id_, verb)) for id_ in (of_bo, "never-was")]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].text.replace(of_bo, "") == answers[1].text.replace("never-was", "")
    assert anna.absences(BO)[0].interval == TEN_TO_TWELVE


@pytest.mark.parametrize("verb", ["remove", "end-now", "extend"])
def test_an_administrator_alone_presses_in_vain(company: Company, administrator: Reader, verb: str) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    assert administrator.post(path(id_, verb)).status_code == 404
    assert administrator.absences(ANNA)[0].interval == TEN_TO_TWELVE


@pytest.mark.parametrize("verb", ["remove", "end-now", "extend"])
def test_a_press_on_what_somebody_changed_meanwhile_changes_nothing(
    company: Company, anna: Reader, attendant: Reader, verb: str
) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    seen = anna.version(id_)
    attendant.post(path(id_, "extend"), version=seen)
    answer = anna.post(path(id_, verb), version=seen)
    assert answer.status_code == 409
    assert "10:00–12:15" in answer.text
    assert anna.absences()[0].interval.end == at("2026-11-25 12:15")


@pytest.mark.parametrize("verb", ["remove", "end-now", "extend"])
def test_without_the_token_nothing_happens(company: Company, anna: Reader, verb: str) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    answer = anna.ask("POST", path(id_, verb), {}, **SAME_ORIGIN)
    assert answer.status_code == 403
    assert anna.absences()[0].interval == TEN_TO_TWELVE


def test_R24_an_attendant_removes_somebodys_absence_and_comes_back_to_the_card(
    company: Company, attendant: Reader
) -> None:
    id_ = company.booked(ANNA, TOMORROW)
    answer = attendant.post(path(id_, "remove"))
    assert answer.headers["Location"] == "/people/anna"
    page = attendant.followed(answer)
    assert attendant.undo(page).headers["Location"] == "/people/anna"
    assert [each.interval for each in attendant.absences(ANNA)] == [TOMORROW]


def test_an_undo_is_taken_once(company: Company, anna: Reader) -> None:
    page = anna.followed(anna.post(path(company.absent(ANNA, TOMORROW), "remove")))
    anna.undo(page)
    answer = anna.undo(page)
    assert answer.status_code == 409
    assert "Det går inte längre att ångra." in answer.text


def test_an_undo_is_not_taken_for_ever(company: Company, anna: Reader) -> None:
    page = anna.followed(anna.post(path(company.absent(ANNA, TOMORROW), "remove")))
    pass_time(company, timedelta(minutes=29))
    assert anna.undo(page).status_code == 409
    assert anna.absences() == []


def test_anothers_session_cannot_undo_it(company: Company, client: TestClient[Litestar], anna: Reader) -> None:
    page = anna.followed(anna.post(path(company.absent(ANNA, TOMORROW), "remove")))
    elsewhere = reading(company, client, ANNA)
    assert elsewhere.undo(page).status_code == 409
    assert anna.absences() == []
    assert anna.undo(page).status_code == 303


@pytest.mark.parametrize("token", ["x", "..", "%00", "A" * 400])
def test_a_token_that_was_tampered_with_undoes_nothing(company: Company, anna: Reader, token: str) -> None:
    page = anna.followed(anna.post(path(company.absent(ANNA, TOMORROW), "remove")))
    real = undo_path(page)
    answer = anna.post(real.replace(real.split("/")[3].split("?")[0], token))
    assert answer.status_code in {404, 409}
    assert anna.absences() == []


def test_an_undo_never_undoes_what_somebody_did_after_it(company: Company, anna: Reader, attendant: Reader) -> None:
    id_ = company.booked(ANNA, TEN_TO_TWELVE)
    page = anna.followed(anna.post(path(id_, "extend")))
    attendant.post(path(id_, "extend"))
    answer = anna.undo(page)
    assert answer.status_code == 409
    assert "Det går inte att ångra" in answer.text
    assert anna.absences()[0].interval.end == at("2026-11-25 12:30")


def test_an_undo_of_a_booking_that_has_gone_tells_so(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, TOMORROW)
    page = anna.followed(anna.post(path(id_, "extend")))
    company.write(lambda tx: tx.absences.drop([AbsenceId(id_)]))
    assert anna.undo(page).status_code == 409
    assert anna.absences() == []


def test_whole_days_from_outlook_can_be_ended_today(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, days("2026-11-23", "2026-11-28"))
    anna.post(path(id_, "end-now"))
    assert anna.absences()[0].interval == between("2026-11-23 00:00", "2026-11-25 10:30")


def test_a_script_gets_the_new_state_with_the_status_of_a_conflict(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    answer = anna.press(path(id_, "extend"), version="7", back="/mine")
    assert answer.status_code == 409
    assert '<div id="own-day"' in answer.text
    assert 'hx-swap-oob="innerHTML"' in answer.text


def test_a_press_on_another_page_sends_the_script_back_there(company: Company, attendant: Reader) -> None:
    id_ = company.absent(ANNA, TEN_TO_TWELVE)
    answer = attendant.press(path(id_, "extend"), back="/people/anna")
    assert answer.headers["HX-Redirect"] == "/people/anna"
    assert "Förlängd med 15 minuter." in attendant.get("/people/anna").text


def test_the_message_stands_only_once(company: Company, anna: Reader) -> None:
    anna.post("/absences/new", **FORM)
    assert "Lunch är satt" in anna.get("/mine").text
    assert "Lunch är satt" not in anna.get("/mine").text
