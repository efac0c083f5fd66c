"""What should be stored: the pure function of bookings, rules, choices and edits, told apart from the plan."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kalenderkoppling.absences.derive import derive, effective_interval
from kalenderkoppling.domain.absence import Absence, AbsenceId, Edit
from kalenderkoppling.domain.booking import Booking, BookingKey, Choice, ShowAs, Standing, View
from kalenderkoppling.domain.kept import Choices, Kept, same_facts
from kalenderkoppling.domain.person import Entitlements, Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Interval, interval_of
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.layers import ScopedLayer, policy_for
from kalenderkoppling.rules.model import Layer, LayerKind, OwnRules, Policy
from kalenderkoppling.usecases.situation import zone_of


class Violation(AssertionError):
    """A promise of the product that the simulation found broken."""


@dataclass(slots=True)
class Laid:
    """What somebody laid over the absence of a booking, and the booking as it was then."""

    of: Booking
    edit: Edit


@dataclass(slots=True, kw_only=True)
class Model:
    """What people, administrators and calendars did, as far as the product was told of it."""

    people: dict[PersonId, Person]
    settings: TenantSettings = field(default_factory=TenantSettings)
    layer: Layer = field(default_factory=lambda: Layer(kind=LayerKind.TENANT))
    own: dict[PersonId, OwnRules] = field(default_factory=dict)
    edits: dict[PersonId, dict[BookingKey, Laid]] = field(default_factory=lambda: defaultdict(dict))
    choices: dict[PersonId, dict[BookingKey, Choice]] = field(default_factory=lambda: defaultdict(dict))
    out_of_sight: dict[PersonId, set[BookingKey]] = field(default_factory=lambda: defaultdict(set))
    """Chosen for, and then moved out of the window: nobody can tell that from deleted, so the choice may be gone."""
    by_hand: dict[PersonId, dict[AbsenceId, Absence]] = field(default_factory=lambda: defaultdict(dict))
    acts: int = 0
    newest_look: dict[PersonId, int] = field(default_factory=dict)

    @property
    def shows_subjects(self) -> bool:
        return bool(self.layer.show_subject)

    def is_read(self, person: PersonId) -> bool:
        """Whether a person has the service."""
        return self.people[person].entitlements.calendar_coupling

    def policy(self, person: PersonId) -> Policy:
        """What decides for a person now."""
        return policy_for(self.people[person], self.own.get(person, OwnRules()), [ScopedLayer(layer=self.layer)])

    def give(self, person: PersonId, services: Entitlements) -> None:
        """Give or take services: what was synchronised goes with the coupling, choices sleep (C-06)."""
        self.people[person] = replace(self.people[person], entitlements=services)
        if not services.calendar_coupling:
            self.edits[person].clear()

    def looked(self, person: PersonId, view: View, number: int) -> None:
        """A look was written down: what people laid over bookings that are other ones now is gone (C-11, C-13)."""
        if number < self.newest_look.get(person, 0):
            raise Violation(f"an older look at {person} was written over a newer one")
        self.newest_look[person] = number
        private = private_keys(view)
        there = {each.key: each for each in view.bookings}
        zone = zone_of(self.people[person], self.settings)
        for key, laid in list(self.edits[person].items()):
            now = there.get(key)
            if key in private or laid.of.series_key in private:
                del self.edits[person][key]
            elif now is not None:
                if now.standing is Standing.CANCELLED or now.when is None or not same_facts(now, laid.of):
                    del self.edits[person][key]
            elif key not in view.unreadable and overlaps(laid.of, view, zone):
                del self.edits[person][key]
        present = there.keys() | {each.series_key for each in view.bookings} | view.unreadable | private
        self.out_of_sight[person] |= self.choices[person].keys() - present
        cancelled = {each.key for each in view.bookings if each.standing is Standing.CANCELLED}
        for key in (private | cancelled) & self.choices[person].keys():
            del self.choices[person][key]

    def expected(self, person: PersonId, view: View) -> Mapping[BookingKey, tuple[Booking, Edit | None]]:
        """Return what should be kept of the bookings that a look would show now."""
        if not self.is_read(person):
            return {}
        policy, choices = self.policy(person), Choices(by_key=self.choices[person])
        private = private_keys(view)
        rows: dict[BookingKey, tuple[Booking, Edit | None]] = {}
        for each in view.bookings:
            if each.key in private or each.when is None or each.standing is Standing.CANCELLED:
                continue
            laid = self.edits[person].get(each.key)
            edit = laid.edit if laid and same_facts(laid.of, each) else None
            gives = decide(each, choices.on(each), policy) is not None
            if gives or edit is not None:
                shown = gives and policy.show_subject and not (edit and edit.removed)
                rows[each.key] = (replace(each, subject=each.subject if shown else None, item_choice=None), edit)
        return rows

    def absence(self, person: PersonId, row: Kept) -> Absence | None:
        """Return the absence that a row should give now."""
        choices = Choices(by_key=self.choices[person])
        return derive(row, choices, self.policy(person), zone_of(self.people[person], self.settings))

    def placed(self, person: PersonId, row: Kept) -> Interval:
        """Return when a row's absence should lie."""
        return effective_interval(row, zone_of(self.people[person], self.settings))


def private_keys(view: View) -> frozenset[BookingKey]:
    """Return the keys of what is private, series included where nothing of them is normal."""
    keys = {each.key for each in view.private}
    series = {each.series_key for each in view.private if each.series_key}
    return frozenset(keys | (series - {each.series_key for each in view.bookings}))


def overlaps(booking: Booking, view: View, zone: object) -> bool:
    """Whether a look covers a booking."""
    return booking.when is not None and interval_of(booking.when, zone).overlaps(view.window)  # type: ignore[arg-type]  # zone


SHOW_AS = (*ShowAs, None)
