"""Everything that the voice process needs, opened and closed together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.exchanges import sip_options
from kalenderkoppling.composition.from_settings.lines import watched_lines
from kalenderkoppling.composition.from_settings.people import number_plan, stored_country
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.call import CallId
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.ports.phone import IncomingCall
from kalenderkoppling.settings import Settings
from kalenderkoppling.settings.telephony import Telephony
from kalenderkoppling.speech.for_calls import SpeechForCalls
from kalenderkoppling.speech.open_speech import open_speech
from kalenderkoppling.speech.prompt_folder import PromptFolder
from kalenderkoppling.telephony.kamailio.edge import KamailioEdge
from kalenderkoppling.telephony.media.process import MediaOptions, MediaProcess
from kalenderkoppling.telephony.sip import SipPhone
from kalenderkoppling.usecases.announcements.clips import PromptClips
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.recordings import recordings_in
from kalenderkoppling.usecases.announcements.render_ahead import RenderAhead
from kalenderkoppling.usecases.call_flow import Desk, take_call
from kalenderkoppling.usecases.calls.answer_call import AnswerCall
from kalenderkoppling.usecases.calls.edge.push_to_edge import EdgePush
from kalenderkoppling.usecases.calls.history.call_book import QueuedCallBook
from kalenderkoppling.usecases.calls.index.call_index import CallIndex
from kalenderkoppling.usecases.calls.index.follow_feed import FeedFollower
from kalenderkoppling.usecases.calls.lines.own_lines import OwnLines
from kalenderkoppling.usecases.calls.lines.watch_lines import WatchLines
from kalenderkoppling.usecases.core import Core

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceParts:
    """What the voice process runs.

    `parts` run concurrently, by name, until the stop. `book` runs until the calls in progress have ended, so that
    these are recorded too.
    """

    core: Core
    phone: SipPhone
    answering: AnswerCall
    prompts: Prompts
    follower: FeedFollower
    book: QueuedCallBook
    parts: dict[str, Loop] = field(default_factory=dict)


@asynccontextmanager
async def open_voice(settings: Settings, telephony: Telephony, meter: Meter) -> AsyncIterator[VoiceParts]:
    """Open everything for the settings; calls are taken from `phone.start` on.

    Raises:
        InvalidValueError: a setting does not fit; the message names it.
        StoreUnavailableError: the database cannot be reached.
        MediaUnavailableError: no sound can be made.
    """
    options = sip_options(telephony)
    async with AsyncExitStack() as stack:
        store = stack.enter_context(closing(opened_store(settings)))
        store.add_tenant(TENANT)
        core = make_core(store, SystemClock(), make_bus())
        speech = stack.enter_context(closing(SpeechForCalls(partial(open_speech, telephony.voices), telephony.voices)))
        media_options = MediaOptions(host=telephony.host, ports=telephony.rtp_ports)
        media = await stack.enter_async_context(MediaProcess(media_options, meter))
        plan = number_plan(settings, settings.company.country or stored_country(store))
        index = CallIndex()
        folder = PromptFolder(Path(telephony.prompts))
        prompts = Prompts(speech, folder, address_key=folder.address_key())
        ahead = RenderAhead(prompts, core.clock, meter, recordings_in(store))
        index.listen(ahead.changed)
        follower = FeedFollower(core, index, lambda _: plan, [TENANT])
        answering = AnswerCall(core, index, lambda _: plan, follower.is_current, meter)
        book, own_lines = QueuedCallBook(core, meter), OwnLines(core.clock)

        async def take(call: IncomingCall) -> None:
            await take_call(call, desk)

        phone = SipPhone(options, meter, take)
        desk = Desk(
            decide=answering.decide,
            again=answering.again,
            attendant_of=lambda _: telephony.attendant,
            who_is=answering.who_is,
            new_id=_new_id,
            phone=phone,
            media=media,
            clips=PromptClips(prompts.find, ahead.render_now),
            book=book,
            lines=own_lines,
            clock=core.clock,
            meter=meter,
        )
        watching = WatchLines(core, index, own_lines, watched_lines(telephony, phone, core.clock), plan)
        voice = VoiceParts(core=core, phone=phone, answering=answering, prompts=prompts, follower=follower, book=book)
        voice.parts.update(
            follow=follower.run,
            render=ahead.run,
            tell_all=partial(_tell_when_loaded, follower, ahead),
            lines=watching.run,
        )
        if telephony.kamailio is not None:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            edge = KamailioEdge(telephony.kamailio.rpc_url, telephony.kamailio.table, session)
            push = EdgePush(edge, core.clock, meter, telephony.direct_dial)
            index.listen(push.changed)
            voice.parts["edge"] = partial(_push_when_loaded, follower, push)
        yield voice


def _new_id() -> CallId:
    return CallId(secrets.token_urlsafe(12))


async def _tell_when_loaded(follower: FeedFollower, ahead: RenderAhead, stopping: asyncio.Event) -> None:
    """Delete prompts left by earlier processes, once everybody is loaded and the prompts in use are known."""
    if await _loaded(follower, stopping):
        ahead.everybody_told()
        await stopping.wait()


async def _push_when_loaded(follower: FeedFollower, push: EdgePush, stopping: asyncio.Event) -> None:
    """Push to the edge once everybody is loaded; before that, some entries would be pushed twice."""
    if await _loaded(follower, stopping):
        await push.run(stopping)


async def _loaded(follower: FeedFollower, stopping: asyncio.Event) -> bool:
    waiting = [asyncio.ensure_future(follower.loaded.wait()), asyncio.ensure_future(stopping.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    return not stopping.is_set()
