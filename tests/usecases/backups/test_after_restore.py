"""F-31: what a restored backup shows before and after the calendars have been read again."""

from datetime import UTC, datetime, timedelta

from kalenderkoppling.domain.errors import BlockedReason, MailboxBlockedError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.usecases.absences.edit_absence import edit_absence
from kalenderkoppling.usecases.absences.fields import Fields
from kalenderkoppling.usecases.absences.load_absence import load_absence
from kalenderkoppling.usecases.backups.after_restore import after_restore
from kalenderkoppling.usecases.core import Unit
from kalenderkoppling.usecases.people.erase_person import export_person
from kktest.house import House, herself, mail_of
from kktest.keeping import ACME, ANNA
from kktest.make import LUNCH, NOON

MADE_AT = datetime(2026, 11, 22, tzinfo=UTC)


def restored(house: House) -> None:
    """Let the house's database be a backup that has just been restored."""
    with house.store.write(ACME) as tx:
        after_restore(Unit(tx=tx, now=house.clock.now()), "command line", MADE_AT)


async def test_F_31_a_booking_that_turned_private_since_the_backup_is_never_shown_and_leaves_nothing(
    house: House,
) -> None:
    house.book("canary-key", "13:00", "14:00", subject="canary")
    await house.settle()
    [row] = house.kept()
    await edit_absence(house.core, herself(ANNA), row.id, Fields(reason=LUNCH, note="canary-note"))
    house.book("canary-key", "13:00", "14:00", subject="canary", sensitivity="private")
    restored(house)
    assert house.absences() == []
    with house.store.read(ACME) as tx:
        assert load_absence(tx, row.id) is None
    assert (await export_person(house.core, ACME, "admin", ANNA))["bookings"] == []
    await house.settle()
    assert house.kept() == []
    assert house.absences() == []
    assert b"canary" not in house.bytes()


async def test_F_31_S_4_an_edit_of_the_backup_stands_once_the_calendar_has_confirmed_its_booking(
    house: House,
) -> None:
    house.book("b", "13:00", "14:00")
    await house.settle()
    [row] = house.kept()
    await edit_absence(house.core, herself(ANNA), row.id, Fields(reason=LUNCH))
    before = house.absences()
    restored(house)
    assert house.absences() == []
    place = house.latest_change()
    await house.settle()
    assert house.absences() == before
    assert ANNA in house.told_since(place)


async def test_F_31_what_the_window_no_longer_covers_is_not_shown_again(house: House) -> None:
    house.book("past", "2026-11-23 13:00", "2026-11-23 14:00")
    await house.settle()
    assert len(house.absences()) == 1
    house.clock.forward(timedelta(days=4))
    house.book("past", "2026-11-23 13:00", "2026-11-23 14:00", sensitivity="private")
    restored(house)
    await house.settle()
    assert house.kept() == []


async def test_F_31_a_mailbox_that_cannot_be_read_shows_nothing_of_the_backup(house: House) -> None:
    house.book("b", "13:00", "14:00")
    await house.settle()
    house.calendar.fail(mail_of(ANNA), MailboxBlockedError(BlockedReason.FORBIDDEN), times=9)
    restored(house)
    await house.settle()
    assert house.absences() == []


async def test_F_31_a_restore_is_in_the_log_and_makes_every_mailbox_due(house: House) -> None:
    await house.settle()
    assert house.mailbox().due > NOON
    restored(house)
    assert house.mailbox().due == house.clock.now()
    [told] = [each for each in house.entries() if each.act is Act.RESTORE]
    assert (told.actor, told.after) == ("command line", {"made_at": "2026-11-22T00:00:00+00:00"})
    assert PersonId("*") in house.told_since(0)
