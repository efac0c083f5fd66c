"""Checks the connection: sign-in, reading, and above all the scope: whether more can be read than should be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.graph.advice import Advice
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.calendars.graph.source import GraphCalendar
from kalenderkoppling.calendars.kind import Finding
from kalenderkoppling.domain.errors import (
    BlockedReason,
    CalendarError,
    InvalidValueError,
    MailboxBlockedError,
    PausedError,
    ReadFailedError,
    ReadProblem,
)
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.calendar import Fields
from kalenderkoppling.ports.clock import Clock

WARN_BEFORE = timedelta(days=30)
"""A certificate that expires sooner than this is reported."""

_UTC = ZoneInfo("UTC")


class FindingKey(StrEnum):
    """What was looked at."""

    CREDENTIAL = "graph.credential"
    SIGN_IN = "graph.sign_in"
    READING = "graph.reading"
    SCOPE = "graph.scope"


class GraphCheck:
    """Checks the connection (calendars.kind.CalendarCheck)."""

    def __init__(self, sign_in: SignIn, calendar: GraphCalendar, clock: Clock) -> None:
        self._sign_in = sign_in
        self._calendar = calendar
        self._clock = clock

    async def at_start(self) -> Sequence[Finding]:
        """Check the credential and the sign-in."""
        return [self.credential(), await self.sign_in()]

    async def run(self, inside: str | None, outside: Sequence[str]) -> Sequence[Finding]:
        """Check credential and sign-in; where we can sign in, also that `inside` can be read and `outside` cannot."""
        found = [*await self.at_start()]
        if inside is not None and found[-1].is_well:
            found += [await self.reading(inside), await self.scope(outside)]
        return found

    def credential(self) -> Finding:
        """Report when the certificate expires; for a secret it is unknown."""
        try:
            expires_at = self._sign_in.credential_expires_at()
        except InvalidValueError as error:
            return _ill(FindingKey.CREDENTIAL, Advice.MEND_CERTIFICATE, str(error))
        if expires_at is None:
            return _well(FindingKey.CREDENTIAL)
        left = expires_at - self._clock.now()
        if left < WARN_BEFORE:
            return _ill(FindingKey.CREDENTIAL, Advice.RENEW_CREDENTIAL, f"{max(left.days, 0)} days left")
        return _well(FindingKey.CREDENTIAL, f"{left.days} days left")

    async def sign_in(self) -> Finding:
        """Check that Entra issues a token."""
        try:
            await self._sign_in.token()
        except CalendarError as error:
            return _ill(FindingKey.SIGN_IN, _advice(error), str(error))
        return _well(FindingKey.SIGN_IN)

    async def reading(self, mailbox: str) -> Finding:
        """Check that one mailbox can be read."""
        try:
            await self._look(mailbox)
        except CalendarError as error:
            return _ill(FindingKey.READING, _advice(error), str(error))
        return _well(FindingKey.READING)

    async def scope(self, outside: Sequence[str]) -> Finding:
        """Report how many mailboxes outside the service can be read: it must be none.

        One that could not be tried (throttled, failed) proves nothing and is counted separately.
        """
        answered = unproven = 0
        for mailbox in outside:
            try:
                await self._look(mailbox)
                answered += 1
            except MailboxBlockedError as error:
                unproven += error.reason is not BlockedReason.FORBIDDEN
            except CalendarError:
                unproven += 1
        detail = f"{answered} of {len(outside)} answered, {unproven} could not be asked"
        if answered:
            return _ill(FindingKey.SCOPE, Advice.NARROW_SCOPE, detail)
        if unproven == len(outside):
            return _ill(FindingKey.SCOPE, Advice.NAME_OTHERS, detail)
        return _well(FindingKey.SCOPE, detail)

    async def _look(self, mailbox: str) -> None:
        now = self._clock.now()
        await self._calendar.view(mailbox, Interval(start=now, end=now + timedelta(minutes=1)), _UTC, Fields())


def _advice(error: CalendarError) -> Advice:
    match error:
        case MailboxBlockedError(reason=BlockedReason.FORBIDDEN):
            return Advice.GRANT_SCOPE
        case MailboxBlockedError(reason=BlockedReason.NOT_FOUND):
            return Advice.CHECK_ADDRESS
        case MailboxBlockedError():
            return Advice.CHECK_LICENCE
        case ReadFailedError(problem=ReadProblem.SIGN_IN_REFUSED):
            return Advice.CHECK_REGISTRATION
        case ReadFailedError(problem=ReadProblem.UNREACHABLE | ReadProblem.MALFORMED):
            return Advice.CHECK_NETWORK
        case PausedError() | _:
            return Advice.TRY_LATER


def _well(key: FindingKey, detail: str = "") -> Finding:
    return Finding(key=key, is_well=True, advice=Advice.NOTHING, detail=detail)


def _ill(key: FindingKey, advice: Advice, detail: str) -> Finding:
    return Finding(key=key, is_well=False, advice=advice, detail=detail)
