"""What every store promises of mailboxes: claims, fences, pauses and subscriptions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.mailboxes import Claim
from kalenderkoppling.store import SqlStore
from kktest.keeping import ACME, ANNA, BERTIL, placed_at, subscription
from kktest.make import NOON

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HORIZON = timedelta(minutes=20)


@pytest.fixture
def tx(store: SqlStore) -> Iterator[Transaction]:
    with store.write(ACME) as tx:
        tx.mailboxes.add(ANNA, NOON)
        yield tx


def claimed(tx: Transaction, person: PersonId = ANNA) -> Claim:
    claim = tx.mailboxes.claim(person, NOON, LEASE)
    assert claim is not None
    return claim


def test_a_mailbox_that_was_added_is_due(tx: Transaction) -> None:
    assert tx.mailboxes.state([ANNA, BERTIL]) == {ANNA: MailboxState(person=ANNA, due=NOON)}
    assert tx.mailboxes.due(NOON - SECOND, HORIZON, 10) == []
    assert tx.mailboxes.due(NOON, HORIZON, 10) == [ANNA]


def test_adding_it_again_only_moves_the_due_time_earlier(tx: Transaction) -> None:
    tx.mailboxes.finish(claimed(tx), MailboxState(person=ANNA, due=NOON + HORIZON, failures=2))

    tx.mailboxes.add(ANNA, NOON + 2 * HORIZON)
    assert tx.mailboxes.state([ANNA])[ANNA].due == NOON + HORIZON
    tx.mailboxes.add(ANNA, NOON + MINUTE)
    assert tx.mailboxes.state([ANNA])[ANNA] == MailboxState(person=ANNA, due=NOON + MINUTE, failures=2)


def test_a_claim_bears_the_state_from_before_it_and_moves_the_due_time_to_its_end(tx: Transaction) -> None:
    claim = claimed(tx)

    assert claim.state == MailboxState(person=ANNA, due=NOON)
    assert tx.mailboxes.state([ANNA])[ANNA].due == NOON + LEASE


def test_a_mailbox_is_claimed_by_one_until_the_lease_ends(tx: Transaction) -> None:
    first = claimed(tx)

    assert tx.mailboxes.claim(ANNA, NOON + LEASE - SECOND, LEASE) is None
    second = tx.mailboxes.claim(ANNA, NOON + LEASE, LEASE)
    assert second is not None
    assert second.generation > first.generation


def test_several_are_claimed_as_each_would_be_alone(tx: Transaction) -> None:
    carolina, david = PersonId("carolina"), PersonId("david")
    for each in (BERTIL, carolina, david):
        tx.mailboxes.add(each, NOON - MINUTE)
    tx.mailboxes.pause(carolina, NOON + MINUTE)
    tx.mailboxes.claim(david, NOON, LEASE)
    claims = tx.mailboxes.claim_many([ANNA, BERTIL, carolina, david, PersonId("nobody")], NOON, LEASE)

    assert {person: claim.state.due for person, claim in claims.items()} == {ANNA: NOON, BERTIL: NOON - MINUTE}
    assert tx.mailboxes.claim_many([ANNA, BERTIL], NOON, LEASE) == {}
    assert {each.due for each in tx.mailboxes.state([ANNA, BERTIL]).values()} == {NOON + LEASE}
    assert tx.mailboxes.claim_many([], NOON, LEASE) == {}


def test_a_claim_among_several_counts_the_generation_up_by_one(tx: Transaction) -> None:
    first = claimed(tx)
    tx.mailboxes.finish(first, MailboxState(person=ANNA, due=NOON))
    assert tx.mailboxes.claim_many([ANNA], NOON, LEASE)[ANNA].generation == first.generation + 1


def test_F_24_who_still_holds_a_claim_is_told_from_who_lost_it(tx: Transaction) -> None:
    tx.mailboxes.add(BERTIL, NOON)
    lost, held = claimed(tx), claimed(tx, BERTIL)
    taken = tx.mailboxes.claim(ANNA, NOON + LEASE, LEASE)
    gone = replace(held, person=PersonId("gone"))
    assert taken is not None
    assert tx.mailboxes.still_held([lost, held, gone, taken]) == {each: each.revision for each in (held, taken)}
    assert tx.mailboxes.still_held([]) == {}


def test_finishing_several_does_for_each_what_finishing_does(tx: Transaction) -> None:
    tx.mailboxes.add(BERTIL, NOON)
    claims = [claimed(tx), claimed(tx, BERTIL)]
    tx.mailboxes.make_due([BERTIL], NOON + SECOND)
    tx.mailboxes.pause(ANNA, NOON + MINUTE)
    outcomes = [(each, MailboxState(person=each.person, due=NOON + HORIZON, last_good_look=NOON)) for each in claims]
    tx.mailboxes.finish_many(outcomes)

    states = tx.mailboxes.state([ANNA, BERTIL])
    assert states[ANNA] == replace(outcomes[0][1], paused_until=NOON + MINUTE)
    assert states[BERTIL] == replace(outcomes[1][1], due=NOON + SECOND)
    assert tx.mailboxes.claim(BERTIL, NOON + SECOND, LEASE) is not None


def test_F_24_finishing_several_writes_nothing_of_a_run_that_lost_its_claim(tx: Transaction) -> None:
    lost = claimed(tx)
    tx.mailboxes.claim(ANNA, NOON + LEASE, LEASE)
    before = tx.mailboxes.state([ANNA])
    tx.mailboxes.finish_many([(lost, MailboxState(person=ANNA, due=NOON + HORIZON, failures=7))])
    tx.mailboxes.finish_many([])
    assert tx.mailboxes.state([ANNA]) == before


def test_F_24_while_a_claim_is_seen_to_hold_nobody_else_takes_it(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.mailboxes.add(ANNA, NOON)
        claim = claimed(tx)

    def take_it() -> Claim | None:
        with store.write(ACME) as other:
            return other.mailboxes.claim(ANNA, NOON + LEASE, LEASE)

    with ThreadPoolExecutor(1) as pool:
        with store.write(ACME) as tx:
            assert tx.mailboxes.still_held([claim]) == {claim: claim.revision}
            taken = pool.submit(take_it)
            tx.mailboxes.finish_many([(claim, MailboxState(person=ANNA, due=NOON + HORIZON))])
        after = taken.result()
    assert after is not None
    assert after.state.due == NOON + HORIZON


def test_a_mailbox_that_is_not_looked_at_cannot_be_claimed(tx: Transaction) -> None:
    assert tx.mailboxes.claim(BERTIL, NOON, LEASE) is None


def test_finishing_writes_the_outcome_and_gives_the_lease_back(tx: Transaction) -> None:
    outcome = MailboxState(
        person=ANNA,
        due=NOON + HORIZON,
        last_good_look=NOON,
        problem=ReadProblem.CUT_SHORT,
        blocked=BlockedReason.FORBIDDEN,
        failures=3,
        unreadable=True,
    )

    assert tx.mailboxes.finish(claimed(tx), outcome)
    assert tx.mailboxes.state([ANNA]) == {ANNA: outcome}
    assert tx.mailboxes.claim(ANNA, NOON + SECOND, LEASE) is not None


def test_a_run_whose_lease_ended_writes_nothing(tx: Transaction) -> None:
    old = claimed(tx)
    new = tx.mailboxes.claim(ANNA, NOON + LEASE, LEASE)
    assert new is not None

    assert not tx.mailboxes.finish(old, replace(old.state, failures=9))
    assert tx.mailboxes.state([ANNA])[ANNA].failures == 0
    assert tx.mailboxes.finish(new, new.state)


def test_a_run_finishes_once(tx: Transaction) -> None:
    claim = claimed(tx)
    assert tx.mailboxes.finish(claim, replace(claim.state, due=NOON + HORIZON))
    again = tx.mailboxes.claim(ANNA, NOON + SECOND, LEASE)
    assert again is not None

    assert not tx.mailboxes.finish(claim, replace(claim.state, failures=9))


def test_a_mailbox_that_was_removed_meanwhile_has_no_fence(tx: Transaction) -> None:
    claim = claimed(tx)
    tx.mailboxes.remove(ANNA)
    assert not tx.mailboxes.finish(claim, claim.state)

    tx.mailboxes.add(ANNA, NOON)
    claimed(tx)
    assert not tx.mailboxes.finish(claim, replace(claim.state, failures=9))


def test_a_mailbox_that_was_woken_during_its_run_is_looked_at_again(tx: Transaction) -> None:
    claim = claimed(tx)
    tx.mailboxes.make_due([ANNA], NOON + SECOND)

    assert tx.mailboxes.due(NOON + 2 * SECOND, HORIZON, 10) == []
    assert tx.mailboxes.finish(claim, replace(claim.state, due=NOON + HORIZON))
    assert tx.mailboxes.due(NOON + 2 * SECOND, HORIZON, 10) == [ANNA]


def test_a_wake_up_does_not_move_a_due_time_later(tx: Transaction) -> None:
    tx.mailboxes.make_due([ANNA], NOON + HORIZON)

    assert tx.mailboxes.state([ANNA])[ANNA].due == NOON


def test_a_paused_mailbox_is_left_alone_until_the_pause_ends(tx: Transaction) -> None:
    claim = claimed(tx)
    tx.mailboxes.finish(claim, replace(claim.state, paused_until=NOON + 5 * MINUTE))

    tx.mailboxes.make_due([ANNA], NOON)
    assert tx.mailboxes.due(NOON + MINUTE, HORIZON, 10) == []
    assert tx.mailboxes.claim(ANNA, NOON + MINUTE, LEASE) is None
    assert tx.mailboxes.next_due() == NOON + 5 * MINUTE
    assert tx.mailboxes.due(NOON + 5 * MINUTE, HORIZON, 10) == [ANNA]
    assert tx.mailboxes.claim(ANNA, NOON + 5 * MINUTE, LEASE) is not None


def test_the_longer_of_two_pauses_holds(tx: Transaction) -> None:
    tx.mailboxes.pause(ANNA, NOON + 5 * MINUTE)
    tx.mailboxes.pause(ANNA, NOON + MINUTE)

    assert tx.mailboxes.state([ANNA])[ANNA].paused_until == NOON + 5 * MINUTE


def test_a_pause_that_was_asked_for_during_a_run_outlives_it(tx: Transaction) -> None:
    claim = claimed(tx)
    tx.mailboxes.pause(ANNA, NOON + 5 * MINUTE)
    tx.mailboxes.finish(claim, claim.state)

    assert tx.mailboxes.claim(ANNA, NOON + 2 * MINUTE, LEASE) is None


def test_a_pause_that_is_over_is_taken_away_by_the_next_run(tx: Transaction) -> None:
    tx.mailboxes.pause(ANNA, NOON)
    claim = claimed(tx)
    tx.mailboxes.finish(claim, replace(claim.state, paused_until=None))

    assert tx.mailboxes.state([ANNA])[ANNA].paused_until is None


def test_a_pause_of_the_tenant_counts_for_every_mailbox(tx: Transaction) -> None:
    assert tx.mailboxes.tenant_pause() is None
    tx.mailboxes.pause_tenant(NOON + 5 * MINUTE)
    tx.mailboxes.pause_tenant(NOON + MINUTE)

    assert tx.mailboxes.tenant_pause() == NOON + 5 * MINUTE
    assert tx.mailboxes.claim(ANNA, NOON + 2 * MINUTE, LEASE) is None
    assert tx.mailboxes.due(NOON + 2 * MINUTE, HORIZON, 10) == []
    assert tx.mailboxes.next_due() == NOON + 5 * MINUTE
    assert tx.mailboxes.claim(ANNA, NOON + 5 * MINUTE, LEASE) is not None


def test_the_longest_due_come_first_and_no_more_than_asked_for(tx: Transaction) -> None:
    for number in range(5):
        tx.mailboxes.add(PersonId(f"p{number}"), NOON - number * MINUTE)

    assert tx.mailboxes.due(NOON, HORIZON, 3) == ["p4", "p3", "p2"]


def test_nothing_is_due_where_nothing_is_looked_at(store: SqlStore) -> None:
    with store.read(ACME) as tx:
        assert (tx.mailboxes.next_due(), tx.mailboxes.due(NOON, HORIZON, 10)) == (None, [])


def test_the_next_due_time_is_found_behind_many_that_are_paused(tx: Transaction) -> None:
    for number in range(450):
        tx.mailboxes.add(PersonId(f"p{number}"), NOON)
        tx.mailboxes.pause(PersonId(f"p{number}"), NOON + HORIZON)
    claimed(tx)
    tx.mailboxes.add(BERTIL, NOON + 2 * SECOND)

    assert tx.mailboxes.next_due() == NOON + 2 * SECOND


def test_locking_mailboxes_changes_nothing_and_ignores_people_without_one(tx: Transaction) -> None:
    before = tx.mailboxes.state([ANNA])
    tx.mailboxes.lock([BERTIL, ANNA, ANNA])
    tx.mailboxes.lock([])

    assert tx.mailboxes.state([ANNA, BERTIL]) == before


def test_F_12_a_lease_from_a_wrong_clock_does_not_count(tx: Transaction) -> None:
    wrong = tx.mailboxes.claim(ANNA, NOON + timedelta(days=400), LEASE)
    assert wrong is not None

    right = tx.mailboxes.claim(ANNA, NOON, LEASE)
    assert right is not None
    assert not tx.mailboxes.finish(wrong, wrong.state)


def test_F_12_a_due_time_from_a_wrong_clock_counts_as_due(tx: Transaction) -> None:
    claim = claimed(tx)
    tx.mailboxes.finish(claim, replace(claim.state, due=NOON + timedelta(days=400)))
    tx.mailboxes.add(BERTIL, NOON)
    stuck = tx.mailboxes.claim(PersonId("bertil"), NOON + timedelta(days=400), LEASE)
    assert stuck is not None

    assert tx.mailboxes.due(NOON, HORIZON, 10) == [ANNA, BERTIL]


def test_F_24_of_two_workers_one_gets_the_mailbox(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.mailboxes.add(ANNA, NOON)
    workers = 8
    together = Barrier(workers)

    def work(_: int) -> Claim | None:
        together.wait(20)
        with store.write(ACME) as tx:
            return tx.mailboxes.claim(ANNA, NOON, LEASE)

    with ThreadPoolExecutor(workers) as pool:
        claims = [claim for claim in pool.map(work, range(workers)) if claim is not None]

    assert len(claims) == 1


def test_F_24_a_slow_worker_cannot_write_over_the_one_that_came_after(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.mailboxes.add(ANNA, NOON)
        slow = claimed(tx)
    with store.write(ACME) as tx:
        quick = tx.mailboxes.claim(ANNA, NOON + LEASE, LEASE)
    assert quick is not None
    together = Barrier(2)

    def finish(claim: Claim, key: str) -> bool:
        together.wait(20)
        with store.write(ACME) as tx:
            fence_holds = tx.mailboxes.finish(claim, claim.state)
            if fence_holds:
                tx.absences.add(ANNA, [placed_at(key, NOON)])
            return fence_holds

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(finish, (slow, quick), ("stale", "fresh")))

    assert outcomes == [False, True]
    with store.read(ACME) as tx:
        assert [row.booking.key for row in tx.absences.kept(ANNA)] == ["fresh"]


def test_F_24_workers_that_take_turns_never_hold_one_mailbox_together(store: SqlStore) -> None:
    with store.write(ACME) as tx:
        tx.mailboxes.add(ANNA, NOON)

    def work(_: int) -> int:
        written = 0
        for _ in range(10):
            with store.write(ACME) as tx:
                claim = tx.mailboxes.claim(ANNA, NOON, LEASE)
            if claim is not None:
                with store.write(ACME) as tx:
                    state = replace(claim.state, due=NOON, failures=claim.state.failures + 1)
                    written += tx.mailboxes.finish(claim, state)
        return written

    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(work, range(4)))

    with store.read(ACME) as tx:
        assert tx.mailboxes.state([ANNA])[ANNA].failures == written > 0


def test_a_subscription_is_found_by_person_and_by_route(tx: Transaction) -> None:
    tx.subscriptions.put(subscription(route="old"))
    tx.subscriptions.put(subscription(route="new"))

    assert tx.subscriptions.of(ANNA) == subscription(route="new")
    assert tx.subscriptions.by_route("new") == subscription(route="new")
    assert tx.subscriptions.by_route("old") is None
    assert tx.subscriptions.of(BERTIL) is None


def test_a_subscription_may_not_have_an_id_yet(tx: Transaction) -> None:
    asked = replace(subscription(), id="", expires_at=None)
    tx.subscriptions.put(asked)

    assert tx.subscriptions.all() == [asked]


def test_subscriptions_are_renewed_when_their_time_comes_the_earliest_first(tx: Transaction) -> None:
    tx.subscriptions.put(subscription(ANNA, route="a", renew_at=NOON))
    tx.subscriptions.put(subscription(BERTIL, route="b", renew_at=NOON - MINUTE))

    assert tx.subscriptions.next_renewal() == NOON - MINUTE
    assert [each.person for each in tx.subscriptions.renewable(NOON - SECOND)] == [BERTIL]
    assert [each.person for each in tx.subscriptions.renewable(NOON)] == [BERTIL, ANNA]


def test_a_subscription_can_be_renewed_now(tx: Transaction) -> None:
    tx.subscriptions.put(subscription(renew_at=NOON + MINUTE))
    tx.subscriptions.renew_now(ANNA, NOON)

    assert tx.subscriptions.next_renewal() == NOON
    tx.subscriptions.renew_now(ANNA, NOON + SECOND)
    assert tx.subscriptions.next_renewal() == NOON


def test_it_is_known_who_lacks_a_subscription_and_whose_is_not_needed(tx: Transaction) -> None:
    tx.mailboxes.add(BERTIL, NOON)
    tx.subscriptions.put(subscription(BERTIL))

    assert tx.subscriptions.missing() == [ANNA]
    assert tx.subscriptions.orphaned() == []
    tx.mailboxes.remove(BERTIL)
    assert tx.subscriptions.orphaned() == [subscription(BERTIL)]
    tx.subscriptions.remove(BERTIL)
    assert (tx.subscriptions.orphaned(), tx.subscriptions.next_renewal()) == ([], None)
