"""The same answer again: nothing is planned while nothing changed, and no change of ours is ever missed for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import BookingKey, ChoiceKind, ItemChoice, ShowAs, Validator
from kalenderkoppling.domain.errors import PausedError, PauseScope, ReadFailedError, ReadProblem
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.domain.person import Entitlements, PersonId
from kalenderkoppling.ports.calendar import Fields as Asked
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.store.mailboxes import Revision
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import LayerKind, OwnRule, OwnRules, Rule
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.remove_absence import remove_absence
from kalenderkoppling.usecases.mailboxes.runs import Runs
from kalenderkoppling.usecases.mailboxes.unchanged import Dealt, Memory, Question
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.people.set_service import set_service
from kalenderkoppling.usecases.rules.choose_for_booking import choose_for_booking
from kalenderkoppling.usecases.rules.set_own_rules import set_own_rules
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings
from kktest.calendar import Item
from kktest.house import BOTH, House, employee, herself, mail_of, new_house, open_house, restarted
from kktest.keeping import ACME, ANNA
from kktest.make import LUNCH, STOCKHOLM, TRAVEL, at, choice, layer

MINUTE = timedelta(minutes=1)
SWEEP = timedelta(minutes=15)
MAIL = mail_of(ANNA)
PEOPLE = ("anna", "bertil", "carolina")
Deed = Callable[[House], Awaitable[object]]


def skipped(house: House) -> int:
    return house.meter.of(Count.LOOKS_UNCHANGED)


def state(house: House) -> object:
    """Everything that a look could write but when it was."""
    rows = house.kept()
    with house.store.read(ACME) as tx:
        choices = tx.choices.of([ANNA])
    return rows, [house.version(each.id) for each in rows], choices, house.latest_change()


async def full_look(house: House) -> None:
    """Look as a process does that remembers nothing."""
    house.worker._runs = Runs(house.core)
    await house.look()


async def booked(house: House) -> None:
    house.book("b", "13:00", "14:00", subject="Budget")
    house.book("oof", "15:00", "16:00", show_as=ShowAs.OUT_OF_OFFICE)
    house.book("free", "15:00", "16:00", show_as=ShowAs.FREE)
    house.book("p", "15:00", "16:00", sensitivity="private")
    house.book("daily", "08:00", "09:00", days_apart=1, count=5)
    house.book("day", "2026-11-24 00:00", "2026-11-25 00:00")
    await house.look()


async def test_the_first_look_is_full_and_the_same_answer_after_it_is_skipped(house: House) -> None:
    await booked(house)
    assert skipped(house) == 0
    before = state(house)
    for number in range(1, 4):
        house.clock.forward(SWEEP)
        await house.look()
        assert (skipped(house), house.mailbox().last_good_look) == (number, house.clock.now())
    assert state(house) == before


async def test_an_empty_calendar_is_skipped_too_and_read_once(house: House) -> None:
    await house.look()
    house.clock.forward(SWEEP)
    await house.look()
    assert (skipped(house), len(house.calendar.looks)) == (1, 2)


async def test_a_skipped_look_leaves_the_due_time_that_a_full_one_would(house: House) -> None:
    await booked(house)
    house.clock.forward(SWEEP)
    await house.look()
    skipped_due = house.mailbox().due
    await full_look(house)
    assert house.mailbox().due == skipped_due


async def test_after_a_start_the_first_look_is_full(house: House) -> None:
    await booked(house)
    with restarted(house) as following:
        await following.look()
        assert skipped(following) == 0
        await following.look()
        assert skipped(following) == 1


@pytest.mark.parametrize("show", [ShowAs.BUSY, ShowAs.FREE, ShowAs.OUT_OF_OFFICE])
async def test_a_change_in_the_calendar_is_never_skipped(house: House, show: ShowAs) -> None:
    await booked(house)
    house.book("b", "13:30", "14:00", subject="Budget", show_as=show)
    await house.look()
    assert skipped(house) == 0
    shown = [each for each in house.kept() if each.booking.key == "b"]
    assert [(each.booking.show_as, each.booking.when.start) for each in shown] == (  # type: ignore[union-attr] # timed
        [] if show is ShowAs.FREE else [(show, at("13:30"))]
    )


async def test_F_30_a_booking_that_turns_private_is_never_skipped(house: House) -> None:
    await booked(house)
    house.clock.forward(SWEEP)
    await house.look()
    house.book("b", "13:00", "14:00", subject="Budget", sensitivity="private")
    await house.look()
    assert "b" not in [each.booking.key for each in house.kept()]


# ── what changes on our side between two equal answers ──────────────────────────────────────────


async def widen_rules(house: House) -> None:
    """The administrator lets free bookings update."""
    wider = layer(rules={ShowAs.FREE: Rule(reason=LUNCH)})
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=wider))


async def narrow_rules(house: House) -> None:
    """The administrator lets busy bookings not update."""
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(rules={ShowAs.BUSY: None})))


async def show_subjects(house: House) -> None:
    """The administrator shows subjects."""
    await set_layer(house.core, ACME, "admin", ScopedLayer(layer=layer(show_subject=True)))


async def set_own(house: House) -> None:
    """The person sets an own rule."""
    own = OwnRules(by_show_as={ShowAs.FREE: OwnRule(rule=Rule(reason=TRAVEL))})
    await set_own_rules(house.core, ACME, ANNA, ANNA, own)


async def switch_off(house: House) -> None:
    """The person switches the update off."""
    await set_own_rules(house.core, ACME, ANNA, ANNA, OwnRules(update=False))


async def choose(house: House) -> None:
    """The person chooses for a booking that gives nothing by the rules."""
    made = choice(ChoiceKind.SET, reason=LUNCH)
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=BookingKey("free"), choice=made)


async def choose_no(house: House) -> None:
    """The person chooses no update."""
    await choose_for_booking(house.core, ACME, ANNA, ANNA, key=BookingKey("b"), choice=choice(ChoiceKind.NO))


async def edit(house: House) -> None:
    """The person edits an absence."""
    [row] = [each for each in house.kept() if each.booking.key == "b"]
    await edit_absence(house.core, herself(), row.id, Fields(reason=LUNCH, end=at("18:00")))


async def remove(house: House) -> None:
    """The person removes an absence."""
    [row] = [each for each in house.kept() if each.booking.key == "b"]
    await remove_absence(house.core, herself(), row.id)


async def off_and_on(house: House) -> None:
    """The service is taken away and given again."""
    await set_service(house.core, ACME, "admin", ANNA, Entitlements())
    await set_service(house.core, ACME, "admin", ANNA, BOTH)


async def move_zone(house: House) -> None:
    """The person moves to another zone."""
    moved = replace(employee("anna"), zone=ZoneInfo("America/New_York"))
    people = [moved, employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)


async def move_company(house: House) -> None:
    """The company moves to another zone."""
    with house.store.read(ACME) as tx:
        before = tx.people.settings()
    await set_settings(house.core, ACME, "admin", replace(before, zone=ZoneInfo("Europe/Helsinki")))


async def read_choices(house: House) -> None:
    """The company gets the add-in."""
    with house.store.read(ACME) as tx:
        before = tx.people.settings()
    await set_settings(house.core, ACME, "admin", replace(before, reads_item_choices=True))


async def join_group(house: House) -> None:
    """The person joins a group that has rules of its own."""
    people = [employee("anna", groups=["g"]), employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)


async def change_mailbox(house: House) -> None:
    """The person's mailbox gets another address, with the same bookings (F-13)."""
    house.calendar.mailboxes["new@example.org"] = dict(house.calendar.mailboxes[MAIL])
    people = [employee("anna", mailbox="new@example.org"), employee("bertil"), employee("carolina")]
    await import_people(house.core, ACME, "admin", people)


async def lose_a_row(house: House) -> None:
    """Somebody deletes a row behind the program's back."""
    with house.store.write(ACME) as tx:
        tx.absences.drop([house.kept()[0].id])


async def write_the_rules_directly(house: House) -> None:
    """Another program sets rules and tells nobody."""
    with house.store.write(ACME) as tx:
        tx.rules.put_layer(ScopedLayer(layer=layer(rules={ShowAs.FREE: Rule(reason=LUNCH)})))


async def roll_the_window(house: House) -> None:
    """Midnight passes."""
    house.clock.forward(timedelta(hours=13))


async def set_the_clock_back(house: House) -> None:
    """The clock is set back (F-12)."""
    house.clock.forward(-timedelta(minutes=10))


async def fail(house: House) -> None:
    """A look fails."""
    house.calendar.fail(MAIL, ReadFailedError(ReadProblem.UNREACHABLE))
    await house.look()


async def pause(house: House) -> None:
    """The calendar system asks to be left alone for a minute (S-8)."""
    house.calendar.fail(MAIL, PausedError(PauseScope.MAILBOX, MINUTE))
    await house.look()
    house.clock.forward(2 * MINUTE)


async def be_looked_at_elsewhere(house: House) -> None:
    """Another process sees another answer, and then the calendar is as it was."""
    before = dict(house.calendar.mailboxes[MAIL])
    house.book("b", "17:00", "18:00")
    with restarted(house) as other:
        await other.look()
    house.calendar.mailboxes[MAIL] = before


async def hold_the_retention(house: House) -> None:
    """Nine days pass, and what has ended is erased."""
    house.clock.forward(timedelta(days=9))
    await house.worker.turn()


DEEDS: tuple[Deed, ...] = (
    widen_rules, narrow_rules, show_subjects, set_own, switch_off, choose, choose_no, edit, remove, off_and_on,
    move_zone, move_company, read_choices, join_group, change_mailbox, lose_a_row, write_the_rules_directly,
    roll_the_window, set_the_clock_back, fail, pause, be_looked_at_elsewhere, hold_the_retention,
)  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
async def test_whatever_changes_between_two_equal_answers_the_next_look_is_full(house: House, deed: Deed) -> None:
    group = replace(layer(rules={ShowAs.FREE: Rule(reason=LUNCH)}), kind=LayerKind.GROUP)
    with house.store.write(ACME) as tx:
        tx.rules.put_layer(ScopedLayer(scope_id="g", layer=group))
    await booked(house)
    house.clock.forward(SWEEP)
    await house.look()
    assert skipped(house) == 1
    await deed(house)
    await house.look()

    assert skipped(house) == 1
    after = state(house)
    await full_look(house)
    assert state(house) == after


@pytest.mark.parametrize(
    "deed",
    [
        widen_rules,
        show_subjects,
        set_own,
        choose,
        choose_no,
        off_and_on,
        move_company,
        change_mailbox,
        edit,
        lose_a_row,
    ],
    ids=lambda deed: deed.__name__,
)
async def test_F_27_what_changes_while_the_same_answer_is_on_its_way_is_not_missed(house: House, deed: Deed) -> None:
    await booked(house)
    house.clock.forward(SWEEP)
    house.interrupted.after_reading.append(lambda: deed(house))
    await house.look()
    assert (skipped(house), house.meter.of(Count.LOOKS_DISCARDED)) == (0, 1)
    await house.settle()
    after = state(house)
    await full_look(house)
    assert state(house) == after


async def test_F_24_a_run_that_lost_its_claim_does_not_pass_for_an_unchanged_one(house: House) -> None:
    await booked(house)
    good = house.mailbox().last_good_look
    with restarted(house) as other:

        async def lose_the_lease() -> None:
            house.clock.forward(timedelta(seconds=61))
            other.calendar.fail(MAIL, ReadFailedError(ReadProblem.UNREACHABLE))
            await other.look()

        house.interrupted.after_reading.append(lose_the_lease)
        await house.look()
    assert skipped(house) == 0
    assert (house.mailbox().failures, house.mailbox().last_good_look) == (1, good)


async def test_F_31_after_a_restore_of_a_backup_the_next_look_is_full(house: House, tmp_path: Path) -> None:
    await house.look()
    house.store.close()
    copyfile(house.file, tmp_path / "backup.db")
    await booked(house)
    assert len(house.kept()) > 1
    house.store.close()
    for file in house.file.parent.glob(house.file.name + "-*"):
        file.unlink()
    copyfile(tmp_path / "backup.db", house.file)
    house.clock.forward(SWEEP)
    await house.look()
    assert skipped(house) == 0
    assert len(house.kept()) > 1


async def test_a_choice_on_an_item_that_lies_in_the_future_is_taken_again_when_its_time_has_come(house: House) -> None:
    await read_choices(house)
    made = choice(ChoiceKind.SET, reason=LUNCH, diversion=Diversion.NONE)
    ahead = ItemChoice(choice=replace(made, at=house.clock.now() + 5 * MINUTE), for_series=False)
    house.book("b", "13:00", "14:00", choice=ahead)
    await house.look()
    house.clock.forward(10 * MINUTE)
    await house.look()
    with house.store.read(ACME) as tx:
        assert tx.choices.of([ANNA])[ANNA].by_key[BookingKey("b")].at == ahead.choice.at
    assert skipped(house) == 0


async def test_the_brake_reads_twice_when_everything_is_suddenly_gone_and_then_skips(house: House) -> None:
    for number in range(5):
        house.book(f"b{number}", "13:00", "14:00")
    await house.look()
    house.calendar.mailboxes[MAIL].clear()
    await house.look()
    assert (len(house.calendar.looks), skipped(house), house.kept()) == (3, 0, [])
    await house.look()
    assert (len(house.calendar.looks), skipped(house)) == (4, 1)


async def test_C_27_what_becomes_young_again_is_told_by_a_skipped_look_too(house: House) -> None:
    house.clock.instant = at("06:00")
    await booked(house)
    house.clock.forward(timedelta(hours=2))
    place = house.latest_change()
    await house.look()
    assert (skipped(house), house.told_since(place)) == (1, [ANNA])


async def test_S_1_nothing_that_is_remembered_is_in_the_database(house: House) -> None:
    await booked(house)
    [dealt] = house.worker._runs.memory._dealt.values()
    left = house.bytes()
    assert bytes(dealt.validator) not in left
    assert dealt.validator.hex().encode() not in left


async def test_S_1_what_is_remembered_of_a_private_booking_names_nothing(house: House) -> None:
    house.book("Canary", subject="Canary", sensitivity="private")
    await house.look()
    assert "Canary" not in repr(house.worker._runs.memory._dealt)


def test_S_14_the_least_recently_looked_at_are_forgotten_first() -> None:
    memory = Memory(most=2)
    refs = [MailboxRef(tenant=ACME, person=PersonId(str(number))) for number in range(3)]
    question = Question(mailbox=MAIL, zone=STOCKHOLM, fields=Asked())
    made = Dealt(
        question=question,
        validator=Validator(b"v"),
        revision=Revision(own=0, shared=0),
        generation=1,
        at=at("12:00"),
    )
    for ref in (refs[0], refs[1], refs[0], refs[2]):
        memory.put(ref, made)
    assert list(memory._dealt) == [refs[0], refs[2]]
    memory.put(refs[0], None)
    assert len(memory) == 1


# ── any order of anything ───────────────────────────────────────────────────────────────────────


async def rebook(house: House) -> None:
    """A booking is moved, or put back where it was."""
    held = house.calendar.mailboxes[MAIL].get("b")
    start = "13:00" if held is not None and held.start == at("16:00") else "16:00"
    house.calendar.put(MAIL, Item(key="b", start=at(start), end=at("18:00"), subject="Budget"))


async def look(house: House) -> None:
    """The mailbox is looked at."""
    await house.look()


async def look_elsewhere(house: House) -> None:
    """Another process looks."""
    with restarted(house) as other:
        await other.look()


async def wait(house: House) -> None:
    """A quarter of an hour passes."""
    house.clock.forward(SWEEP)


_ANY: tuple[Deed, ...] = tuple(each for each in DEEDS if each not in (edit, remove, lose_a_row, change_mailbox))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from((*_ANY, rebook, look, look, look, look_elsewhere, wait, wait)), max_size=14))
async def test_after_any_look_a_full_one_would_write_nothing(sqlite_template: Path, deeds: list[Deed]) -> None:
    with TemporaryDirectory() as folder, open_house(sqlite_template, Path(folder), map(employee, PEOPLE)) as house:
        await booked(house)
        for deed in deeds:
            await deed(house)
        house.clock.forward(MINUTE)
        await house.look()
        await house.look()
        after = state(house)
        fresh = new_house(house.file, clock=house.clock, calendar=house.calendar, notices=house.notices)
        try:
            await fresh.look()
            assert skipped(fresh) == 0
            assert state(house) == after
        finally:
            fresh.store.close()
