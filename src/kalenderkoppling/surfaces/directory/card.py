"""The contact card as the visitor reads it: who it is, status, numbers, the week, what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.call import RingThenAnnounce, Treatment
from kalenderkoppling.absences.status import Colour
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.surfaces.directory.rows import card_path
from kalenderkoppling.surfaces.directory.shown import Shown, shown
from kalenderkoppling.surfaces.directory.week import Week, lay_out, monday_of, stretch_of, week_name
from kalenderkoppling.surfaces.web.knowledge import Knowledge, knowledge_of
from kalenderkoppling.surfaces.web.links import announcement_path, tel_uri
from kalenderkoppling.surfaces.web.ringing import SHORTENED_SECONDS, ringing_length
from kalenderkoppling.surfaces.web.status import ShownStatus, shown_status
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.announcements.listen import Met, met_now
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.directory.person_card import COMING, Card, person_card
from kalenderkoppling.words import short_date, shown_time, week_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number to call: its label, how it was written, and the address that calls it (RFC 3966)."""

    label: str
    written: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCall:
    """What a caller to the person would meet now.

    `said` is the announcement in words, part by part, in `said_language`, empty where the phone just rings; it is
    heard at `heard_path`. `rings` tells how long the phone rings before it. `rings_seconds` is how long it is heard
    ringing in the demo, 0 elsewhere.
    """

    said: Sequence[str]
    said_language: str
    heard_path: str
    rings: str
    rings_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """Everything the card's template writes.

    `new_path` is where an absence is set for the person, empty for those who may not.
    `knowledge` is empty for colleagues, who cannot tell a booking's absence from a hand-made one (R19). `call` is for
    the person and attendants, and for everybody in the demo.
    """

    person: Person
    status: ShownStatus
    numbers: Sequence[Number]
    is_favourite: bool
    is_self: bool
    new_path: str
    next_free: str
    week: Week
    week_title: str
    previous_path: str
    next_path: str
    today_path: str
    here_path: str
    coming: Sequence[Shown]
    coming_days: int
    knowledge: Knowledge
    call: ShownCall | None


async def read_card(core: Core, visit: Visit, person: PersonId, *, week: str, query: str) -> ShownCard:
    """Read somebody's card.

    Raises:
        NotFoundError: there is no such person.
    """
    # The week is in the person's time zone, which is known only once the person is loaded: ask for one extra day on
    # each side.
    zone = visit.settings.zone
    monday = monday_of(week, visit.now.astimezone(zone).date())
    asked = stretch_of(monday, zone)
    wide = type(asked)(start=asked.start - timedelta(days=1), end=asked.end + timedelta(days=1))
    card = await person_card(core, visit.actor, person, wide)
    is_told = card.may_change or visit.shell.options.demo is not None
    met = await met_now(core, visit.actor, person) if is_told else None
    return _written(visit, card, met, monday, query)


def _written(visit: Visit, card: Card, met: Met | None, monday: date, query: str) -> ShownCard:
    zone = card.status.zone
    within = stretch_of(monday, zone)
    now_local = visit.now.astimezone(zone)
    in_week = [each for each in card.shown if each.interval.overlaps(within)]
    this_monday = monday_of("", now_local.date())

    def path_of(other: date) -> str:
        return visit.path(card_path(card.person, query, "" if other == this_monday else week_name(other)))

    return ShownCard(
        person=card.person,
        status=shown_status(card.status, visit.now, visit.language, visit.reasons),
        numbers=_numbers(visit, card.person),
        is_favourite=card.is_favourite,
        is_self=card.person.id == visit.actor.person,
        new_path=_new_path(visit, card),
        next_free=_next_free(visit, card, zone),
        week=lay_out(monday, shown(visit, in_week, zone, "w"), visit.now, zone),
        week_title=_week_title(visit, monday, now_local.date()),
        previous_path=path_of(monday - timedelta(days=7)),
        next_path=path_of(monday + timedelta(days=7)),
        today_path=path_of(this_monday),
        here_path=path_of(monday),
        coming=shown(visit, card.coming, zone, "c"),
        coming_days=COMING.days,
        knowledge=knowledge_of(card.mailbox, is_fresh=card.is_fresh, now=visit.now, zone=zone, language=visit.language),
        call=_call(visit, card.person, met) if met else None,
    )


def _numbers(visit: Visit, person: Person) -> list[Number]:
    pairs = (("list.extension", person.extension), ("list.mobile", person.mobile))
    return [Number(label=visit.text(key), written=each, uri=tel_uri(each)) for key, each in pairs if each]


def _call(visit: Visit, person: Person, met: Met) -> ShownCall:
    in_demo = visit.shell.options.demo is not None
    heard_path = announcement_path(person.id, rings=in_demo)
    return ShownCall(
        said=met.sentence.spoken_parts if met.sentence else (),
        said_language=met.sentence.language if met.sentence else "",
        heard_path=visit.path(heard_path),
        rings=_rings(visit, met.treatment),
        rings_seconds=ringing_length(met.treatment).total_seconds() if in_demo else 0,
    )


def _rings(visit: Visit, treatment: Treatment) -> str:
    """Tell how long the phone rings before the announcement, and that the demo rings shorter."""
    if not isinstance(treatment, RingThenAnnounce):
        return ""
    told = visit.text("mine.call.ring_then_announce", seconds=int(treatment.after.total_seconds()))
    told = f"{told[0].upper()}{told[1:]}."
    if visit.shell.options.demo is None:
        return told
    return f"{told} {visit.text('card.rings_shorter', seconds=SHORTENED_SECONDS)}"


def _new_path(visit: Visit, card: Card) -> str:
    if not card.may_change:
        return ""
    return visit.path(f"/absences/new?{urlencode({'person': card.person.id, 'back': visit.back})}")


def _next_free(visit: Visit, card: Card, zone: ZoneInfo) -> str:
    if card.next_free is None or (card.status.colour is Colour.GREEN and card.next_free > visit.now):
        return ""  # Free, though after working hours: a later "next free" would contradict it.
    if card.next_free <= visit.now:
        return visit.text("card.free_now")
    when = shown_time(card.next_free.astimezone(zone), visit.now.astimezone(zone), visit.language)
    return visit.text("card.next_free", when=when)


def _week_title(visit: Visit, monday: date, today: date) -> str:
    start, end = (short_date(day, today, visit.language) for day in (monday, monday + timedelta(days=6)))
    return visit.text("week.of", week=week_label(monday, visit.language), start=start, end=end)
