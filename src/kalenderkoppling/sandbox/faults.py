"""Faults: armed one by one, or drawn at random by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Door(StrEnum):
    """The part of the service that a fault applies to."""

    VIEW = "view"
    TOKEN = "token"  # noqa: S105 - the name of an endpoint, no password
    SUBSCRIPTIONS = "subscriptions"
    OTHER = "other"
    ANY = "any"


class FaultKind(StrEnum):
    """Kinds of bad answers."""

    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    SERVER_ERROR = "server_error"
    UNAUTHORIZED = "unauthorized"
    GONE = "gone"
    RESET_BEFORE_ANSWER = "reset_before_answer"
    RESET_IN_BODY = "reset_in_body"
    HALF_READ_BODY = "half_read_body"
    SLOW = "slow"
    TRUNCATED = "truncated"
    WRONG_TYPES = "wrong_types"
    DUPLICATE_KEYS = "duplicate_keys"
    NOT_A_NUMBER = "not_a_number"
    DEEP_NESTING = "deep_nesting"
    HTML = "html"
    WRONG_CHARSET = "wrong_charset"
    UNKNOWN_WORDS = "unknown_words"
    UNKNOWN_ZONES = "unknown_zones"
    ENDLESS_LINKS = "endless_links"
    FOREIGN_LINK = "foreign_link"
    EMPTY = "empty"


MALFORMED = (
    FaultKind.TRUNCATED,
    FaultKind.WRONG_TYPES,
    FaultKind.DUPLICATE_KEYS,
    FaultKind.NOT_A_NUMBER,
    FaultKind.DEEP_NESTING,
    FaultKind.HTML,
    FaultKind.WRONG_CHARSET,
)
"""Kinds with a body that is no valid answer at all (F-09)."""

TROUBLE = (
    FaultKind.THROTTLED,
    FaultKind.UNAVAILABLE,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.SERVER_ERROR,
    FaultKind.UNAUTHORIZED,
    FaultKind.RESET_BEFORE_ANSWER,
    FaultKind.RESET_IN_BODY,
    FaultKind.HALF_READ_BODY,
    *MALFORMED,
)
"""The kinds that a seeded plan draws from by default."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault.

    It applies to the next `times` matching requests (None: to all), until the instant `until` where that is set.
    `user_id` and `on_page` (1 = first) narrow it; `page_size` cuts every page of the mailbox while it is armed.
    `retry_after` is sent along with 429 and 503; None sends no such header. `delay` is for SLOW.
    """

    kind: FaultKind
    door: Door = Door.VIEW
    times: int | None = 1
    until: datetime | None = None
    user_id: str | None = None
    on_page: int | None = None
    page_size: int | None = None
    retry_after: timedelta | None = None
    delay: timedelta = timedelta(seconds=5)

    def is_live(self, now: datetime) -> bool:
        """Tell whether it is still armed."""
        return self.times != 0 and (self.until is None or now < self.until)

    def fits(self, door: Door, user_id: str | None) -> bool:
        """Tell whether it matches an endpoint and mailbox."""
        return self.door in {Door.ANY, door} and self.user_id in {None, user_id}


@dataclass(slots=True)
class FaultPlan:
    """The armed faults, in order, and a count of those that were applied."""

    clock: Callable[[], datetime]
    armed: list[Fault] = field(default_factory=list)
    acted: list[FaultKind] = field(default_factory=list)
    _draw: Callable[[], FaultKind | None] = lambda: None

    def arm(
        self,
        kind: FaultKind,
        *,
        door: Door = Door.VIEW,
        times: int | None = None,
        lasting: timedelta | None = None,
        user_id: str | None = None,
        on_page: int | None = None,
        page_size: int | None = None,
        retry_after: timedelta | None = None,
        delay: timedelta = timedelta(seconds=5),
    ) -> Fault:
        """Arm a fault for the next requests: once, unless `times` or `lasting` (by the clock) says otherwise."""
        fault = Fault(
            kind=kind,
            door=door,
            times=times if times is not None or lasting is not None else 1,
            until=None if lasting is None else self.clock() + lasting,
            user_id=user_id,
            on_page=on_page,
            page_size=page_size,
            retry_after=retry_after,
            delay=delay,
        )
        self.armed.append(fault)
        return fault

    def sow(self, seed: int, share: float, kinds: Sequence[FaultKind] = TROUBLE) -> None:
        """Let a share (0 to 1) of all requests fail, deterministically by seed."""
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._draw = lambda: chance.choice(kinds) if chance.random() < share else None

    def clear(self) -> None:
        """Disarm everything."""
        self.armed.clear()
        self._draw = lambda: None

    def page_size(self, user_id: str | None) -> int | None:
        """Return the page size that an armed fault sets for a mailbox."""
        sizes = [fault.page_size for fault in self._live() if fault.fits(Door.VIEW, user_id) and fault.page_size]
        return min(sizes, default=None)

    def take(self, door: Door, user_id: str | None, page: int) -> Fault | None:
        """Take the fault that applies to a request, the oldest first; None where it is answered normally."""
        for fault in self._live():
            if fault.fits(door, user_id) and fault.on_page in {None, page}:
                if fault.times is not None:
                    fault.times -= 1
                self.acted.append(fault.kind)
                return fault
        drawn = self._draw()
        if drawn is None:
            return None
        self.acted.append(drawn)
        return Fault(kind=drawn)

    def _live(self) -> list[Fault]:
        now = self.clock()
        self.armed = [fault for fault in self.armed if fault.is_live(now)]
        return self.armed
