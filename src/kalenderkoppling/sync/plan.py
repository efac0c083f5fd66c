"""What to write after reading a mailbox: the difference between the view and what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, ShowAs, Standing, View
from kalenderkoppling.domain.kept import Choices, Kept, same_facts
from kalenderkoppling.domain.time import interval_of
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy, Rule
from kalenderkoppling.sync.item_choices import newer_choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was stored of a person's bookings before the look: rows and choices.

    `is_confirmed` tells whether an earlier look has confirmed the rows. Those of a restored backup are not: of what
    the view does not tell, something may have turned private since (F-31).
    """

    kept: Sequence[Kept] = ()
    choices: Choices = field(default_factory=Choices)
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan depends on: the person's policy and zone, the instant, and the retention of ended absences."""

    policy: Policy
    zone: ZoneInfo
    now: datetime
    retention: timedelta
    new_id: Callable[[], AbsenceId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to write in one transaction.

    `add`, `change` (same id, new content) and `drop` are rows. Of what `forget` and `forget_choices` name every trace
    must go at once, in the audit log too, since the booking turned private. `leaves_traces` tells that a purge of the
    storage's free space is due: something private or a subject was taken away.
    """

    add: tuple[Kept, ...] = ()
    change: tuple[Kept, ...] = ()
    drop: tuple[AbsenceId, ...] = ()
    forget: tuple[AbsenceId, ...] = ()
    choose: Mapping[BookingKey, Choice] = field(default_factory=dict)
    unchoose: tuple[BookingKey, ...] = ()
    forget_choices: tuple[BookingKey, ...] = ()
    leaves_traces: bool = False

    @property
    def changes_absences(self) -> bool:
        """Tell whether anything that people can see changes."""
        return bool(self.add or self.change or self.drop or self.forget)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.changes_absences or self.choose or self.unchoose or self.forget_choices)


def make_plan(view: View, known: Known, terms: Terms) -> Plan:
    """Compare a complete view with what is stored. Idempotent: planned again after it was applied, the plan is empty.

    Source: semantics 2 to 5 and 9; C-07, C-08, C-11 to C-13, C-17, C-19, C-27.
    """
    private = _private_keys(view)
    bookings = {each.key: each for each in view.bookings if each.key not in private}
    on_items = newer_choices(bookings.values(), known.choices, terms.now)
    newly_chosen = {key: choice for key, choice in on_items.items() if key not in private}
    choices = _without(private, {**known.choices.by_key, **newly_chosen})
    draft = _Draft(terms, choices)
    draft.gone.update(each.key for each in bookings.values() if each.standing is Standing.CANCELLED)
    present = private | bookings.keys() | view.unreadable
    for kept in known.kept:
        booking = bookings.pop(kept.booking.key, None)
        if kept.booking.key in private or (kept.booking.series_key in private and kept.booking.key not in present):
            draft.forget(kept)
        elif booking is not None:
            draft.compare(kept, booking)
        elif not known.is_confirmed:
            # Unknown means private.
            draft.forget(kept)
            draft.gone.add(kept.booking.key)
        elif not _is_unreadable(kept.booking, view) and _within(kept, view, terms.zone):
            draft.delete(kept)
        else:
            draft.compare(kept, kept.booking)
    for booking in bookings.values():
        draft.consider(booking)
    return draft.plan(
        choose=newly_chosen,
        unchoose=tuple(key for key in known.choices.by_key if key in draft.gone),
        forget_choices=tuple(key for key in known.choices.by_key if key in private),
    )


def _private_keys(view: View) -> frozenset[BookingKey]:
    """Return the keys of private bookings, and of series of which no visible instance is normal (fail closed)."""
    keys = {each.key for each in view.private}
    series = {each.series_key for each in view.private if each.series_key is not None}
    normal = {each.series_key for each in view.bookings if each.key not in keys}
    return frozenset(keys | (series - normal))


def _without(private: frozenset[BookingKey], by_key: Mapping[BookingKey, Choice]) -> Choices:
    return Choices(by_key={key: choice for key, choice in by_key.items() if key not in private})


def _is_unreadable(booking: Booking, view: View) -> bool:
    return booking.key in view.unreadable or booking.series_key in view.unreadable


def _within(kept: Kept, view: View, zone: ZoneInfo) -> bool:
    """Tell whether the window covers a stored booking; one older than the window was not deleted."""
    when = kept.booking.when
    return when is not None and interval_of(when, zone).overlaps(view.window)


class _Draft:
    """A plan being made: one decision per kept or new booking."""

    def __init__(self, terms: Terms, choices: Choices) -> None:
        self._terms = terms
        self._shows_subject = terms.policy.show_subject
        self._choices = choices
        self._by_show_as: dict[ShowAs | None, Rule | None] = {}
        self._add: list[Kept] = []
        self._change: list[Kept] = []
        self._drop: list[AbsenceId] = []
        self._forget: list[AbsenceId] = []
        self._leaves_traces = False
        self.gone: set[BookingKey] = set()

    def plan(
        self,
        *,
        choose: Mapping[BookingKey, Choice],
        unchoose: tuple[BookingKey, ...],
        forget_choices: tuple[BookingKey, ...],
    ) -> Plan:
        return Plan(
            add=tuple(self._add),
            change=tuple(self._change),
            drop=tuple(self._drop),
            forget=tuple(self._forget),
            choose=choose,
            unchoose=unchoose,
            forget_choices=forget_choices,
            leaves_traces=self._leaves_traces or bool(forget_choices),
        )

    def forget(self, kept: Kept) -> None:
        """The booking turned private: delete absence, edit, removal and choice with every trace."""
        self._forget.append(kept.id)
        self._leaves_traces = True

    def delete(self, kept: Kept) -> None:
        """The booking was deleted: delete absence, edit, removal and choice (C-13)."""
        self._drop_row(kept)
        self.gone.add(kept.booking.key)

    def _drop_row(self, kept: Kept) -> None:
        self._drop.append(kept.id)
        self._leaves_traces = self._leaves_traces or kept.booking.subject is not None

    def compare(self, kept: Kept, booking: Booking) -> None:
        """Keep, change or drop a row; an edit stands while the booking's facts are unchanged (C-11 to C-13)."""
        if booking.standing is Standing.CANCELLED or booking.when is None:
            self._drop_row(kept)
            return
        edit = kept.edit if same_facts(kept.booking, booking) else None
        gives = self._outcome(booking) is not None
        if not gives and edit is None:
            self._drop_row(kept)
            return
        shown = gives and not (edit is not None and edit.removed)
        fresh = Kept(id=kept.id, booking=self._bare(booking, with_subject=shown), edit=edit)
        if fresh != kept:
            self._change.append(fresh)
            replaced = kept.booking.subject not in (None, fresh.booking.subject)
            self._leaves_traces = self._leaves_traces or replaced

    def consider(self, booking: Booking) -> None:
        """Add a row for a booking that gives an absence, unless it ended longer ago than the retention."""
        if booking.when is None or self._outcome(booking) is None:
            return
        if interval_of(booking.when, self._terms.zone).end + self._terms.retention <= self._terms.now:
            return
        self._add.append(Kept(id=self._terms.new_id(), booking=self._bare(booking, with_subject=True)))

    def _outcome(self, booking: Booking) -> Rule | None:
        """Decide; cached per show-as where the booking has no choice and takes place."""
        choice = self._choices.on(booking)
        if choice is not None or booking.standing is not Standing.HELD:
            return decide(booking, choice, self._terms.policy)
        if booking.show_as not in self._by_show_as:
            self._by_show_as[booking.show_as] = decide(booking, None, self._terms.policy)
        return self._by_show_as[booking.show_as]

    def _bare(self, booking: Booking, *, with_subject: bool) -> Booking:
        """Return what may be stored: not the item's choice, and the subject only while it is shown (C-18)."""
        subject = booking.subject if with_subject and self._shows_subject else None
        if booking.item_choice is None and booking.subject == subject:
            return booking
        return replace(booking, subject=subject, item_choice=None)
