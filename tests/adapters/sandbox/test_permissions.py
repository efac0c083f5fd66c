"""Who may read what, which mailboxes are refused, and that nothing can be written."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from kalenderkoppling.sandbox import Blocked, Mailbox, PretendGraph, World
from kktest.pretend import WEEK, PlainClient, Reply, StandingClock


def view(client: PlainClient, user: str) -> Awaitable[Reply]:
    return client.get(f"/users/{user}/calendarView", WEEK)


async def test_a_mailbox_outside_the_applications_scope_is_denied(
    client: PlainClient, graph: PretendGraph, world: World, kim: Mailbox
) -> None:
    other = world.add_mailbox("other@kommun.example")
    graph.application.mailboxes = {kim.user_id}

    assert (await view(client, kim.user_id)).status == 200
    denied = await view(client, other.user_id)
    assert (denied.status, denied.body["error"]["code"]) == (403, "ErrorAccessDenied")


async def test_without_consent_nothing_can_be_read(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    graph.application.consented = False

    assert (await view(client, kim.user_id)).status == 403
    assert (await client.get("/users")).status == 403


async def test_an_unknown_user_is_not_found(client: PlainClient) -> None:
    reply = await view(client, "nobody@kommun.example")

    assert (reply.status, reply.body["error"]["code"]) == (404, "ErrorInvalidUser")


@pytest.mark.parametrize(
    ("why", "status"), [(Blocked.NO_SUCH_USER, 404), (Blocked.ACCESS_DENIED, 403), (Blocked.NOT_ENABLED, 404)]
)
async def test_F_14_a_blocked_mailbox_says_why_until_it_is_let_free(
    client: PlainClient, world: World, kim: Mailbox, why: Blocked, status: int
) -> None:
    world.block(kim.user_id, why)
    reply = await view(client, kim.user_id)
    world.unblock(kim.user_id)

    assert (reply.status, reply.body["error"]["code"]) == (status, why.value)
    assert (await view(client, kim.user_id)).status == 200


async def test_F_14_a_mailbox_can_be_gone_for_a_time(
    client: PlainClient, world: World, kim: Mailbox, clock: StandingClock
) -> None:
    world.block(kim.user_id, lasting=timedelta(minutes=30))
    before = (await view(client, kim.user_id)).status
    clock.advance(minutes=30)

    # The token of an hour is still good.
    assert (before, (await view(client, kim.user_id)).status) == (404, 200)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_every_write_towards_a_calendar_is_refused_and_counted(
    client: PlainClient, graph: PretendGraph, world: World, kim: Mailbox, method: str
) -> None:
    version = kim.version
    for path in ("/events", "/events/AAMk", "/calendar/getSchedule", "/calendars", "/calendar/events/x"):
        reply = await client.send(method, f"{graph.base_url}/users/{kim.user_id}{path}", json={"subject": "x"})
        assert reply.status == 403
    await client.send(method, f"{graph.base_url}/$batch", json={"requests": []})

    assert graph.refused_writes == 6
    assert kim.version == version
    assert not world.mailbox(kim.user_id).singles


async def test_reading_is_no_write(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    await view(client, kim.user_id)
    missing = await client.get("/me/drive")

    assert (missing.status, graph.refused_writes) == (404, 0)


async def test_the_record_has_no_tokens_and_says_who_was_asked_about(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, clock: StandingClock
) -> None:
    await view(client, "kim@kommun.example")
    (asked,) = graph.journal.views(kim.user_id)

    assert (asked.at, asked.status, asked.method, asked.query["startDateTime"]) == (
        clock.now,
        200,
        "GET",
        WEEK["startDateTime"],
    )
    assert "authorization" not in asked.headers
    assert "ImmutableId" in asked.headers["prefer"]


async def test_a_fifth_request_at_once_into_one_mailbox_is_throttled(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, world: World
) -> None:
    other = world.add_mailbox("other@kommun.example")
    graph.limits.latency = timedelta(milliseconds=50)

    *replies, apart = await asyncio.gather(*(view(client, kim.user_id) for _ in range(5)), view(client, other.user_id))

    assert sorted(reply.status for reply in replies) == [200, 200, 200, 200, 429]
    assert apart.status == 200
    assert graph.journal.most_at_once[kim.user_id] == 5


async def test_the_record_can_be_wiped(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    await view(client, kim.user_id)
    graph.journal.clear()

    assert (graph.journal.total, list(graph.journal.requests)) == (0, [])
