"""Whatever of ours is dead, the phone rings (S-13): Kamailio fails over to it, within four seconds at the worst."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kktest.edge_scene import NUMBER, EdgeScene, edge_scene
from kktest.ports import LOOPBACK
from kktest.sip_peer import sdp, sip_peer
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import (
    Scenario,
    announcement,
    caller,
    caller_gives_up,
    caller_refused,
    phone_answers,
    phone_hangs,
    phone_refuses,
    phone_rings,
)
from kktest.timed import took_about, took_at_most

pytestmark = pytest.mark.calls

LONGEST_SECONDS = 4.0


def rang_after(call: Sipp) -> float:
    """After how many seconds the caller heard that the phone rings."""
    return call.first("180").at - call.first("INVITE").at


def call_in(scene: EdgeScene) -> Sipp:
    scene.edge.put(NUMBER, "direct")
    return scene.call(caller())


# ── a direct referral ───────────────────────────────────────────────────────────────────────────


def test_S_13_with_a_dead_endpoint_the_phone_rings_after_a_second(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(after=0.1), endpoint=None) as scene:
        took_about(rang_after(call_in(scene)), 1, give=0.3)
        assert scene.phone.wait().succeeded
        assert scene.phone.first("INVITE").start == f"INVITE sip:{NUMBER}@{scene.address} SIP/2.0"
        assert scene.phone.first("INVITE").header("Diversion") == []
        assert_left_alone(scene, at_most=timedelta(seconds=10))


def assert_left_alone(scene: EdgeScene, at_most: timedelta) -> None:
    """See that the edge remembers one dead endpoint, and not for longer."""
    match scene.edge.rpc("htable.dump", "dead"):
        case [{"slot": [{"name": str(endpoint)}]}]:
            pass
        case other:
            pytest.fail(f"{other}")
    match scene.edge.rpc("htable.get", "dead", endpoint):
        case {"item": {"expire": str(end)}}:
            # Kamailio tells local time.
            assert timedelta(0) < datetime.fromisoformat(end) - datetime.now() <= at_most  # noqa: DTZ005 - so it is
        case other:
            pytest.fail(f"{other}")


def test_S_13_after_the_first_call_dead_endpoints_cost_no_time(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=None, has_second=True, calls=2) as scene:
        took_about(rang_after(call_in(scene)), 2, give=0.3)
        took_at_most(rang_after(call_in(scene)), 0.5)


def test_S_13_with_an_endpoint_that_hangs_the_phone_rings(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(after=0.1), endpoint=phone_hangs()) as scene:
        took_about(rang_after(call_in(scene)), 1.5, give=0.4)
        assert scene.phone.wait().succeeded
        assert scene.endpoint.wait().succeeded


def test_S_13_in_the_worst_case_the_phone_rings_within_four_seconds(tmp_path: Path) -> None:
    hanging = phone_hangs()
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=hanging, second_endpoint=hanging) as scene:
        took_at_most(rang_after(call_in(scene)), LONGEST_SECONDS)
        assert scene.phone.wait().succeeded


@pytest.mark.parametrize("status", [480, 488, 503])
def test_S_13_an_endpoint_that_says_that_it_cannot_makes_the_phone_ring_at_once(tmp_path: Path, status: int) -> None:
    with edge_scene(tmp_path, phone=phone_answers(after=0.1), endpoint=phone_refuses(status)) as scene:
        took_at_most(rang_after(call_in(scene)), 0.5)
        assert scene.phone.wait().succeeded


def test_the_second_endpoint_is_tried_before_the_phone(tmp_path: Path) -> None:
    with edge_scene(
        tmp_path, phone=phone_answers(), endpoint=phone_refuses(503), second_endpoint=announcement()
    ) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller())
        assert scene.second_endpoint.wait().succeeded
        assert scene.phone.messages == []


def test_the_second_endpoint_is_not_asked_while_the_first_announces(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement(), second_endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller())
        assert scene.second_endpoint.messages == []


def test_an_endpoint_that_rings_the_phone_itself_is_waited_for(tmp_path: Path) -> None:
    """It found that nothing holds any more."""
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=phone_answers(after=1.8)) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller())
        assert scene.phone.messages == []


def test_a_phone_that_the_endpoint_found_busy_is_not_rung_again(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=phone_refuses(486)) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller_refused(486))
        assert scene.phone.messages == []


def test_a_caller_who_gives_up_while_the_endpoint_says_nothing_ends_all(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings(), endpoint=None) as scene:
        scene.edge.put(NUMBER, "direct")
        call = scene.call(caller_gives_up(after=0.2))
        took_about(rang_after(call), 1, give=0.3)
        assert scene.phone.wait().succeeded


# ── an open referral ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("endpoint", [None, phone_refuses(503)], ids=["dead", "refuses"])
async def test_S_13_a_call_that_was_ringing_is_taken_up_again_when_nobody_announces_it(
    tmp_path: Path, endpoint: Scenario | None
) -> None:
    async with sip_peer((LOOPBACK, 9)) as phone:
        with edge_scene(tmp_path, phone=f"{LOOPBACK}:{phone.port}", endpoint=endpoint) as scene:
            phone.to = (LOOPBACK, scene.edge.sip_port)
            scene.edge.put(NUMBER, "open:300")
            with sipp(caller(), tmp_path, to=scene.address, number=NUMBER) as call:
                first = await phone.expect("INVITE")
                phone.answer(first, "180 Ringing")
                phone.answer(await phone.expect("CANCEL"), "200 OK")
                phone.answer(first, "487 Request Terminated")
                again = await phone.expect("INVITE")
                assert "diversion" not in again
                assert again.start == first.start
                phone.answer(again, "200 OK", body=sdp(), extra={"Record-Route": again["record-route"]})
                phone.answer(await phone.expect("BYE"), "200 OK")
                assert (await asyncio.to_thread(call.wait)).succeeded


def test_S_13_a_phone_that_took_no_calls_is_not_rung_again_when_nobody_announces(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_refuses(603), endpoint=phone_refuses(503)) as scene:
        scene.edge.put(NUMBER, "open:10000")
        scene.call(caller_refused(603))
        assert scene.phone.received.count("INVITE") == 1
