"""SIP event subscriptions as line states need them (RFC 6665); the SIP endpoint carries them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from kalenderkoppling.domain.errors import KalenderkopplingError

LONGEST = timedelta(days=1)
"""Longer times in a header are capped at this."""


class Phase(StrEnum):
    """The state in a Subscription-State header."""

    ACTIVE = "active"
    PENDING = "pending"
    TERMINATED = "terminated"


class EndReason(StrEnum):
    """Why a notifier ended a subscription (RFC 6665, section 4.1.3); an unknown reason is ignored."""

    NONE = ""
    DEACTIVATED = "deactivated"
    """Subscribe again at once: it has moved."""
    PROBATION = "probation"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    """It was not refreshed in time."""
    GIVEUP = "giveup"
    NORESOURCE = "noresource"
    INVARIANT = "invariant"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionState:
    """A Subscription-State header: how long it goes on, or why it ended and when to try again; None is not told."""

    phase: Phase
    expires: timedelta | None = None
    reason: EndReason = EndReason.NONE
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a NOTIFY brought; `content_type` is in small letters and without parameters."""

    state: SubscriptionState
    content_type: str = ""
    body: bytes = b""


TakeNotification = Callable[[Notification], None]


class SubscriptionFailedError(KalenderkopplingError):
    """An exchange rejected a subscription, or no longer knows it.

    `code` is the SIP status (408 where nothing came), `retry_after` the wait that it asks for.
    """

    def __init__(self, code: int, retry_after: timedelta | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.retry_after = retry_after


class Subscription(Protocol):
    """One subscription that an exchange has taken."""

    @property
    def granted(self) -> timedelta:
        """How long it lasts, counted from when it was accepted or last refreshed."""
        ...

    async def refresh(self, expires: timedelta) -> None:
        """Prolong it, which brings a notice of everything.

        Raises:
            SubscriptionFailedError: it was not prolonged, and is to be taken as lost.
        """
        ...

    async def end(self) -> None:
        """End it; nothing is told any more. A failure is ignored: the subscription expires by itself."""
        ...


class EventSubscriptions(Protocol):
    """Subscribes to events of SIP addresses at an exchange."""

    async def subscribe(
        self, target: str, *, event: str, accept: str, expires: timedelta, take: TakeNotification
    ) -> Subscription:
        """Subscribe.

        Args:
            target: The SIP address that is watched.
            event: The event package, such as `dialog`.
            accept: The content type of notices that are understood.
            expires: The wanted length; the exchange may grant less, or ask for more and get it.
            take: Given each notice, in order and each once, in the loop that subscribed. Notices may come before
                this returns; the last one is that of the end, where the exchange tells it.

        Raises:
            SubscriptionFailedError: the exchange refuses, or does not answer.
        """
        ...


def read_subscription_state(text: str) -> SubscriptionState | None:
    """Read a Subscription-State header (RFC 6665, section 8.4), None where it is malformed.

    An unknown state gives None; a time that is not a number is treated as missing.
    """
    word, *params = (each.strip() for each in text.split(";"))
    if word.lower() not in set(Phase):
        return None
    told = {name.strip().lower(): value.strip() for name, _, value in (each.partition("=") for each in params)}
    reason = told.get("reason", "").lower()
    return SubscriptionState(
        phase=Phase(word.lower()),
        expires=read_seconds(told.get("expires", "")),
        reason=EndReason(reason) if reason in set(EndReason) else EndReason.NONE,
        retry_after=read_seconds(told.get("retry-after", "")),
    )


def read_seconds(text: str) -> timedelta | None:
    """Read a number of seconds, a day at most; None where it is malformed. A comment may follow it (RFC 3261)."""
    number = text.partition(";")[0].partition("(")[0].strip()
    if not (number.isascii() and number.isdigit()):
        return None
    return min(timedelta(seconds=int(number[:_LONGEST_NUMBER])), LONGEST)


_LONGEST_NUMBER = 10
