"""One look at one mailbox: what it writes, what a failed one leaves alone, and what must not be left behind."""

from datetime import timedelta

import pytest

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    MailboxBlockedError,
    PausedError,
    PauseScope,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.person import Entitlements
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.directory.live_status import live_statuses
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_rules import set_layer
from kktest.calendar import Item
from kktest.house import CAROLINA, House, employee, herself, mail_of, restarted
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import LUNCH, NOON, at, choice, layer

MINUTE = timedelta(minutes=1)
MAIL = mail_of(ANNA)
ODD_TIMES = ("2026-11-23 13:00:07", "2026-11-23 13:59:11")
FAILURES = [
    *(ReadFailedError(problem) for problem in ReadProblem),
    *(MailboxBlockedError(reason) for reason in BlockedReason),
    *(PausedError(scope, MINUTE) for scope in PauseScope),
]


async def show_subjects(house: House, *, shown: bool) -> None:
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=shown)))


async def test_a_booking_becomes_an_absence_and_is_told(house: House) -> None:
    house.book("b", "13:00", "14:00")
    before = house.latest_change()
    await house.look()

    assert [(each.interval.start, each.interval.end) for each in house.absences()] == [(at("13:00"), at("14:00"))]
    assert house.told_since(before) == [ANNA]


async def test_L_2_a_second_look_writes_no_absence_and_tells_nothing(house: House) -> None:
    await show_subjects(house, shown=True)
    for number, show_as in enumerate(ShowAs):
        house.book(f"b{number}", "13:00", "14:00", subject="Budget", show_as=show_as)
    house.book("hidden", sensitivity="private")
    await house.look()
    rows, place, looks = house.kept(), house.latest_change(), house.mailbox()
    versions = [house.version(each.id) for each in rows]
    house.clock.forward(MINUTE)
    await house.look()

    assert house.kept() == rows
    assert [house.version(each.id) for each in rows] == versions
    assert house.latest_change() == place
    assert house.mailbox().last_good_look != looks.last_good_look


async def test_S_15_a_booking_that_gives_no_absence_leaves_no_row(house: House) -> None:
    house.book("b", show_as=ShowAs.FREE)
    house.book("c", declined=True)
    house.book("d", cancelled=True)
    house.book("e", "10:00", "10:00")
    await house.look()
    assert house.kept() == []


async def test_S_2_no_subject_is_asked_for_or_kept_unless_it_is_shown(house: House) -> None:
    house.book("b", subject="Canary-7f3a")
    await house.look()

    assert [fields.subject for _, _, fields in house.calendar.looks] == [False]
    assert b"Canary-7f3a" not in house.bytes()


async def test_a_subject_that_is_shown_is_kept(house: House) -> None:
    await show_subjects(house, shown=True)
    house.book("b", subject="Budget")
    await house.look()
    assert house.the_kept().booking.subject == "Budget"


async def test_S_1_a_replaced_subject_leaves_no_bytes(house: House) -> None:
    await show_subjects(house, shown=True)
    house.book("b", subject="Canary-7f3a")
    await house.look()
    house.book("b", subject="Another")
    await house.look()
    assert b"Canary-7f3a" not in house.bytes()


@pytest.mark.parametrize("sensitivity", ["private", "personal", "confidential", "secret-of-2031", "", None])
async def test_F_30_S_1_a_booking_that_turns_private_leaves_no_bytes(house: House, sensitivity: str | None) -> None:
    await show_subjects(house, shown=True)
    house.book("Key-Canary-7f3a", *ODD_TIMES, subject="Subject-Canary-7f3a")
    await house.look()
    [absence] = house.absences()
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH, note="Note-Canary-7f3a"))
    key = house.the_kept().booking.key
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=key, choice=choice(reason=LUNCH))
    assert b"Key-Canary-7f3a" in house.bytes()
    house.book("Key-Canary-7f3a", *ODD_TIMES, subject="Subject-Canary-7f3a", sensitivity=sensitivity)
    await house.look()

    left = house.bytes()
    traces = [b"Canary-7f3a", absence.id.encode(), b"12:00:07", b"12:59:11"]
    assert [trace for trace in traces if trace in left] == []
    assert house.absences() == []
    assert {str(state) for state in house.chain()} == {"whole", "erased"}


async def test_S_12_what_the_log_tells_of_a_booking_is_erased_although_its_row_went_before(house: House) -> None:
    house.book("Key-Canary-7f3a", *ODD_TIMES)
    await house.look()
    [absence] = house.absences()
    await edit_absence(house.core, herself(), absence.id, Fields(reason=LUNCH))
    house.book("Key-Canary-7f3a", *ODD_TIMES, cancelled=True)
    await house.look()
    assert house.kept() == []
    house.book("Key-Canary-7f3a", *ODD_TIMES, sensitivity="private")
    await house.look()

    assert house.audit() == []
    assert b"Key-Canary-7f3a" not in house.bytes()


async def test_an_occurrence_of_a_series_that_turned_private_is_forgotten_too(house: House) -> None:
    house.book("daily", "13:00", "14:00", days_apart=1, count=5)
    await house.look()
    assert len(house.kept()) == 5
    house.book("daily", "13:00", "14:00", days_apart=1, count=5, sensitivity="private")
    await house.look()
    assert house.kept() == []


async def test_what_was_never_normal_is_never_written(house: House) -> None:
    house.book("Key-Canary-7f3a", subject="Subject-Canary-7f3a", sensitivity="private")
    await house.sweep()
    assert b"Canary-7f3a" not in house.bytes()


@pytest.mark.parametrize("error", FAILURES, ids=str)
async def test_C_22_a_look_that_fails_changes_nothing_but_the_mailboxes_state(
    house: House, error: CalendarError
) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    rows, good = house.kept(), house.mailbox().last_good_look
    house.calendar.take_away(MAIL, "b")
    house.clock.forward(MINUTE)
    house.calendar.fail(MAIL, error)
    await house.look()

    state = house.mailbox()
    assert house.kept() == rows
    assert (state.last_good_look, state.failures) == (good, 1)
    assert house.meter.of(Count.LOOKS_FAILED) == 1


@pytest.mark.parametrize("problem", ReadProblem)
async def test_F_08_a_broken_read_names_the_problem_and_deletes_nothing(house: House, problem: ReadProblem) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    house.calendar.fail(MAIL, ReadFailedError(problem))
    await house.look()
    assert (house.mailbox().problem, len(house.kept())) == (problem, 1)


async def test_F_06_a_failing_mailbox_is_tried_again_later_and_later_up_to_the_sweep(house: House) -> None:
    house.calendar.fail(MAIL, ReadFailedError(ReadProblem.SERVER_ERROR), times=8)
    waits = []
    for _ in range(8):
        await house.look()
        waits.append(int((house.mailbox().due - house.clock.now()).total_seconds()))
        house.clock.instant = house.mailbox().due
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize(
    ("after", "is_told"),
    [
        (timedelta(hours=1), False),
        (timedelta(hours=1, seconds=1), True),
        (timedelta(days=3), True),
        (-timedelta(hours=2), True),
    ],
)
async def test_C_27_a_look_that_makes_old_knowledge_young_again_is_told_although_nothing_changed(
    house: House, after: timedelta, is_told: bool
) -> None:
    house.book()
    await house.look()
    house.clock.forward(after)
    place = house.latest_change()
    await house.look()
    assert house.told_since(place) == ([ANNA] if is_told else [])


async def test_a_good_look_after_failures_clears_them_and_is_told(house: House) -> None:
    house.calendar.fail(MAIL, ReadFailedError(ReadProblem.UNREACHABLE))
    await house.look()
    place = house.latest_change()
    house.clock.forward(MINUTE)
    await house.look()

    state = house.mailbox()
    assert (state.problem, state.failures, state.last_good_look) == (None, 0, house.clock.now())
    assert house.told_since(place) == [ANNA]


@pytest.mark.parametrize("reason", BlockedReason)
async def test_F_14_a_refused_mailbox_is_blocked_with_the_reason_and_recovers(
    house: House, reason: BlockedReason
) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    house.calendar.fail(MAIL, MailboxBlockedError(reason))
    await house.look()
    assert (house.mailbox().blocked, len(house.absences())) == (reason, 1)
    await house.sweep()
    assert house.mailbox().blocked is None


async def test_F_14_a_mailbox_that_is_deleted_keeps_what_was_known_and_stops_diverting_after_a_day(
    house: House,
) -> None:
    house.book("b", "13:00", "2026-11-30 14:00")
    await house.look()
    del house.calendar.mailboxes[MAIL]
    await house.sweep(timedelta(hours=25))
    status = (await live_statuses(house.core, herself(BERTIL), [ANNA]))[ANNA]
    assert (house.mailbox().blocked, len(house.absences())) == (BlockedReason.NOT_FOUND, 1)
    assert status.back_at is None


# ── pauses ──────────────────────────────────────────────────────────────────────────────────────


async def test_F_05_S_8_a_paused_mailbox_is_left_alone_until_its_time_over_a_restart(house: House) -> None:
    house.calendar.fail(MAIL, PausedError(PauseScope.MAILBOX, timedelta(minutes=30)))
    await house.look()
    with restarted(house) as following:
        for _ in range(29):
            await following.sweep(MINUTE)
        assert following.calendar.looks_by_mailbox[MAIL] == 1
        await following.sweep(MINUTE)
        assert following.calendar.looks_by_mailbox[MAIL] == 2


async def test_F_05_S_8_a_paused_tenant_holds_every_mailbox_and_every_process(house: House) -> None:
    house.calendar.fail(MAIL, PausedError(PauseScope.TENANT, timedelta(minutes=30)))
    await house.look()
    with restarted(house) as following:
        await following.sweep(timedelta(minutes=29))
        await house.settle()
        assert (len(house.calendar.looks), house.notices.asked) == (1, [])
        await following.sweep(MINUTE)
        assert house.calendar.looks_by_mailbox.keys() == {mail_of(each) for each in (ANNA, BERTIL, CAROLINA)}


async def test_S_8_the_wait_counts_from_the_answer_and_not_from_the_question(house: House) -> None:
    async def slowly() -> None:
        house.clock.forward(timedelta(seconds=50))
        raise PausedError(PauseScope.MAILBOX, timedelta(seconds=20))

    house.interrupted.after_reading.append(slowly)
    await house.look()
    assert house.mailbox().paused_until == NOON + timedelta(seconds=70)


async def test_a_paused_mailbox_does_not_keep_the_others_waiting(house: House) -> None:
    house.calendar.fail(MAIL, PausedError(PauseScope.MAILBOX, timedelta(hours=1)))
    await house.settle()
    house.book("b", of=BERTIL)
    await house.sweep()
    assert len(house.absences(BERTIL)) == 1


# ── the brake ───────────────────────────────────────────────────────────────────────────────────


async def five_bookings(house: House) -> None:
    for number in range(5):
        house.book(f"b{number}", "13:00", "14:00")
    await house.look()


async def test_a_sudden_emptiness_is_read_twice_and_then_believed(house: House) -> None:
    await five_bookings(house)
    house.calendar.mailboxes[MAIL].clear()
    looks = len(house.calendar.looks)
    await house.look()
    assert (len(house.calendar.looks) - looks, house.kept()) == (2, [])


async def test_an_emptiness_that_passes_takes_nothing_away(house: House) -> None:
    await five_bookings(house)
    rows = dict(house.calendar.mailboxes[MAIL])
    house.calendar.mailboxes[MAIL].clear()

    async def back_again() -> None:
        house.calendar.mailboxes[MAIL].update(rows)

    house.interrupted.after_reading.append(back_again)
    await house.look()
    assert len(house.kept()) == 5


async def test_an_emptiness_whose_second_reading_fails_takes_nothing_away(house: House) -> None:
    await five_bookings(house)
    house.calendar.mailboxes[MAIL].clear()

    async def broken() -> None:
        house.calendar.fail(MAIL, ReadFailedError(ReadProblem.UNREACHABLE))

    house.interrupted.after_reading.append(broken)
    await house.look()
    assert len(house.kept()) == 5


# ── what happens while a look is under way ──────────────────────────────────────────────────────


async def test_F_30_subjects_hidden_during_a_look_are_not_kept(house: House) -> None:
    await show_subjects(house, shown=True)
    house.book("b", subject="Canary-7f3a")
    house.interrupted.after_reading.append(lambda: show_subjects(house, shown=False))
    await house.look()
    await house.settle()

    assert house.the_kept().booking.subject is None
    assert b"Canary-7f3a" not in house.bytes()


async def test_subjects_shown_during_a_look_are_fetched_by_the_look_that_follows(house: House) -> None:
    house.book("b", subject="Budget")
    house.interrupted.after_reading.append(lambda: show_subjects(house, shown=True))
    await house.look()
    assert house.meter.of(Count.LOOKS_DISCARDED) == 1
    await house.settle()
    assert house.the_kept().booking.subject == "Budget"


async def test_F_30_a_service_taken_away_during_a_look_leaves_nothing_behind(house: House) -> None:
    house.book("b")
    house.interrupted.after_reading.append(lambda: set_service(house.core, ACME, "admin", ANNA, Entitlements()))
    await house.look()
    assert (house.kept(), house.is_looked_at(), house.meter.of(Count.LOOKS_DISCARDED)) == ([], False, 1)


async def test_a_service_taken_away_and_given_again_during_a_look_throws_its_work_away(house: House) -> None:
    house.book("b")

    async def off_and_on() -> None:
        await set_service(house.core, ACME, "admin", ANNA, Entitlements())
        await set_service(house.core, ACME, "admin", ANNA, Entitlements(calendar_coupling=True))

    house.interrupted.after_reading.append(off_and_on)
    await house.look()
    assert (house.kept(), house.mailbox().last_good_look) == ([], None)
    await house.settle()
    assert len(house.kept()) == 1


async def test_F_13_an_address_changed_during_a_look_throws_its_work_away(house: House) -> None:
    house.book("b")
    house.calendar.put("anna.new@example.org", house.book("b2", "15:00", "16:00", of="nobody"))
    people = [employee("anna", mailbox="anna.new@example.org"), employee("bertil"), employee("carolina")]
    house.interrupted.after_reading.append(lambda: import_people(house.core, ACME, "admin", people))
    await house.look()
    assert house.kept() == []
    await house.settle()
    assert [each.booking.key for each in house.kept()] == ["b2"]


async def test_F_27_an_edit_between_reading_and_writing_stands(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    [absence] = house.absences()
    house.interrupted.after_reading.append(
        lambda: edit_absence(house.core, herself(), absence.id, Fields(end=at("16:00")))
    )
    await house.look()
    assert house.absences()[0].interval.end == at("16:00")


async def test_F_27_of_an_edit_and_a_move_seen_by_a_look_under_way_the_calendar_wins(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    [absence] = house.absences()
    house.book("b", "15:00", "16:00")
    house.interrupted.after_reading.append(
        lambda: edit_absence(house.core, herself(), absence.id, Fields(end=at("14:30")))
    )
    await house.look()

    [moved] = house.absences()
    assert (moved.interval.start, moved.interval.end) == (at("15:00"), at("16:00"))


async def test_F_27_an_edit_after_the_look_that_saw_the_move_stands(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.look()
    [absence] = house.absences()
    house.book("b", "15:00", "16:00")
    await house.look()
    await edit_absence(house.core, herself(), absence.id, Fields(end=at("18:00")))
    await house.sweep()
    assert house.absences()[0].interval.end == at("18:00")


async def test_a_notice_during_a_look_leads_to_another_look(house: House) -> None:
    house.book("b", "13:00", "14:00")

    async def told() -> None:
        house.book("b", "15:00", "16:00")
        with house.store.write(ACME) as tx:
            tx.mailboxes.make_due([ANNA], house.clock.now())

    house.interrupted.after_reading.append(told)
    await house.look()
    assert house.mailbox().due == house.clock.now()
    await house.settle()
    assert house.absences()[0].interval.start == at("15:00")


# ── the window, and much at once ────────────────────────────────────────────────────────────────


async def test_F_16_a_series_without_end_is_followed_as_the_window_rolls(house: House) -> None:
    house.book("daily", "13:00", "14:00", days_apart=1, count=None)
    await house.settle()
    assert len(house.kept()) == 61
    for _ in range(30):
        await house.sweep(timedelta(days=1))

    days = [each.booking.when.start.date() for each in house.kept()]  # type: ignore[union-attr] # what is kept has a length, and these are timed
    assert max(days) == at("2026-12-23 13:00").date() + timedelta(days=60)
    assert len(days) == 61 + 7


async def test_an_absence_older_than_the_window_stays_until_its_own_end_and_then_the_retention(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.settle()
    for _ in range(5):
        await house.sweep(timedelta(days=1))
    assert len(house.kept()) == 1
    for _ in range(3):
        await house.sweep(timedelta(days=1))
    assert house.kept() == []


async def test_F_15_five_thousand_bookings_are_one_look_and_the_second_writes_nothing(house: House) -> None:
    for number in range(5_000):
        start = NOON + timedelta(minutes=15 * number)
        house.calendar.put(MAIL, Item(key=f"b{number}", start=start, end=start + timedelta(minutes=20)))
    await house.look()
    assert len(house.kept()) == 5_000
    place = house.latest_change()
    await house.look()
    assert (len(house.kept()), house.latest_change()) == (5_000, place)
