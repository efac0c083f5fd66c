"""Import the directory from its source: added, changed and removed people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import Person, PersonId, TenantId, is_reserved
from kalenderkoppling.domain.service import Service, Services
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.people.place_again import place_again
from kalenderkoppling.usecases.people.set_service import apply_service
from kalenderkoppling.usecases.rules.tidy import tidy

MOST_LOST_SHARE = 0.2
"""What one import may take away without being asked to: a fifth of the people, and of those with each service."""


class TooManyGoneError(RefusedError):
    """An import would remove more people, or take a service from more of them, than an import may unasked."""

    def __init__(self, lost: int, having: int, what: str) -> None:
        super().__init__(FieldProblem(field="people", problem="too_many_gone"))
        self.lost = lost
        self.having = having
        self.what = what

    def __str__(self) -> str:
        """Return the problem's key and the figures, which name nobody."""
        return f"{super().__str__()}: {self.lost} of {self.having} would lose {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an import changes; people who are gone are removed with everything that is kept about them.

    `uncoupled` and `without_referral` are those of `changed` who lose the calendar coupling and the referral service.
    """

    added: tuple[Person, ...]
    changed: tuple[Person, ...]
    gone: tuple[PersonId, ...]
    uncoupled: tuple[PersonId, ...] = ()
    without_referral: tuple[PersonId, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether the directory is as its source says."""
        return not (self.added or self.changed or self.gone)


async def preview_import(core: Core, tenant: TenantId, people: Iterable[Person]) -> Difference:
    """Tell what an import would change, without changing it."""
    said = {each.id: each for each in people}

    def work(tx: Transaction) -> Difference:
        before = tx.people.many(tx.people.ids())
        return _difference(before, _settled(tx, before, said).people)

    return await look_up(core, tenant, work)


async def import_people(
    core: Core, tenant: TenantId, actor: str, people: Iterable[Person], *, may_empty: bool = False
) -> Difference:
    """Make the directory equal to its source; services switched on or off take effect at once (C-06).

    A service that an administrator set by hand stays as it is; what the source says of it is remembered.

    Raises:
        TooManyGoneError: everybody would go, or more than a fifth (and more than one) of the people would go or lose
            a service, or of those who have one of the services; and `may_empty` does not allow it: a source that was
            cut short would take people's absences with it.
        RefusedError: an id is reserved for local administrators.
    """
    said = {each.id: each for each in people}
    if any(is_reserved(id_) for id_ in said):
        raise RefusedError(FieldProblem(field="people", problem="reserved_id"))

    def work(unit: Unit) -> Difference:
        before = dict(unit.tx.people.many(unit.tx.people.ids()))
        settled = _settled(unit.tx, before, said)
        wanted = settled.people
        difference = _difference(before, wanted)
        if difference.is_empty:
            unit.tx.services.put_pins(settled.pins)
            return difference
        if not may_empty:
            _must_not_lose_many(before, wanted, difference)
        unit.tx.mailboxes.lock([*(each.id for each in difference.changed), *difference.gone])
        unit.tx.services.put_pins(settled.pins)
        unit.tx.people.put([*difference.added, *difference.changed])
        for person in (*difference.added, *difference.changed):
            _follow(unit, before.get(person.id), person)
        for id_ in difference.gone:
            _remove(unit, id_)
        unit.tx.audit.append(
            Entry(
                at=unit.now,
                act=Act.IMPORT_PEOPLE,
                actor=actor,
                after={
                    "added": len(difference.added),
                    "changed": len(difference.changed),
                    "gone": len(difference.gone),
                },
            )
        )
        unit.tell(EVERYBODY)
        return difference

    return await perform(core, tenant, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """The people as the directory is to have them, and pins of which the source says something new."""

    people: Mapping[PersonId, Person]
    pins: Mapping[PersonId, Mapping[Service, bool]]


def _settled(tx: Transaction, known: Mapping[PersonId, Person], said: Mapping[PersonId, Person]) -> _Settled:
    """Put what was set by hand in place of what the source says of it."""
    people = dict(said)
    changed: dict[PersonId, Mapping[Service, bool]] = {}
    for id_, pinned in tx.services.pins(each for each in said if each in known).items():
        before = Services(given=known[id_].entitlements, pinned=pinned)
        after = before.imported(said[id_].entitlements)
        people[id_] = replace(said[id_], entitlements=after.given)
        if after.pinned != before.pinned:
            changed[id_] = after.pinned
    return _Settled(people=people, pins=changed)


def _difference(known: Mapping[PersonId, Person], wanted: Mapping[PersonId, Person]) -> Difference:
    changed = tuple(each for id_, each in wanted.items() if id_ in known and known[id_] != each)

    def losing(has: Callable[[Person], bool]) -> tuple[PersonId, ...]:
        return tuple(each.id for each in changed if has(known[each.id]) and not has(each))

    return Difference(
        added=tuple(each for id_, each in wanted.items() if id_ not in known),
        changed=changed,
        gone=tuple(id_ for id_ in known if id_ not in wanted),
        uncoupled=losing(_is_coupled),
        without_referral=losing(_has_referral),
    )


def _is_coupled(person: Person) -> bool:
    return person.entitlements.calendar_coupling and bool(person.mailbox)


def _has_referral(person: Person) -> bool:
    return person.entitlements.referral


def _must_not_lose_many(
    known: Mapping[PersonId, Person], wanted: Mapping[PersonId, Person], difference: Difference
) -> None:
    gone, uncoupled, without_referral = map(
        frozenset, (difference.gone, difference.uncoupled, difference.without_referral)
    )
    _must_be_few(gone | uncoupled | without_referral, frozenset(known), "their place or a service")
    _must_be_few(gone | uncoupled, _having(known, _is_coupled), "the calendar coupling")
    _must_be_few(gone | without_referral, _having(known, _has_referral), "the referral service")
    if gone and not wanted:
        raise TooManyGoneError(len(gone), len(known), "their place")


def _having(known: Mapping[PersonId, Person], has: Callable[[Person], bool]) -> frozenset[PersonId]:
    return frozenset(id_ for id_, person in known.items() if has(person))


def _must_be_few(losing: AbstractSet[PersonId], having: AbstractSet[PersonId], what: str) -> None:
    """Refuse a loss for more than a fifth of some people; one may always lose it."""
    lost = len(losing & having)
    if lost > max(1, len(having) * MOST_LOST_SHARE):
        raise TooManyGoneError(lost, len(having), what)


def _follow(unit: Unit, before: Person | None, after: Person) -> None:
    """Apply a person's changes to dependent data: services, mailbox address (F-13), zone, groups and their rules."""
    was = before is not None and _is_coupled(before)
    wants = _is_coupled(after)
    if was != wants or (before is not None and wants and before.mailbox != after.mailbox):
        apply_service(unit, after, after.entitlements)
    if not after.roles:
        unit.tx.sessions.end_of(after.id)
    if before is None:
        return
    if before.mailbox != after.mailbox:
        unit.tx.subscriptions.renew_now(after.id, unit.now)
    if before.zone != after.zone:
        place_again(unit, [after.id])
    if before.groups != after.groups:
        tidy(unit, [after.id])
        unit.wake([after.id])


def _remove(unit: Unit, person: PersonId) -> None:
    unit.tx.people.remove(person)
    unit.scrub = True
