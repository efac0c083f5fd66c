"""Calls and wishes to be called back as their rows show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.call import CallId, CallRecord, CallResult
from kalenderkoppling.domain.person import Person, PersonId
from kalenderkoppling.surfaces.web.links import person_path, tel_uri
from kalenderkoppling.surfaces.web.outside import isolated
from kalenderkoppling.surfaces.web.status import ShownStatus, shown_status
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.calls.history.call_backs import CallBack
from kalenderkoppling.usecases.calls.history.call_history import Direction, HistoryRow
from kalenderkoppling.usecases.directory.live_status import LiveStatus
from kalenderkoppling.usecases.situation import zone_of
from kalenderkoppling.words import short_date, shown_clock, shown_time

_UNHEARD = frozenset({CallResult.MISSED, CallResult.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the directory in a row: where the card is, and the live status."""

    id: PersonId
    name: str
    path: str
    status: ShownStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """An external caller: the text to show, and the address to call back, empty without a number."""

    text: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call; times are in the reader's zone, `at` is for programs (ISO 8601). `length` is empty for none."""

    id: CallId
    direction: Direction
    other: Colleague | Outsider
    day: str
    clock: str
    at: str
    result: str
    is_unheard: bool
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """Somebody who wants to be called back; `wanted` is by whom, None for the reader's own list."""

    id: CallId
    number: Outsider
    colleague: Colleague | None
    wanted: Colleague | None
    is_mine: bool
    since: str
    at: str

    @property
    def name(self) -> str:
        """What the row is called in its button."""
        names = [self.colleague.name, self.number.text] if self.colleague else [self.number.text]
        return ", ".join(isolated(each) for each in names)


def reader_zone(visit: Visit) -> ZoneInfo:
    """Return the zone in which the reader is told times: the own one, else the company's."""
    return zone_of(visit.signed_in.person, visit.settings) if visit.signed_in else visit.settings.zone


def call_row(visit: Visit, row: HistoryRow) -> CallRow:
    """Return the row of a call."""
    record, zone = row.record, reader_zone(visit)
    at, now = record.at.astimezone(zone), visit.now.astimezone(zone)
    return CallRow(
        id=record.id,
        direction=row.direction,
        other=_other(visit, row),
        day="" if at.date() == now.date() else short_date(at.date(), now.date(), visit.language),
        clock=shown_clock(at.time(), visit.language),
        at=at.isoformat(timespec="seconds"),
        result=visit.text(f"calls.result.{record.result}"),
        is_unheard=record.result in _UNHEARD,
        length=_length(visit, record.length),
    )


def wish_rows(
    visit: Visit, wishes: Sequence[CallBack], statuses: Mapping[PersonId, LiveStatus], *, of_everybody: bool
) -> Sequence[WishRow]:
    """Return the rows of wishes; those of everybody say by whom somebody wants to be called."""
    return [_wish_row(visit, each, statuses, of_everybody=of_everybody) for each in wishes]


def _wish_row(visit: Visit, wish: CallBack, statuses: Mapping[PersonId, LiveStatus], *, of_everybody: bool) -> WishRow:
    zone = reader_zone(visit)
    at = wish.request.at.astimezone(zone)
    when = shown_time(at, visit.now.astimezone(zone), visit.language)
    return WishRow(
        id=wish.request.id,
        number=Outsider(text=wish.request.number, uri=tel_uri(wish.request.number)),
        colleague=_colleague(visit, wish.colleague, statuses),
        wanted=_colleague(visit, wish.person, statuses) if of_everybody else None,
        is_mine=wish.person.id == visit.actor.person,
        since=visit.text("call_backs.since", when=when),
        at=at.isoformat(timespec="seconds"),
    )


def _colleague(visit: Visit, person: Person | None, statuses: Mapping[PersonId, LiveStatus]) -> Colleague | None:
    status = statuses.get(person.id) if person else None
    return None if person is None or status is None else _known(visit, person, status)


def _known(visit: Visit, person: Person, status: LiveStatus) -> Colleague:
    return Colleague(
        id=person.id,
        name=person.name,
        path=person_path(person.id),
        status=shown_status(status, visit.now, visit.language, visit.reasons),
    )


def _other(visit: Visit, row: HistoryRow) -> Colleague | Outsider:
    if row.other is not None and row.status is not None:
        return _known(visit, row.other, row.status)
    if row.direction is Direction.BY_ME:
        # The number of such a call is the reader's own.
        return Outsider(text=visit.text("calls.gone"), uri="")
    return _outsider(visit, row.record)


def _outsider(visit: Visit, record: CallRecord) -> Outsider:
    if record.number:
        return Outsider(text=record.number, uri=tel_uri(record.number))
    return Outsider(text=visit.text("calls.erased" if _is_old(visit, record.at) else "calls.hidden"), uri="")


def _is_old(visit: Visit, at: datetime) -> bool:
    """Return whether a call is older than the retention of numbers: then it is unknown whether it had one."""
    return visit.now - at >= visit.settings.call_numbers_kept


def _length(visit: Visit, length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return visit.text("calls.length", length=f"{minutes}:{seconds:02}") if minutes or seconds else ""
