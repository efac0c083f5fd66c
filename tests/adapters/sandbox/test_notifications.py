"""Notifications on their way: complete, lost, doubled, reordered, late, in batches, and to slow addresses."""

import asyncio
import threading
from datetime import timedelta

import pytest_asyncio

from kalenderkoppling.sandbox import Mailbox, PretendGraph, World, ids
from kktest.pretend import Listener, PlainClient, StandingClock
from kktest.waiting import turns


@pytest_asyncio.fixture(autouse=True)
async def _subscribed(client: PlainClient, kim: Mailbox, listener: Listener) -> None:
    made = await client.send(
        "POST",
        f"{client.graph.base_url}/subscriptions",
        json={
            "resource": f"users/{kim.user_id}/events",
            "changeType": "created,updated,deleted",
            "notificationUrl": listener.url,
            "clientState": "state",
            "expirationDateTime": "2027-02-08T00:00:00Z",
        },
        prefer='IdType="ImmutableId"',
    )
    assert made.status == 201


def booked(world: World, kim: Mailbox, *tokens: str) -> None:
    for token in tokens:
        world.create_event(kim.user_id, start=world.clock(), end=world.clock(), token=token, subject="Hemligt")


def told(listener: Listener) -> list[str | None]:
    return [ids.token_of(item["resourceData"]["id"]) for item in listener.items]


async def test_every_change_is_told_without_a_word_of_the_booking(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    booked(world, kim, "b")
    world.update_event("b", subject="Också hemligt")
    world.delete_event("b")
    await graph.settle()

    assert [item["changeType"] for item in listener.items] == ["created", "updated", "deleted"]
    assert "emligt" not in str(listener.items)
    item = listener.items[0]
    assert item["resource"] == f"Users/{kim.user_id}/Events/{ids.immutable_id('b')}"
    assert (item["clientState"], item["tenantId"]) == ("state", world.tenant_id)
    assert item["resourceData"]["@odata.type"] == "#Microsoft.Graph.Event"
    assert graph.courier.counts == {"told": 3, "delivered": 3}


async def test_other_mailboxes_and_other_calendars_are_not_told_about(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    other = world.add_mailbox("other@kommun.example")
    booked(world, other, "x")
    world.create_event(kim.user_id, start=world.clock(), end=world.clock(), calendar="Annan")
    await graph.settle()

    assert listener.posts == 0


async def test_a_move_out_of_the_default_calendar_is_a_deletion(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    booked(world, kim, "b")
    world.move_event("b", "Annan")
    world.move_event("b", "default")
    await graph.settle()

    assert [item["changeType"] for item in listener.items] == ["created", "deleted", "created"]


async def test_F_03_lost_notifications_never_come(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.delivery.lose = 2
    booked(world, kim, "a", "b", "c")
    await graph.settle()

    assert told(listener) == ["c"]
    assert graph.courier.counts["lost"] == 2


async def test_F_01_doubled_notifications_come_as_often_as_told(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.delivery.copies = 3
    booked(world, kim, "a")
    await graph.settle()

    assert told(listener) == ["a"] * 3


async def test_F_02_held_notifications_come_backwards_when_released_so(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.hold()
    booked(world, kim, "a", "b", "c")
    await graph.settle()
    before = listener.posts
    graph.courier.delivery.batched = True
    graph.courier.release(backwards=True)
    await graph.settle()

    assert (before, told(listener)) == (0, ["c", "b", "a"])


async def test_held_notifications_can_be_lost_altogether(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.hold()
    booked(world, kim, "a", "b")
    assert graph.courier.forget() == 2
    graph.courier.release()
    await graph.settle()

    assert listener.posts == 0


async def test_late_notifications_come_when_the_clock_says_so(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    graph.courier.delivery.late_by = timedelta(minutes=5)
    booked(world, kim, "a")
    clock.advance(minutes=4, seconds=59)
    await graph.settle()
    before = listener.posts
    clock.advance(seconds=1)
    await graph.settle()

    assert (before, told(listener)) == (0, ["a"])


async def test_batched_notifications_share_one_request(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.delivery.batched = True
    graph.courier.hold()
    booked(world, kim, "a", "b", "c")
    graph.courier.release()
    await graph.settle()

    assert (listener.posts, told(listener)) == (1, ["a", "b", "c"])


async def test_an_address_that_fails_is_tried_again_later_and_later(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    listener.status = 503
    booked(world, kim, "a")
    posts = []
    for seconds in (0, 10, 10, 10, 40):
        clock.advance(seconds=seconds)
        await graph.settle()
        posts.append(listener.posts)
    listener.status = 202
    clock.advance(seconds=80)
    await graph.settle()

    assert posts == [1, 2, 2, 3, 4]
    assert told(listener) == ["a"]
    assert graph.courier.counts["failed"] == 4


async def test_after_four_hours_it_is_given_up(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    listener.status = 500
    booked(world, kim, "a")
    for _ in range(20):
        clock.advance(minutes=30)
        await graph.settle()

    assert (graph.courier.counts["given_up"], graph.courier.waiting) == (1, [])


async def test_a_slow_address_is_put_on_hold_and_what_happens_meanwhile_is_dropped_for_good(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    graph.courier.delivery.slow_after = timedelta(milliseconds=20)
    booked(world, kim, *(f"quick{number}" for number in range(8)))
    await graph.settle()
    listener.delay_seconds = 0.1
    booked(world, kim, "slow1", "slow2")
    await graph.settle()
    listener.delay_seconds = 0
    booked(world, kim, "dropped")
    await graph.settle()
    clock.advance(minutes=10)
    booked(world, kim, "after")
    await graph.settle()

    assert told(listener)[-3:] == ["slow1", "slow2", "after"]
    assert graph.courier.counts["dropped"] == 1


async def test_an_address_that_never_answers_is_given_its_time_and_tried_again(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    graph.courier.delivery.give_up_after = timedelta(milliseconds=30)
    listener.delay_seconds = 0.2
    booked(world, kim, "a")
    await graph.settle()

    assert (graph.courier.counts["failed"], len(graph.courier.waiting)) == (1, 1)


async def test_while_the_service_is_down_notifications_wait(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    await graph.go_down()
    booked(world, kim, "a")
    await graph.settle()
    before = listener.posts
    await graph.come_up()
    await graph.settle()

    assert (before, told(listener)) == (0, ["a"])


async def test_a_change_from_another_thread_is_told_too(
    world: World, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    thread = threading.Thread(target=booked, args=(world, kim, "a"))
    thread.start()
    await asyncio.to_thread(thread.join)
    await turns()
    await graph.settle()

    assert told(listener) == ["a"]


async def test_F_17_forged_notifications_come_from_nobody(listener: Listener, graph: PretendGraph) -> None:
    answers = await graph.courier.forge(listener.url, 5)

    assert answers == {202: 5}
    assert {item["clientState"] for item in listener.items} == {"guessed"}
    assert {item["subscriptionId"] for item in listener.items}.isdisjoint({one.id for one in graph.book.live()})
    assert graph.courier.counts["told"] == 0
