"""What will be heard is ready before it is."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalenderkoppling.domain.absence import OUT_OF_OFFICE, Absence, Diversion
from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.domain.recording import PhraseId, PhraseKind
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.sound import tone, wav
from kalenderkoppling.usecases.announcements.fixed import fixed_sentences
from kalenderkoppling.usecases.announcements.prompts import Prompts
from kalenderkoppling.usecases.announcements.render_ahead import AT_ONCE, RenderAhead
from kalenderkoppling.usecases.announcements.sentence import Sentence, said, sentence_at
from kalenderkoppling.usecases.callees.callee import Callee
from kalenderkoppling.words import Language
from kktest.callees import ENGLISH, SWEDISH, callee
from kktest.draw import FEWER, absences
from kktest.house import CountingMeter, SetClock
from kktest.keeping import OTHER
from kktest.make import LUNCH, NOON, absence, at
from kktest.prompts import MemoryShelf
from kktest.sounds import SECOND
from kktest.speech import FakeSpeech
from kktest.waiting import settled, until

DIRECT = Diversion.DIRECT
AT_LUNCH = absence("11:30", "13:00", DIRECT, reason=LUNCH)
MEETING = absence("15:00", "16:00", DIRECT, tie="b")
HER_NAME = PhraseId(kind=PhraseKind.NAME, key="anna")
NOW_SAID = "Anna Ek är på lunch och är åter klockan tretton."
NEXT_SAID = "Anna Ek är i möte och är åter klockan sexton."
FIXED = [each.text for each in fixed_sentences()]


@dataclass(slots=True)
class Studio:
    """What renders ahead, with what it stands on."""

    clock: SetClock = field(default_factory=SetClock)
    speech: FakeSpeech = field(default_factory=FakeSpeech)
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    meter: CountingMeter = field(default_factory=CountingMeter)
    recordings: dict[tuple[TenantId, PhraseId], bytes] = field(default_factory=dict)
    prompts: Prompts = field(init=False)
    ahead: RenderAhead = field(init=False)

    def __post_init__(self) -> None:
        self.prompts = Prompts(self.speech, self.shelf)
        self.ahead = RenderAhead(
            self.prompts, self.clock, self.meter, lambda tenant, phrase: self.recordings.get((tenant, phrase))
        )

    async def settle(self) -> None:
        """Let everything be done that can be done now."""
        await self.ahead.follow()
        while await self.ahead.render_next():
            pass

    async def settle_all(self) -> None:
        """The same, however often something fails."""
        await self.ahead.follow()
        while await self.ahead.render_next() is not None:
            pass

    @property
    def said(self) -> list[str]:
        """What was spoken of people, in order."""
        return [text for text in self.speech.said if text not in FIXED]

    def is_ready(self, of: Callee) -> bool:
        """Tell whether a caller would hear of somebody now what is to be heard."""
        sentence = sentence_at(of, self.clock.now())
        return sentence is None or self.prompts.find(sentence) is not None

    def on_shelf(self) -> int:
        """How many prompts of people are on the shelf."""
        return len(self.shelf.prompts) - len(FIXED)


@pytest.fixture
async def studio() -> Studio:
    return Studio()


# ── what is ready ───────────────────────────────────────────────────────────────────────────────


async def test_the_sentence_that_holds_now_is_ready(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.settle()
    assert studio.said == [NOW_SAID]
    assert studio.is_ready(anna)


async def test_the_sentence_that_is_due_next_is_ready_hours_before(studio: Studio) -> None:
    studio.ahead.changed(None, callee(MEETING))
    await studio.settle()
    assert studio.said == [NEXT_SAID]


async def test_after_one_absence_the_next_is_made_ready(studio: Studio) -> None:
    anna = callee(AT_LUNCH, MEETING)
    studio.ahead.changed(None, anna)
    await studio.settle()
    assert studio.said == [NOW_SAID]
    studio.clock.instant = at("13:00")
    await studio.settle()
    assert studio.said == [NOW_SAID, NEXT_SAID]
    assert studio.on_shelf() == 1
    studio.clock.instant = at("15:00")
    assert studio.is_ready(anna)


async def test_what_is_more_than_a_day_ahead_waits(studio: Studio) -> None:
    studio.ahead.changed(
        None, callee(absence("2026-11-24 12:01", "2026-11-24 13:00", DIRECT), looked=NOON + timedelta(days=1))
    )
    await studio.settle()
    assert studio.said == []
    studio.clock.forward(timedelta(days=1))
    await studio.settle()
    assert len(studio.said) == 1


async def test_at_midnight_the_return_is_said_in_its_new_form_at_once(studio: Studio) -> None:
    anna = callee(absence("08:00", "2026-11-25 08:00", DIRECT, reason=OUT_OF_OFFICE), looked=at("23:00"))
    studio.ahead.changed(None, anna)
    await studio.settle()
    assert [text.rpartition("åter ")[2] for text in studio.said] == [
        "på onsdag klockan åtta.",
        "i morgon klockan åtta.",
    ]
    studio.clock.instant = at("2026-11-24 00:00")
    assert studio.is_ready(anna)


async def test_F_26_the_sentences_for_everybody_are_ready_first_and_stay(studio: Studio) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH))
    await studio.settle()
    assert studio.speech.said[: len(FIXED)] == FIXED
    studio.ahead.changed(callee(AT_LUNCH), None)
    await studio.settle()
    assert all(studio.prompts.find(each) for each in fixed_sentences())
    assert studio.on_shelf() == 0


async def test_the_most_urgent_is_rendered_first(studio: Studio) -> None:
    people = [
        callee(absence(f"{start}:00", f"{start + 1}:00", DIRECT), id_=name, name=name)
        for name, start in (("Anna", 16), ("Bertil", 11), ("Carolina", 14))
    ]
    for each in people:
        studio.ahead.changed(None, each)
    assert studio.ahead.missing == len(FIXED)
    await studio.ahead.follow()
    assert studio.ahead.missing == len(FIXED) + 2
    await studio.settle()
    assert [text.split(" är ")[0] for text in studio.said] == ["Carolina", "Anna"]
    assert studio.ahead.missing == 0


async def test_what_holds_now_is_rendered_before_what_comes(studio: Studio) -> None:
    studio.ahead.changed(None, callee(MEETING, id_="later"))
    await studio.ahead.follow()
    studio.ahead.changed(None, callee(AT_LUNCH))
    await studio.settle()
    assert studio.said == [NOW_SAID, NEXT_SAID]


async def test_two_people_with_the_same_sentence_have_it_rendered_once(studio: Studio) -> None:
    for each in (callee(AT_LUNCH), callee(AT_LUNCH, id_="other"), callee(AT_LUNCH, tenant=OTHER)):
        studio.ahead.changed(None, each)
    await studio.settle()
    assert studio.said == [NOW_SAID]


async def test_S_11_nothing_is_rendered_of_somebody_without_the_referral_service(studio: Studio) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH, may_divert=False))
    await studio.settle()
    assert (studio.said, studio.on_shelf()) == ([], 0)


# ── what is no longer heard ─────────────────────────────────────────────────────────────────────

CHANGES: list[Callable[[Callee], Callee | None]] = [
    lambda _: None,
    lambda anna: replace(anna, may_divert=False),
    lambda anna: replace(anna, absences=()),
    lambda anna: replace(anna, absences=(MEETING,)),
    lambda anna: replace(anna, name="Anna Berg"),
    lambda anna: replace(anna, last_good_look=NOON - timedelta(days=2)),
]


@pytest.mark.parametrize("change", CHANGES, ids=["erased", "service", "removed", "moved", "renamed", "stale"])
async def test_S_1_what_is_no_longer_heard_is_gone_from_memory_and_shelf(
    studio: Studio, change: Callable[[Callee], Callee | None]
) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.settle()
    sentence = sentence_at(anna, NOON)
    assert sentence is not None
    prompt = studio.prompts.find(sentence)
    assert prompt is not None
    studio.ahead.changed(anna, change(anna))
    await studio.ahead.follow()
    assert studio.prompts.find(sentence) is None
    assert studio.prompts.by_address(studio.prompts.address_of(prompt)) is None
    assert prompt.key not in studio.shelf.prompts


async def test_where_nothing_has_changed_nobody_is_looked_at_and_nothing_is_swept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH))
    studio.ahead.everybody_told()
    await studio.settle()
    done: list[str] = []
    monkeypatch.setattr(studio.ahead, "_turn", lambda *_: done.append("turn"))
    monkeypatch.setattr(studio.prompts, "sweep_strangers", lambda: done.append("sweep"))
    for seconds in (0, 1, 60, -0.5):
        studio.clock.forward(timedelta(seconds=seconds))
        await studio.settle()
    assert done == []


async def test_somebody_who_is_gone_has_no_turn_any_more(studio: Studio) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH))
    await studio.settle()
    studio.ahead.changed(callee(AT_LUNCH), None)
    studio.clock.forward(timedelta(days=2))
    await studio.settle()
    assert (len(studio.ahead._turns), studio.on_shelf()) == (0, 0)


async def test_S_1_what_is_no_longer_heard_is_not_rendered(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.ahead.follow()
    studio.ahead.changed(anna, None)
    assert studio.ahead.missing == len(FIXED)
    await studio.settle()
    assert studio.said == []


async def test_S_1_what_ends_while_it_is_rendered_is_not_kept(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.ahead.follow()
    loop = asyncio.get_running_loop()

    def ends(text: str) -> None:
        if text == NOW_SAID:
            loop.call_soon_threadsafe(studio.ahead.changed, anna, None)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(60)

    studio.speech.before = ends
    await studio.settle()
    assert studio.said == [NOW_SAID]
    assert studio.on_shelf() == 0


async def test_the_end_of_an_absence_takes_its_prompt_along(studio: Studio) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH))
    await studio.settle()
    studio.clock.instant = at("13:00")
    await studio.ahead.follow()
    assert studio.on_shelf() == 0


async def test_S_1_what_an_earlier_process_left_goes_once_everybody_was_told_of(studio: Studio) -> None:
    studio.ahead.changed(None, callee(AT_LUNCH))
    studio.ahead.changed(None, callee(MEETING, id_="gone"))
    await studio.settle()
    following = Studio(shelf=studio.shelf)
    following.ahead.changed(None, callee(AT_LUNCH))
    await following.settle()
    assert following.on_shelf() == 2
    following.ahead.everybody_told()
    await following.settle()
    assert following.on_shelf() == 1
    assert following.said == []


async def test_recordings_that_were_made_or_replaced_are_heard(studio: Studio) -> None:
    files = [wav(tone(hertz, SECOND, 16_000, 0.2)) for hertz in (300, 400)]
    for file in files:
        studio.recordings[callee().tenant, HER_NAME] = file
        anna = callee(AT_LUNCH, recorded=[(HER_NAME, hashlib.sha256(file).hexdigest())])
        studio.ahead.changed(None, anna)
        await studio.settle()
        assert studio.is_ready(anna)
        assert studio.on_shelf() == 1
    assert studio.said == ["är på lunch och är åter klockan tretton."] * 2


# ── what fails ──────────────────────────────────────────────────────────────────────────────────


async def test_F_26_what_failed_is_tried_again_and_counted(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.speech.fails = True
    studio.ahead.changed(None, anna)
    await studio.settle_all()
    assert not studio.is_ready(anna)
    assert studio.meter.counts[Count.PROMPTS_FAILED, "SpeechFailedError"] == len(FIXED) + 1
    studio.speech.fails = False
    await studio.settle_all()
    assert not studio.is_ready(anna)
    studio.clock.forward(timedelta(seconds=5))
    await studio.settle_all()
    assert studio.is_ready(anna)
    assert studio.meter.of(Count.PROMPTS_RENDERED) == len(FIXED) + 1


async def test_F_26_one_sentence_that_cannot_be_said_keeps_no_other_waiting(studio: Studio) -> None:
    def refuse(text: str) -> None:
        if "Bad" in text:
            raise RuntimeError("secret")

    studio.speech.before = refuse
    for name in ("Bad", "Anna"):
        studio.ahead.changed(None, callee(AT_LUNCH, id_=name, name=name))
    await studio.settle_all()
    assert studio.is_ready(callee(AT_LUNCH, name="Anna"))
    assert not studio.is_ready(callee(AT_LUNCH, name="Bad"))
    assert studio.meter.counts[Count.PROMPTS_FAILED, "RuntimeError"] == 1


async def test_F_26_one_person_of_whom_nothing_can_be_said_keeps_no_other_waiting(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, callee(AT_LUNCH, id_="bad", speaks=(Language("tlh"),)))
    studio.ahead.changed(None, anna)
    await studio.settle()
    assert studio.is_ready(anna)
    assert studio.meter.counts[Count.PROMPTS_FAILED, "InvalidValueError"] == 1
    studio.clock.forward(timedelta(minutes=1))
    await studio.settle()
    assert studio.meter.counts[Count.PROMPTS_FAILED, "InvalidValueError"] == 2


async def test_prompts_that_were_lost_are_rendered_again(studio: Studio) -> None:
    studio.prompts = Prompts(studio.speech, studio.shelf, most_bytes=0)
    studio.ahead = RenderAhead(studio.prompts, studio.clock, studio.meter, lambda *_: None)
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.settle()
    studio.shelf.prompts.clear()
    assert not studio.is_ready(anna)
    assert studio.prompts.find(fixed_sentences()[0]) is None
    await studio.settle()
    assert studio.is_ready(anna)
    assert studio.prompts.find(fixed_sentences()[0]) is not None


async def test_F_12_a_clock_that_was_set_back_is_noticed(studio: Studio) -> None:
    anna = callee(AT_LUNCH, MEETING)
    studio.clock.instant = at("14:00")
    studio.ahead.changed(None, anna)
    await studio.settle()
    assert studio.said == [NEXT_SAID]
    studio.clock.instant = at("12:00")
    await studio.settle()
    assert studio.is_ready(anna)


# ── asked ───────────────────────────────────────────────────────────────────────────────────────


async def test_another_language_is_rendered_when_a_caller_chooses_it(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.settle()
    english = sentence_at(anna, NOON, ENGLISH)
    assert english is not None
    prompt = await asyncio.to_thread(studio.ahead.render_now, anna, english)
    assert (prompt.language, studio.prompts.find(english)) == (ENGLISH, prompt)
    studio.clock.instant = at("13:00")
    await studio.ahead.follow()
    assert studio.prompts.find(english) is None
    assert studio.on_shelf() == 0


async def test_S_1_what_a_caller_chose_of_somebody_who_is_gone_is_not_kept(studio: Studio) -> None:
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await studio.settle()
    studio.ahead.changed(anna, None)
    await asyncio.to_thread(studio.ahead.render_now, anna, said("Anna", SWEDISH))
    await studio.ahead.follow()
    assert studio.on_shelf() == 0


# ── as it runs ──────────────────────────────────────────────────────────────────────────────────


async def test_it_follows_what_it_is_told_while_it_runs_and_stops_when_told(studio: Studio) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(studio.ahead.run(stopping))
    anna = callee(AT_LUNCH)
    await until(lambda: len(studio.speech.said) == len(FIXED))
    studio.ahead.changed(None, anna)
    await until(lambda: studio.is_ready(anna))
    studio.clock.instant = at("13:00")
    await until(lambda: studio.on_shelf() == 0)
    studio.speech.fails = True
    studio.ahead.changed(anna, replace(anna, absences=(MEETING,)))
    await until(lambda: studio.meter.of(Count.PROMPTS_FAILED) == 1)
    stopping.set()
    async with asyncio.timeout(60):
        await running


async def test_what_it_is_told_is_done_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kalenderkoppling.usecases.announcements.render_ahead._PAUSE_SECONDS", 60)
    left = Studio(shelf=studio.shelf)
    left.ahead.changed(None, callee(MEETING, id_="gone"))
    await left.settle()
    running = asyncio.create_task(studio.ahead.run(asyncio.Event()))
    await until(lambda: studio.ahead.missing == 0)
    await settled()
    anna = callee(AT_LUNCH)
    studio.ahead.changed(None, anna)
    await until(lambda: studio.is_ready(anna))
    assert studio.on_shelf() == 2
    studio.ahead.everybody_told()
    await until(lambda: studio.on_shelf() == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_while_a_sentence_is_rendered_the_others_are_followed(studio: Studio) -> None:
    stopping, loop, go_on = asyncio.Event(), asyncio.get_running_loop(), asyncio.Event()

    def hang(text: str) -> None:
        if text == NOW_SAID:
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(60)

    studio.speech.before = hang
    gone = callee(MEETING, id_="gone")
    studio.ahead.changed(None, gone)
    await studio.settle()
    running = asyncio.create_task(studio.ahead.run(stopping))
    studio.ahead.changed(None, callee(AT_LUNCH))
    await until(lambda: NOW_SAID in studio.said)
    studio.ahead.changed(gone, None)
    await until(lambda: studio.on_shelf() == 0)
    go_on.set()
    await until(lambda: studio.on_shelf() == 1)
    stopping.set()
    await running


async def test_the_event_loop_has_its_turn_after_every_few_callees(studio: Studio) -> None:
    for number in range(50 * AT_ONCE):
        studio.ahead.changed(None, callee(id_=f"{number}"))
    passes = 0

    async def others() -> None:
        nonlocal passes
        while True:
            passes += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await studio.ahead.follow()
    beside.cancel()
    assert passes >= 50


@FEWER
@given(st.lists(absences(), max_size=4), st.integers(1, 40))
def test_whenever_somebody_calls_what_is_to_be_heard_is_ready(drawn: list[Absence], step_minutes: int) -> None:
    async def live() -> None:
        studio = Studio(clock=SetClock(NOON - timedelta(hours=4)))
        anna = callee(*drawn)
        studio.ahead.changed(None, anna)
        await studio.settle()
        while studio.clock.now() < NOON + timedelta(hours=7):
            wanted = studio.ahead._turns.next()
            following = studio.clock.now() + timedelta(minutes=step_minutes)
            studio.clock.instant = min(following, wanted) if wanted else following
            # At the very instant of a change it is there already, made ready before.
            assert studio.is_ready(anna)
            await studio.settle()
            assert studio.is_ready(anna)
            held = {studio.prompts.key(each) for each in _heard(anna, studio)}
            assert studio.on_shelf() == len(held)

    asyncio.run(live())


def _heard(anna: Callee, studio: Studio) -> list[Sentence]:
    now = studio.clock.now()
    following = anna.holds_until(now, lambda instant: sentence_at(anna, instant))
    return [each for each in (sentence_at(anna, now), sentence_at(anna, following)) if each]
