"""Quick keys: an absence in one press, with the times of the press."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.person import Entitlements
from kalenderkoppling.surfaces.mine.quick import REASONS, Quick, quick_absences
from kktest.absence_pages import Reader, reading
from kktest.make import STOCKHOLM, at, between
from kktest.web import ANNA, Company, SetClock, someone

ALL = frozenset(REASONS.values())


def made(key: Quick, now: datetime, zone: ZoneInfo = STOCKHOLM) -> object:
    return next((each.interval for each in quick_absences(now, zone, ALL) if each.key is key), None)


@pytest.mark.parametrize(
    ("key", "now", "start", "end"),
    [
        (Quick.QUARTER, "10:07", "10:07", "10:22"),
        (Quick.HOUR, "10:07", "10:07", "11:07"),
        (Quick.TILL_LUNCH, "10:07", "10:07", "12:00"),
        (Quick.LUNCH, "10:07", "12:00", "13:00"),
        (Quick.LUNCH, "12:20", "12:20", "13:20"),
        (Quick.REST_OF_DAY, "16:10", "16:10", "2026-11-24 00:00"),
        (Quick.TOMORROW, "16:10", "2026-11-24 00:00", "2026-11-25 00:00"),
    ],
)
def test_each_key_sets_what_it_says(key: Quick, now: str, start: str, end: str) -> None:
    assert made(key, at(now)) == between(start, end)


@pytest.mark.parametrize(
    ("key", "now"), [(Quick.TILL_LUNCH, "11:55"), (Quick.LUNCH, "14:00"), (Quick.REST_OF_DAY, "23:55")]
)
def test_a_key_that_makes_no_sense_now_is_not_offered(key: Quick, now: str) -> None:
    assert made(key, at(now)) is None


def test_F_11_tomorrow_is_23_hours_long_when_the_clocks_go_forward() -> None:
    assert made(Quick.TOMORROW, at("2027-03-27 10:00")) == between("2027-03-28 00:00", "2027-03-29 00:00")


def test_a_key_whose_reason_the_tenant_hides_is_not_offered() -> None:
    keys = [each.key for each in quick_absences(at("10:00"), STOCKHOLM, ALL - {ReasonKey("lunch")})]
    assert Quick.LUNCH not in keys


def test_R25_one_press_sets_the_absence_and_offers_to_undo(anna: Reader) -> None:
    page = anna.followed(anna.post("/mine/quick", key="quarter", diversion="none"))
    [absence] = anna.absences()
    assert absence.interval == between("2026-11-25 10:30", "2026-11-25 10:45")
    assert "Tillfälligt ute är satt, 10:30–10:45." in page
    anna.undo(page)
    assert anna.absences() == []


def test_the_press_can_divert_calls(anna: Reader) -> None:
    anna.post("/mine/quick", key="lunch", diversion="direct")
    assert anna.absences()[0].diversion is Diversion.DIRECT


def test_the_times_are_those_of_the_press_and_not_of_the_page(company: Company, client: TestClient[Litestar]) -> None:
    assert isinstance(company.clock, SetClock)
    company.clock.at = at("2026-11-25 11:40")
    anna = reading(company, client, ANNA)
    assert "Till lunch" in anna.get("/mine").text
    company.clock.at = at("2026-11-25 11:58")
    answer = anna.post("/mine/quick", key="till_lunch", diversion="none")
    assert answer.status_code == 422
    assert "Det snabbvalet går inte längre just nu." in answer.text
    assert anna.absences() == []


@pytest.mark.parametrize("fields", [{}, {"key": "fortnight"}, {"key": "lunch", "diversion": "sideways"}])
def test_a_press_of_nothing_that_exists_is_refused(anna: Reader, fields: dict[str, str]) -> None:
    assert anna.post("/mine/quick", **fields).status_code == 422
    assert anna.absences() == []


def test_S_11_without_the_referral_service_a_press_cannot_divert(company: Company, anna: Reader) -> None:
    plain = someone(ANNA, "Anna Berg", entitlements=Entitlements(calendar_coupling=True))
    company.write(lambda tx: tx.people.put([plain]))
    assert anna.post("/mine/quick", key="lunch", diversion="direct").status_code == 422
    assert anna.absences() == []


def test_without_the_service_the_choice_is_switched_off_and_explained(company: Company, anna: Reader) -> None:
    plain = someone(ANNA, "Anna Berg", entitlements=Entitlements(calendar_coupling=True))
    company.write(lambda tx: tx.people.put([plain]))
    page = anna.get("/mine").text
    assert 'value="direct" disabled aria-describedby="quick-no-referral"' in page
    assert "Hänvisning ingår inte i abonnemanget. Fråga administratören." in page


def test_a_script_gets_the_new_state_and_the_undo_beside_it(anna: Reader) -> None:
    answer = anna.press("/mine/quick", key="hour", diversion="none")
    assert answer.status_code == 200
    assert '<div id="own-day"' in answer.text
    assert 'hx-swap-oob="innerHTML"' in answer.text
    assert "/absences/restore/" in answer.text
