"""Real calls while pages, sound or the other side are out of order: the next call is announced as ever."""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_connection

import pytest

from kalenderkoppling.domain.absence import Diversion
from kktest.fault_calls import ANSWERED_SECONDS, hears, rings
from kktest.sip_peer import SipPeer, sdp, sip_peer
from kktest.sipp import silent_phone, sipp
from kktest.sipp_scenarios import caller, pause, phone_answers
from kktest.timed import took_at_most
from kktest.torture import GARBLED, VALID, invite, mutated
from kktest.voice import Site, Voice, over
from kktest.waiting import eventually, settled

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

MEDIA_LOST = 'kk_calls_failed_total{reason="media_lost"}'
NO_MEDIA = 'kk_calls_failed_open_total{reason="no_media"}'
CALLED_BY_GARBAGE = ("10231", "10232")
"""Somebody who is announced for at once, and somebody whose phone rings first."""
DAMAGED = 400
MOST_GROWTH_KB = 40_000
METHODS = ("INVITE", "INVITE", "OPTIONS", "BYE", "ACK", "CANCEL", "NOTIFY", "INFO", "REFER", "SUBSCRIBE")


def running_servers(site: Site) -> list[int]:
    """The processes other than the voice process that run this installation."""
    pids = [int(each.name) for each in Path("/proc").glob("[0-9]*")]
    lines = ((pid, command_line(pid)) for pid in pids)
    return [pid for pid, line in lines if os.fsencode(site.folder) in line and b"\0voice\0" not in line]


@contextmanager
def begun_requests(voice: Voice, count: int) -> Iterator[None]:
    """Many HTTP requests that are never told to their end."""
    host, _, port = voice.url.removeprefix("http://").partition(":")
    with ExitStack() as stack:
        for _ in range(count):
            made = stack.enter_context(create_connection((host, int(port))))
            made.sendall(b"GET /v1/calls/decision?to=1 HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        yield


async def sounds_again(voice: Voice) -> int:
    """How often a voice process has said that its sound is back."""
    return sum("media_process_back" in line for line in voice.said)


async def sounds(voice: Voice) -> list[int]:
    """The processes of a voice process that play."""
    return [pid for pid in voice.children() if b"telephony.media.child" in command_line(pid)]


def command_line(pid: int) -> bytes:
    """With what a process was started; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def memory_kb(voice: Voice) -> int:
    """How much memory the voice process has, without its children."""
    told = Path(f"/proc/{voice.process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS:"))


async def throw_garbage(peer: SipPeer, chance: random.Random) -> None:
    """Send what is odd, what is garbled, what is damaged, and what is nothing at all, slowly enough to be read."""
    datagrams = [invite(peer, **changed) for changed in (*VALID.values(), *GARBLED.values())]
    for _ in range(DAMAGED):
        method = chance.choice(METHODS)
        to = chance.choice(CALLED_BY_GARBAGE)
        datagrams.append(mutated(peer.request(method, to=to, body=sdp() if method == "INVITE" else ""), chance))
    datagrams += [chance.randbytes(chance.randrange(1_500)) for _ in range(200)]
    datagrams += [b"", b"\0", b"\r\n\r\n", b"\r\n" * 4_000, b"INVITE " + b"a" * 60_000, *[b""] * 50]
    chance.shuffle(datagrams)
    for number, datagram in enumerate(datagrams):
        peer.send(datagram)
        if number % 20 == 0:
            await settled(0.01)
    await settled()


async def test_S_13_without_the_web_server_calls_are_announced_and_rung(
    site: Site, voice: Voice, extensions: Iterator[str], tmp_path: Path
) -> None:
    away, present = next(extensions), next(extensions)
    assert running_servers(site) == [], "nothing serves pages or synchronises"
    await site.employ(away, extension=away)
    await site.away(away)
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(present, extension=present, phone=phone.address)
        await voice.caught_up()
        rendered = await voice.ready(away)
        with begun_requests(voice, 300):
            await hears(voice, away, rendered, tmp_path)
            await rings(voice, present, phone, tmp_path)


async def test_S_13_when_the_sound_is_killed_its_calls_end_and_the_next_is_heard(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    rendered = await voice.ready(extension)
    with sipp(caller(pause(0.4), hangs_up=False), tmp_path, to=voice.sip, number=extension) as call:
        await asyncio.to_thread(call.until, "ACK")
        await settled(0.6)  # It is heard by now.
        [sound], before = await sounds(voice), await sounds_again(voice)
        os.kill(sound, signal.SIGKILL)
        await over(call)
    took_at_most(call.first("BYE").at - call.first("ACK").at, 0.6 + ANSWERED_SECONDS)
    assert await eventually(voice.counted, MEDIA_LOST, wanted=lambda counted: counted >= 1) == 1
    await eventually(sounds_again, voice, wanted=lambda times: times > before)
    await hears(voice, extension, rendered, tmp_path)


async def test_S_13_a_call_that_comes_while_the_sound_hangs_rings_and_the_next_is_heard(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(), tmp_path) as phone:
        await site.employ(extension, extension=extension, phone=phone.address)
        await site.away(extension)
        rendered = await voice.ready(extension)
        [sound], before = await eventually(sounds, voice, wanted=bool), await sounds_again(voice)
        os.kill(sound, signal.SIGSTOP)
        await rings(voice, extension, phone, tmp_path)
    assert await eventually(voice.counted, NO_MEDIA, wanted=lambda counted: counted >= 1) == 1
    await eventually(sounds_again, voice, wanted=lambda times: times > before)
    await hears(voice, extension, rendered, tmp_path)


async def test_F_33_garbage_costs_no_call_no_process_and_no_memory(
    site: Site, voice: Voice, extension: str, tmp_path: Path
) -> None:
    await site.employ(extension, extension=extension)
    await site.away(extension)
    directly, openly = CALLED_BY_GARBAGE
    with silent_phone() as phone:
        await site.employ(directly, extension=directly, phone=phone)
        await site.away(directly)
        await site.employ(openly, extension=openly, phone=phone)
        await site.away(openly, Diversion.OPEN)
        rendered = await voice.ready(extension)
        await voice.ready(directly)
        before, process = memory_kb(voice), voice.process.pid
        async with sip_peer(voice.address) as peer:
            await throw_garbage(peer, random.Random(3))
        await hears(voice, extension, rendered, tmp_path)
    assert voice.process.pid == process
    assert voice.process.returncode is None
    assert memory_kb(voice) - before < MOST_GROWTH_KB
    assert not [line for line in voice.said if "Traceback" in line or "part_broke_down" in line]
