"""A telephone system, one call at a time: legs that ring, answer, are transferred and end; and dialling out.

Media are described by a session description (SDP, RFC 8866), which only adapters read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.person import TenantId

SessionDescription = NewType("SessionDescription", str)

AnswerOffer = Callable[[SessionDescription], Awaitable[SessionDescription]]
"""Answers a new offer in a call: a hold, another codec. NoCommonCodecError refuses it."""


class Refusal(StrEnum):
    """Why a call is not taken, by the phrase of its SIP status (RFC 3261, section 21)."""

    UNAVAILABLE = "480 Temporarily Unavailable"
    BUSY = "486 Busy Here"
    NOT_ACCEPTABLE = "488 Not Acceptable Here"
    LOOP = "482 Loop Detected"
    DECLINED = "603 Decline"
    SERVICE_UNAVAILABLE = "503 Service Unavailable"

    @property
    def code(self) -> int:
        """The SIP status."""
        return int(self.value.partition(" ")[0])

    @property
    def phrase(self) -> str:
        """Its reason phrase."""
        return self.value.partition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Whom a call is for, as the exchange reports it: user parts of addresses, the likeliest first.

    `wanted` is the user part of the request URI; `diverted_from` are those who forwarded the call to us, the latest
    first (Diversion, RFC 5806; else History-Info, RFC 7044). `has_rung`: the last of them forwarded it because the
    phone was not answered, busy or unreachable.
    """

    wanted: str
    diverted_from: Sequence[str] = ()
    has_rung: bool = False

    @property
    def candidates(self) -> Sequence[str]:
        """Return every number that may be the person's, the likeliest first, without duplicates."""
        return tuple(dict.fromkeys(each for each in (self.wanted, *self.diverted_from) if each))


class CallLeg(Protocol):
    """One side of a call. Every coroutine raises CallOverError when this side ends while it waits."""

    @property
    def offer(self) -> SessionDescription | None:
        """The last offer of this side; None where it leaves the offer to us."""
        ...

    async def renegotiate(self, ours: SessionDescription) -> SessionDescription:
        """Give an answered side new media (re-INVITE) and return its answer.

        Raises:
            NoCommonCodecError: it refuses them; the old media stay.
        """
        ...

    def when_offered(self, answer: AnswerOffer) -> None:
        """Set who answers new offers of this side while it is not bridged."""
        ...

    async def digit(self) -> str:
        """Return the next digit that came by SIP INFO: `0` to `9`, `*` or `#`."""
        ...

    async def refer(self, target: str) -> bool:
        """Ask the exchange to put this side through to a SIP address (REFER, RFC 3515).

        True: transferred, and this leg is over. False: refused or failed, and the call goes on with us.
        """
        ...

    def hang_up(self) -> None:
        """End this side, answered or not; idempotent."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether this side has ended."""
        ...

    async def over(self) -> None:
        """Wait until this side has ended, whoever ended it; never raises CallOverError."""
        ...


class IncomingCall(CallLeg, Protocol):
    """An incoming call, not answered at first."""

    @property
    def tenant(self) -> TenantId:
        """The tenant whose exchange it came from."""
        ...

    @property
    def called(self) -> Called: ...

    @property
    def caller(self) -> Caller: ...

    @property
    def wants_redirects(self) -> bool:
        """Whether the exchange wants to be redirected (302), so that the call does not go through us."""
        ...

    @property
    def exchange_transfers(self) -> bool:
        """Whether the exchange keeps a caller whose transfer fails, so that it may be asked to transfer (`refer`)."""
        ...

    def our_address(self, user: str) -> str:
        """Return a SIP address by which the exchange reaches us again."""
        ...

    def ring(self) -> None:
        """Signal to the caller that a phone rings (180); idempotent."""
        ...

    async def answer(self, ours: SessionDescription) -> SessionDescription | None:
        """Answer and wait for the confirmation (ACK); return its session description where the INVITE had no offer."""
        ...

    def redirect(self, targets: Sequence[str]) -> None:
        """Redirect the call to these SIP addresses, in this order (302, with Diversion and History-Info)."""
        ...

    def refuse(self, refusal: Refusal) -> None:
        """Reject the call."""
        ...


class OutgoingCall(CallLeg, Protocol):
    """An outgoing call; `hang_up` before it is answered cancels it."""

    async def ringing(self) -> None:
        """Wait until the phone rings."""
        ...

    async def answered(self) -> SessionDescription:
        """Wait for the answer and return its session description.

        Raises:
            UnansweredError: busy, refused, redirected or unreachable.
        """
        ...


class Phone(Protocol):
    """Dials, and bridges two sides into one call."""

    def dial(self, target: str, offer: SessionDescription | None, *, on_behalf_of: IncomingCall) -> OutgoingCall:
        """Call a SIP address on behalf of an incoming call: with its caller id, and with its Max-Forwards minus one.

        An invalid address is reported by `answered`, as UnansweredError.
        """
        ...

    async def join(self, caller: CallLeg, other: CallLeg, confirmed: SessionDescription | None = None) -> None:
        """Relay one side's requests (hold, digits, transfer, end) to the other; return when the call is over.

        `confirmed` is the caller's session description from `answer`, where the offer was the other side's.
        """
        ...
