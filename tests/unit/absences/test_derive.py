"""Rules, choice and edit laid over each other: semantics 4."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.absences.derive import derive, effective_interval, entitled
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Edit, Origin, ReasonKey
from kalenderkoppling.domain.booking import Choice, ChoiceKind, ShowAs, Standing
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy
from kktest.draw import FEWER, KEYS, kept_rows, policies, single_choices
from kktest.make import (
    ADDIN_OFF,
    LUNCH,
    STOCKHOLM,
    TRAVEL,
    absence,
    at,
    between,
    booking,
    choice,
    choices,
    days,
    kept,
    layer,
    policy,
    rule,
)

OPEN_LUNCH = policy(layer({ShowAs.BUSY: rule(LUNCH, Diversion.OPEN)}))


def derived(row: Kept, of: Policy = OPEN_LUNCH, chosen: Choices | None = None) -> Absence:
    found = derive(row, chosen or choices(), of, STOCKHOLM)
    assert found is not None
    return found


def test_an_absence_is_what_the_rules_give_at_the_bookings_time() -> None:
    assert derived(kept()) == Absence(
        id=AbsenceId("id-b"),
        interval=between("10:00", "11:00"),
        reason=LUNCH,
        diversion=Diversion.OPEN,
        origin=Origin.BUSY,
        tie="b",
    )


@pytest.mark.parametrize(
    ("show_as", "origin"),
    [
        (ShowAs.OUT_OF_OFFICE, Origin.OUT_OF_OFFICE),
        (ShowAs.BUSY, Origin.BUSY),
        (ShowAs.TENTATIVE, Origin.TENTATIVE),
        (ShowAs.WORKING_ELSEWHERE, Origin.WORKING_ELSEWHERE),
        (ShowAs.FREE, Origin.FREE),
        (None, Origin.FREE),
    ],
)
def test_C_02_the_origin_follows_show_as(show_as: ShowAs | None, origin: Origin) -> None:
    assert derived(kept(booking(show_as=show_as)), chosen=choices(b=choice())).origin is origin


@pytest.mark.parametrize(
    ("edit", "reason", "diversion", "interval"),
    [
        (None, LUNCH, Diversion.OPEN, between("10:00", "11:00")),
        (Edit(), LUNCH, Diversion.OPEN, between("10:00", "11:00")),
        (Edit(reason=TRAVEL), TRAVEL, Diversion.OPEN, between("10:00", "11:00")),
        (Edit(diversion=Diversion.DIRECT), LUNCH, Diversion.DIRECT, between("10:00", "11:00")),
        (Edit(diversion=Diversion.NONE), LUNCH, Diversion.NONE, between("10:00", "11:00")),
        (Edit(start=at("09:00")), LUNCH, Diversion.OPEN, between("09:00", "11:00")),
        (Edit(end=at("10:30")), LUNCH, Diversion.OPEN, between("10:00", "10:30")),
        (Edit(start=at("12:00"), end=at("13:00")), LUNCH, Diversion.OPEN, between("12:00", "13:00")),
    ],
    ids=["none", "empty", "reason", "direct", "information only", "start", "end", "both"],
)
def test_R22_an_edit_is_laid_over_field_by_field_and_the_rest_follows(
    edit: Edit | None, reason: ReasonKey, diversion: Diversion, interval: Interval
) -> None:
    found = derived(kept(edit=edit))
    assert (found.reason, found.diversion, found.interval) == (reason, diversion, interval)


@pytest.mark.parametrize(("note", "shown"), [(None, ""), ("back by train", "back by train")])
def test_an_edits_note_goes_with_the_absence(note: str | None, shown: str) -> None:
    assert derived(kept(edit=Edit(note=note))).note == shown


def test_the_order_is_edit_then_choice_then_rules() -> None:
    made = choices(b=choice(reason=MEETING, diversion=Diversion.DIRECT))
    found = derived(kept(edit=Edit(reason=TRAVEL)), chosen=made)
    assert (found.reason, found.diversion) == (TRAVEL, Diversion.DIRECT)


def test_fields_that_are_not_set_go_on_following_rules() -> None:
    row = kept(edit=Edit(end=at("10:30")))
    before, after = derived(row), derived(row, policy())
    assert (before.reason, after.reason) == (LUNCH, MEETING)
    assert before.interval == after.interval == between("10:00", "10:30")


def test_R22_a_removed_absence_is_not_there() -> None:
    assert derive(kept(edit=Edit(removed=True)), choices(), OPEN_LUNCH, STOCKHOLM) is None


@pytest.mark.parametrize(
    ("of", "row", "made"),
    [
        (policy(layer({ShowAs.BUSY: None})), kept(edit=Edit(reason=TRAVEL)), choices()),
        (OPEN_LUNCH, kept(edit=Edit(reason=TRAVEL)), choices(b=choice(ChoiceKind.NO))),
        (OPEN_LUNCH, kept(booking(standing=Standing.DECLINED), Edit(reason=TRAVEL)), choices()),
        (policy(coupled=False), kept(edit=Edit(reason=TRAVEL)), choices()),
    ],
    ids=["rules", "choice", "declined", "service off"],
)
def test_an_edit_sleeps_where_nothing_is_given(of: Policy, row: Kept, made: Choices) -> None:
    assert derive(row, made, of, STOCKHOLM) is None


def test_C_15_a_series_choice_no_is_honoured_while_the_addin_is_off() -> None:
    occurrence = kept(booking(series="s"))
    assert derive(occurrence, choices(s=choice(ChoiceKind.NO)), policy(ADDIN_OFF), STOCKHOLM) is None


@pytest.mark.parametrize("diversion", [Diversion.OPEN, Diversion.DIRECT])
def test_C_05_an_edits_diversion_without_the_referral_service_is_information_only(diversion: Diversion) -> None:
    assert derived(kept(edit=Edit(diversion=diversion)), policy(referral=False)).diversion is Diversion.NONE


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-28", 23), ("2026-10-25", 25), ("2026-11-23", 24)], ids=["spring", "autumn", "plain"]
)
def test_C_09_an_all_day_absence_lasts_from_local_midnight_to_local_midnight(day: str, hours: int) -> None:
    after = f"{day[:-2]}{int(day[-2:]) + 1}"
    found = derived(kept(booking(when=days(day, after))))
    assert found.interval.end - found.interval.start == timedelta(hours=hours)
    assert found.interval == between(f"{day} 00:00", f"{after} 00:00")


def test_C_09_an_all_day_booking_is_dates_in_the_persons_zone() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    row = kept(booking(when=days("2026-11-23", "2026-11-24")))
    assert effective_interval(row, tokyo) == between("2026-11-23 00:00", "2026-11-24 00:00", tokyo)


@pytest.mark.parametrize("end", ["2026-11-23 00:00", "2026-11-22 23:00"])
def test_an_edit_that_leaves_no_length_in_a_new_zone_lets_the_calendars_stretch_stand(end: str) -> None:
    row = kept(booking(when=days("2026-11-23", "2026-11-24")), Edit(end=at(end)))
    assert effective_interval(row, STOCKHOLM) == between("2026-11-23 00:00", "2026-11-24 00:00")


def test_an_edit_written_in_local_time_through_the_doubled_hour_is_taken_as_it_lasts() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM)
    end = datetime(2026, 10, 25, 2, 10, tzinfo=STOCKHOLM, fold=1)
    found = effective_interval(kept(edit=Edit(start=start, end=end)), STOCKHOLM)
    assert (found.end - found.start, found.start.tzinfo) == (timedelta(minutes=40), UTC)


def test_C_19_what_has_no_length_cannot_be_placed() -> None:
    with pytest.raises(ValueError, match="not stored"):
        effective_interval(kept(booking(when=None)), STOCKHOLM)


# ── set by hand ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("diversion", Diversion)
def test_R25_C_05_an_absence_set_by_hand_diverts_only_with_the_referral_service(diversion: Diversion) -> None:
    by_hand = absence("10:00", "11:00", diversion, origin=Origin.BY_HAND)
    assert entitled(by_hand, referral=True) is by_hand
    assert entitled(by_hand, referral=False) == absence("10:00", "11:00", Diversion.NONE, origin=Origin.BY_HAND)


# ── always ──────────────────────────────────────────────────────────────────────────────────────


@FEWER
@given(kept_rows(KEYS[1]), st.none() | single_choices, policies)
def test_an_absence_is_there_exactly_where_the_rules_give_one_and_nobody_removed_it(
    row: Kept, made: Choice | None, of: Policy
) -> None:
    chosen = Choices(by_key={row.booking.key: made} if made else {})
    given_rule = decide(row.booking, chosen.on(row.booking), of)
    found = derive(row, chosen, of, STOCKHOLM)
    assert (found is None) is (given_rule is None or row.is_removed)


@FEWER
@given(kept_rows(KEYS[0]), policies)
def test_S_11_a_diversion_always_needs_the_referral_service(row: Kept, of: Policy) -> None:
    found = derive(row, Choices(), of, STOCKHOLM)
    assert found is None or of.referral or not found.diversion.diverts
