"""Bring a restored database up to the present, before anybody sees it (F-31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.mailboxes.worker import keep_house
from kalenderkoppling.usecases.people.erase_person import erase

_LATER_THAN_ANY_SESSION = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtUp:
    """What was erased again: people, and contents of the audit log."""

    people: int
    entries: int


def after_restore(unit: Unit, actor: str, made_at: datetime) -> BroughtUp:
    """Do everything that keeps a restored backup from showing what may not be shown any more.

    - The restore is the first new entry of the audit log.
    - What was erased since the backup is erased again, by the list beside the database.
    - Nothing from calendars is shown until the person's mailbox has been read: what was normal at the backup may be
      private now. Subjects go at once; edits and removals wait for the look, which keeps or erases them.
    - Nobody is signed in. Subscriptions are renewed at once: those of the backup may have been replaced.
    - What is older than it may be kept goes now.

    Raises:
        InvalidValueError: the list of erasures does not belong to this database.
    """
    tx = unit.tx
    tx.audit.append(
        Entry(at=unit.now, act=Act.RESTORE, actor=actor, after={"made_at": made_at.isoformat(timespec="seconds")})
    )
    everybody = tx.people.ids()
    entries = tx.erasures.repeat_in_log()
    again = tx.erasures.to_repeat(everybody)
    for person in again:
        erase(unit, actor, person)
    tx.absences.purge_subjects(everybody)
    tx.mailboxes.forget_looks(unit.now)
    later = unit.now + _LATER_THAN_ANY_SESSION
    tx.sessions.drop_before(later, later)
    for each in tx.subscriptions.all():
        tx.subscriptions.renew_now(each.person, unit.now)
    keep_house(unit)
    unit.tell(EVERYBODY)
    return BroughtUp(people=len(again), entries=entries)
