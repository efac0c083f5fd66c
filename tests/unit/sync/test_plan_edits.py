"""What becomes of people's edits: semantics 4."""

from dataclasses import replace

import pytest

from kalenderkoppling.domain.absence import MEETING, Diversion, Edit
from kalenderkoppling.domain.booking import Booking, ChoiceKind, ShowAs, Standing
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Plan, make_plan
from kktest.apply import apply
from kktest.make import (
    ADDIN_OFF,
    SUBJECTS_SHOWN,
    TRAVEL,
    at,
    between,
    booking,
    choice,
    days,
    kept,
    known,
    layer,
    policy,
    private,
    rule,
    terms,
    view,
    with_item_choice,
)

SHORTER = Edit(end=at("10:30"))
REMOVED = Edit(removed=True)
LAID = [SHORTER, REMOVED]
SHOWN = policy(SUBJECTS_SHOWN)
NO_UPDATE = policy(layer({ShowAs.BUSY: None}))

laid = pytest.mark.parametrize("edit", LAID, ids=["edit", "removal"])


@laid
@pytest.mark.parametrize(
    "seen",
    [
        booking(),
        booking(subject="Plan 2"),
        booking(series="s"),
        with_item_choice(booking(), choice()),
    ],
    ids=["same", "subject", "series", "item choice"],
)
@pytest.mark.parametrize(
    "of", [policy(), SHOWN, NO_UPDATE, policy(update=False), policy(ADDIN_OFF), policy(referral=False)]
)
def test_C_11_C_12_an_edit_stands_while_start_end_all_day_and_show_as_are_unchanged(
    edit: Edit, seen: Booking, of: Policy
) -> None:
    after = apply(make_plan(view(seen), known(kept(edit=edit)), terms(of)), known(kept(edit=edit)))
    assert [each.edit for each in after.kept] == [edit]


@laid
@pytest.mark.parametrize(
    "seen",
    [
        booking(when=between("09:59", "11:00")),
        booking(when=between("10:00", "11:01")),
        booking(when=days("2026-11-23", "2026-11-24")),
        booking(show_as=ShowAs.OUT_OF_OFFICE),
    ],
    ids=["start", "end", "all-day", "show-as"],
)
def test_C_11_when_one_of_them_changes_the_calendars_version_is_back(edit: Edit, seen: Booking) -> None:
    assert make_plan(view(seen), known(kept(edit=edit)), terms()) == Plan(change=(kept(seen),))


@laid
def test_C_11_an_edit_does_not_come_back_when_the_booking_is_moved_back(edit: Edit) -> None:
    before = known(kept(edit=edit))
    moved = apply(make_plan(view(booking(when=between("12:00", "13:00"))), before, terms()), before)
    back = apply(make_plan(view(booking()), moved, terms()), moved)
    assert back.kept == (kept(),)


@laid
def test_C_13_a_deleted_booking_takes_its_edit_with_it(edit: Edit) -> None:
    assert make_plan(view(), known(kept(edit=edit)), terms()) == Plan(drop=(kept().id,))


@laid
def test_C_13_a_cancelled_booking_takes_its_edit_with_it(edit: Edit) -> None:
    cancelled = booking(standing=Standing.CANCELLED)
    assert make_plan(view(cancelled), known(kept(edit=edit)), terms()) == Plan(drop=(kept().id,))


@laid
def test_C_13_a_booking_made_private_takes_its_edit_with_it(edit: Edit) -> None:
    plan = make_plan(view(private()), known(kept(edit=edit)), terms())
    assert plan == Plan(forget=(kept().id,), leaves_traces=True)


@laid
def test_C_19_a_booking_that_lost_its_length_takes_its_edit_with_it(edit: Edit) -> None:
    assert make_plan(view(booking(when=None)), known(kept(edit=edit)), terms()) == Plan(drop=(kept().id,))


@laid
def test_C_11_an_edit_sleeps_while_the_booking_is_declined_and_stands_when_it_is_accepted_again(edit: Edit) -> None:
    before = known(kept(edit=edit))
    declined = booking(standing=Standing.DECLINED)
    asleep = apply(make_plan(view(declined), before, terms()), before)
    assert asleep.kept == (kept(declined, edit),)
    assert apply(make_plan(view(booking()), asleep, terms()), asleep).kept == (kept(edit=edit),)


@laid
def test_an_edit_sleeps_where_the_rules_give_nothing_and_wakes_when_they_give_something_again(edit: Edit) -> None:
    before = known(kept(edit=edit))
    asleep = apply(make_plan(view(booking()), before, terms(NO_UPDATE)), before)
    assert apply(make_plan(view(booking()), asleep, terms()), asleep).kept == (kept(edit=edit),)


@laid
def test_an_edit_sleeps_under_a_choice_no(edit: Edit) -> None:
    before = known(kept(edit=edit), b=choice(ChoiceKind.NO))
    assert make_plan(view(booking()), before, terms()).is_empty


@laid
def test_a_sleeping_edit_goes_when_the_booking_changes(edit: Edit) -> None:
    moved = booking(when=between("12:00", "13:00"))
    assert make_plan(view(moved), known(kept(edit=edit)), terms(NO_UPDATE)) == Plan(drop=(kept().id,))


def test_S_15_a_sleeping_edit_bears_no_subject_and_gets_it_back_when_it_wakes() -> None:
    of = booking(subject="Budget")
    no_update = policy(SUBJECTS_SHOWN, layer({ShowAs.BUSY: None}))
    plan = make_plan(view(of), known(kept(of, SHORTER)), terms(no_update))
    assert plan == Plan(change=(kept(edit=SHORTER),), leaves_traces=True)
    assert make_plan(view(of), known(kept(edit=SHORTER)), terms(SHOWN)) == Plan(change=(kept(of, SHORTER),))


def test_S_15_a_removal_bears_no_subject() -> None:
    of = booking(subject="Budget")
    plan = make_plan(view(of), known(kept(of, REMOVED)), terms(SHOWN))
    assert plan == Plan(change=(kept(edit=REMOVED),), leaves_traces=True)


def test_an_edited_absence_bears_its_subject() -> None:
    of = booking(subject="Budget")
    assert make_plan(view(of), known(kept(of, SHORTER)), terms(SHOWN)).is_empty


def test_a_removed_booking_is_not_added_anew() -> None:
    assert make_plan(view(booking()), known(kept(edit=REMOVED)), terms()).is_empty


@pytest.mark.parametrize(
    "edit", [Edit(reason=TRAVEL), Edit(diversion=Diversion.DIRECT), Edit(note="back by train"), Edit(start=at("09:00"))]
)
def test_F_27_an_edit_made_during_a_look_is_still_there_after_it(edit: Edit) -> None:
    of = policy(layer({ShowAs.BUSY: rule(MEETING, Diversion.OPEN)}))
    after = replace(kept(booking(subject="old")), edit=edit)
    plan = make_plan(view(booking()), known(after), terms(of))
    assert plan.change == (kept(edit=edit),)
