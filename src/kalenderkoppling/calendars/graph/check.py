"""Is the connection as it should be? Sign-in, reading, and above all the scope: whom else can we read?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.calendars.graph.source import GraphCalendar
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
"""A credential that ends sooner than this is told of."""

_UTC = ZoneInfo("UTC")


class Advice(StrEnum):
    """What to do about a finding; the words for each key stand with the other texts."""

    NOTHING = "graph.advice.nothing"
    RENEW_CREDENTIAL = "graph.advice.renew_credential"
    MEND_CERTIFICATE = "graph.advice.mend_certificate"
    CHECK_REGISTRATION = "graph.advice.check_registration"
    CHECK_NETWORK = "graph.advice.check_network"
    TRY_LATER = "graph.advice.try_later"
    GRANT_SCOPE = "graph.advice.grant_scope"
    CHECK_ADDRESS = "graph.advice.check_address"
    CHECK_LICENCE = "graph.advice.check_licence"
    NARROW_SCOPE = "graph.advice.narrow_scope"
    NAME_OTHERS = "graph.advice.name_others"


class FindingKey(StrEnum):
    """What was looked at."""

    CREDENTIAL = "graph.credential"
    SIGN_IN = "graph.sign_in"
    READING = "graph.reading"
    SCOPE = "graph.scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: what was looked at, whether it is well, what to do, and a detail without personal data."""

    key: FindingKey
    is_well: bool
    advice: Advice
    detail: str = ""


class GraphCheck:
    """Looks at the connection as an administrator would; it reads, and keeps nothing of what it reads."""

    def __init__(self, sign_in: SignIn, calendar: GraphCalendar, clock: Clock) -> None:
        self._sign_in = sign_in
        self._calendar = calendar
        self._clock = clock

    async def run(self, inside: str, outside: Sequence[str]) -> Sequence[Finding]:
        """Check everything: `inside` is a mailbox with the service, `outside` are some that have it not.

        The address for notices is for the caller to check, who knows it.
        """
        found = [self.credential(), await self.sign_in()]
        if all(each.is_well for each in found[1:]):
            found += [await self.reading(inside), await self.scope(outside)]
        return found

    def credential(self) -> Finding:
        """Tell when the certificate ends; a secret does not say."""
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
        """Tell whether Entra gives a token."""
        try:
            await self._sign_in.token()
        except CalendarError as error:
            return _ill(FindingKey.SIGN_IN, _advice(error), str(error))
        return _well(FindingKey.SIGN_IN)

    async def reading(self, mailbox: str) -> Finding:
        """Tell whether one mailbox can be read."""
        try:
            await self._look(mailbox)
        except CalendarError as error:
            return _ill(FindingKey.READING, _advice(error), str(error))
        return _well(FindingKey.READING)

    async def scope(self, outside: Sequence[str]) -> Finding:
        """Tell how many mailboxes outside the service answer: it has to be none.

        One that could not be asked (a pause, a failure) proves nothing, and is counted as not proven.
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
