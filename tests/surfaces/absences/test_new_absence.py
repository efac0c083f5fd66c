"""The editor for a new absence: for oneself, for others as an attendant, and everything that can be wrong."""

from zoneinfo import ZoneInfo

import pytest

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.person import Entitlements, Person
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.absences.fields import LONGEST_NOTE
from kktest.absence_pages import FORM, Reader, value_of, wrong
from kktest.make import between
from kktest.web import ANNA, BO, SAME_ORIGIN, Company, someone

ONE_TO_TWO = between("2026-11-25 13:00", "2026-11-25 14:00")


def test_R25_the_form_sets_an_absence_as_filled_in(anna: Reader) -> None:
    page = anna.followed(anna.post("/absences/new", **{**FORM, "diversion": "open", "note": "Fråga Bo"}))
    [absence] = anna.absences()
    assert absence.interval == ONE_TO_TWO
    assert (absence.reason, absence.diversion, absence.note) == (ReasonKey("lunch"), Diversion.OPEN, "Fråga Bo")
    assert "Lunch är satt, 13:00–14:00." in page


def test_an_hour_from_about_now_is_proposed(anna: Reader) -> None:
    page = anna.get("/absences/new").text
    assert [value_of(page, each) for each in ("start_date", "start_time", "end_time")] == [
        "2026-11-25",
        "10:30",
        "11:30",
    ]


def test_whole_days_reach_to_the_end_of_the_last_day(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "end_date": "2026-11-27", "all_day": "on", "reason": "vacation"})
    assert anna.absences()[0].interval == between("2026-11-25 00:00", "2026-11-28 00:00")


def test_whole_days_need_no_times(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "start_time": "", "end_time": "", "all_day": "on"})
    assert anna.absences()[0].interval == between("2026-11-25 00:00", "2026-11-26 00:00")


def test_nordic_hands_may_write_a_time_with_a_full_stop(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "start_time": "13.00", "end_time": "14.00"})
    assert anna.absences()[0].interval == ONE_TO_TWO


@pytest.mark.parametrize(
    ("field", "value", "group", "told"),
    [
        ("end_time", "12:00", "end", "Sluttiden måste vara efter starttiden."),
        ("end_time", "13:00", "end", "Sluttiden måste vara efter starttiden."),
        ("start_date", "2026-04-31", "start", "Ange ett datum."),
        ("start_date", "31/4", "start", "Ange ett datum."),
        ("start_date", "0000-01-01", "start", "Ange ett datum."),
        ("start_date", "0001-01-01", "start", "Tiden ligger för långt tillbaka."),
        ("start_date", "2026-11-01", "start", "Tiden ligger för långt tillbaka."),
        ("end_date", "99999-01-01", "end", "Tiden ligger för långt fram."),
        ("end_date", "9999-12-31", "end", "Tiden ligger för långt fram."),
        ("end_date", "2040-01-01", "end", "Tiden ligger för långt fram."),
        ("end_date", "", "end", "Måste fyllas i."),
        ("end_date", "٢٠٢٦-١١-٢٥", "end", "Ange ett datum."),
        ("end_date", "x" * 10_000, "end", "Ange ett datum."),
        ("start_time", "25:00", "start", "Ange ett klockslag, till exempel 13:00."),
        ("start_time", "", "start", "Måste fyllas i."),
        ("end_time", "sen", "end", "Ange ett klockslag, till exempel 13:00."),
        ("reason", "", "reason", "Måste fyllas i."),
        ("reason", "hibernation", "reason", "Orsaken finns inte."),
        ("diversion", "sideways", "diversion", "Välj ett av alternativen."),
        ("note", "x" * 10_000, "note", f"Anteckningen får vara högst {LONGEST_NOTE} tecken."),
        ("note", "a\u202egnp", "note", "Anteckningen innehåller tecken som inte kan användas."),
        ("note", "a\x07", "note", "Anteckningen innehåller tecken som inte kan användas."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(anna: Reader, field: str, value: str, group: str, told: str) -> None:
    answer = anna.post("/absences/new", **{**FORM, field: value})
    assert answer.status_code == 422
    assert wrong(answer.text, group) == told
    assert anna.absences() == []


def test_a_time_that_has_passed_is_refused(anna: Reader) -> None:
    answer = anna.post("/absences/new", **{**FORM, "start_time": "08:00", "end_time": "09:00"})
    assert wrong(answer.text, "end") == "Sluttiden har redan passerat."


def test_what_began_earlier_today_and_still_lasts_may_be_set(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "start_time": "08:00"})
    assert anna.absences()[0].interval == between("2026-11-25 08:00", "2026-11-25 14:00")


def test_everything_missing_is_told_field_by_field(anna: Reader) -> None:
    page = anna.post("/absences/new").text
    assert [wrong(page, group) for group in ("start", "end", "reason")] == ["Måste fyllas i."] * 3


def test_the_first_wrong_field_has_the_focus_and_says_why(anna: Reader) -> None:
    page = anna.post("/absences/new", **{**FORM, "end_time": "12:00", "note": "x" * 501}).text
    focused = next(line for line in page.splitlines() if "autofocus" in line)
    assert 'id="end_time"' in focused
    assert 'aria-invalid="true"' in focused
    assert 'aria-describedby="end-wrong"' in focused
    assert page.count("autofocus") == 1


def test_what_was_filled_in_stays_when_something_is_wrong(anna: Reader) -> None:
    page = anna.post("/absences/new", **{**FORM, "end_time": "12:00", "diversion": "direct", "note": "Fråga <Bo>"}).text
    assert value_of(page, "end_time") == "12:00"
    assert '<option value="lunch" data-kind="clock" selected>' in page
    assert 'value="direct" checked' in page
    assert "Fråga &lt;Bo&gt;</textarea>" in page


def test_F_33_a_note_of_html_is_only_text(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "note": "<script>alert(1)</script>"})
    page = anna.get("/mine").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_nul_is_left_out(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "note": "a\x00b"})
    assert anna.absences()[0].note == "ab"


def test_a_note_keeps_its_lines(anna: Reader) -> None:
    anna.post("/absences/new", **{**FORM, "note": "one\r\ntwo"})
    assert anna.absences()[0].note == "one\ntwo"


def test_F_11_a_time_that_the_clocks_skip_is_told(anna: Reader) -> None:
    skipped = {"start_date": "2027-03-28", "start_time": "02:30", "end_date": "2027-03-28", "end_time": "04:00"}
    answer = anna.post("/absences/new", **{**FORM, **skipped})
    assert wrong(answer.text, "start") == "Klockslaget finns inte den dagen, klockan ställs om."


def test_F_11_of_a_time_that_comes_twice_the_first_counts(anna: Reader) -> None:
    twice = {"start_date": "2027-10-31", "start_time": "02:30", "end_date": "2027-10-31", "end_time": "04:00"}
    anna.post("/absences/new", **{**FORM, **twice})
    assert f"{anna.absences()[0].interval.start:%H:%M}" == "00:30"


def test_times_are_in_the_persons_own_zone(company: Company, anna: Reader) -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    company.write(lambda tx: tx.people.put([someone(ANNA, "Anna Berg", zone=helsinki)]))
    assert "Tiderna gäller i Europe/Helsinki." in anna.get("/absences/new").text
    anna.post("/absences/new", **FORM)
    assert anna.absences()[0].interval == between("2026-11-25 13:00", "2026-11-25 14:00", helsinki)


def unentitled() -> Person:
    return someone(ANNA, "Anna Berg", entitlements=Entitlements(calendar_coupling=True))


def test_S_11_without_the_service_a_diversion_is_refused_at_the_field(company: Company, anna: Reader) -> None:
    company.write(lambda tx: tx.people.put([unentitled()]))
    answer = anna.post("/absences/new", **{**FORM, "diversion": "direct"})
    assert wrong(answer.text, "diversion") == "Hänvisning ingår inte i abonnemanget."
    assert anna.absences() == []


def test_without_the_service_diversions_are_switched_off_and_explained(company: Company, anna: Reader) -> None:
    company.write(lambda tx: tx.people.put([unentitled()]))
    page = anna.get("/absences/new").text
    assert page.count(" disabled") == 2
    assert "Hänvisning ingår inte i ditt abonnemang." in page


def test_radio_buttons_that_send_nothing_mean_no_diversion(company: Company, anna: Reader) -> None:
    company.write(lambda tx: tx.people.put([unentitled()]))
    anna.post("/absences/new", **{**FORM, "diversion": ""})
    assert anna.absences()[0].diversion is Diversion.NONE


def test_R24_an_attendant_sets_an_absence_for_somebody_and_comes_back_to_the_card(attendant: Reader) -> None:
    assert "Ny frånvaro för Bo Åberg" in attendant.get("/absences/new?person=bo").text
    answer = attendant.post("/absences/new", person="bo", **FORM)
    assert answer.headers["Location"] == "/people/bo"
    assert attendant.absences(BO)[0].interval == ONE_TO_TWO
    [entry] = attendant.audit(BO)
    assert (entry.act, entry.actor) == (Act.CREATE_ABSENCE, attendant.person)


def test_a_colleague_or_administrator_alone_cannot_set_one_for_others(anna: Reader, administrator: Reader) -> None:
    for reader in (anna, administrator):
        assert reader.get("/absences/new?person=bo").status_code == 404
        assert reader.post("/absences/new", person="bo", **FORM).status_code == 404
    assert anna.absences(BO) == []


def test_somebody_of_another_tenant_is_not_found(attendant: Reader) -> None:
    assert attendant.post("/absences/new", person="olle", **FORM).status_code == 404


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_back_never_leads_to_another_site(anna: Reader, back: str) -> None:
    assert anna.post("/absences/new", back=back, **FORM).headers["Location"] == "/mine"


def test_without_the_token_nothing_is_set(anna: Reader) -> None:
    answer = anna.ask("POST", "/absences/new", FORM, **SAME_ORIGIN)
    assert answer.status_code == 403
    assert anna.absences() == []


def test_from_another_site_nothing_is_set(anna: Reader) -> None:
    sent = {"csrf_token": anna.token, **FORM}
    answer = anna.ask("POST", "/absences/new", sent, Sec_Fetch_Site="cross-site")
    assert answer.status_code == 403
    assert anna.absences() == []
