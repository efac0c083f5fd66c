"""A caller who hears us is passed on: put through to the attendant, or joined to a phone that we dial."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import (
    CallerLostError,
    CallOverError,
    MediaUnavailableError,
    NoCommonCodecError,
    UnansweredError,
)
from kalenderkoppling.ports.media import MediaStream
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.usecases.call_flow.carried import Carried, unless_over
from kalenderkoppling.usecases.call_flow.tones import ringing_tone
from kalenderkoppling.words import Language, connecting_sentence

BUSY_CODES = frozenset({486, 600})
"""What a busy phone answers (RFC 3261, sections 21.4.24 and 21.6.1)."""

_MOST_TURNS = 60


class Reached(StrEnum):
    """How an attempt to reach somebody for a caller went; where it is not THROUGH, the caller still hears us."""

    THROUGH = "through"
    BUSY = "busy"
    UNANSWERED = "unanswered"


async def put_through(carried: Carried, stream: MediaStream, attendant: str, language: Language) -> Reached:
    """Put a caller through to the attendant: by dialling and joining the two, or by the exchange where it can (REFER).

    Raises:
        CallOverError: the caller is gone: hung up, or lost by the exchange while it transferred.
    """
    connecting = await carried.clip_soon(said(connecting_sentence(language), language))
    if connecting is not None:
        await unless_over(carried.call, stream.play([connecting]))
    if carried.call.exchange_transfers and await _transferred(carried, stream, attendant):
        carried.becomes(CallResult.TRANSFERRED)
        return Reached.THROUGH
    return await join_to(carried, stream, attendant, becomes=CallResult.TRANSFERRED)


async def _transferred(carried: Carried, stream: MediaStream, attendant: str) -> bool:
    try:
        async with _ringing_tone(stream):
            return await carried.call.refer(attendant)
    except CallerLostError:
        carried.becomes(CallResult.LOST)
        raise


async def join_to(
    carried: Carried, stream: MediaStream, target: str, *, becomes: CallResult = CallResult.ANSWERED
) -> Reached:
    """Dial somebody for a caller who hears us, and join the two when it is answered (INVITE, then re-INVITE).

    Two without a codec in common are not joined: that counts as unanswered.
    """
    if carried.call.is_over:
        raise CallOverError  # Do not ring a phone that would be cancelled at once.
    leg = carried.desk.phone.dial(target, carried.call.offer, on_behalf_of=carried.call)
    try:
        async with _ringing_tone(stream):
            try:
                async with asyncio.timeout(carried.desk.pace.attendant_rings.total_seconds()):
                    session = await unless_over(carried.call, leg.answered())
                await carried.call.renegotiate(session)
            except UnansweredError as error:
                return Reached.BUSY if error.code in BUSY_CODES else Reached.UNANSWERED
            except (NoCommonCodecError, TimeoutError):
                return Reached.UNANSWERED
        carried.becomes(becomes)
        stream.close()
        await carried.desk.phone.join(carried.call, leg)
    finally:
        leg.hang_up()
    return Reached.THROUGH


@asynccontextmanager
async def _ringing_tone(stream: MediaStream) -> AsyncIterator[None]:
    """Play the ringing tone to the caller, instead of silence (S-13)."""
    ringing = asyncio.ensure_future(stream.play([ringing_tone()] * _MOST_TURNS))
    try:
        yield
    finally:
        ringing.cancel()
        with suppress(asyncio.CancelledError, MediaUnavailableError):
            await ringing
