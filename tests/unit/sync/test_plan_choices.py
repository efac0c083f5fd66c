"""Choices on items and on the server: semantics 3.1."""

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, ChoiceKind, ShowAs, Standing
from kalenderkoppling.sync.plan import Known, Plan, make_plan
from kktest.apply import apply
from kktest.make import (
    ADDIN_OFF,
    LUNCH,
    TRAVEL,
    at,
    between,
    booking,
    choice,
    kept,
    known,
    policy,
    private,
    terms,
    view,
    with_item_choice,
)

B, S = BookingKey("b"), BookingKey("s")
NO = choice(ChoiceKind.NO, made="08:00")
SET = choice(reason=TRAVEL, made="09:00")
TOMORROW = "2026-11-24 09:00"


def on_item(made: Choice, *, series: str | None = None, for_series: bool = False, key: str = "b") -> Booking:
    return with_item_choice(booking(key, series=series), made, for_series=for_series)


def chosen(seen: Booking, before: Known) -> object:
    return make_plan(view(seen), before, terms()).choose


def test_a_choice_on_an_item_is_taken_over() -> None:
    assert chosen(on_item(SET), known(kept())) == {B: SET}


def test_a_choice_on_an_item_counts_in_the_same_look() -> None:
    plan = make_plan(view(on_item(NO)), known(kept()), terms())
    assert plan == Plan(choose={B: NO}, drop=(kept().id,))


def test_R16_a_choice_on_an_item_makes_an_absence_where_the_rules_give_none() -> None:
    free = replace(on_item(SET), show_as=ShowAs.FREE)
    assert [each.booking.key for each in make_plan(view(free), known(), terms()).add] == [B]


@pytest.mark.parametrize(
    ("ours", "theirs", "taken"),
    [("08:00", "09:00", True), ("09:00", "08:00", False), ("09:00", "09:00", False)],
    ids=["item is newer", "server is newer", "same instant"],
)
def test_the_newest_of_item_and_server_wins(ours: str, theirs: str, taken: bool) -> None:
    newer = choice(reason=LUNCH, made=theirs)
    before = known(kept(), b=choice(reason=TRAVEL, made=ours))
    assert chosen(on_item(newer), before) == ({B: newer} if taken else {})


@pytest.mark.parametrize(
    ("series", "for_series", "key"),
    [("s", True, "s"), ("s", False, "b"), (None, True, "b"), (None, False, "b")],
    ids=["series", "occurrence of a series", "series of a single booking", "single booking"],
)
def test_C_17_an_item_says_whether_it_chose_for_the_occurrence_or_the_series(
    series: str | None, for_series: bool, key: str
) -> None:
    assert chosen(on_item(SET, series=series, for_series=for_series), known(kept())) == {BookingKey(key): SET}


def test_of_several_items_of_a_series_the_newest_choice_is_taken() -> None:
    seen = [on_item(each, series="s", for_series=True, key=key) for key, each in [("a", NO), ("b", SET), ("c", NO)]]
    assert make_plan(view(*seen), known(), terms()).choose == {S: SET}


def test_an_items_time_is_capped_at_the_time_of_receipt() -> None:
    future = choice(reason=TRAVEL, made=TOMORROW)
    assert chosen(on_item(future), known(kept())) == {B: replace(future, at=at("12:00"))}


def test_an_items_time_now_is_not_in_the_future() -> None:
    assert chosen(on_item(choice(made="12:00")), known(kept(), b=NO)) == {B: choice(made="12:00")}


def test_a_capped_choice_beats_an_older_one_of_ours() -> None:
    future = choice(reason=TRAVEL, made=TOMORROW)
    assert chosen(on_item(future), known(kept(), b=NO)) == {B: replace(future, at=at("12:00"))}


@pytest.mark.parametrize("later", ["12:00", "12:15", "2026-11-24 08:59", "2026-11-24 09:00"])
def test_an_item_whose_clock_is_in_the_future_is_not_written_over_and_over(later: str) -> None:
    seen = on_item(choice(reason=TRAVEL, made=TOMORROW))
    before = known(kept())
    after = apply(make_plan(view(seen), before, terms()), before)
    again = make_plan(view(seen), after, terms(now=at(later)))
    assert again.is_empty or later == "2026-11-24 09:00"


def test_items_of_a_series_whose_clocks_are_in_the_future_do_not_take_turns() -> None:
    seen = view(
        on_item(choice(reason=TRAVEL, made=TOMORROW), series="s", for_series=True, key="a"),
        on_item(choice(reason=LUNCH, made="2026-11-24 10:00"), series="s", for_series=True, key="b"),
    )
    before = known(kept(booking("a", series="s")), kept(booking("b", series="s")))
    after = apply(make_plan(seen, before, terms()), before)
    assert after.choices.by_key == {S: choice(reason=LUNCH, made="12:00")}
    assert make_plan(seen, after, terms(now=at("12:15"))).is_empty


ALIKE = [
    NO,
    choice(ChoiceKind.RULE, made="08:00"),
    choice(made="08:00"),
    choice(reason=LUNCH, made="08:00"),
    choice(reason=TRAVEL, made="08:00"),
    choice(reason=TRAVEL, diversion=Diversion.OPEN, made="08:00"),
    choice(reason=TRAVEL, diversion=Diversion.DIRECT, made="08:00"),
    choice(diversion=Diversion.DIRECT, made="08:00"),
]


@pytest.mark.parametrize(("one", "other"), list(combinations(ALIKE, 2)))
def test_of_items_of_a_series_chosen_at_the_same_instant_no_order_decides_and_no_comes_first(
    one: Choice, other: Choice
) -> None:
    seen = [on_item(made, series="s", for_series=True, key=key) for key, made in (("a", one), ("b", other))]
    there, back = (make_plan(view(*each), known(), terms()).choose for each in (seen, seen[::-1]))
    assert there == back
    assert NO not in (one, other) or there == {S: NO}


@pytest.mark.parametrize(("ours", "theirs"), list(permutations(ALIKE[1:6], 2)))
def test_an_item_whose_clock_is_in_the_future_is_received_when_it_says_something_else(
    ours: Choice, theirs: Choice
) -> None:
    ahead = replace(theirs, at=at(TOMORROW))
    assert chosen(on_item(ahead), known(kept(), b=ours)) == {B: replace(theirs, at=at("12:00"))}


@pytest.mark.parametrize("made", ["11:00", "12:00"])
def test_a_choice_made_again_is_newer_though_it_says_the_same(made: str) -> None:
    again = replace(SET, at=at(made))
    assert chosen(on_item(again), known(kept(), b=SET)) == {B: again}


def test_choices_survive_changes_of_the_booking() -> None:
    moved = booking(when=between("14:00", "15:00"), show_as=ShowAs.FREE)
    plan = make_plan(view(moved), known(kept(), b=SET), terms())
    assert plan == Plan(change=(kept(moved),))


def test_a_choice_survives_a_rename_and_a_decline() -> None:
    declined = booking(standing=Standing.DECLINED)
    assert make_plan(view(declined), known(kept(), b=SET), terms()) == Plan(drop=(kept().id,))


def test_C_17_an_occurrences_choice_rule_beats_the_choice_no_of_its_series() -> None:
    occurrence = booking(series="s")
    before = known(s=NO, b=choice(ChoiceKind.RULE))
    assert [each.booking for each in make_plan(view(occurrence), before, terms()).add] == [occurrence]
    assert make_plan(view(occurrence), known(s=NO), terms()).is_empty


def test_C_15_a_sleeping_choice_of_the_occurrence_still_hides_the_choice_no_of_its_series() -> None:
    """The choice that counts is found first; then it sleeps, and the rules decide."""
    occurrence = booking(series="s")
    of = policy(ADDIN_OFF)
    assert make_plan(view(occurrence), known(s=NO, b=SET), terms(of)).add
    assert not make_plan(view(occurrence), known(s=NO), terms(of)).add


@pytest.mark.parametrize("row", [True, False], ids=["with a row", "without a row"])
@pytest.mark.parametrize("item", [True, False], ids=["on the item too", "on the server"])
def test_C_13_a_cancelled_booking_takes_its_choice_with_it(row: bool, item: bool) -> None:
    cancelled = replace(on_item(SET) if item else booking(), standing=Standing.CANCELLED)
    before = known(*([kept()] if row else []), b=SET)
    plan = make_plan(view(cancelled), before, terms())
    assert plan.unchoose == (B,)
    assert make_plan(view(cancelled), apply(plan, before), terms()).is_empty


def test_a_cancelled_occurrence_leaves_the_choice_of_its_series() -> None:
    cancelled = booking(series="s", standing=Standing.CANCELLED)
    assert make_plan(view(cancelled), known(s=SET), terms()).is_empty


def test_C_13_a_deleted_booking_takes_its_choice_with_it() -> None:
    assert make_plan(view(), known(kept(), b=SET, other=SET), terms()) == Plan(drop=(kept().id,), unchoose=(B,))


def test_a_booking_that_the_rules_drop_keeps_its_choice() -> None:
    assert make_plan(view(booking()), known(kept(), b=NO), terms()) == Plan(drop=(kept().id,))


def test_C_07_a_booking_made_private_loses_its_choice_at_once() -> None:
    plan = make_plan(view(private()), known(b=NO), terms())
    assert plan == Plan(forget_choices=(B,), leaves_traces=True)


def test_C_07_a_series_made_private_loses_its_choice_at_once() -> None:
    plan = make_plan(view(private("b", "s")), known(s=NO, other=NO), terms())
    assert plan == Plan(forget_choices=(S,), leaves_traces=True)


def test_C_07_a_series_with_one_private_occurrence_keeps_its_choice() -> None:
    other = booking("a", series="s")
    assert make_plan(view(private("b", "s"), other), known(kept(other), s=SET), terms()).is_empty


def test_C_07_no_choice_is_ever_taken_for_a_key_that_is_private() -> None:
    seen = on_item(SET, series="s", for_series=True)
    plan = make_plan(view(private("s"), seen), known(kept(booking(series="s")), s=NO), terms())
    assert (plan.choose, plan.forget_choices) == ({}, (S,))
