"""The unit of work: what is told after the commit, what a purge that fails holds up, and what it does not."""

import pytest

from kalenderkoppling.domain.errors import ConflictError, StoreUnavailableError
from kalenderkoppling.domain.mailbox import MailboxRef
from kalenderkoppling.store import SqlStore
from kalenderkoppling.usecases.core import Unit, perform
from kktest.house import House
from kktest.keeping import ACME, ANNA


def tell_and_wake(unit: Unit) -> str:
    unit.tell(ANNA)
    unit.wake([ANNA])
    unit.scrub = True
    return "done"


async def test_changes_are_told_and_mailboxes_woken_after_the_commit(house: House) -> None:
    assert await perform(house.core, ACME, tell_and_wake) == "done"
    assert (house.told_since(0), house.bus.pending) == ([ANNA], (MailboxRef(tenant=ACME, person=ANNA),))


async def test_nothing_is_told_of_what_was_rolled_back(house: House) -> None:
    def fail(unit: Unit) -> None:
        tell_and_wake(unit)
        raise ConflictError

    with pytest.raises(ConflictError):
        await perform(house.core, ACME, fail)
    assert (house.told_since(0), house.bus.pending) == ([], ())


async def test_a_purge_that_fails_is_an_error_but_others_learn_of_the_change(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: SqlStore) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(SqlStore, "scrub", busy)
    with pytest.raises(StoreUnavailableError):
        await perform(house.core, ACME, tell_and_wake)
    assert (house.told_since(0), len(house.bus.pending)) == ([ANNA], 1)
