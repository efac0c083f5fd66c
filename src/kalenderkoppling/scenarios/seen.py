"""What is seen of a person at an instant: entries as an attendant sees them, and what a call meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kalenderkoppling.absences.call import Announce, Announced, Ring, RingThenAnnounce, Treatment, diverting
from kalenderkoppling.absences.in_force import governing, in_force
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import AbsenceId, Diversion, ReasonKey
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.sandbox import ids
from kalenderkoppling.scenarios.from_memory import must_agree
from kalenderkoppling.scenarios.people import ATTENDANT
from kalenderkoppling.scenarios.system import System
from kalenderkoppling.usecases.calls.answer_call import answer_call
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.directory.person_card import Card, person_card
from kalenderkoppling.usecases.reasons import tenant_reasons
from kalenderkoppling.usecases.situation import situation
from kalenderkoppling.words import Language, TenantReasons, reason_label

_SWEDISH = Language("sv")
_A_WEEK = timedelta(days=7)
_KINDS = {Diversion.NONE: "absence", Diversion.OPEN: "open", Diversion.DIRECT: "direct"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An absence in a scenario's words."""

    ref: str
    start: datetime
    end: datetime
    kind: str
    reason: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """A person's present state in a scenario's words."""

    colour: str
    call: str
    reason: str | None
    back: datetime | None
    form: str | None
    governing: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everything that a scenario may check of a person."""

    entries: Sequence[Entry]
    now: Now


async def see(system: System, user: str) -> Sight:
    """Look at a person as an attendant does, and as a call does, from the store and from memory.

    Raises:
        MemoryDiffersError: the two decide differently.
    """
    person = PersonId(user)
    now = system.core.clock.now()
    card = await person_card(system.core, ATTENDANT, person, Interval(start=now, end=now + _A_WEEK))
    refs, reasons, leader = await look_up(system.core, TENANT, lambda tx: _behind(tx, person, now))
    treatment = await answer_call(system.core, TENANT, person)
    await must_agree(system, person, treatment)
    entries = sorted(
        (
            Entry(
                ref=refs.get(each.id, each.id),
                start=each.interval.start,
                end=each.interval.end,
                kind=_KINDS[each.diversion],
                reason=_label(each.reason, reasons) or "",
                title=each.title,
            )
            for each in card.coming
        ),
        key=lambda each: (each.start, each.end, each.ref),
    )
    return Sight(
        entries=entries, now=_now(card, treatment, reasons, None if leader is None else refs.get(leader, leader))
    )


def _now(card: Card, treatment: Treatment, reasons: TenantReasons, leader: str | None) -> Now:
    announced = _announced(treatment)
    return Now(
        colour=str(card.status.colour),
        call=_call(treatment),
        reason=_label(card.status.reason, reasons),
        back=announced.back_at if announced else None,
        form=str(announced.form) if announced else None,
        governing=leader,
    )


def _announced(treatment: Treatment) -> Announced | None:
    return None if isinstance(treatment, Ring) else treatment.announced


def _call(treatment: Treatment) -> str:
    match treatment:
        case Ring():
            return "ring"
        case RingThenAnnounce():
            return "ring_then_announce"
        case Announce():
            return "announce"


def _label(key: ReasonKey | None, reasons: TenantReasons) -> str | None:
    return None if key is None else reason_label(key, _SWEDISH, reasons)


def _behind(
    tx: Transaction, person: PersonId, now: datetime
) -> tuple[dict[AbsenceId, str], TenantReasons, AbsenceId | None]:
    """Return what only the runner may know: the booking behind each absence, and the governing absence."""
    refs = {each.id: ids.token_of(each.booking.key) or each.booking.key for each in tx.absences.kept(person)}
    found = situation(tx, person, now)
    leader = governing(in_force(diverting(found.absences, found.terms), now)) if found else None
    return refs, tenant_reasons(tx), leader.id if leader else None
