"""Hypothesis strategies for the trade: bookings, choices, policies, edits, absences; worlds small enough to collide."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, SICK, Absence, AbsenceId, Diversion, Edit, Origin
from kalenderkoppling.domain.booking import (
    Booking,
    BookingKey,
    Choice,
    ChoiceKind,
    ItemChoice,
    Private,
    ShowAs,
    Standing,
    View,
)
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.time import Days, Interval, When
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRule, OwnRules, Policy, Rule
from kalenderkoppling.sync.plan import Known
from kalenderkoppling.sync.window import window_at
from kktest.make import MONDAY, NOON, STOCKHOLM

assert settings.default is not None
FEWER = settings(max_examples=settings.default.max_examples // 3)
"""For laws whose worlds are slow to draw."""

KEYS = tuple(map(BookingKey, ("b1", "b2", "b3", "b4")))
SERIES = (None, BookingKey("s1"), BookingKey("s2"))

reasons = st.sampled_from((MEETING, OUT_OF_OFFICE, SICK))
diversions = st.sampled_from(Diversion)
show_as = st.sampled_from((*ShowAs, None))
rules = st.builds(Rule, reason=reasons, diversion=diversions)

_hours = st.integers(-60, 24 * 66)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Some hours around that Monday: older than the window, in it, and beyond it."""
    start = NOON + timedelta(hours=draw(_hours))
    return Interval(start=start, end=start + timedelta(hours=draw(st.integers(1, 30))))


@st.composite
def _days(draw: st.DrawFn) -> Days:
    first = MONDAY + timedelta(days=draw(st.integers(-4, 62)))
    return Days(first=first, after=first + timedelta(days=draw(st.integers(1, 4))))


whens: st.SearchStrategy[When] = intervals() | _days()

instants = st.integers(-3 * 60, 3 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
single_choices = st.builds(
    Choice,
    kind=st.sampled_from(ChoiceKind),
    at=instants,
    reason=st.none() | reasons,
    diversion=st.none() | diversions,
)
item_choices = st.builds(ItemChoice, choice=single_choices, for_series=st.booleans())


@st.composite
def bookings(draw: st.DrawFn, key: BookingKey | None = None) -> Booking:
    """A booking with its series always the same for its key, as in a calendar."""
    key = key or draw(st.sampled_from(KEYS))
    return Booking(
        key=key,
        series_key=_series_of(key),
        when=draw(whens | st.none()),
        show_as=draw(show_as),
        standing=draw(st.sampled_from((Standing.HELD, Standing.HELD, Standing.CANCELLED, Standing.DECLINED))),
        subject=draw(st.sampled_from((None, "", "Budget"))),
        item_choice=draw(st.none() | item_choices),
    )


def _series_of(key: BookingKey) -> BookingKey | None:
    return {KEYS[0]: None, KEYS[1]: SERIES[1], KEYS[2]: SERIES[1], KEYS[3]: SERIES[2]}[key]


def privates(key: BookingKey) -> Private:
    """The private form of a key's booking."""
    return Private(key=key, series_key=_series_of(key))


@st.composite
def views(draw: st.DrawFn, now: datetime = NOON) -> View:
    """A complete look: each key is absent, private, unreadable, or a booking; a series may be unreadable as well."""
    seen: list[Booking] = []
    hidden: list[Private] = []
    unreadable: set[BookingKey] = draw(st.sets(st.sampled_from([BookingKey("s1"), BookingKey("s2")]), max_size=1))
    for key in KEYS:
        match draw(st.sampled_from(("gone", "private", "unreadable", "there", "there", "there"))):
            case "private":
                hidden.append(privates(key))
            case "unreadable":
                unreadable.add(key)
            case "there":
                seen.append(draw(bookings(key)))
    return View(window=window_at(now, STOCKHOLM), bookings=seen, private=hidden, unreadable=frozenset(unreadable))


layers = st.builds(
    Layer,
    kind=st.sampled_from(LayerKind),
    rules=st.dictionaries(st.sampled_from(ShowAs), st.none() | rules, max_size=3),
    show_subject=st.none() | st.booleans(),
    addin_allowed=st.none() | st.booleans(),
)
own_rules = st.builds(
    OwnRules,
    update=st.sampled_from((True, True, True, False)),
    by_show_as=st.dictionaries(st.sampled_from(ShowAs), st.builds(OwnRule, rule=st.none() | rules), max_size=3),
)
policies = st.builds(
    Policy,
    calendar_coupling=st.just(value=True),
    referral=st.booleans(),
    own=own_rules,
    layers=st.lists(layers, max_size=2),
)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """An edit of some fields, or a removal."""
    start = draw(st.none() | instants)
    return Edit(
        start=start,
        end=None if start is None else start + timedelta(hours=1),
        reason=draw(st.none() | reasons),
        diversion=draw(st.none() | diversions),
        note=draw(st.none() | st.just("back by train")),
        removed=draw(st.booleans()),
    )


@st.composite
def kept_rows(draw: st.DrawFn, key: BookingKey) -> Kept:
    """A row as a plan leaves it: with a length, without the item's choice."""
    return Kept(
        id=AbsenceId(f"id-{key}"),
        booking=Booking(
            key=key,
            series_key=_series_of(key),
            when=draw(whens),
            show_as=draw(show_as),
            subject=draw(st.sampled_from((None, "Budget", "Lunch"))),
        ),
        edit=draw(st.none() | edits()),
    )


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    """What is known of a person: some rows and some choices."""
    rows = [draw(kept_rows(key)) for key in KEYS if draw(st.booleans())]
    keys = st.sampled_from((*KEYS, *(each for each in SERIES if each is not None)))
    return Known(kept=rows, choices=Choices(by_key=draw(st.dictionaries(keys, single_choices, max_size=3))))


@st.composite
def absences(draw: st.DrawFn, longest_minutes: int = 180) -> Absence:
    """An absence of some minutes around noon that Monday."""
    start = draw(instants)
    tie = draw(st.sampled_from("abcdef"))
    return Absence(
        id=AbsenceId(f"id-{tie}"),
        interval=Interval(start=start, end=start + timedelta(minutes=draw(st.integers(1, longest_minutes)))),
        reason=draw(reasons),
        diversion=draw(diversions),
        origin=draw(st.sampled_from(Origin)),
        tie=tie,
    )
