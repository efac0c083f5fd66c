"""Callers that speak neither PCMA nor plain RTP hear announcements through Kamailio and rtpengine."""

import asyncio
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import alaw
from kalenderkoppling.sound.samples import of_numbers
from kktest.edge_scene import NUMBER, edge_scene
from kktest.g722 import LowerBand, likeness
from kktest.ports import LOOPBACK, free_ports
from kktest.rtp import EVENT_TYPE, FRAME, Ear, Heard, ear, port_of
from kktest.rtpengine import RtpEngine, rtpengine
from kktest.sipp import sipp
from kktest.sipp_scenarios import EVENTS, G722, PCMA, announcement, caller, pause, phone_answers, phone_refuses, sdp
from kktest.timed import took_at_most
from kktest.waiting import settled

pytestmark = pytest.mark.calls

PCMA_TYPE, G722_TYPE = 8, 9
RATE = 8_000
SECURE = (
    "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\nm=audio 40000 RTP/SAVP 8 101\n"
    "a=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n"
)


@pytest.fixture
def engine() -> Iterator[RtpEngine]:
    with rtpengine() as running:
        yield running


async def test_a_caller_who_speaks_g722_alone_hears_the_announcement_and_presses_a_key(
    tmp_path: Path, engine: RtpEngine
) -> None:
    with ear() as hears, ear() as speaks:
        endpoint = announcement(says=sdp(speaks.port, PCMA, EVENTS))
        with edge_scene(tmp_path, endpoint=endpoint, rtpengine=engine.address) as scene:
            scene.edge.put(NUMBER, "direct")
            offer = sdp(hears.port, G722, EVENTS)
            with sipp(caller(pause(1.5), offer=offer), tmp_path, to=scene.address, number=NUMBER) as call:
                await asyncio.to_thread(scene.endpoint.until, "ACK")
                offered = scene.endpoint.first("INVITE").body
                assert "PCMA/8000" in offered
                hears.press("1", SessionDescription(call.first("200").body))
                sent = await say(speaks, to=port_of(SessionDescription(offered)))
                assert (await asyncio.to_thread(call.wait)).succeeded
    assert {each.payload_type for each in hears.packets} == {G722_TYPE}
    # A packet that a busy machine lost spoils one fifth of it, and shifts those behind it.
    alike = sorted(likeness(fifth, decoded(hears.packets)) for fifth in np.split(sent, 5))
    assert alike[1] > 0.95, alike
    keys = [each.payload[0] for each in speaks.packets if each.payload_type == EVENT_TYPE]
    assert set(keys) == {1}


async def say(speaker: Ear, to: int) -> NDArray[np.float64]:
    """Send a second of rising sound, a packet each 20 ms; return it as numbers."""
    time = np.arange(RATE) / RATE
    sound = 10_000 * np.sin(2 * np.pi * (300 * time + 400 * time**2)) * (0.6 + 0.4 * np.sin(6 * np.pi * time))
    coded = alaw(of_numbers(sound.astype(np.float32), RATE))
    for place in range(RATE // FRAME):
        head = struct.pack("!BBHII", 0x80, PCMA_TYPE, place, place * FRAME, 0x5EED)
        speaker.say([head + coded[place * FRAME : (place + 1) * FRAME]], SessionDescription(f"m=audio {to} "))
        await settled(0.02)
    return sound


def decoded(packets: Sequence[Heard]) -> NDArray[np.float64]:
    """Return what packets of G.722 sound like, in the order in which they were sent."""
    first = packets[0].timestamp
    in_order = sorted(packets, key=lambda each: (each.timestamp - first) % 2**32)
    decoder = LowerBand()
    return np.concatenate([decoder.heard(each.payload) for each in in_order])


def test_a_caller_with_encrypted_sound_is_answered_in_kind_and_the_endpoint_sees_none_of_it(
    tmp_path: Path, engine: RtpEngine
) -> None:
    with edge_scene(tmp_path, endpoint=announcement(), rtpengine=engine.address) as scene:
        scene.edge.put(NUMBER, "direct")
        call = scene.call(caller(offer=SECURE))
        offered, answered = scene.endpoint.first("INVITE").body, call.first("200").body
        assert (" RTP/AVP " in offered, "a=crypto" in offered) == (True, False)
        assert (" RTP/SAVP " in answered, "a=crypto:1 " in answered) == (True, True)


def test_S_13_the_phone_is_offered_what_the_caller_offered_when_nobody_announces(
    tmp_path: Path, engine: RtpEngine
) -> None:
    with edge_scene(tmp_path, phone=phone_answers(), endpoint=phone_refuses(503), rtpengine=engine.address) as scene:
        scene.edge.put(NUMBER, "direct")
        call = scene.call(caller(offer=sdp(40_002, G722)))
        assert scene.phone.first("INVITE").body == call.first("INVITE").body


def test_S_13_an_rtpengine_that_hangs_costs_a_second_and_no_announcement(tmp_path: Path, engine: RtpEngine) -> None:
    with edge_scene(tmp_path, endpoint=announcement(), rtpengine=engine.address) as scene:
        scene.edge.put(NUMBER, "direct")
        engine.freeze()
        call = scene.call(caller())
        took_at_most(call.first("200").at - call.first("INVITE").at, 1.2)
        assert scene.endpoint.wait().succeeded
        engine.thaw()  # Kamailio asks it once more before it stops.


def test_S_13_an_rtpengine_that_is_not_there_costs_no_announcement(tmp_path: Path) -> None:
    (nobody,) = free_ports(1)
    with edge_scene(tmp_path, endpoint=announcement(), rtpengine=f"{LOOPBACK}:{nobody}") as scene:
        scene.edge.put(NUMBER, "direct")
        scene.call(caller())
        assert scene.endpoint.wait().succeeded
