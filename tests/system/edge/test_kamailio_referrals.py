"""Kamailio, with the configuration of docs/phones, carries referrals out: direct, open, and calls without any."""

import asyncio
from pathlib import Path
from statistics import median

import pytest

from kalenderkoppling.ports.phone import Called
from kalenderkoppling.telephony.sip.called import read_called
from kktest.edge_scene import NUMBER, EdgeScene, edge_scene
from kktest.ports import LOOPBACK
from kktest.sip_peer import sdp, sip_peer
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import (
    Scenario,
    announcement,
    answer,
    caller,
    caller_gives_up,
    caller_refused,
    follows_refer,
    info,
    pause,
    phone_answers,
    phone_hangs,
    phone_refuses,
    phone_rings,
    refers,
    takes_info,
)
from kktest.timed import took_about, took_at_most

pytestmark = pytest.mark.calls

EARLY = 0.2
"""Kamailio's timers tick sixteen times a second, and its ring time ends up to a tick early."""


def rung(phone: Sipp) -> list[float]:
    """For how long each call rang until it was cancelled, in seconds."""
    came = {each.header("Call-ID")[0]: each.at for each in phone.messages if each.kind == "INVITE"}
    return [each.at - came[each.header("Call-ID")[0]] for each in phone.messages if each.kind == "CANCEL"]


def diversion(why: str) -> str:
    """The header with which a call comes to our endpoint."""
    return f"<sip:{NUMBER}@{LOOPBACK}>;reason={why};counter=1"


def as_our_endpoint_reads_it(scene: EdgeScene) -> Called:
    """What our endpoint takes the call for that came to its stand-in."""
    invite = scene.endpoint.first("INVITE")
    return read_called(invite.start.split()[1], invite.header("Diversion"), invite.header("History-Info"))


# ── without a referral ──────────────────────────────────────────────────────────────────────────


def test_a_call_to_a_number_without_a_referral_rings_the_phone(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(after=0.1), endpoint=announcement()) as scene:
        call = scene.call(caller())
        assert call.received == ["100", "180", "200", "200"]
        assert scene.phone.wait().succeeded
        assert scene.phone.first("INVITE").header("Diversion") == []
        assert scene.endpoint.messages == []
        assert "<script>" not in scene.edge.log
        assert "rval" not in scene.edge.log


def test_a_call_without_a_referral_rings_on_and_is_missed_when_the_caller_gives_up(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings()) as scene:
        scene.call(caller_gives_up(after=0.3))
        assert scene.phone.wait().succeeded


def test_a_busy_phone_without_a_referral_is_busy(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_refuses(486), endpoint=announcement()) as scene:
        scene.call(caller_refused(486))
        assert scene.endpoint.messages == []


def test_a_referral_that_makes_no_sense_rings_the_phone(tmp_path: Path) -> None:
    senseless = ["open:0", "open:", "open:abc", "direct ", "directly", ""]
    with edge_scene(tmp_path, phone=phone_refuses(486), endpoint=announcement(), calls=len(senseless)) as scene:
        for number, means in enumerate(senseless):
            scene.edge.put(f"{number}", means)
            scene.call(caller_refused(486), f"{number}")
        assert scene.phone.wait().succeeded
        assert scene.endpoint.messages == []


# ── direct ──────────────────────────────────────────────────────────────────────────────────────


def test_a_direct_referral_is_announced_at_once_and_the_phone_does_not_ring(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        call = scene.call(caller())
        assert call.received == ["100", "200", "200"]
        assert scene.endpoint.wait().succeeded
        invite = scene.endpoint.first("INVITE")
        assert invite.start == f"INVITE sip:{NUMBER}@{LOOPBACK} SIP/2.0"
        assert invite.header("Diversion") == [diversion("unconditional")]
        assert as_our_endpoint_reads_it(scene) == Called(wanted=NUMBER, diverted_from=(NUMBER,))
        assert scene.phone.messages == []


def test_the_latest_diversion_stands_first(tmp_path: Path) -> None:
    earlier = "<sip:5678@pbx.example>;reason=no-answer"
    with edge_scene(tmp_path, endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller(extra=f"Diversion: {earlier}\n"))
        found = scene.endpoint.first("INVITE").header("Diversion")
        assert found == [diversion("unconditional"), earlier]


def test_only_the_number_that_is_known_is_announced(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=announcement()) as scene:
        scene.edge.put("12345", "direct")
        scene.edge.put("123", "direct")
        scene.call(caller())
        assert scene.phone.wait().succeeded


def test_a_number_is_found_however_it_is_dialled(tmp_path: Path) -> None:
    full = "+46850812345"
    forms = [full, "0046850812345", "%2B46850812345", "+46-8-508.123(45)", f"{full};phone-context=example"]
    with edge_scene(tmp_path, endpoint=announcement(), calls=len(forms)) as scene:
        scene.edge.put(full, "direct")
        for dialled in forms:
            scene.call(caller(), dialled)
        invites = [each.start for each in scene.endpoint.messages if each.kind == "INVITE"]
        assert invites == [f"INVITE sip:{full}@{LOOPBACK} SIP/2.0"] * len(forms)


def test_a_name_with_dots_and_hyphens_is_not_a_number_with_separators(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement()) as scene:
        scene.edge.put("anna-lisa.ek", "direct")
        scene.call(caller(), "anna-lisa.ek")
        assert scene.endpoint.wait().succeeded


def test_what_is_said_within_the_call_goes_both_ways_through_the_edge(tmp_path: Path) -> None:
    """A key, then the transfer to the attendant: INFO, REFER, NOTIFY, BYE."""
    # The edge has several workers: what is sent right after an answer or an ACK may overtake it.
    a_moment = pause(0.2)
    transfers = announcement(takes_info(), a_moment, refers("sip:9@pbx.example"))
    with edge_scene(tmp_path, endpoint=transfers) as scene:
        scene.edge.put(NUMBER, "direct")
        call = scene.call(caller(a_moment, info("1"), follows_refer()))
        assert scene.endpoint.wait().succeeded
        assert call.first("REFER").header("Refer-To") == ["<sip:9@pbx.example>"]
        assert len(call.first("REFER").header("Via")) == 2


def test_the_endpoint_may_hang_up(tmp_path: Path) -> None:
    with edge_scene(tmp_path, endpoint=announcement(pause(0.2), hangs_up=True)) as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller(pause(0), hangs_up=False))
        assert scene.endpoint.wait().succeeded


# ── open ────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_referral_rings_for_its_time_and_is_announced_then(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings(), endpoint=announcement(), calls=5) as scene:
        scene.edge.put(NUMBER, "open:1000")
        with sipp(caller(), tmp_path, to=scene.address, calls=5, rate=50) as calls:
            assert calls.wait().succeeded
        assert scene.phone.wait().succeeded
        assert scene.endpoint.wait().succeeded
        took_about(median(rung(scene.phone)), 1.0, give=EARLY)


def test_an_announcement_after_ringing_says_that_the_phone_has_rung(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings(), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:300")
        call = scene.call(caller())
        assert call.received == ["100", "180", "200", "200"]
        assert as_our_endpoint_reads_it(scene) == Called(wanted=NUMBER, diverted_from=(NUMBER,), has_rung=True)
        assert scene.endpoint.first("INVITE").header("Diversion") == [diversion("no-answer")]


def test_a_phone_that_says_on_and_on_that_it_rings_gets_no_more_time(tmp_path: Path) -> None:
    rings = phone_rings()
    again = (pause(0.3), answer(183), pause(0.2), answer(180))
    restless = Scenario(name="restless", calls=False, steps=(*rings.steps[:2], *again, *rings.steps[2:]))
    with edge_scene(tmp_path, phone=restless, endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:800")
        scene.call(caller())
        [rang] = rung(scene.phone)
        took_about(rang, 0.8, give=EARLY)


def test_a_phone_that_is_answered_in_time_talks_on(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_answers(after=0.2), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:10000")
        scene.call(caller(pause(0.5)))
        assert scene.phone.wait().succeeded
        assert scene.endpoint.messages == []


@pytest.mark.parametrize(
    ("status", "why"),
    [(486, "user-busy"), (600, "user-busy"), (603, "unavailable"), (503, "unavailable")],
)
def test_a_phone_that_takes_no_calls_is_announced_at_once(tmp_path: Path, status: int, why: str) -> None:
    with edge_scene(tmp_path, phone=phone_refuses(status), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:10000")
        call = scene.call(caller())
        took_at_most(call.first("200").at - call.messages[0].at, 0.5)
        assert as_our_endpoint_reads_it(scene).has_rung
        assert scene.endpoint.first("INVITE").header("Diversion") == [diversion(why)]


def test_a_dead_phone_is_announced_after_two_seconds(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=None, endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:10000")
        call = scene.call(caller())
        took_about(call.first("200").at - call.messages[0].at, 2, give=0.3)


def test_a_caller_who_gives_up_while_the_phone_rings_ends_all(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings(), endpoint=announcement()) as scene:
        scene.edge.put(NUMBER, "open:10000")
        assert "487" in scene.call(caller_gives_up(0.2)).received
        assert scene.phone.wait().succeeded
        assert scene.endpoint.messages == []


def test_a_caller_who_gives_up_while_the_endpoint_is_asked_ends_all(tmp_path: Path) -> None:
    with edge_scene(tmp_path, phone=phone_rings(), endpoint=phone_hangs()) as scene:
        # Kamailio looks at its timers when it would send again, half a second after the INVITE: none is shorter.
        scene.edge.put(NUMBER, "open:600")
        assert "487" in scene.call(caller_gives_up(1.0)).received
        assert scene.phone.wait().succeeded
        assert scene.endpoint.wait().succeeded
        assert scene.phone.received.count("INVITE") == 1


async def test_C_26_a_referral_that_ended_while_it_rang_is_not_announced_and_the_phone_rings_on(tmp_path: Path) -> None:
    async with sip_peer((LOOPBACK, 9)) as phone:
        with edge_scene(tmp_path, phone=f"{LOOPBACK}:{phone.port}", endpoint=announcement()) as scene:
            phone.to = (LOOPBACK, scene.edge.sip_port)
            scene.edge.put(NUMBER, "open:500")
            with sipp(caller(), tmp_path, to=scene.address, number=NUMBER) as call:
                first = await phone.expect("INVITE")
                phone.answer(first, "180 Ringing")
                scene.edge.rpc("htable.delete", "ref", NUMBER)
                phone.answer(await phone.expect("CANCEL"), "200 OK")
                phone.answer(first, "487 Request Terminated")
                again = await phone.expect("INVITE")
                phone.answer(again, "200 OK", body=sdp(), extra={"Record-Route": again["record-route"]})
                phone.answer(await phone.expect("BYE"), "200 OK")
                assert (await asyncio.to_thread(call.wait)).succeeded
            assert scene.endpoint.messages == []
