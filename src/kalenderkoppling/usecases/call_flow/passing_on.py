"""A caller who hears us is passed on: put through to the attendant, or joined to a phone that we dial."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import (
    CallOverError,
    MediaUnavailableError,
    NoCommonCodecError,
    UnansweredError,
)
from kalenderkoppling.ports.media import MediaStream
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.usecases.call_flow.carried import Carried, unless_over
from kalenderkoppling.usecases.call_flow.tones import ringing_tone
from kalenderkoppling.words import Language, attendant_busy_sentence, connecting_sentence

_MOST_TURNS = 60


async def put_through(carried: Carried, stream: MediaStream, attendant: str, language: Language) -> bool:
    """Put a caller through to the attendant: by the exchange (REFER), else by dialling and joining.

    Returns:
        False where nobody answers; the caller has been told, and still hears us.
    """
    connecting = await carried.clip_soon(said(connecting_sentence(language), language))
    if connecting is not None:
        await unless_over(carried.call, stream.play([connecting]))
    async with _ringing_tone(stream):
        is_through = await carried.call.refer(attendant)
    if is_through:
        carried.becomes(CallResult.TRANSFERRED)
        return True
    if await join_to(carried, stream, attendant, becomes=CallResult.TRANSFERRED):
        return True
    sorry = await carried.clip_soon(said(attendant_busy_sentence(language), language))
    if sorry is not None:
        await unless_over(carried.call, stream.play([sorry]))
    return False


async def join_to(
    carried: Carried, stream: MediaStream, target: str, *, becomes: CallResult = CallResult.ANSWERED
) -> bool:
    """Dial somebody for a caller who hears us, and join the two when it is answered (INVITE, then re-INVITE).

    Returns:
        False where nobody answers, or the two have no codec in common; the caller still hears us.
    """
    if carried.call.is_over:
        raise CallOverError  # Nobody's telephone shall ring for a moment.
    leg = carried.desk.phone.dial(target, carried.call.offer, on_behalf_of=carried.call)
    try:
        async with _ringing_tone(stream):
            try:
                async with asyncio.timeout(carried.desk.pace.attendant_rings.total_seconds()):
                    session = await unless_over(carried.call, leg.answered())
                await carried.call.renegotiate(session)
            except (UnansweredError, NoCommonCodecError, TimeoutError):
                return False
        carried.becomes(becomes)
        stream.close()
        await carried.desk.phone.join(carried.call, leg)
    finally:
        leg.hang_up()
    return True


@asynccontextmanager
async def _ringing_tone(stream: MediaStream) -> AsyncIterator[None]:
    """Let the caller hear that it rings, so that nobody listens to silence (S-13)."""
    ringing = asyncio.ensure_future(stream.play([ringing_tone()] * _MOST_TURNS))
    try:
        yield
    finally:
        ringing.cancel()
        with suppress(asyncio.CancelledError, MediaUnavailableError):
            await ringing
