"""Delete at once what new rules, services or settings no longer allow to be stored; the rest is derived (S-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from kalenderkoppling.domain.booking import Booking, BookingKey, ShowAs
from kalenderkoppling.domain.kept import Choices
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.domain.time import Days
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.model import Policy
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.placed import placed
from kalenderkoppling.usecases.situation import policies, zone_of

_SOME_DAY = Days(first=date(2000, 1, 1), after=date(2000, 1, 2))
_EVERY_SHOW_AS: tuple[ShowAs | None, ...] = (*ShowAs, None)


def tidy(unit: Unit, people: Iterable[PersonId]) -> None:
    """Drop what the rules no longer give people, and subjects that are no longer shown.

    Edited absences that get nothing sleep, without their subject. People without choices go by show-as, many at
    once; the bookings of the others are looked at one by one.
    """
    known = unit.tx.people.many(people)
    policy = policies(unit.tx, known)
    choices = unit.tx.choices.of(known)
    _tidy_by_show_as(unit, {id_: policy[id_] for id_ in known if id_ not in choices})
    for id_, chosen in choices.items():
        _tidy_one(unit, known[id_], policy[id_], chosen)
    hidden = [id_ for id_ in known if not policy[id_].show_subject]
    if unit.tx.absences.purge_subjects(hidden):
        unit.scrub = True


def _tidy_by_show_as(unit: Unit, policy: Mapping[PersonId, Policy]) -> None:
    alike: dict[Hashable, list[PersonId]] = defaultdict(list)
    for id_, each in policy.items():
        alike[_decided_by(each)].append(id_)
    for people in alike.values():
        dead = _dead(policy[people[0]])
        if dead and unit.tx.absences.drop_unruled(people, dead):
            unit.scrub = True


def _decided_by(policy: Policy) -> Hashable:
    """Return what a policy's rules depend on: people with equal values, usually most, are decided together."""
    own = policy.own
    by_show_as = frozenset((show_as, each.rule is None) for show_as, each in own.by_show_as.items())
    # The layers of one transaction are the same objects for everybody.
    return policy.calendar_coupling, own.update, by_show_as, tuple(map(id, policy.layers))


def _dead(policy: Policy) -> tuple[ShowAs | None, ...]:
    """Return the show-as values for which a policy gives no absence."""
    return tuple(
        show_as
        for show_as in _EVERY_SHOW_AS
        if decide(Booking(key=BookingKey(""), when=_SOME_DAY, show_as=show_as), None, policy) is None
    )


def _tidy_one(unit: Unit, person: Person, policy: Policy, choices: Choices) -> None:
    drop, change = [], []
    for kept in unit.tx.absences.kept(person.id):
        if decide(kept.booking, choices.on(kept.booking), policy) is not None:
            continue
        if kept.edit is None:
            drop.append(kept.id)
        elif kept.booking.subject is not None:
            change.append(replace(kept, booking=replace(kept.booking, subject=None)))
    unit.tx.absences.drop(drop)
    unit.tx.absences.change(person.id, placed(change, zone_of(person, unit.tx.people.settings())))
    unit.scrub = unit.scrub or bool(drop or change)
