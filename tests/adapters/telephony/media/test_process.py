"""The child process dies, hangs, stands still or cannot be started: callers are told, and the next ones are heard."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kalenderkoppling.domain.errors import InvalidValueError, MediaUnavailableError, NoCommonCodecError
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.sound import alaw
from kalenderkoppling.telephony.media import link as link_module
from kalenderkoppling.telephony.media import process as process_module
from kalenderkoppling.telephony.media.link import Link, end
from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kalenderkoppling.telephony.media.stream import RtpStream
from kktest.checkout import TESTS
from kktest.house import CountingMeter
from kktest.media_contract import PATIENCE_SECONDS, begun, clip
from kktest.ports import LOOPBACK, spare_ports
from kktest.rtp import FRAME, Ear, described, flaws, gaps, port_of, press
from kktest.timed import took_about, took_at_most
from kktest.waiting import eventually, settled, until

LONG = clip("long", timedelta(seconds=20))


def child_of(player: MediaProcess) -> int:
    assert player.process_id is not None
    return player.process_id


def is_running(process_id: int) -> bool:
    """Whether a process is there; one that has ended and is only remembered is not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descriptors_of(process_id: int) -> int:
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{process_id}/fd").iterdir()))


def children_of(process_id: int) -> list[int]:
    """The processes that a process has started and not seen off."""
    return [int(each) for each in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


async def until_gone(process_id: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    since = loop.time()
    await until(lambda: not is_running(process_id))
    took_at_most(loop.time() - since, seconds)


async def opened_again(player: MediaProcess, listener: Ear) -> RtpStream:
    """Open a stream as soon as there is a player again."""

    async def opened() -> RtpStream | None:
        with suppress(MediaUnavailableError):
            return await player.open(listener.offer)
        return None

    found = await eventually(opened)
    assert found is not None
    return found


async def test_F_25_a_child_that_is_killed_is_told_at_once_and_the_next_call_is_heard_within_two_seconds(
    player: MediaProcess, listener: Ear, meter: CountingMeter
) -> None:
    stream = await player.open(listener.offer)
    playing, waiting = await begun(stream, LONG), asyncio.create_task(stream.digit())
    await until(lambda: listener.packets)
    loop = asyncio.get_running_loop()
    killed = loop.time()
    os.kill(child_of(player), signal.SIGKILL)
    for told in (playing, waiting):
        with pytest.raises(MediaUnavailableError):
            await told
    took_at_most(loop.time() - killed, 1)
    with pytest.raises(MediaUnavailableError):
        await player.open(listener.offer)
    again = await opened_again(player, listener)
    took_at_most(loop.time() - killed, 2)
    await again.play([clip("one")])
    await until(lambda: len(listener.sound(again.ours)) >= 5 * FRAME)
    assert listener.sound(again.ours) == alaw(clip("one").sound)
    assert port_of(again.ours) > port_of(stream.ours)
    assert meter.counts == {(Count.MEDIA_RESTARTS, "ended"): 1}


async def test_S_13_a_child_that_hangs_is_told_of_replaced_and_holds_up_no_call(
    player: MediaProcess, listener: Ear, meter: CountingMeter
) -> None:
    stream = await player.open(listener.offer)
    playing = await begun(stream, LONG)
    hanging = child_of(player)
    loop = asyncio.get_running_loop()
    since = loop.time()
    os.kill(hanging, signal.SIGSTOP)
    with pytest.raises(MediaUnavailableError):
        await player.open(listener.offer)
    took_at_most(loop.time() - since, 1.5)
    with pytest.raises(MediaUnavailableError):
        await asyncio.wait_for(playing, PATIENCE_SECONDS)
    took_at_most(loop.time() - since, 4)
    again = await opened_again(player, listener)
    took_at_most(loop.time() - since, 6)
    await again.play([clip("one")])
    await until_gone(hanging, 1)
    assert meter.counts == {(Count.MEDIA_RESTARTS, "silent"): 1}


async def test_a_child_that_stood_still_goes_on_without_a_burst(player: MediaProcess, listener: Ear) -> None:
    stream = await player.open(listener.offer)
    playing = await begun(stream, clip("second", timedelta(seconds=1)))
    os.kill(child_of(player), signal.SIGSTOP)
    await settled(0.5)
    os.kill(child_of(player), signal.SIGCONT)
    await playing
    await until(lambda: len(listener.packets) >= 50)
    assert listener.sound() == alaw(clip("second", timedelta(seconds=1)).sound)
    found = gaps(listener.packets)
    pause = max(found)
    place = found.index(pause)
    assert pause > 400
    # No burst: of any five gaps the sum is above 60 ms.
    took_at_most(60, min(sum(found[start : start + 5]) for start in range(len(found) - 5)))
    assert flaws(listener.packets) == []
    assert listener.packets[place + 1].is_marked
    before, after = listener.packets[place : place + 2]
    took_at_most(abs((after.timestamp - before.timestamp) % 2**32 / 8 - pause), 45)


async def test_a_call_that_is_given_up_while_it_is_opened_leaves_no_port_behind(
    player: MediaProcess, listener: Ear
) -> None:
    await (await player.open(listener.offer)).play([clip("one")])
    before = descriptors_of(child_of(player))
    os.kill(child_of(player), signal.SIGSTOP)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(player.open(listener.offer), 0.05)
    os.kill(child_of(player), signal.SIGCONT)
    await (await player.open(listener.offer)).play([clip("one")])
    assert descriptors_of(child_of(player)) == before + 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_that_stops_the_service_lets_callers_hear_the_end(
    player: MediaProcess, listener: Ear, number: signal.Signals
) -> None:
    stream = await player.open(listener.offer)
    playing = await begun(stream, clip("second", timedelta(seconds=0.4)))
    os.kill(child_of(player), number)
    await playing
    assert len(listener.packets) == 20


async def test_a_child_ends_with_its_player_and_whoever_still_plays_is_told(
    meter: CountingMeter, listener: Ear
) -> None:
    async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(23_000, 27_999)), meter) as player:
        child = child_of(player)
        stream = await player.open(listener.offer)
        playing = await begun(stream, LONG)
    assert not is_running(child)
    assert player.process_id is None
    with pytest.raises(MediaUnavailableError):
        await playing
    with pytest.raises(MediaUnavailableError):
        await player.open(listener.offer)
    assert meter.counts == {}


@pytest.mark.parametrize("after_seconds", [0, 0.001, 0.01, 0.26, 0.28, 0.3, 0.35])
async def test_a_player_that_is_closed_while_its_child_is_replaced_leaves_none_behind(
    meter: CountingMeter, after_seconds: float
) -> None:
    others = children_of(os.getpid())
    async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(23_000, 27_999)), meter) as player:
        first = child_of(player)
        os.kill(first, signal.SIGKILL)
        await settled(after_seconds)
        last = player.process_id
    assert player.process_id is None
    assert not is_running(first)
    assert last is None or not is_running(last)
    assert children_of(os.getpid()) == others


async def test_a_player_that_is_closed_while_its_child_is_seen_off_sees_it_off_all_the_same(
    meter: CountingMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = asyncio.Event()

    async def slowly(process: Process, link: Link, *, patience_seconds: float) -> None:
        closing.set()
        await settled(1)
        await end(process, link, patience_seconds=patience_seconds)

    monkeypatch.setattr(process_module, "end", slowly)
    async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(23_000, 27_999)), meter) as player:
        hanging = child_of(player)
        os.kill(hanging, signal.SIGSTOP)
        await asyncio.wait_for(closing.wait(), PATIENCE_SECONDS)
    assert player.process_id is None
    assert not is_running(hanging)


PLAYER_ALONE = """
import asyncio
from kalenderkoppling.telephony.media.link import Link, end
from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kktest.checkout import TESTS
from kktest.house import CountingMeter

async def main():
    async with MediaProcess(MediaOptions(host="127.0.0.1", ports=(23_000, 27_999)), CountingMeter()) as player:
        print(player.process_id, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_child_whose_player_is_killed_is_gone_within_a_second() -> None:
    player = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PLAYER_ALONE), stdout=PIPE, env={**os.environ, "PYTHONPATH": str(TESTS)}
    )
    assert player.stdout is not None
    child = int(await player.stdout.readline())
    assert is_running(child)
    player.kill()
    await until_gone(child, 1)
    await player.communicate()


async def test_a_child_that_cannot_be_started_is_told(meter: CountingMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "CHILD", "antigravity_of_nobody")
    with pytest.raises(MediaUnavailableError):
        async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(23_000, 27_999)), meter):
            pass


async def test_a_child_that_never_gets_ready_is_told(meter: CountingMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "START_SECONDS", 0.0)
    with pytest.raises(MediaUnavailableError):
        async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(23_000, 27_999)), meter):
            pass


async def test_a_child_that_dies_again_and_again_is_started_less_and_less_often(
    player: MediaProcess, listener: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, tries = asyncio.get_running_loop(), []

    async def start(_begin: object) -> None:
        tries.append(loop.time())
        raise MediaUnavailableError

    monkeypatch.setattr(process_module, "LONGEST_PAUSE_SECONDS", 0.5)
    monkeypatch.setattr(process_module, "start", start)
    os.kill(child_of(player), signal.SIGKILL)
    await until(lambda: len(tries) >= 4)
    monkeypatch.undo()
    for earlier, later in pairwise(tries[:4]):
        took_about(later - earlier, 0.5, give=0.1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await opened_again(player, listener)


async def test_no_more_streams_are_opened_than_there_may_be(meter: CountingMeter, listener: Ear) -> None:
    options = MediaOptions(host=LOOPBACK, ports=(23_000, 27_999), most_streams=2)
    async with MediaProcess(options, meter) as player:
        first, _ = await player.open(listener.offer), await player.open(listener.offer)
        with pytest.raises(MediaUnavailableError):
            await player.open(listener.offer)
        first.close()
        await player.open(listener.offer)


async def test_where_no_port_is_free_no_stream_is_opened(meter: CountingMeter, listener: Ear) -> None:
    first = spare_ports(4)
    async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(first, first + 3)), meter) as player:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind((LOOPBACK, first + 1))
            stream = await player.open(listener.offer)
            assert port_of(stream.ours) == first + 3
            with pytest.raises(MediaUnavailableError):
                await player.open(listener.offer)
        assert port_of((await player.open(listener.offer)).ours) == first + 1


async def test_what_is_refused_takes_no_port(meter: CountingMeter, listener: Ear) -> None:
    first = spare_ports(2)
    async with MediaProcess(MediaOptions(host=LOOPBACK, ports=(first, first + 1)), meter) as player:
        for _ in range(3):
            with pytest.raises(NoCommonCodecError):
                await player.open(described(listener.port, formats="9"))
        await player.open(listener.offer)


async def test_where_we_are_reached_by_ip6_sound_and_keys_go_that_way(meter: CountingMeter) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as caller:
        caller.settimeout(0)
        caller.bind(("::1", 0))
        offer = described(caller.getsockname()[1]).replace("IN IP4 127.0.0.1", "IN IP6 ::1")
        async with MediaProcess(MediaOptions(host="::1", ports=(23_000, 27_999)), meter) as player:
            stream = await player.open(SessionDescription(offer))
            for report in press(5, 800):
                caller.sendto(report, ("::1", port_of(stream.ours)))
            await stream.play([clip("one")])
            assert b"".join(caller.recv(200)[12:] for _ in range(5)) == alaw(clip("one").sound)
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await stream.digit() == "5"


@pytest.mark.parametrize(
    ("host", "ports"),
    [
        ("phone.example", (20_000, 20_010)),
        ("0.0.0.0", (20_000, 20_010)),  # noqa: S104 - it is refused
        ("224.0.0.1", (20_000, 20_010)),
        (LOOPBACK, (20_001, 20_001)),
        (LOOPBACK, (20_010, 20_000)),
        (LOOPBACK, (20_000, 70_000)),
        (LOOPBACK, (0, 10)),
    ],
)
def test_an_address_or_ports_that_cannot_be_used_are_refused(host: str, ports: tuple[int, int]) -> None:
    with pytest.raises(InvalidValueError):
        MediaOptions(host=host, ports=ports)


def test_the_child_loads_nothing_that_it_does_not_need() -> None:
    loaded = "import sys, kalenderkoppling.telephony.media.child; print(*sys.modules)"
    command = [sys.executable, "-c", loaded]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 our own words
    assert {"numpy", "soxr", "asyncio", "structlog", "sippy"} & set(names) == set()
