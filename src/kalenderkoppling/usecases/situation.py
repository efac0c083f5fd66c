"""What holds for people now: policies, absences, line states and the age of what is known, loaded together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.back import Surroundings, free_from
from kalenderkoppling.absences.call import CallTerms
from kalenderkoppling.absences.derive import derive, entitled, lay_edit
from kalenderkoppling.absences.freshness import is_fresh
from kalenderkoppling.absences.in_force import in_order
from kalenderkoppling.absences.status import Status, status, without_absence
from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.booking import ShowAs, Standing
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import LineState, Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.decide import decide
from kalenderkoppling.rules.layers import policy_for
from kalenderkoppling.rules.model import LayerKind, OwnRules, Policy, Rule

FAR = timedelta(days=400)
NEAR = timedelta(days=4)
_AN_INSTANT = timedelta(microseconds=1)

_ByHand = Mapping[PersonId, Sequence[Absence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that holds for one person at an instant; absences that overlap `between`, in order.

    `kept` are the bookings behind calendar absences, by the absence's id.
    """

    person: Person
    policy: Policy
    settings: TenantSettings
    zone: ZoneInfo
    absences: Sequence[Absence]
    kept: Mapping[AbsenceId, Kept]
    line: LineState
    mailbox: MailboxState | None
    between: Interval
    now: datetime

    @property
    def terms(self) -> CallTerms:
        """The person's terms for calls."""
        return CallTerms(
            may_divert=self.policy.referral,
            ring=self.policy.ring,
            around=Surroundings(zone=self.zone, working_hours=self.policy.working_hours, country=self.settings.country),
            calendar_is_fresh=self.is_fresh,
        )

    @property
    def is_fresh(self) -> bool:
        """Whether the knowledge of the calendar is young enough to divert calls (C-27)."""
        if self.mailbox is None:
            return False
        return is_fresh(self.mailbox.last_good_look, self.now, self.settings.freshness_limit)

    def status(self) -> Status:
        """Tell the person's status at this instant."""
        if not self.absences:
            return without_absence(self.line)
        return status(self.absences, self.line, self.now, self.terms)


def zone_of(person: Person, settings: TenantSettings) -> ZoneInfo:
    """Return the person's zone: own, else the tenant's; never the mailbox's (C-09)."""
    return person.zone or settings.zone


def policies(tx: Transaction, people: Mapping[PersonId, Person]) -> dict[PersonId, Policy]:
    """Return the policies of people; those for whom the same holds share one object."""
    layers = tx.rules.layers()
    own = tx.rules.own(people)
    alone = {*own, *(each.scope_id for each in layers if each.layer.kind is LayerKind.PERSON)}
    shared: dict[object, Policy] = {}
    found = {}
    for id_, person in people.items():
        alike = id_ if id_ in alone else (person.entitlements, tuple(person.groups))
        if alike not in shared:
            shared[alike] = policy_for(person, own.get(id_, OwnRules()), layers)
        found[id_] = shared[alike]
    return found


class _People:
    """People and what holds for them at an instant, all but their absences, which are loaded stretch by stretch."""

    def __init__(self, tx: Transaction, known: Mapping[PersonId, Person], now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._known = known
        self._settings = tx.people.settings()
        self._policies = policies(tx, self._known)
        self._choices = tx.choices.of(self._known)
        self._lines = tx.lines.states(self._known, now)
        self._mailboxes = tx.mailboxes.state(self._known)
        self._rules: dict[tuple[int, ShowAs | None], Rule | None] = {}

    def situations(
        self, between: Interval, people: Iterable[PersonId] | None = None, *, by_hand: _ByHand | None = None
    ) -> dict[PersonId, Situation]:
        """Return what holds for some of them, else for all, with the absences that overlap a stretch.

        Those set by hand are the given ones where any are given, whether they overlap it or not.
        """
        ids = [id_ for id_ in (self._known if people is None else people) if id_ in self._known]
        kept = self._tx.absences.kept_between(ids, between)
        if by_hand is None:
            by_hand = self._tx.absences.by_hand_between(ids, between)
        return {id_: self._situation(self._known[id_], kept.get(id_, ()), by_hand.get(id_, ()), between) for id_ in ids}

    def _situation(
        self, person: Person, kept: Sequence[Kept], by_hand: Sequence[Absence], between: Interval
    ) -> Situation:
        policy, zone = self._policies[person.id], zone_of(person, self._settings)
        mailbox = self._mailboxes.get(person.id)
        if mailbox is not None and not mailbox.is_confirmed:
            kept = ()
        derived = (self._derive(each, person.id, policy, zone) for each in kept)
        absences = [each for each in derived if each is not None and each.interval.overlaps(between)]
        absences += [entitled(each, referral=policy.referral) for each in by_hand]
        return Situation(
            person=person,
            policy=policy,
            settings=self._settings,
            zone=zone,
            absences=in_order(absences),
            kept={each.id: each for each in kept},
            line=self._lines.get(person.id, LineState.UNKNOWN),
            mailbox=mailbox,
            between=between,
            now=self._now,
        )

    def _derive(self, kept: Kept, person: PersonId, policy: Policy, zone: ZoneInfo) -> Absence | None:
        """Derive the absence; what rules alone give a show-as is decided once for all who share a policy."""
        choices = self._choices.get(person)
        if choices is not None or kept.is_removed or kept.booking.standing is not Standing.HELD:
            return derive(kept, choices or Choices(), policy, zone)
        alike = (id(policy), kept.booking.show_as)
        if alike not in self._rules:
            self._rules[alike] = decide(kept.booking, None, policy)
        rule = self._rules[alike]
        return None if rule is None else lay_edit(kept, rule, policy, zone)


def near_situations(tx: Transaction, people: Iterable[PersonId], now: datetime) -> dict[PersonId, Situation]:
    """Load what a status needs, of those of the people who exist; see `near_situations_of`."""
    return near_situations_of(tx, tx.people.many(people), now)


def near_situations_of(tx: Transaction, known: Mapping[PersonId, Person], now: datetime) -> dict[PersonId, Situation]:
    """Load what the statuses of people need who have been read in this transaction.

    That is what is in force, for those who are away the next days (`NEAR`), and all that is to come where the return
    reaches beyond them. Few absences are set by hand: those are read once, for all three.
    """
    people = _People(tx, known, now)
    by_hand = tx.absences.by_hand_between(known, Interval(start=now, end=now + FAR))

    def within(length: timedelta, ids: Iterable[PersonId]) -> dict[PersonId, Situation]:
        between = Interval(start=now, end=now + length)
        return people.situations(between, ids, by_hand=_overlapping(by_hand, between))

    here = within(_AN_INSTANT, known)
    away = [id_ for id_, each in here.items() if each.absences]
    near = within(NEAR, away) if away else {}
    far = [id_ for id_, each in near.items() if _reaches_beyond(each)]
    return {**here, **near, **(within(FAR, far) if far else {})}


def _overlapping(by_hand: _ByHand, between: Interval) -> _ByHand:
    return {id_: [each for each in absences if each.interval.overlaps(between)] for id_, absences in by_hand.items()}


def call_situations(tx: Transaction, people: Iterable[PersonId], now: datetime) -> dict[PersonId, Situation]:
    """Load what calls meet in the coming days (`NEAR`), and what the returns rest on that callers are told then.

    That is the bookings of those days, all that are to come of those whose return may reach beyond, and everything
    set by hand: it counts on when nothing is heard of the calendar any more (C-27).
    """
    directory = tx.people.many(people)
    known = _People(tx, directory, now)
    all_to_come = Interval(start=now, end=now + FAR)
    by_hand = tx.absences.by_hand_between(directory, all_to_come)
    near = known.situations(Interval(start=now, end=now + NEAR), by_hand=by_hand)
    far = [id_ for id_, each in near.items() if latest_return(each, now + NEAR) >= now + NEAR]
    return {**near, **(known.situations(all_to_come, far, by_hand=by_hand) if far else {})}


def latest_return(of: Situation, until: datetime) -> datetime:
    """Return the latest return that a caller before some instant is told, by the absences of a situation.

    A return never comes earlier for a later call, nor with more absences: so it is that of the last call, all
    absences that divert counted.
    """
    away = [each.interval for each in of.absences if each.diversion.diverts]
    last = max((each.end for each in away if each.start < until), default=None)
    return of.now if last is None else free_from(away, last, of.terms.around)


def situation(tx: Transaction, person: PersonId, now: datetime, between: Interval | None = None) -> Situation | None:
    """Load what holds for one person, or None where there is no such person.

    Its absences are those that overlap `between`, else all from now on.
    """
    stretch = between or Interval(start=now, end=now + FAR)
    return _People(tx, tx.people.many([person]), now).situations(stretch).get(person)


def _reaches_beyond(near: Situation) -> bool:
    """Tell whether the person may be away at the end of what was loaded."""
    back_at = near.status().back_at
    if back_at is not None:
        return back_at >= near.between.end
    return any(each.interval.end >= near.between.end for each in near.absences)
