"""Line states with the real voice process: what an exchange tells of its dialogs (RFC 4235), and our own calls."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.person import LineState, PersonId
from kalenderkoppling.usecases.core import look_up
from kktest.dialog_exchange import CONTENT_TYPE, dialog_info
from kktest.ports import LOOPBACK
from kktest.sip_peer import Dialogue, Message, SipPeer, sip_peer
from kktest.sipp import sipp
from kktest.sipp_scenarios import caller, pause, phone_answers, phone_rings
from kktest.voice import Site, Voice, open_site, over
from kktest.waiting import eventually

pytestmark = [pytest.mark.calls, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

LAMPS = "lamps"
HOUR_SECONDS = 3_600
NOWHERE = (LOOPBACK, 9)
GRACE_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Lamps:
    """An exchange that tells whoever subscribes what goes on at its phones, on a socket of its own."""

    peer: SipPeer
    grants_seconds: int = HOUR_SECONDS
    is_silent: bool = False
    dialogs: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    subscribed: dict[str, Dialogue] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    version: int = 0

    async def serve(self) -> None:
        """Take subscriptions and tell each at once."""
        while True:
            request = await self.peer.expect("SUBSCRIBE", within=HOUR_SECONDS)
            if not self.is_silent:
                self._take(request)

    def set(self, number: str, state: str = "") -> None:
        """Set what goes on at a phone, `early` or `confirmed`, nothing for quiet; whoever has subscribed is told."""
        self.dialogs[number] = [("d", state, "recipient")] if state else []
        if number in self.subscribed:
            self._notify(number, f"active;expires={self.grants_seconds}")

    def end(self, number: str) -> None:
        """End a subscription, as an exchange does that is told to load its settings anew."""
        self._notify(number, "terminated;reason=deactivated")
        del self.subscribed[number]

    async def has(self, number: str) -> bool:
        """Tell whether a phone is watched."""
        return number in self.subscribed

    def _take(self, request: Message) -> None:
        number = request["to"].partition("sip:")[2].partition("@")[0]
        host, _, port = request["contact"].strip("<>").partition("@")[2].partition(":")
        self.peer.to = (host, int(port))
        assert (request["event"], request["accept"]) == ("dialog", CONTENT_TYPE)
        goes_on = request["expires"] != "0"
        granted = min(int(request["expires"]), self.grants_seconds)
        dialogue = self.peer.answer(request, "200 OK", extra={"Expires": str(granted)})
        if not goes_on:
            self.subscribed.pop(number, None)
            return
        self.asked.append(number)
        # A refresh prolongs the dialogue that is there, and its requests are numbered on.
        known = self.subscribed.get(number)
        if known is None or known.call_id != dialogue.call_id:
            self.subscribed[number] = dialogue
        self._notify(number, f"active;expires={granted}")

    def _notify(self, number: str, state: str) -> None:
        self.version += 1
        body = dialog_info(self.dialogs.get(number, []), version=self.version).decode()
        extra = {"Event": "dialog", "Subscription-State": state, "Content-Type": CONTENT_TYPE}
        self.peer.send(self.peer.within(self.subscribed[number], "NOTIFY", body=body, extra=extra))


@asynccontextmanager
async def lamps_of_an_exchange() -> AsyncIterator[Lamps]:
    """Open the exchange; it sends to whoever subscribes."""
    async with sip_peer(NOWHERE) as peer:
        opened = Lamps(peer=peer)
        serving = asyncio.create_task(opened.serve())
        try:
            yield opened
        finally:
            serving.cancel()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lamps() -> AsyncIterator[Lamps]:
    async with lamps_of_an_exchange() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice(site: Site, lamps: Lamps) -> AsyncIterator[Voice]:
    async with watching(site, lamps) as running:
        yield running


@asynccontextmanager
async def watching(site: Site, lamps: Lamps) -> AsyncIterator[Voice]:
    """Run the voice process beside an exchange that tells of its lines; calls come from another."""
    lamps_settings = f"""
[[telephony.exchanges]]
name = "{LAMPS}"
addresses = ["127.0.0.2/32"]
proxy = "{LOOPBACK}:{lamps.peer.port}"
"""
    async with site.voice(more=lamps_settings, telephony=f'dialog_events = {{ exchange = "{LAMPS}" }}') as running:
        yield running


async def shows(site: Site, person: str, state: LineState) -> None:
    """Wait until the directory has a line in a state."""
    await eventually(site.line, person, wanted=lambda found: found is state)


async def watched(site: Site, lamps: Lamps, extension: str, phone: str = "") -> None:
    """Employ somebody, whose line is told to be free."""
    await site.employ(extension, extension=extension, phone=phone)
    await eventually(lamps.has, extension, wanted=bool)
    await shows(site, extension, LineState.FREE)


# ── what the exchange tells ─────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("voice")
async def test_a_line_turns_red_and_green_as_the_exchange_tells_and_no_other_does(
    site: Site, lamps: Lamps, extensions: Iterator[str]
) -> None:
    one, other = next(extensions), next(extensions)
    await site.employ(other, extension=other)
    await watched(site, lamps, one)
    await shows(site, other, LineState.FREE)
    lamps.set(one, "early")
    await shows(site, one, LineState.RINGING)
    lamps.set(one, "confirmed")
    await shows(site, one, LineState.IN_CALL)
    assert await site.line(other) is LineState.FREE
    lamps.set(one)
    await shows(site, one, LineState.FREE)


@pytest.mark.usefixtures("voice")
async def test_a_subscription_that_the_exchange_ends_leaves_the_line_unknown_until_the_next(
    site: Site, lamps: Lamps, extension: str
) -> None:
    await watched(site, lamps, extension)
    lamps.set(extension, "confirmed")
    await shows(site, extension, LineState.IN_CALL)
    asked = lamps.asked.count(extension)
    lamps.end(extension)
    await shows(site, extension, LineState.UNKNOWN)
    await shows(site, extension, LineState.IN_CALL)
    assert lamps.asked.count(extension) == asked + 1


@pytest.mark.usefixtures("voice")
async def test_who_leaves_is_watched_no_longer(site: Site, lamps: Lamps, extensions: Iterator[str]) -> None:
    leaves, stays = next(extensions), next(extensions)
    await site.employ(stays, extension=stays)
    await watched(site, lamps, leaves)
    del site.people[leaves]
    await site.prepare()
    await eventually(lamps.has, leaves, wanted=lambda found: not found)
    assert await lamps.has(stays)


# ── our own calls ───────────────────────────────────────────────────────────────────────────────


async def test_a_call_through_us_makes_the_line_red_and_then_free(
    site: Site, lamps: Lamps, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_answers(after=1), tmp_path) as phone:
        await watched(site, lamps, extension, phone.address)
        await voice.caught_up()
        with sipp(caller(pause(2)), tmp_path, to=voice.sip, number=extension) as call:
            await shows(site, extension, LineState.RINGING)
            await shows(site, extension, LineState.IN_CALL)
            assert call.process.poll() is None
            await over(call, phone)
        await shows(site, extension, LineState.FREE)


async def test_a_phone_that_is_not_answered_was_never_red_and_the_announcement_is_no_call_of_the_person(
    site: Site, lamps: Lamps, voice: Voice, extension: str, tmp_path: Path
) -> None:
    with sipp(phone_rings(), tmp_path) as phone:
        await watched(site, lamps, extension, phone.address)
        await site.away(extension, Diversion.OPEN)
        await voice.ready(extension)
        with sipp(caller(pause(2)), tmp_path, to=voice.sip, number=extension) as call:
            await shows(site, extension, LineState.RINGING)
            # From here on the announcement is heard.
            await eventually(site.line, extension, wanted=free_of_ringing)
            assert call.process.poll() is None
            await over(call, phone)
        assert await site.line(extension) is LineState.FREE


def free_of_ringing(state: LineState) -> bool:
    """Tell whether it rings no longer; that it is in a call fails."""
    assert state in {LineState.RINGING, LineState.FREE}
    return state is LineState.FREE


# ── lost ────────────────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A site of the test's own: another voice process would go on to tell of the lines."""
    copyfile(sqlite_template, tmp_path / "kk.db")
    async with open_site(tmp_path, f"sqlite:///{tmp_path / 'kk.db'}") as opened:
        yield opened


async def test_when_the_exchange_is_dead_its_lines_are_unknown_and_not_red_for_ever(
    elsewhere: Site, extension: str
) -> None:
    async with lamps_of_an_exchange() as lamps:
        lamps.grants_seconds = 2
        async with watching(elsewhere, lamps):
            await watched(elsewhere, lamps, extension)
            lamps.set(extension, "confirmed")
            await shows(elsewhere, extension, LineState.IN_CALL)
            lamps.is_silent = True
            await shows(elsewhere, extension, LineState.UNKNOWN)


async def test_when_we_are_killed_lines_are_unknown_once_nobody_vouches_for_them(
    elsewhere: Site, extension: str
) -> None:
    async with lamps_of_an_exchange() as lamps:
        lamps.grants_seconds = 2
        async with watching(elsewhere, lamps) as voice:
            await watched(elsewhere, lamps, extension)
            lamps.set(extension, "confirmed")
            await shows(elsewhere, extension, LineState.IN_CALL)
            await voice.kill()
    assert await elsewhere.line(extension) is LineState.IN_CALL
    person, later = PersonId(extension), datetime.now(UTC) + timedelta(seconds=lamps.grants_seconds + GRACE_SECONDS)
    assert await look_up(elsewhere.core, TENANT, lambda tx: tx.lines.states([person], later)) == {}


async def test_when_we_are_stopped_lines_are_unknown_at_once(elsewhere: Site, extension: str) -> None:
    async with lamps_of_an_exchange() as lamps, watching(elsewhere, lamps) as voice:
        await watched(elsewhere, lamps, extension)
        lamps.set(extension, "confirmed")
        await shows(elsewhere, extension, LineState.IN_CALL)
        assert await voice.stop() == 0
        assert await elsewhere.line(extension) is LineState.UNKNOWN
        assert lamps.subscribed == {}
