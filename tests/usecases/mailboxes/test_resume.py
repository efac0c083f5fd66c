"""What a process does at its start about what happened while nothing ran."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kalenderkoppling.usecases.mailboxes.resume import resume
from kalenderkoppling.usecases.mailboxes.timing import LEASE
from kktest.house import House, employee, mail_of, restarted
from kktest.keeping import ACME, ANNA


@pytest.mark.parametrize("alone", [True, False])
async def test_L_1_a_booking_made_while_nothing_ran_waits_for_no_sweep(house: House, alone: bool) -> None:
    await house.settle()
    house.book("b", "13:00", "14:00")
    with restarted(house) as following:
        await resume(following.core, ACME, alone=alone)
        await following.settle()
        assert len(following.kept()) == 1


async def test_L_5_a_mailbox_that_a_killed_process_had_claimed_is_read_at_once(house: House) -> None:
    await house.settle()
    with house.store.write(ACME) as tx:
        assert tx.mailboxes.claim(ANNA, house.clock.now(), LEASE) is not None
    house.book("b", "13:00", "14:00")
    with restarted(house) as following:
        await resume(following.core, ACME, alone=True)
        await following.settle()
        assert len(following.kept()) == 1


async def test_a_mailbox_that_another_process_is_reading_is_left_to_it(house: House) -> None:
    await house.settle()
    with house.store.write(ACME) as tx:
        claim = tx.mailboxes.claim(ANNA, house.clock.now(), LEASE)
        assert claim is not None
    with restarted(house) as following:
        await resume(following.core, ACME, alone=False)
        await following.settle()
    with house.store.write(ACME) as tx:
        assert tx.mailboxes.finish(claim, claim.state)


@pytest.mark.parametrize("alone", [True, False])
async def test_S_1_what_a_killed_process_deleted_but_did_not_purge_is_purged(house: House, alone: bool) -> None:
    for title in ("CANARY-7351", ""):
        with house.store.write(ACME) as tx:
            tx.people.put([replace(employee(ANNA), title=title)])
    assert b"CANARY-7351" in house.bytes()
    with restarted(house) as following:
        await resume(following.core, ACME, alone=alone)
        assert b"CANARY-7351" not in house.bytes()


async def test_S_8_a_pause_holds_over_a_start(house: House) -> None:
    await house.settle()
    with house.store.write(ACME) as tx:
        tx.mailboxes.pause(ANNA, house.clock.now() + timedelta(hours=1))
    looks = house.calendar.looks_by_mailbox[mail_of(ANNA)]
    with restarted(house) as following:
        await resume(following.core, ACME, alone=True)
        await following.settle()
    assert house.calendar.looks_by_mailbox[mail_of(ANNA)] == looks
