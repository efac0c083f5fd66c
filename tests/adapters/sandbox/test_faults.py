"""Faults: each kind looks as the real one does, acts when armed and only then, and a seed repeats them."""

import json
from datetime import timedelta

import aiohttp
import pytest

from kalenderkoppling.sandbox import Door, FaultKind, Mailbox, PretendGraph, World
from kalenderkoppling.sandbox.faults import MALFORMED, FaultPlan
from kktest.pretend import MONDAY_MORNING, WEEK, PlainClient, Reply, StandingClock, plain_client


@pytest.fixture(autouse=True)
def _booked(world: World, kim: Mailbox) -> None:
    for number in range(7):
        start = MONDAY_MORNING + timedelta(hours=number)
        world.create_event(kim.user_id, start=start, end=start + timedelta(hours=1), token=f"b{number}")


async def view(client: PlainClient, kim: Mailbox) -> Reply:
    return await client.get(f"/users/{kim.user_id}/calendarView", WEEK)


async def raw(client: PlainClient, kim: Mailbox) -> tuple[str, bytes]:
    url = f"{client.graph.base_url}/users/{kim.user_id}/calendarView"
    async with client.session.get(url, params=WEEK, headers=client.headers) as answer:
        return answer.headers["Content-Type"], await answer.read()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (FaultKind.THROTTLED, (429, "ApplicationThrottled")),
        (FaultKind.UNAVAILABLE, (503, "ServiceUnavailable")),
        (FaultKind.GATEWAY_TIMEOUT, (504, "UnknownError")),
        (FaultKind.SERVER_ERROR, (500, "InternalServerError")),
        (FaultKind.UNAUTHORIZED, (401, "InvalidAuthenticationToken")),
        (FaultKind.GONE, (410, "SyncStateNotFound")),
    ],
)
async def test_an_armed_refusal_comes_once(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, kind: FaultKind, said: tuple[int, str]
) -> None:
    graph.faults.arm(kind)
    reply = await view(client, kim)

    assert (reply.status, reply.body["error"]["code"]) == said
    assert (await view(client, kim)).status == 200
    assert graph.faults.acted == [kind]


async def test_F_05_throttling_says_for_how_long_or_does_not(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    graph.faults.arm(FaultKind.THROTTLED, retry_after=timedelta(seconds=17))
    graph.faults.arm(FaultKind.THROTTLED)
    told, untold = await view(client, kim), await view(client, kim)

    assert told.headers["Retry-After"] == "17"
    assert "Retry-After" not in untold.headers


async def test_a_fault_can_last_by_the_clock(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, clock: StandingClock
) -> None:
    graph.faults.arm(FaultKind.UNAVAILABLE, lasting=timedelta(minutes=10))
    statuses = [(await view(client, kim)).status, (await view(client, kim)).status]
    clock.advance(minutes=10)

    assert [*statuses, (await view(client, kim)).status] == [503, 503, 200]


async def test_a_fault_can_keep_to_one_mailbox_or_one_door(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, world: World
) -> None:
    other = world.add_mailbox("other@kommun.example")
    graph.faults.arm(FaultKind.SERVER_ERROR, user_id=kim.user_id)
    graph.faults.arm(FaultKind.UNAVAILABLE, door=Door.TOKEN)

    assert (await view(client, other)).status == 200
    assert (await view(client, kim)).status == 500
    async with client.session.post(graph.token_url, data={}) as answer:
        assert answer.status == 503


@pytest.mark.parametrize("kind", [FaultKind.HALF_READ_BODY, FaultKind.RESET_IN_BODY])
async def test_F_08_a_body_breaks_off_in_the_middle_of_a_given_page(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, kind: FaultKind
) -> None:
    graph.faults.arm(kind, page_size=3, on_page=2)
    first = await view(client, kim)
    link = first.body["@odata.nextLink"]
    assert len(first.body["value"]) == 3

    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(link)
    assert len((await client.get(link)).body["value"]) == 4


async def test_F_07_a_connection_is_reset_before_the_answer(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    graph.faults.arm(FaultKind.RESET_BEFORE_ANSWER, times=3)

    with pytest.raises(aiohttp.ClientConnectionError):
        await view(client, kim)


async def test_F_07_a_slow_answer_comes_after_its_delay(world: World, kim: Mailbox) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with PretendGraph(world, sleep=sleep) as graph, plain_client(graph) as client:
        graph.faults.arm(FaultKind.SLOW, delay=timedelta(seconds=40))
        assert (await view(client, kim)).status == 200
    assert slept == [40]


@pytest.mark.parametrize("kind", MALFORMED)
async def test_F_09_a_malformed_answer_is_one_that_a_strict_reader_must_refuse(
    client: PlainClient, graph: PretendGraph, kim: Mailbox, kind: FaultKind
) -> None:
    graph.faults.arm(kind)
    content_type, body = await raw(client, kim)

    with pytest.raises((ValueError, RecursionError, TypeError)):
        _strictly_read(content_type, body)


def _strictly_read(content_type: str, body: bytes) -> None:
    if not content_type.startswith("application/json"):
        raise ValueError("no JSON")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a key comes twice")
        return dict(pairs)

    def no_constant(name: str) -> float:
        raise ValueError(name)

    page = json.loads(body.decode("utf-8"), object_pairs_hook=once, parse_constant=no_constant)
    for row in page["value"]:
        if not isinstance(row["id"], str) or not isinstance(row["isAllDay"], bool):
            raise TypeError("wrong type")


async def test_the_strict_reader_takes_a_good_answer(client: PlainClient, kim: Mailbox) -> None:
    _strictly_read(*await raw(client, kim))


async def test_F_09_the_doubled_key_hides_a_private_row(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    graph.faults.arm(FaultKind.DUPLICATE_KEYS)
    _, body = await raw(client, kim)

    assert body.count(b'"sensitivity":') == 8
    assert json.loads(body)["value"][0]["sensitivity"] == "normal"
    assert b'"sensitivity":"private"' in body


async def test_F_09_words_that_nobody_knows_come_where_words_are(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    graph.faults.arm(FaultKind.UNKNOWN_WORDS)

    assert {row["sensitivity"] for row in (await view(client, kim)).body["value"]} == {"companyWide"}


async def test_F_10_zones_that_nobody_knows_come_one_after_the_other(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    graph.faults.arm(FaultKind.UNKNOWN_ZONES)
    labels = {row["start"]["timeZone"] for row in (await view(client, kim)).body["value"]}

    assert {"Customized Time Zone", "Europe", "X" * 5000} < labels


async def test_links_can_run_in_circles_or_lead_away(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    graph.faults.arm(FaultKind.ENDLESS_LINKS)
    graph.faults.arm(FaultKind.FOREIGN_LINK)
    circle, away = await view(client, kim), await view(client, kim)

    assert "$skiptoken" not in circle.body["@odata.nextLink"]
    assert not away.body["@odata.nextLink"].startswith(graph.origin)


async def test_a_mailbox_can_suddenly_be_empty(client: PlainClient, graph: PretendGraph, kim: Mailbox) -> None:
    graph.faults.arm(FaultKind.EMPTY)

    assert (await view(client, kim)).body["value"] == []
    assert len((await view(client, kim)).body["value"]) == 7


async def test_a_service_that_is_down_refuses_connections_and_comes_back_where_it_was(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    await view(client, kim)
    await graph.go_down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await view(client, kim)
    await graph.come_up()

    assert (await view(client, kim)).status == 200


async def test_answers_are_compressed_for_those_who_take_it(
    client: PlainClient, graph: PretendGraph, kim: Mailbox
) -> None:
    with_gzip = await view(client, kim)
    graph.limits.gzip = False

    assert with_gzip.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in (await view(client, kim)).headers


def test_the_same_seed_gives_the_same_faults(clock: StandingClock) -> None:
    drawn = []
    for seed in (1, 1, 2):
        plan = FaultPlan(clock)
        plan.sow(seed, 0.3)
        drawn.append([taken and taken.kind for taken in (plan.take(Door.VIEW, None, 1) for _ in range(200))])

    assert drawn[0] == drawn[1] != drawn[2]
    assert 30 < sum(kind is not None for kind in drawn[0]) < 90


def test_a_cleared_plan_does_nothing(clock: StandingClock) -> None:
    plan = FaultPlan(clock)
    plan.sow(1, 1.0)
    plan.arm(FaultKind.GONE)
    plan.clear()

    assert plan.take(Door.VIEW, None, 1) is None
