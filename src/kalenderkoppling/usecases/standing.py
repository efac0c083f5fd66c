"""What holds for people now: policies, absences, line states and the age of what is known, loaded together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.back import Surroundings
from kalenderkoppling.absences.call import CallTerms
from kalenderkoppling.absences.derive import derive, entitled
from kalenderkoppling.absences.freshness import is_fresh
from kalenderkoppling.absences.in_force import in_order
from kalenderkoppling.absences.status import Status, status
from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.kept import Choices, Kept
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import LineState, Person, PersonId
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.rules.layers import policy_for
from kalenderkoppling.rules.model import OwnRules, Policy

FAR = timedelta(days=400)
NEAR = timedelta(days=4)


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
        return status(self.absences, self.line, self.now, self.terms)


def zone_of(person: Person, settings: TenantSettings) -> ZoneInfo:
    """Return the person's zone: own, else the tenant's; never the mailbox's (C-09)."""
    return person.zone or settings.zone


def policies(tx: Transaction, people: Mapping[PersonId, Person]) -> dict[PersonId, Policy]:
    """Return the policies of people."""
    layers = tx.rules.layers()
    own = tx.rules.own(people)
    return {id_: policy_for(person, own.get(id_, OwnRules()), layers) for id_, person in people.items()}


def situations(
    tx: Transaction, people: Iterable[PersonId], now: datetime, between: Interval | None = None
) -> dict[PersonId, Situation]:
    """Load what holds for people at an instant; absences that overlap `between`, else all from now on."""
    between = between or Interval(start=now, end=now + FAR)
    known = tx.people.many(people)
    settings = tx.people.settings()
    policy = policies(tx, known)
    kept = tx.absences.kept_between(known, between)
    by_hand = tx.absences.by_hand_between(known, between)
    choices = tx.choices.of(known)
    lines = tx.lines.states(known, now)
    mailboxes = tx.mailboxes.state(known)
    return {
        id_: _situation(
            _Loaded(
                person=person,
                policy=policy[id_],
                settings=settings,
                kept=kept.get(id_, ()),
                by_hand=by_hand.get(id_, ()),
                choices=choices.get(id_, Choices()),
            ),
            line=lines.get(id_, LineState.UNKNOWN),
            mailbox=mailboxes.get(id_),
            between=between,
            now=now,
        )
        for id_, person in known.items()
    }


def near_situations(tx: Transaction, people: Iterable[PersonId], now: datetime) -> dict[PersonId, Situation]:
    """Load what a status needs: the next days, and all that is to come where a return reaches beyond them."""
    near = situations(tx, people, now, Interval(start=now, end=now + NEAR))
    far = [id_ for id_, each in near.items() if _reaches_beyond(each)]
    return {**near, **situations(tx, far, now)} if far else near


def situation(tx: Transaction, person: PersonId, now: datetime, between: Interval | None = None) -> Situation | None:
    """Load what holds for one person, or None where there is no such person."""
    return situations(tx, [person], now, between).get(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    person: Person
    policy: Policy
    settings: TenantSettings
    kept: Sequence[Kept]
    by_hand: Sequence[Absence]
    choices: Choices


def _situation(
    loaded: _Loaded, *, line: LineState, mailbox: MailboxState | None, between: Interval, now: datetime
) -> Situation:
    zone = zone_of(loaded.person, loaded.settings)
    derived = [derive(each, loaded.choices, loaded.policy, zone) for each in loaded.kept]
    absences = [each for each in derived if each is not None and each.interval.overlaps(between)]
    absences += [entitled(each, referral=loaded.policy.referral) for each in loaded.by_hand]
    return Situation(
        person=loaded.person,
        policy=loaded.policy,
        settings=loaded.settings,
        zone=zone,
        absences=in_order(absences),
        kept={each.id: each for each in loaded.kept},
        line=line,
        mailbox=mailbox,
        between=between,
        now=now,
    )


def _reaches_beyond(near: Situation) -> bool:
    """Tell whether the person may be away at the end of what was loaded."""
    back_at = near.status().back_at
    if back_at is not None:
        return back_at >= near.between.end
    return any(each.interval.end >= near.between.end for each in near.absences)
