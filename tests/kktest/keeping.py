"""Small builders of what stores keep: tenants, people, placed bookings, hand-made absences, mailboxes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from kalenderkoppling.absences.derive import effective_interval
from kalenderkoppling.domain.absence import Absence, AbsenceId, Diversion, Origin
from kalenderkoppling.domain.booking import Booking
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.mailbox import Subscription
from kalenderkoppling.domain.person import Person, PersonId, TenantId
from kalenderkoppling.ports.store.absences import Placed
from kalenderkoppling.ports.store.audit import Act, Entry
from kktest.make import NOON, STOCKHOLM, absence, booking, kept

ACME = TenantId("acme")
OTHER = TenantId("other")
ANNA = PersonId("anna")
BERTIL = PersonId("bertil")


def person(id_: str = "anna", name: str = "Anna Ek", **others: Any) -> Person:  # noqa: ANN401 - the fields of Person
    """Make a person of whom only id and name are known, unless told otherwise."""
    return Person(id=PersonId(id_), name=name, **others)


def placed(of: Booking | Kept | None = None) -> Placed:
    """Place a booking as it is, in Stockholm."""
    row = of if isinstance(of, Kept) else kept(of)
    return Placed(kept=row, interval=effective_interval(row, STOCKHOLM))


def placed_at(key: str, start: datetime, length: timedelta = timedelta(hours=1)) -> Placed:
    """Place a booking of some length at an instant."""
    row = placed(booking(key))
    interval = replace(row.interval, start=start, end=start + length)
    return Placed(kept=replace(row.kept, booking=replace(row.kept.booking, when=interval)), interval=interval)


def by_hand(start: str = "10:00", end: str = "11:00", id_: str = "by-hand", note: str = "") -> Absence:
    """Make an absence that was set by hand."""
    made = absence(start, end, Diversion.DIRECT, origin=Origin.BY_HAND, tie=id_)
    return replace(made, id=AbsenceId(id_), note=note)


def entry(about: str = "id-b", *, actor: str = "anna", of: PersonId | None = ANNA, at: datetime = NOON) -> Entry:
    """Make an entry of the audit log."""
    return Entry(
        at=at, act=Act.EDIT_ABSENCE, actor=actor, person=of, about=about, before={"end": "11"}, after={"end": "12"}
    )


def subscription(of: PersonId = ANNA, *, route: str = "r1", renew_at: datetime = NOON) -> Subscription:
    """Make a subscription that is due for renewal at noon."""
    return Subscription(
        person=of,
        mailbox=f"{of}@example.org",
        route=route,
        client_state="s3cret",
        id="sub-1",
        expires_at=renew_at + timedelta(days=3),
        renew_at=renew_at,
        created_at=renew_at - timedelta(days=1),
    )
