"""A telephone system, one call at a time: legs that ring, answer, are transferred and end; and dialling out.

What one side says of its media is a session description (SDP, RFC 8866). Only adapters read it.
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
    """Whom a call is for, as the exchange tells: user parts of addresses, the likeliest first.

    `wanted` is the user part of the request URI; `diverted_from` are those who forwarded the call to us, the latest
    first (Diversion, RFC 5806; else History-Info, RFC 7044). `has_rung` tells that the last of them did so since the
    phone had rung in vain, was busy or out of reach.
    """

    wanted: str
    diverted_from: Sequence[str] = ()
    has_rung: bool = False

    @property
    def candidates(self) -> Sequence[str]:
        """Return every number that may name the person, the likeliest first, each once."""
        return tuple(dict.fromkeys(each for each in (self.wanted, *self.diverted_from) if each))


class CallLeg(Protocol):
    """One side of a call. Every awaiting call raises CallOverError when this side ends meanwhile."""

    @property
    def offer(self) -> SessionDescription | None:
        """What this side offered last; None where it leaves the offer to us."""
        ...

    async def renegotiate(self, ours: SessionDescription) -> SessionDescription:
        """Give an answered side new media (re-INVITE) and return its answer.

        Raises:
            NoCommonCodecError: it does not want them; the old media stay.
        """
        ...

    def when_offered(self, answer: AnswerOffer) -> None:
        """Set who answers new offers of this side while it is not joined to another."""
        ...

    async def digit(self) -> str:
        """Return the next digit that came by SIP INFO: `0` to `9`, `*` or `#`."""
        ...

    async def refer(self, target: str) -> bool:
        """Ask the exchange to put this side through to a SIP address (REFER, RFC 3515).

        True: it has been put through, and this leg is over. False: refused or failed, and the call goes on with us.
        """
        ...

    def hang_up(self) -> None:
        """End this side, answered or not; one that has ended already is left alone."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether this side has ended."""
        ...

    async def over(self) -> None:
        """Return when this side has ended, whoever ended it; never raises CallOverError."""
        ...


class IncomingCall(CallLeg, Protocol):
    """A call that came in: not answered at first."""

    @property
    def tenant(self) -> TenantId:
        """Whose exchange it came from."""
        ...

    @property
    def called(self) -> Called: ...

    @property
    def caller(self) -> Caller: ...

    @property
    def wants_redirects(self) -> bool:
        """Whether the exchange is set up to be told where to go (302), so that we carry no call."""
        ...

    def our_address(self, user: str) -> str:
        """Return a SIP address by which the exchange reaches us again."""
        ...

    def ring(self) -> None:
        """Tell the caller that a phone rings (180); twice is once."""
        ...

    async def answer(self, ours: SessionDescription) -> SessionDescription | None:
        """Answer, and return once the caller's side has confirmed; what it says then, where it had not offered."""
        ...

    def redirect(self, targets: Sequence[str]) -> None:
        """Send the call to the first of these SIP addresses that takes it (302, with Diversion and History-Info)."""
        ...

    def refuse(self, refusal: Refusal) -> None:
        """Do not take the call."""
        ...


class OutgoingCall(CallLeg, Protocol):
    """A call that we make; `hang_up` before it is answered cancels it."""

    async def ringing(self) -> None:
        """Return when the phone rings."""
        ...

    async def answered(self) -> SessionDescription:
        """Return what the answering side says of its media.

        Raises:
            UnansweredError: busy, refused, redirected elsewhere, or out of reach.
        """
        ...


class Phone(Protocol):
    """Dials, and joins two sides into one call."""

    def dial(self, target: str, offer: SessionDescription | None, *, on_behalf_of: IncomingCall) -> OutgoingCall:
        """Call a SIP address for a call that came in: its caller is shown, its hops are counted on (Max-Forwards).

        Whatever is wrong with the address is told by `answered`, as UnansweredError.
        """
        ...

    async def join(self, caller: CallLeg, other: CallLeg, confirmed: SessionDescription | None = None) -> None:
        """Carry what one side asks (hold, digits, transfer, end) to the other; return when the call is over.

        `confirmed` is what the caller said on answering, where the offer was the other side's.
        """
        ...
