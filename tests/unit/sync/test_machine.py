"""A calendar, edits, choices and rules in any order: after a look, what is kept is the pure function of them."""

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from kalenderkoppling.absences.derive import derive
from kalenderkoppling.domain.absence import Absence, Edit
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, Private, ShowAs, Standing, View
from kalenderkoppling.domain.kept import Choices, Kept, same_facts
from kalenderkoppling.domain.time import When
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.sync.plan import Known, Terms, make_plan
from kalenderkoppling.sync.window import window_at
from kktest.apply import apply
from kktest.draw import FEWER, edits, policies, single_choices
from kktest.make import NOON, STOCKHOLM, between, days, policy, terms

WHENS: tuple[When, ...] = (
    between("08:00", "09:00"),
    between("08:00", "10:00"),
    days("2026-11-23", "2026-11-24"),
    between("2026-12-01 08:00", "2026-12-01 09:00"),
)
SERIES = (None, BookingKey("s1"), BookingKey("s2"))
REMOVAL = Edit(removed=True)


class Mailbox(RuleBasedStateMachine):
    """The calendar and what people did beside what is kept; `expected` is F(bookings, rules, choices, edits)."""

    keys: Bundle[BookingKey] = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.calendar: dict[BookingKey, Booking] = {}
        self.private: set[BookingKey] = set()
        self.edits: dict[BookingKey, tuple[Booking, Edit]] = {}
        self.choices: dict[BookingKey, Choice] = {}
        self.known = Known()
        self.terms: Terms = terms()
        self.numbers = count(1)
        self.looked = False

    @initialize(of=policies)
    def begin(self, of: Policy) -> None:
        self.set_rules(of)

    # ── the calendar ────────────────────────────────────────────────────────────────────────────

    @rule(target=keys, when=st.sampled_from(WHENS), show_as=st.sampled_from(ShowAs), series=st.sampled_from(SERIES))
    def book(self, when: When, show_as: ShowAs, series: BookingKey | None) -> BookingKey:
        key = BookingKey(f"b{next(self.numbers)}")
        self.calendar[key] = Booking(key=key, series_key=series, when=when, show_as=show_as, subject="Budget")
        self.looked = False
        return key

    @rule(key=keys, when=st.sampled_from(WHENS))
    def move(self, key: BookingKey, when: When) -> None:
        self._rewrite(key, replace(self.calendar[key], when=when))

    @rule(key=keys, show_as=st.sampled_from(ShowAs), subject=st.sampled_from(("Budget", "Plan")))
    def retitle(self, key: BookingKey, show_as: ShowAs, subject: str) -> None:
        self._rewrite(key, replace(self.calendar[key], show_as=show_as, subject=subject))

    @rule(key=keys, standing=st.sampled_from((Standing.HELD, Standing.DECLINED, Standing.CANCELLED)))
    def answer(self, key: BookingKey, standing: Standing) -> None:
        self._rewrite(key, replace(self.calendar[key], standing=standing))

    @rule(key=keys)
    def turn_private_or_back(self, key: BookingKey) -> None:
        self.private ^= {key}
        self.looked = False

    @rule(key=consumes(keys))
    def delete(self, key: BookingKey) -> None:
        del self.calendar[key]
        self.private.discard(key)
        self.looked = False

    def _rewrite(self, key: BookingKey, booking: Booking) -> None:
        self.calendar[key] = booking
        self.looked = False

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    @rule(number=st.integers(0, 9), edit=edits() | st.just(REMOVAL))
    def edit(self, number: int, edit: Edit) -> None:
        """Edit one of the absences that show, as it was last seen."""
        shown = [each for each in self.known.kept if self._derived(each) is not None]
        if not shown:
            return
        row = shown[number % len(shown)]
        self.edits[row.booking.key] = (row.booking, edit)
        rows = [replace(each, edit=edit) if each is row else each for each in self.known.kept]
        self.known = replace(self.known, kept=rows)

    @rule(key=keys | st.sampled_from(SERIES[1:]), choice=single_choices)
    def choose(self, key: BookingKey, choice: Choice) -> None:
        self.choices[key] = choice
        self.known = replace(self.known, choices=Choices(by_key={**self.known.choices.by_key, key: choice}))
        self.looked = False

    @rule(of=policies | st.just(policy()))
    def set_rules(self, of: Policy) -> None:
        self.terms = replace(terms(of), new_id=self.terms.new_id)
        self.looked = False

    # ── the look ────────────────────────────────────────────────────────────────────────────────

    @rule()
    def look(self) -> None:
        view = self._view()
        self.known = apply(make_plan(view, self.known, self.terms), self.known)
        self._forget_in_model()
        self.looked = True
        assert make_plan(view, self.known, self.terms).is_empty

    def _view(self) -> View:
        return View(
            window=window_at(NOON, STOCKHOLM),
            bookings=[each for key, each in self.calendar.items() if key not in self.private],
            private=[Private(key=key, series_key=self.calendar[key].series_key) for key in self.private],
        )

    def _forget_in_model(self) -> None:
        normal = {key: each for key, each in self.calendar.items() if key not in self.private}
        self.edits = {
            key: (of, edit)
            for key, (of, edit) in self.edits.items()
            if key in normal and same_facts(of, normal[key]) and normal[key].standing is not Standing.CANCELLED
        }
        private_series = {self.calendar[key].series_key for key in self.private}
        gone = self.private | (private_series - {each.series_key for each in normal.values()})
        gone |= {key for key, each in normal.items() if each.standing is Standing.CANCELLED}
        self.choices = {key: choice for key, choice in self.choices.items() if key not in gone}

    def _expected(self) -> dict[BookingKey, Absence | None]:
        choices = Choices(by_key=self.choices)
        return {
            key: derive(self._row(booking), choices, self.terms.policy, STOCKHOLM)
            for key, booking in self.calendar.items()
            if key not in self.private and decide(booking, choices.on(booking), self.terms.policy) is not None
        }

    def _row(self, booking: Booking) -> Kept:
        _, edit = self.edits.get(booking.key, (None, None))
        ids = {each.booking.key: each.id for each in self.known.kept}
        return Kept(id=ids[booking.key], booking=booking, edit=edit)

    def _derived(self, row: Kept) -> Absence | None:
        return derive(row, self.known.choices, self.terms.policy, STOCKHOLM)

    @invariant()
    def what_shows_is_the_pure_function_of_calendar_rules_choices_and_edits(self) -> None:
        if self.looked:
            shown = {each.booking.key: self._derived(each) for each in self.known.kept}
            expected = self._expected()
            assert {key: each for key, each in shown.items() if each} == {key: e for key, e in expected.items() if e}

    @invariant()
    def every_edit_that_stands_is_kept_and_no_other(self) -> None:
        if self.looked:
            laid = {each.booking.key: each.edit for each in self.known.kept if each.edit is not None}
            assert laid == {key: edit for key, (_, edit) in self.edits.items()}

    @invariant()
    def nothing_of_a_private_booking_is_kept(self) -> None:
        if self.looked:
            held = {each.booking.key for each in self.known.kept} | self.known.choices.by_key.keys()
            assert not held & self.private


TestMailbox = Mailbox.TestCase
TestMailbox.settings = settings(FEWER, stateful_step_count=30)


@pytest.mark.slow
@pytest.mark.soak
class TestMailboxForLong(Mailbox.TestCase):  # type: ignore[misc,valid-type] # hypothesis makes the class when asked
    """Few long sequences find what many short ones miss."""

    settings = settings(stateful_step_count=150)
