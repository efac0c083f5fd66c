"""Everything that carrying a call needs: decisions, phones, sound, and where it is written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.media import Clip, MediaPlayer
from kalenderkoppling.ports.meter import Meter
from kalenderkoppling.ports.phone import Phone
from kalenderkoppling.usecases.announcements.sentence import Sentence
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.decision import CallDecision


class Clips(Protocol):
    """Sentences as sound, ready before the call."""

    def ready(self, sentence: Sentence) -> Clip | None:
        """Return a sentence that has been rendered, or None; never waits."""
        ...

    async def soon(self, callee: Callee, sentence: Sentence, within: timedelta) -> Clip | None:
        """Return a sentence, rendered now where it is not ready, or None where that takes longer or fails."""
        ...


class CallBook(Protocol):
    """Where calls are written down; never waits and never fails: what cannot be written is counted as lost."""

    def note(self, tenant: TenantId, record: CallRecord) -> None:
        """Put a call into the history."""
        ...

    def ask_call_back(self, tenant: TenantId, request: CallBackRequest) -> None:
        """Take down that somebody wants to be called back."""
        ...


class LineBook(Protocol):
    """Told of the lines of calls that we carry; never waits and never fails."""

    def ringing(self, tenant: TenantId, person: PersonId) -> None: ...

    def in_call(self, tenant: TenantId, person: PersonId) -> None: ...

    def ended(self, tenant: TenantId, person: PersonId) -> None:
        """Tell that a call which rang or was answered is over; as often as it began."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTiming:
    """How long things take in a call.

    The announcement is played `times`; after each a key is waited for. `alerts_after` is when a caller hears that it
    rings, whatever the phone says: nobody listens to silence for two seconds (S-13). `first_words_within` is how long a
    caller who has heard nothing yet waits for the words of a booking just made, `words_within` who is in the call.
    """

    times: int = 2
    lead_in: timedelta = timedelta(milliseconds=300)
    between: timedelta = timedelta(milliseconds=400)
    key_after: timedelta = timedelta(seconds=3)
    alerts_after: timedelta = timedelta(seconds=1)
    first_words_within: timedelta = timedelta(milliseconds=500)
    words_within: timedelta = timedelta(seconds=1)
    media_within: timedelta = timedelta(seconds=1)
    rings_longest: timedelta = timedelta(minutes=3)
    attendant_rings: timedelta = timedelta(seconds=45)
    most_languages: int = 6
    most_at_once: int = 3
    """How many calls of one number ring one person: a call that is forwarded to us again and again ends there."""
    most_hidden_at_once: int = 10


@dataclass(slots=True, kw_only=True, eq=False)
class RingingLeg:
    """Our own call to a person's phone while it rings, for a caller's number (empty where that is hidden).

    `comes_back` once the phone has forwarded it to us: whoever answers it then is our own announcement.
    """

    tenant: TenantId
    person: PersonId
    number: str
    comes_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What calls are taken with; the same for all of them.

    `decide` finds the person by the numbers that a call names and says what the call meets, within a second; `again`
    says it anew of the same person. `attendant_of` is the SIP address behind key 1, empty where there is none.
    `who_is` finds a colleague by number.
    """

    decide: Callable[[TenantId, Sequence[str]], Awaitable[CallDecision]]
    again: Callable[[Callee], CallDecision]
    attendant_of: Callable[[TenantId], str]
    who_is: Callable[[TenantId, str], PersonId | None]
    new_id: Callable[[], CallId]
    phone: Phone
    media: MediaPlayer
    clips: Clips
    book: CallBook
    lines: LineBook
    clock: Clock
    meter: Meter
    pace: CallTiming = CallTiming()
    ringing: list[RingingLeg] = field(default_factory=list)
