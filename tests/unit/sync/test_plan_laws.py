"""What holds of every plan, whatever the calendar shows and whatever is known."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.booking import Booking, BookingKey, Standing, View
from kalenderkoppling.domain.kept import Kept, same_facts
from kalenderkoppling.domain.time import interval_of
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Known, make_plan
from kktest.apply import apply
from kktest.draw import FEWER, knowns, policies, views
from kktest.make import NOON, STOCKHOLM, terms

later = st.sampled_from((timedelta(0), timedelta(minutes=15)))


def rows(known: Known) -> dict[BookingKey, Kept]:
    return {each.booking.key: each for each in known.kept}


def seen(view: View) -> dict[BookingKey, Booking]:
    return {each.key: each for each in view.bookings}


@FEWER
@given(views(), knowns(), policies, later)
def test_a_plan_applied_and_made_again_is_always_empty(view: View, known: Known, of: Policy, wait: timedelta) -> None:
    after = apply(make_plan(view, known, terms(of)), known)
    chosen_later = any(each.item_choice and each.item_choice.choice.at > NOON for each in view.bookings)
    again = make_plan(view, after, terms(of, NOON if chosen_later else NOON + wait))
    assert again.is_empty
    assert not again.leaves_traces


@FEWER
@given(views(), knowns(), policies)
def test_S_1_nothing_of_a_private_booking_ever_survives_a_plan(view: View, known: Known, of: Policy) -> None:
    plan = make_plan(view, known, terms(of))
    after = apply(plan, known)
    private = {each.key for each in view.private}
    assert not private & (rows(after).keys() | after.choices.by_key.keys())
    assert not private & (plan.choose.keys() | {each.booking.key for each in (*plan.add, *plan.change)})
    assert plan.leaves_traces or not private & (rows(known).keys() | known.choices.by_key.keys())


@FEWER
@given(views(), knowns(), policies)
def test_S_4_an_edit_always_stands_while_the_facts_of_its_booking_do(view: View, known: Known, of: Policy) -> None:
    after = rows(apply(make_plan(view, known, terms(of)), known))
    for key, booking in seen(view).items():
        before = rows(known).get(booking.key)
        if before is None or before.edit is None or booking.standing is Standing.CANCELLED:
            continue
        stood = after[key].edit if key in after else None
        assert stood == (before.edit if same_facts(before.booking, booking) else None)


@FEWER
@given(views(), knowns(), policies)
def test_S_15_a_row_always_gives_an_absence_or_bears_an_edit(view: View, known: Known, of: Policy) -> None:
    after = apply(make_plan(view, known, terms(of)), known)
    for each in after.kept:
        gives = decide(each.booking, after.choices.on(each.booking), of) is not None
        assert gives or each.edit is not None
        assert each.booking.subject is None or (gives and not each.is_removed and of.show_subject)
        assert each.booking.item_choice is None


@FEWER
@given(views(), knowns(), policies)
def test_L_1_every_booking_that_gives_an_absence_is_kept_as_it_was_seen(view: View, known: Known, of: Policy) -> None:
    after = apply(make_plan(view, known, terms(of)), known)
    for key, booking in seen(view).items():
        if decide(booking, after.choices.on(booking), of) is None or ended_long_ago(booking):
            continue
        found = rows(after)[key].booking
        assert replace(found, subject=None) == replace(booking, subject=None, item_choice=None)


def ended_long_ago(booking: Booking) -> bool:
    return booking.when is not None and interval_of(booking.when, STOCKHOLM).end <= NOON - timedelta(days=7)


@FEWER
@given(views(), knowns(), policies)
def test_what_is_not_seen_is_gone_exactly_where_the_look_covered_it(view: View, known: Known, of: Policy) -> None:
    plan = make_plan(view, known, terms(of))
    there = seen(view).keys() | {each.key for each in view.private} | view.unreadable
    series = {each.series_key for each in view.private}
    for each in known.kept:
        booking = each.booking
        if booking.key in there or booking.series_key in series | view.unreadable or booking.when is None:
            continue
        covered = interval_of(booking.when, STOCKHOLM).overlaps(view.window)
        gives = decide(booking, known.choices.on(booking), of) is not None
        assert (each.id in plan.drop) is (covered or (not gives and each.edit is None))


@FEWER
@given(views(), knowns(), policies)
def test_rows_keep_their_ids_and_new_ones_are_new(view: View, known: Known, of: Policy) -> None:
    after = rows(apply(make_plan(view, known, terms(of)), known))
    assert all(after[key].id == row.id for key, row in rows(known).items() if key in after)


@FEWER
@given(views(), knowns(), policies)
def test_the_order_of_the_rows_in_a_look_never_matters(view: View, known: Known, of: Policy) -> None:
    turned = replace(view, bookings=view.bookings[::-1], private=view.private[::-1])
    one, other = (apply(make_plan(each, known, terms(of)), known) for each in (view, turned))
    assert one.choices == other.choices
    assert {key: row.booking for key, row in rows(one).items()} == {
        key: row.booking for key, row in rows(other).items()
    }
