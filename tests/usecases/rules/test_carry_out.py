"""A rule change for more people than one short transaction holds: in force at once, purged by the worker."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.rollout import Rollout
from kalenderkoppling.usecases.core import Unit, perform
from kalenderkoppling.usecases.rules import set_rules
from kalenderkoppling.usecases.rules.carry_out import carry_out
from kalenderkoppling.usecases.rules.set_rules import MOST_AT_ONCE, set_layer
from kalenderkoppling.usecases.rules.tidy import tidy
from kktest.house import House, employee, open_house, restarted
from kktest.keeping import ACME, placed
from kktest.make import NOON, between, booking, kept, layer

COUNT = 2 * MOST_AT_ONCE + 1
FIRST, LAST = PersonId("p00000"), PersonId(f"p{COUNT - 1:05}")
NO_BUSY = ScopedLayer(layer=layer({ShowAs.BUSY: None}))


@pytest.fixture
def many(sqlite_template: Path, tmp_path: Path) -> Iterator[House]:
    """Many people with a busy booking each, whose mailboxes are not due."""
    with open_house(sqlite_template, tmp_path) as house:
        people = [employee(f"p{number:05}") for number in range(COUNT)]
        with house.store.write(ACME) as tx:
            tx.people.put(people)
            tx.rules.put_layer(ScopedLayer(layer=layer(show_subject=True)))
            for number, person in enumerate(people):
                row = kept(booking("b", between("13:00", "14:00"), subject=f"Canary-{number:05}"), id_=f"a{number}")
                tx.absences.add(person.id, [placed(row)])
                tx.mailboxes.add(person.id, NOON)
            claims = tx.mailboxes.claim_many([each.id for each in people], NOON, timedelta(minutes=1))
            later = NOON + timedelta(minutes=15)
            tx.mailboxes.finish_many(
                [(each, replace(each.state, due=later, last_good_look=NOON)) for each in claims.values()]
            )
        yield house


def rollout(house: House) -> Rollout | None:
    with house.store.read(ACME) as tx:
        return tx.rules.rollout()


async def change(house: House, to: ScopedLayer = NO_BUSY) -> None:
    await set_layer(house.core, ACME, "admin", to)


async def test_L_6_new_rules_are_in_force_before_anything_is_purged(many: House) -> None:
    assert many.absences(LAST)
    await change(many)
    assert (many.absences(FIRST), many.absences(LAST)) == ([], [])
    assert many.kept(LAST)
    assert rollout(many) == Rollout(total=COUNT, since=many.clock.now())


async def test_F_29_everybody_is_purged_with_the_bytes_and_every_mailbox_is_due(many: House) -> None:
    await change(many)
    await carry_out(many.core, ACME)
    with many.store.read(ACME) as tx:
        assert not any(tx.absences.kept_by_person(tx.people.ids()).values())
        assert {each.due for each in tx.mailboxes.state(tx.people.ids()).values()} == {many.clock.now()}
    assert b"Canary-" not in many.bytes()
    assert rollout(many) is None


async def test_no_transaction_is_about_more_people_than_a_short_one_holds(
    many: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = tidy

    def counted(unit: Unit, people: list[PersonId]) -> None:
        seen.append(len(people))
        real(unit, people)

    monkeypatch.setattr("kalenderkoppling.usecases.rules.carry_out.tidy", counted)
    monkeypatch.setattr(set_rules, "tidy", counted)
    await change(many)
    await carry_out(many.core, ACME)
    assert seen == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


async def test_a_killed_process_is_followed_by_one_that_goes_on(many: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await change(many)
    real, calls = tidy, []

    def dies(unit: Unit, people: list[PersonId]) -> None:
        calls.append(people)
        if len(calls) > 1:
            raise KeyboardInterrupt
        real(unit, people)

    with monkeypatch.context() as patched:
        patched.setattr("kalenderkoppling.usecases.rules.carry_out.tidy", dies)
        with pytest.raises(KeyboardInterrupt):
            await carry_out(many.core, ACME)
    stopped = rollout(many)
    assert stopped is not None
    assert (stopped.done, stopped.after) == (MOST_AT_ONCE, f"p{MOST_AT_ONCE - 1:05}")
    assert (many.kept(FIRST), bool(many.kept(LAST))) == ([], True)

    with restarted(many) as following:
        await following.worker.carry_out()
        assert following.kept(LAST) == []
        assert b"Canary-" not in following.bytes()
        assert rollout(following) is None


async def test_a_change_meanwhile_begins_again_with_the_rules_that_hold_then(many: House) -> None:
    await change(many)
    halfway = Rollout(total=COUNT, since=many.clock.now(), after=LAST, done=COUNT)
    await perform(many.core, ACME, lambda unit: unit.tx.rules.put_rollout(halfway))
    await change(many, replace(NO_BUSY, layer=layer(show_subject=False)))
    assert rollout(many) == Rollout(total=COUNT, since=many.clock.now())
    await carry_out(many.core, ACME)
    assert many.the_kept(FIRST).booking.subject is None


async def test_where_nothing_is_to_be_carried_out_nothing_is_written(many: House) -> None:
    before = many.latest_change()
    await carry_out(many.core, ACME)
    assert many.latest_change() == before
