"""Subscriptions: handshake, limits, renewal and end."""

from datetime import timedelta
from typing import Any

import pytest

from kalenderkoppling.sandbox import Mailbox, PretendGraph, World, zones
from kalenderkoppling.sandbox.letters import Lifecycle
from kalenderkoppling.sandbox.subscriptions import Lifetimes
from kktest.pretend import MONDAY_MORNING, Listener, PlainClient, Reply, StandingClock


def wish(kim: Mailbox, listener: Listener, **changed: object) -> dict[str, Any]:
    return {
        "resource": f"users/{kim.user_id}/events",
        "changeType": "created,updated,deleted",
        "notificationUrl": listener.url,
        "clientState": "only we two know",
        "expirationDateTime": "2027-02-03T00:00:00Z",
        **changed,
    }


async def subscribe(client: PlainClient, wished: dict[str, Any]) -> Reply:
    return await client.send("POST", f"{client.graph.base_url}/subscriptions", json=wished)


async def test_a_subscription_is_made_once_the_address_has_repeated_the_token(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    made = await subscribe(client, wish(kim, listener))

    assert made.status == 201
    assert made.body["expirationDateTime"] == "2027-02-03T00:00:00.0000000Z"
    assert made.body["clientState"] is None
    assert [one.client_state for one in graph.book.live(kim.user_id)] == ["only we two know"]
    assert (await client.get(f"/subscriptions/{made.body['id']}")).body == made.body
    assert (await client.get("/subscriptions")).body["value"] == [made.body]


async def test_an_address_that_does_not_repeat_the_token_is_refused(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    listener.repeats_token = False
    wrong = await subscribe(client, wish(kim, listener))
    nobody = await subscribe(client, wish(kim, listener, notificationUrl="http://127.0.0.1:9/hook"))

    assert [(one.status, one.body["error"]["code"]) for one in (wrong, nobody)] == [(400, "ValidationError")] * 2
    assert graph.book.live() == []


async def test_the_lifecycle_address_is_validated_too(client: PlainClient, kim: Mailbox, listener: Listener) -> None:
    wished = wish(kim, listener, lifecycleNotificationUrl="http://127.0.0.1:9/hook")

    assert (await subscribe(client, wished)).status == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"clientState": "x" * 129},
        {"clientState": 7},
        {"lifecycleNotificationUrl": 7},
        {"resource": "me/events"},
        {"resource": "users/{kim}/messages"},
        {"changeType": "renamed"},
        {"changeType": None},
        {"notificationUrl": "ftp://x"},
        {"expirationDateTime": "soon"},
        {"expirationDateTime": "2027-01-01T00:00:00Z"},
    ],
)
async def test_what_graph_does_not_take_is_refused(
    client: PlainClient, kim: Mailbox, listener: Listener, changed: dict[str, Any]
) -> None:
    assert (await subscribe(client, wish(kim, listener, **changed))).status == 400


async def test_a_body_that_is_no_json_is_refused(client: PlainClient, graph: PretendGraph) -> None:
    url = f"{graph.base_url}/subscriptions"
    async with client.session.post(url, data=b"{", headers=client.headers) as answer:
        assert answer.status == 400


async def test_unknown_unsubscribable_and_foreign_mailboxes_are_refused(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    unknown = await subscribe(client, wish(kim, listener, resource="users/nobody/events"))
    graph.book.unsubscribable.add(kim.user_id)
    unsubscribable = await subscribe(client, wish(kim, listener))
    graph.book.unsubscribable.clear()
    graph.application.mailboxes = set()
    foreign = await subscribe(client, wish(kim, listener))

    assert [one.status for one in (unknown, unsubscribable, foreign)] == [404, 403, 403]


@pytest.mark.parametrize(
    ("wished", "given"), [("2027-03-01", timedelta(minutes=10_070)), ("2027-02-01T06:01", timedelta(minutes=45))]
)
async def test_a_lifetime_is_cut_to_what_graph_grants(
    client: PlainClient, kim: Mailbox, listener: Listener, wished: str, given: timedelta
) -> None:
    made = await subscribe(client, wish(kim, listener, expirationDateTime=wished))

    assert made.body["expirationDateTime"] == zones.utc_stamp(MONDAY_MORNING + given)


async def test_the_longest_lifetime_can_be_three_days_and_longer_ones_refused(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    week = wish(kim, listener, expirationDateTime="2027-02-07T00:00:00Z")
    graph.book.lifetimes = Lifetimes(longest=timedelta(minutes=4230))
    cut = await subscribe(client, week)
    graph.book.lifetimes = Lifetimes(longest=timedelta(minutes=4230), refuse_longer=True)
    refused = await subscribe(client, week)

    assert cut.body["expirationDateTime"] == zones.utc_stamp(clock.now + timedelta(minutes=4230))
    assert refused.status == 400


async def test_a_renewal_moves_the_expiry_and_nothing_else(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    made = await subscribe(client, wish(kim, listener))
    url = f"{graph.base_url}/subscriptions/{made.body['id']}"
    renewed = await client.send("PATCH", url, json={"expirationDateTime": "2027-02-05T00:00:00Z"})
    wrong = await client.send(
        "PATCH", url, json={"expirationDateTime": "2027-02-05T00:00:00Z", "lifecycleNotificationUrl": listener.url}
    )

    assert renewed.body["expirationDateTime"] == "2027-02-05T00:00:00.0000000Z"
    assert wrong.status == 400


async def test_after_its_expiry_a_subscription_is_not_found(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph, clock: StandingClock
) -> None:
    made = await subscribe(client, wish(kim, listener, expirationDateTime="2027-02-01T07:00:00Z"))
    clock.advance(minutes=60)
    client.headers = {"Authorization": f"Bearer {graph.tokens.issue()}"}
    url = f"{graph.base_url}/subscriptions/{made.body['id']}"

    assert (await client.send("PATCH", url, json={"expirationDateTime": "2027-02-05T00:00:00Z"})).status == 404
    assert (await client.send("DELETE", url)).status == 404


async def test_an_ended_subscription_tells_nothing_more(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph, world: World
) -> None:
    made = await subscribe(client, wish(kim, listener))
    gone = await client.send("DELETE", f"{graph.base_url}/subscriptions/{made.body['id']}")
    world.create_event(kim.user_id, start=world.clock(), end=world.clock())
    await graph.settle()

    assert (gone.status, listener.posts) == (204, 0)


async def test_subscribing_is_no_write_towards_a_calendar(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    await subscribe(client, wish(kim, listener))

    assert graph.refused_writes == 0


@pytest.mark.parametrize("event", list(Lifecycle))
async def test_lifecycle_events_go_to_the_address_given_for_them(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph, event: Lifecycle
) -> None:
    made = await subscribe(client, wish(kim, listener, lifecycleNotificationUrl=listener.url))
    assert graph.courier.tell_lifecycle(event, kim.user_id) == 1
    await graph.settle()

    (item,) = listener.items
    assert (item["lifecycleEvent"], item["subscriptionId"]) == (event.value, made.body["id"])
    assert item["clientState"] == "only we two know"
    assert "resourceData" not in item


async def test_without_a_lifecycle_address_nobody_is_told(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph
) -> None:
    await subscribe(client, wish(kim, listener))

    assert graph.courier.tell_lifecycle(Lifecycle.MISSED) == 0


@pytest.mark.parametrize(("silently", "told"), [(True, 0), (False, 1)])
async def test_F_19_a_subscription_can_be_gone_with_or_without_a_word(
    client: PlainClient, kim: Mailbox, listener: Listener, graph: PretendGraph, *, silently: bool, told: int
) -> None:
    await subscribe(client, wish(kim, listener, lifecycleNotificationUrl=listener.url))
    ended = graph.courier.end_subscription(kim.user_id, silently=silently)
    await graph.settle()

    assert (ended, graph.book.live(), len(listener.items)) == (1, [], told)
