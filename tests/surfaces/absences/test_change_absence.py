"""The editor for an absence that exists: by hand or from Outlook, by the person or an attendant, and when two edit."""

from dataclasses import replace

import pytest

from kalenderkoppling.domain.absence import AbsenceId, Diversion, Edit, ReasonKey
from kalenderkoppling.domain.tenant import TenantSettings
from kktest.absence_pages import FORM, Reader, value_of, wrong
from kktest.make import at, between
from kktest.web import ANNA, BO, OTHER_TENANT, TENANT, Company

ONE_TO_TWO = between("2026-11-25 13:00", "2026-11-25 14:00")
SHOWN = {**FORM, "reason": "meeting"}


def path(id_: AbsenceId, verb: str = "") -> str:
    return f"/absences/{id_}/{verb}".rstrip("/")


def test_the_editor_shows_the_absence_as_it_is(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO, reason=ReasonKey("lunch"), diversion=Diversion.OPEN, note="Fråga Bo")
    page = anna.get(path(id_)).text
    assert [value_of(page, each) for each in ("start_time", "end_time")] == ["13:00", "14:00"]
    assert '<option value="lunch" data-kind="clock" selected>' in page
    assert 'value="open" checked' in page
    assert "Fråga Bo</textarea>" in page


def test_R22_an_edit_of_a_calendar_absence_lays_over_it_only_what_was_changed(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    booking = anna.kept().booking
    page = anna.followed(anna.post(path(id_, "edit"), **{**SHOWN, "end_time": "15:00"}))
    assert anna.kept().edit == Edit(end=at("2026-11-25 15:00"))
    assert anna.kept().booking == booking
    assert "Ändringen är sparad. Den ändrar inte Outlook." in page
    assert "Ändrad för hand" in page


def test_R22_the_editor_says_that_outlook_is_not_changed(company: Company, anna: Reader) -> None:
    page = anna.get(path(company.booked(ANNA, ONE_TO_TWO))).text
    assert "Ändringen gäller bara här och ändrar inte bokningen." in page
    assert "Ändrar inte Outlook." in page


def test_saving_without_a_change_writes_nothing(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    assert "Ingenting ändrades." in anna.followed(anna.post(path(id_, "edit"), **SHOWN))
    assert anna.kept().edit is None
    assert anna.audit() == []


def test_seconds_that_no_field_shows_are_no_change(company: Company, anna: Reader) -> None:
    odd = replace(ONE_TO_TWO, end=ONE_TO_TWO.end.replace(second=30))
    id_ = company.booked(ANNA, odd)
    anna.post(path(id_, "edit"), **{**SHOWN, "reason": "lunch"})
    assert anna.kept().edit == Edit(reason=ReasonKey("lunch"))


def test_a_note_may_be_taken_away(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO, note="Fråga Bo")
    anna.post(path(id_, "edit"), **{**SHOWN, "note": ""})
    assert anna.absences()[0].note == ""


def test_the_change_can_be_undone(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    page = anna.followed(anna.post(path(id_, "edit"), **{**SHOWN, "end_time": "15:00"}))
    assert "Ångrat." in anna.followed(anna.undo(page))
    assert anna.absences()[0].interval == ONE_TO_TWO


def test_a_wrong_end_is_told_at_its_field_and_nothing_is_changed(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    answer = anna.post(path(id_, "edit"), **{**SHOWN, "end_time": "12:00"})
    assert answer.status_code == 422
    assert wrong(answer.text, "end") == "Sluttiden måste vara efter starttiden."
    assert anna.kept().edit is None


def test_whoever_is_second_sees_what_holds_now_and_keeps_what_was_written(
    company: Company, anna: Reader, attendant: Reader
) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO)
    seen = anna.version(id_)
    attendant.post(path(id_, "edit"), version=seen, **{**SHOWN, "end_time": "16:00"})
    answer = anna.post(path(id_, "edit"), version=seen, **{**SHOWN, "end_time": "15:00"})
    assert answer.status_code == 409
    assert "Gäller nu: 16:00" in answer.text
    assert "Gäller nu: 13:00" not in answer.text
    assert value_of(answer.text, "end_time") == "15:00"
    assert anna.absences()[0].interval.end == at("2026-11-25 16:00")


def test_saved_again_it_replaces_what_holds(company: Company, anna: Reader, attendant: Reader) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO)
    seen, sent = anna.version(id_), {**SHOWN, "end_time": "15:00"}
    attendant.post(path(id_, "edit"), version=seen, **{**SHOWN, "end_time": "16:00"})
    shown = anna.post(path(id_, "edit"), version=seen, **sent).text
    anna.post(path(id_, "edit"), version=value_of(shown, "version"), **sent)
    assert anna.absences()[0].interval.end == at("2026-11-25 15:00")


@pytest.mark.parametrize("version", ["x", "-1", "1e9", "9" * 400, "²"])
def test_a_version_that_is_no_number_of_ours_is_refused(company: Company, anna: Reader, version: str) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO)
    assert anna.post(path(id_, "edit"), version=version, **{**SHOWN, "end_time": "15:00"}).status_code == 422
    assert anna.absences()[0].interval == ONE_TO_TWO


@pytest.mark.parametrize("who", [ANNA, BO])
def test_anothers_absence_is_not_found_and_not_told_from_one_that_never_was(
    company: Company, anna: Reader, who: str
) -> None:
    id_ = company.absent(BO, ONE_TO_TWO) if who == BO else AbsenceId("never-was")
    assert anna.get(path(id_)).status_code == 404
    assert anna.post(path(id_, "edit"), **SHOWN).status_code == 404
    assert len(anna.absences(BO)) == (who == BO)


def test_an_administrator_alone_changes_nothing_of_others(company: Company, administrator: Reader) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO)
    assert administrator.get(path(id_)).status_code == 404
    assert administrator.post(path(id_, "edit"), **{**SHOWN, "end_time": "15:00"}).status_code == 404
    assert administrator.absences(ANNA)[0].interval == ONE_TO_TWO


def test_R24_an_attendant_changes_somebodys_absence_and_comes_back_to_the_card(
    company: Company, attendant: Reader
) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    assert "Ändra frånvaro för Anna Berg" in attendant.get(path(id_)).text
    answer = attendant.post(path(id_, "edit"), **{**SHOWN, "diversion": "direct"})
    assert answer.headers["Location"] == "/people/anna"
    assert attendant.kept(ANNA).edit == Edit(diversion=Diversion.DIRECT)


def test_a_reason_that_an_attendant_may_not_see_stays_when_something_else_is_changed(
    company: Company, attendant: Reader
) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO, reason=ReasonKey("sick"))
    page = attendant.get(path(id_)).text
    assert '<option value="out_of_office" data-kind="date" selected>' in page
    attendant.post(path(id_, "edit"), **{**SHOWN, "reason": "out_of_office", "end_time": "15:00"})
    assert attendant.absences(ANNA)[0].reason == ReasonKey("sick")


def test_an_attendant_sees_it_where_the_administrator_allows_it(company: Company, attendant: Reader) -> None:
    company.write(lambda tx: tx.people.put_settings(TenantSettings(sick_to_attendants=True)))
    id_ = company.absent(ANNA, ONE_TO_TWO, reason=ReasonKey("sick"))
    assert '<option value="sick" data-kind="date" selected>' in attendant.get(path(id_)).text


def test_a_removed_absence_has_no_editor(company: Company, anna: Reader) -> None:
    id_ = company.booked(ANNA, ONE_TO_TWO)
    anna.post(path(id_, "remove"))
    assert anna.get(path(id_)).status_code == 404


def test_another_tenants_absence_is_not_found(company: Company, anna: Reader) -> None:
    id_ = company.absent(ANNA, ONE_TO_TWO)
    with company.store.read(TENANT) as tx:
        by_hand = tx.absences.owned(id_)
    assert by_hand is not None
    assert by_hand.by_hand is not None
    other = replace(by_hand.by_hand, id=AbsenceId("elsewhere"))
    company.write(lambda tx: tx.absences.put_by_hand(ANNA, other), OTHER_TENANT)
    assert anna.get(path(AbsenceId("elsewhere"))).status_code == 404
