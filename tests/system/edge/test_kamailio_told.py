"""From an absence to what a caller meets: our side tells a real Kamailio, and ends hold while our side is dead."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.telephony.kamailio import KamailioEdge
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.edge import push_to_edge
from kalenderkoppling.usecases.calls.edge.push_to_edge import ASKED_EVERY, EdgePush
from kktest.callees import callee
from kktest.edge_scene import EdgeScene, edge_scene
from kktest.house import CountingMeter
from kktest.make import absence
from kktest.sipp_scenarios import announcement, caller, phone_answers
from kktest.waiting import settled, until

pytestmark = pytest.mark.calls

CALLS = 4
HOUR = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Told:
    """An edge, and our side that tells it."""

    scene: EdgeScene
    push: EdgePush
    meter: CountingMeter

    async def settle(self) -> None:
        """Have every turn that is due; afterwards our side is as good as dead."""
        while await self.push.turn() <= datetime.now(UTC):
            pass

    async def rings(self, number: str = "1234") -> bool:
        """Place a call, and tell whether the phone rang; else it was announced."""
        phone, endpoint = self.scene.phone, self.scene.endpoint
        before = phone.received.count("INVITE"), endpoint.received.count("INVITE")
        await asyncio.to_thread(self.scene.call, caller(), number)
        rung = phone.received.count("INVITE") - before[0]
        announced = endpoint.received.count("INVITE") - before[1]
        assert rung + announced == 1
        return bool(rung)


def away(until: datetime, diversion: Diversion = Diversion.DIRECT, *numbers: str) -> Callee:
    """Somebody who is away until an instant."""
    now = datetime.now(UTC)
    stretch = Interval(start=now - HOUR, end=until)
    return replace(
        callee(replace(absence("11:30", "13:00", diversion), interval=stretch), looked=now),
        numbers=frozenset(numbers or ("1234",)),
        ring=timedelta(seconds=10),
    )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[EdgeScene]:
    with edge_scene(tmp_path, phone=phone_answers(after=0.1), endpoint=announcement(), calls=CALLS) as made:
        yield made


@asynccontextmanager
async def telling(scene: EdgeScene) -> AsyncIterator[Told]:
    meter = CountingMeter()
    async with aiohttp.ClientSession() as session:
        edge = KamailioEdge(scene.edge.rpc_url, "ref", session)
        yield Told(scene=scene, push=EdgePush(edge, SystemClock(), meter, ("+468508",)), meter=meter)


async def test_an_absence_in_force_is_announced_in_every_dialled_form(scene: EdgeScene) -> None:
    async with telling(scene) as told:
        told.push.changed(None, away(datetime.now(UTC) + HOUR))
        await told.settle()
        assert not await told.rings("1234")
        assert not await told.rings("0046 8 508 1234".replace(" ", "-"))
        assert not await told.rings("085081234")
        assert await told.rings("5678")


async def test_S_13_the_end_of_an_absence_takes_effect_while_our_side_is_dead(scene: EdgeScene) -> None:
    end = datetime.now(UTC) + timedelta(seconds=8)
    async with telling(scene) as told:
        told.push.changed(None, away(end))
        await told.settle()
        assert not await told.rings()
    # Nobody tells it anything any more.
    await until(lambda: datetime.now(UTC) > end)
    assert await told.rings()


async def test_an_absence_that_is_removed_rings_at_once(scene: EdgeScene) -> None:
    async with telling(scene) as told:
        before = away(datetime.now(UTC) + HOUR)
        told.push.changed(None, before)
        await told.settle()
        assert not await told.rings()
        told.push.changed(before, replace(before, absences=()))
        await told.settle()
        assert await told.rings()


async def test_an_open_referral_rings_the_phone_that_is_answered_in_time(scene: EdgeScene) -> None:
    async with telling(scene) as told:
        told.push.changed(None, away(datetime.now(UTC) + HOUR, Diversion.OPEN))
        await told.settle()
        assert scene.edge.meets("1234") == "open:10000"
        assert await told.rings()


async def test_a_kamailio_that_was_killed_is_filled_again_by_itself(
    scene: EdgeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_to_edge, "ASKED_EVERY", ASKED_EVERY / 5)
    stopping = asyncio.Event()
    async with telling(scene) as told:
        told.push.changed(None, away(datetime.now(UTC) + HOUR))
        running = asyncio.create_task(told.push.run(stopping))
        await until_it_meets(scene, "direct")
        await settled(1.1)  # Kamailio tells the second in which it began.
        await asyncio.to_thread(scene.edge.stop, at_once=True)
        await asyncio.to_thread(scene.edge.start)  # Its table is in its memory, and gone.
        await until_it_meets(scene, "direct")
        assert not await told.rings()
        stopping.set()
        await running


async def test_F_25_while_kamailio_hangs_our_side_goes_on_and_tells_it_afterwards(scene: EdgeScene) -> None:
    async with telling(scene) as told:
        told.push.changed(None, away(datetime.now(UTC) + HOUR))
        scene.edge.freeze()
        await told.push.turn()
        scene.edge.thaw()
        assert told.meter.counts[Count.EDGE_FAILED, "edge"] == 1
        while scene.edge.meets("1234") is None:
            await settled()
            await told.push.turn()
        assert not await told.rings()


async def until_it_meets(scene: EdgeScene, means: str) -> None:
    await until(lambda: scene.edge.meets("1234") == means)
