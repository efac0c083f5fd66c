"""Calls as they are carried, on virtual time: a desk with fakes at every port, and a person who is called."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.back import Surroundings
from kalenderkoppling.absences.call import Ring
from kalenderkoppling.domain.absence import MEETING, Absence, AbsenceId, Diversion, Origin, ReasonKey
from kalenderkoppling.domain.call import CallBackRequest, CallId, CallRecord
from kalenderkoppling.domain.person import PersonId, TenantId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.media import Clip
from kalenderkoppling.sound import Sound
from kalenderkoppling.usecases.announcements.sentence import Sentence
from kalenderkoppling.usecases.call_flow import CallTiming, Desk, take_call
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.usecases.calls.decision import CallDecision
from kalenderkoppling.words import Language
from kktest.house import CountingMeter
from kktest.keeping import ACME, ANNA, BERTIL
from kktest.make import NOON
from kktest.media import FakeMedia
from kktest.phone import FakeIncoming, FakePhone, FakeTelephone
from kktest.virtual_time import live

SV, EN = Language("sv"), Language("en")
PHONE = "sip:2231@phones.example"
ATTENDANT = "sip:9000@pbx.example"
SECONDS_OF_SPEECH = 4.0


class LoopClock:
    """The clock of a story: noon, and the loop's time since."""

    def now(self) -> datetime:
        """See the port."""
        return NOON.astimezone(UTC) + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass(slots=True)
class FakeClips:
    """Every sentence is four seconds of silence under its own words.

    Those in `missing` are not rendered; where rendering `takes` some seconds, they are once somebody waited for them.
    """

    missing: Callable[[Sentence], bool] = lambda _: False
    takes: float | None = None
    rendered: set[Sentence] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def ready(self, sentence: Sentence) -> Clip | None:
        """See the desk."""
        if self.missing(sentence) and sentence not in self.rendered:
            return None
        samples = bytes(int(16_000 * SECONDS_OF_SPEECH))
        return Clip(name=f"{sentence.language}: {sentence.text}", sound=Sound(rate=8_000, samples=samples))

    async def soon(self, callee: Callee, sentence: Sentence, within: timedelta) -> Clip | None:
        """See the desk."""
        self.asked.append(sentence.text)
        if self.takes is not None and self.ready(sentence) is None:
            await asyncio.sleep(min(self.takes, within.total_seconds()))
            if self.takes <= within.total_seconds():
                self.rendered.add(sentence)
        return self.ready(sentence)


@dataclass(slots=True)
class FakeBook:
    """Keeps what is written down."""

    records: list[CallRecord] = field(default_factory=list)
    wishes: list[CallBackRequest] = field(default_factory=list)

    def note(self, tenant: TenantId, record: CallRecord) -> None:
        """See the desk."""
        self.records.append(record)

    def ask_call_back(self, tenant: TenantId, request: CallBackRequest) -> None:
        """See the desk."""
        self.wishes.append(request)


@dataclass(slots=True)
class FakeLines:
    """Keeps what is told of lines, with the loop's time."""

    told: list[tuple[float, str]] = field(default_factory=list)

    def ringing(self, tenant: TenantId, person: PersonId) -> None:
        """See the desk."""
        self._note(f"{person} rings")

    def in_call(self, tenant: TenantId, person: PersonId) -> None:
        """See the desk."""
        self._note(f"{person} talks")

    def ended(self, tenant: TenantId, person: PersonId) -> None:
        """See the desk."""
        self._note(f"{person} ended")

    def words(self) -> list[str]:
        """What was told, in order."""
        return [what for _, what in self.told]

    def _note(self, what: str) -> None:
        self.told.append((round(asyncio.get_running_loop().time(), 3), what))


def away(
    minutes: float = 60.0,
    diversion: Diversion = Diversion.DIRECT,
    *,
    since: float = -60.0,
    reason: ReasonKey = MEETING,
    id_: str = "a",
) -> Absence:
    """An absence around noon, in minutes from then."""
    return Absence(
        id=AbsenceId(id_),
        interval=Interval(start=NOON + timedelta(minutes=since), end=NOON + timedelta(minutes=minutes)),
        reason=reason,
        diversion=diversion,
        origin=Origin.BUSY,
        tie=id_,
    )


def called_person(*absences: Absence, phone_uri: str = PHONE, speaks: tuple[Language, ...] = (SV, EN)) -> Callee:
    """Anna, who has the referral service and fresh data."""
    return Callee(
        tenant=ACME,
        person=ANNA,
        name="Anna Berg",
        phone_uri=phone_uri,
        numbers=frozenset({"10231"}),
        absences=absences,
        may_divert=True,
        ring=timedelta(seconds=15),
        around=Surroundings(zone=ZoneInfo("Europe/Stockholm")),
        last_good_look=NOON,
        freshness_limit=timedelta(hours=24),
        language=speaks[0],
        speaks=speaks,
    )


@dataclass(slots=True)
class Story:
    """A desk, the person who is called, and what became of it."""

    callee: Callee | None
    attendant: str = ATTENDANT
    phone: FakePhone = field(default_factory=FakePhone)
    media: FakeMedia = field(default_factory=FakeMedia)
    clips: FakeClips = field(default_factory=FakeClips)
    book: FakeBook = field(default_factory=FakeBook)
    lines: FakeLines = field(default_factory=FakeLines)
    meter: CountingMeter = field(default_factory=CountingMeter)
    pace: CallTiming = field(default_factory=CallTiming)
    decided: list[Sequence[str]] = field(default_factory=list)
    is_sure: bool = True
    knows: dict[str, PersonId] = field(default_factory=lambda: {"10877": BERTIL})
    """Whose numbers are known."""

    def answers(self, telephone: FakeTelephone, at: str = PHONE) -> None:
        """Let a telephone be there."""
        self.phone.telephones[at] = telephone

    def changes(self, *absences: Absence) -> None:
        """Let the person's absences be others from now on."""
        assert self.callee is not None
        self.callee = replace(self.callee, absences=absences)

    def make_desk(self) -> Desk:
        """The desk of this story."""
        numbers = count(1)
        clock = LoopClock()

        async def decide(tenant: TenantId, candidates: Sequence[str]) -> CallDecision:
            self.decided.append(candidates)
            return again(self.callee)

        def again(_: Callee | None) -> CallDecision:
            now = clock.now()
            treatment = Ring() if self.callee is None else self.callee.treatment(now)
            return CallDecision(
                callee=self.callee,
                treatment=treatment,
                valid_until=now + timedelta(hours=1),
                now=now,
                is_sure=self.is_sure,
            )

        return Desk(
            decide=decide,
            again=again,
            attendant_of=lambda _: self.attendant,
            who_is=lambda _, number: self.knows.get(number),
            new_id=lambda: CallId(f"call-{next(numbers)}"),
            phone=self.phone,
            media=self.media,
            clips=self.clips,
            book=self.book,
            lines=self.lines,
            clock=clock,
            meter=self.meter,
            pace=self.pace,
        )

    def take(
        self, call_of: Callable[[], FakeIncoming], *meanwhile: tuple[float, Callable[[FakeIncoming], object]]
    ) -> FakeIncoming:
        """Take a call to its end; `meanwhile` things happen at times after it came."""

        async def story() -> FakeIncoming:
            call = call_of()
            loop = asyncio.get_running_loop()
            for at, happens in meanwhile:
                loop.call_later(at, happens, call)
            await take_call(call, self.make_desk())
            return call

        return live(story())

    def take_several(self, tale: Callable[[Desk], Awaitable[None]]) -> None:
        """Tell a longer tale with one desk."""

        async def story() -> None:
            await tale(self.make_desk())

        live(story())

    def played(self) -> list[str]:
        """What a caller heard to its end, silence and tones left out."""
        return [name for name in self.media.stream.heard if ": " in name]

    def result(self) -> str:
        """What the one call that was written down became."""
        [only] = self.book.records
        return str(only.result)
