"""A calendar system's notices in memory: subscriptions that can be refused, shortened and lost without a word."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kalenderkoppling.domain.errors import CalendarError, InvalidValueError, SubscriptionGoneError
from kalenderkoppling.ports.calendar import Granted, Handshake, Notice, NoticeAddress, NoticeKind, NoticeRequest
from kalenderkoppling.ports.clock import Clock

HANDSHAKE = "validationToken"
"""The name in the query that asks whether the address is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """A subscription that the calendar system knows."""

    id: str
    mailbox: str
    address: NoticeAddress
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class FakeNotices:
    """Subscriptions by id; `asked` is each verb with what it named and when; `fail` makes the next calls raise."""

    clock: Clock
    longest: timedelta = timedelta(days=3)
    living: dict[str, Living] = field(default_factory=dict)
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)
    _failures: list[tuple[str, str, CalendarError]] = field(default_factory=list)
    _made: int = 0

    def fail(self, verb: str, mailbox: str, error: CalendarError) -> None:
        """Let the next call of a verb for a mailbox fail."""
        self._failures.append((verb, mailbox, error))

    def lose(self, mailbox: str) -> None:
        """Forget a mailbox's subscriptions without telling anybody (F-19)."""
        self.living = {id_: each for id_, each in self.living.items() if each.mailbox != mailbox}

    def verbs(self, mailbox: str) -> list[str]:
        """What was asked for a mailbox, in order."""
        return [verb for verb, of, _ in self.asked if of == mailbox]

    def of(self, mailbox: str) -> Living:
        """The one living subscription of a mailbox."""
        [found] = [each for each in self.living.values() if each.mailbox == mailbox]
        return found

    async def subscribe(self, mailbox: str, address: NoticeAddress, until: datetime) -> Granted:
        """See the port."""
        self._ask("subscribe", mailbox)
        self._made += 1
        id_ = f"sub-{self._made}"
        expires_at = min(until, self.clock.now() + self.longest)
        self.living[id_] = Living(id=id_, mailbox=mailbox, address=address, expires_at=expires_at)
        return Granted(id=id_, expires_at=expires_at)

    async def renew(self, mailbox: str, subscription_id: str, until: datetime) -> Granted:
        """See the port."""
        self._ask("renew", mailbox)
        known = self.living.get(subscription_id)
        if known is None or known.expires_at <= self.clock.now():
            raise SubscriptionGoneError
        expires_at = min(until, self.clock.now() + self.longest)
        self.living[subscription_id] = Living(
            id=known.id, mailbox=known.mailbox, address=known.address, expires_at=expires_at
        )
        return Granted(id=subscription_id, expires_at=expires_at)

    async def unsubscribe(self, mailbox: str, subscription_id: str) -> None:
        """See the port."""
        self._ask("unsubscribe", mailbox)
        self.living.pop(subscription_id, None)

    def read(self, request: NoticeRequest) -> Handshake | Sequence[Notice]:
        """See the port."""
        if HANDSHAKE in request.query:
            return Handshake(answer=request.query[HANDSHAKE])
        try:
            rows = json.loads(request.body)
            return [
                Notice(subscription_id=row["id"], client_state=row["secret"], kind=NoticeKind(row["kind"]))
                for row in rows
            ]
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidValueError("not notices") from error

    def _ask(self, verb: str, mailbox: str) -> None:
        self.asked.append((verb, mailbox, self.clock.now()))
        for each in self._failures:
            if each[:2] == (verb, mailbox):
                self._failures.remove(each)
                raise each[2]


def notice_body(*notices: tuple[str, str, NoticeKind]) -> bytes:
    """Write a request body: id of the subscription, secret, kind."""
    return json.dumps([{"id": id_, "secret": secret, "kind": kind} for id_, secret, kind in notices]).encode()


def posted(body: bytes) -> NoticeRequest:
    """Return a request that brings a body, and nothing else."""
    return NoticeRequest(method="POST", body=body)


def handshake(token: str) -> NoticeRequest:
    """Return a request that asks whether the address is ours."""
    return NoticeRequest(method="POST", query={HANDSHAKE: token})


def taken(read: Handshake | Sequence[Notice]) -> Sequence[Notice]:
    """Return the notices that were read; a handshake fails the test."""
    assert not isinstance(read, Handshake)
    return read
