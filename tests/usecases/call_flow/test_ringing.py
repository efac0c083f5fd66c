"""Calls that ring, and open referrals: the phone first, then the announcement."""

import asyncio
from collections.abc import Callable

import pytest

from kalenderkoppling.domain.absence import Diversion
from kalenderkoppling.domain.call import Caller
from kalenderkoppling.ports.meter import Count
from kalenderkoppling.usecases.call_flow import Desk, take_call
from kktest.call_desk import PHONE, FakeClips, Story, away, called_person
from kktest.keeping import ANNA
from kktest.media import UNSPOKEN
from kktest.phone import FakeIncoming, FakeTelephone

SPOKEN = "sv: Anna Berg är i möte och är åter klockan tretton."


def free(phone_uri: str = PHONE) -> Story:
    return Story(called_person(phone_uri=phone_uri))


def opened(minutes: float = 60.0) -> Story:
    return Story(called_person(away(minutes, Diversion.OPEN)), attendant="")


# ── the phone rings, as if there were no absence ────────────────────────────────────────────────


def test_a_call_to_somebody_free_rings_and_the_two_talk() -> None:
    story = free()
    story.answers(FakeTelephone(does_at=3.0))
    call = story.take(FakeIncoming, (13.0, lambda call: call.leaves()))
    assert call.words() == ["ring", "answer the phone's answer", "left"]
    assert story.lines.words() == ["anna rings", "anna talks", "anna ended"]
    assert story.result() == "answered"
    assert story.book.records[0].length.total_seconds() == pytest.approx(10.0, abs=0.1)


def test_S_13_a_caller_hears_that_it_rings_within_a_second_whatever_the_phone_says() -> None:
    story = free()
    story.answers(FakeTelephone(rings_at=8.0, does_at=9.0))
    call = story.take(FakeIncoming, (13.0, lambda call: call.leaves()))
    assert call.when("ring") <= 1.0


def test_the_phone_hanging_up_ends_the_call() -> None:
    story = free()
    story.answers(FakeTelephone(does_at=3.0))
    call = story.take(FakeIncoming, (13.0, lambda _: story.phone.dialled_leg(PHONE).leaves()))
    assert call.is_over


@pytest.mark.parametrize(
    ("code", "told"), [(486, 486), (600, 486), (603, 603), (480, 480), (404, 480), (302, 480), (503, 480)]
)
def test_the_caller_is_told_what_the_phone_said_and_nobody_is_sent_elsewhere(code: int, told: int) -> None:
    story = free()
    story.answers(FakeTelephone(does_at=0.5, code=code))
    call = story.take(FakeIncoming)
    assert call.words()[-1] == f"refuse {told}"
    assert len(story.phone.dialled) == 1
    assert story.result() == "failed"


def test_a_dead_phone_is_told_within_seconds() -> None:
    story = free()
    story.answers(FakeTelephone(rings_at=None))
    call = story.take(FakeIncoming)
    assert call.heard[-1] == (4.0, "refuse 480")


def test_a_person_without_a_phone_cannot_be_reached() -> None:
    call = free(phone_uri="").take(FakeIncoming)
    assert call.words()[-1] == "refuse 480"


def test_a_caller_who_gives_up_stops_the_phone() -> None:
    story = free()
    story.answers(FakeTelephone())
    story.take(FakeIncoming, (5.0, lambda call: call.leaves()))
    assert story.phone.dialled_leg(PHONE).when("hang up") == 5.0
    assert story.result() == "missed"
    assert story.lines.words() == ["anna rings", "anna ended"]


def test_a_phone_that_nobody_answers_is_given_up_after_minutes() -> None:
    story = free()
    story.answers(FakeTelephone())
    call = story.take(FakeIncoming)
    assert call.heard[-1] == (180.0, "refuse 480")


# ── open referrals ──────────────────────────────────────────────────────────────────────────────


def test_an_open_referral_rings_fifteen_seconds_and_then_announces() -> None:
    story = opened()
    story.answers(FakeTelephone())
    call = story.take(FakeIncoming)
    phone = story.phone.dialled_leg(PHONE)
    assert call.when("ring") == 0.0
    assert phone.when("hang up") == pytest.approx(15.0, abs=0.05)
    assert call.when("answer our answer to the caller's offer") == pytest.approx(15.0, abs=0.05)
    assert story.played()[0] == SPOKEN
    assert story.result() == "announced"


def test_the_phone_is_stopped_before_the_announcement_is_heard_and_its_line_is_told() -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.take(FakeIncoming)
    assert [(round(at), what) for at, what in story.lines.told] == [(0, "anna rings"), (15, "anna ended")]


def test_a_phone_answered_in_time_is_joined_and_nothing_is_announced() -> None:
    story = opened()
    story.answers(FakeTelephone(does_at=14.0))
    story.take(FakeIncoming, (30.0, lambda call: call.leaves()))
    assert story.media.streams == []
    assert story.result() == "answered"


@pytest.mark.parametrize("code", [486, 603, 480, 503, 404])
def test_a_phone_that_is_busy_or_not_to_be_disturbed_announces_at_once(code: int) -> None:
    story = opened()
    story.answers(FakeTelephone(does_at=1.0, code=code))
    call = story.take(FakeIncoming)
    assert call.when("answer our answer to the caller's offer") == pytest.approx(1.0, abs=0.05)
    assert story.played()[0] == SPOKEN


def test_a_dead_phone_announces_all_the_same() -> None:
    story = opened()
    story.answers(FakeTelephone(rings_at=None))
    call = story.take(FakeIncoming)
    assert call.when("answer our answer to the caller's offer") == pytest.approx(4.0, abs=0.05)
    assert story.played()[0] == SPOKEN


def test_a_person_without_a_phone_is_announced_at_once() -> None:
    story = Story(called_person(away(diversion=Diversion.OPEN), phone_uri=""), attendant="")
    call = story.take(FakeIncoming)
    assert call.when("answer our answer to the caller's offer") < 0.1


def test_C_26_an_absence_that_has_ended_meanwhile_lets_the_phone_ring_on() -> None:
    story = opened(minutes=10 / 60)
    story.answers(FakeTelephone(does_at=25.0))
    story.take(FakeIncoming, (40.0, lambda call: call.leaves()))
    assert story.media.streams == []
    assert story.result() == "answered"
    assert story.meter.of(Count.CALLS_FAILED_OPEN) == 0, "nothing of ours failed"


def test_C_26_an_absence_that_was_removed_meanwhile_lets_the_phone_ring_on() -> None:
    story = opened()
    story.answers(FakeTelephone(does_at=25.0))
    story.take(FakeIncoming, (5.0, lambda _: story.changes()), (40.0, lambda call: call.leaves()))
    assert story.media.streams == []
    assert story.result() == "answered"


def test_C_26_a_phone_that_is_busy_after_the_absence_has_ended_says_busy() -> None:
    story = opened(minutes=2 / 60)
    story.answers(FakeTelephone(does_at=5.0, code=486))
    call = story.take(FakeIncoming)
    assert call.words()[-1] == "refuse 486"
    assert story.meter.of(Count.CALLS_FAILED_OPEN) == 0


def test_what_is_announced_is_what_holds_when_it_is_announced() -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.take(FakeIncoming, (5.0, lambda _: story.changes(away(180.0, Diversion.OPEN))))
    assert story.played()[0] == "sv: Anna Berg är i möte och är åter klockan femton."


def test_a_caller_who_gives_up_while_it_rings_stops_the_phone_and_hears_nothing() -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.take(FakeIncoming, (6.0, lambda call: call.leaves()))
    assert story.phone.dialled_leg(PHONE).when("hang up") == 6.0
    assert story.media.streams == []
    assert story.result() == "missed"


def test_S_13_where_no_sound_can_be_made_the_phone_rings_on() -> None:
    story = opened()
    story.media.is_down = True
    story.answers(FakeTelephone(does_at=25.0))
    story.take(FakeIncoming, (40.0, lambda call: call.leaves()))
    assert story.result() == "answered"


def test_S_13_a_caller_with_another_codec_is_rung_on_rather_than_refused() -> None:
    story = opened()
    story.answers(FakeTelephone(does_at=25.0))

    def of_another_world() -> FakeIncoming:
        call = FakeIncoming()
        call._offer = UNSPOKEN
        return call

    call = story.take(of_another_world, (40.0, lambda call: call.leaves()))
    assert "refuse 488" not in call.words()
    assert story.result() == "answered"


def test_F_26_where_nothing_was_rendered_the_phone_rings_on() -> None:
    story = opened()
    story.clips = FakeClips(missing=lambda _: True)
    story.answers(FakeTelephone(does_at=25.0))
    story.take(FakeIncoming, (40.0, lambda call: call.leaves()))
    assert story.result() == "answered"
    assert story.meter.counts[Count.CALLS_FAILED_OPEN, "no_prompt"] == 1


def test_while_a_phone_rings_no_words_are_waited_for_since_it_may_be_answered_meanwhile() -> None:
    story = opened()
    story.clips = FakeClips(missing=lambda each: "Anna" in each.text, takes=0.4)
    story.answers(FakeTelephone(does_at=60.0))
    call = story.take(FakeIncoming)
    assert story.played()[0] == "sv: Personen du söker är inte anträffbar."
    assert call.when("answer our answer to the caller's offer") == pytest.approx(15.0, abs=0.1)


def test_of_a_busy_phone_the_words_of_a_booking_just_made_are_waited_for() -> None:
    story = opened()
    story.clips = FakeClips(missing=lambda each: "Anna" in each.text, takes=0.4)
    story.answers(FakeTelephone(does_at=0.1, code=486))
    story.take(FakeIncoming)
    assert story.played()[0] == SPOKEN


def test_a_phone_that_has_rung_before_the_call_came_to_us_does_not_ring_again() -> None:
    story = opened()
    story.answers(FakeTelephone())
    call = story.take(lambda: FakeIncoming("vm", diverted_from=("10231",), has_rung=True))
    assert story.phone.dialled == []
    assert call.when("answer our answer to the caller's offer") < 0.1


def test_where_the_absence_has_ended_it_goes_to_the_phone_all_the_same() -> None:
    story = free()
    story.answers(FakeTelephone(does_at=2.0))
    story.take(lambda: FakeIncoming("vm", diverted_from=("10231",), has_rung=True), (9.0, lambda call: call.leaves()))
    assert story.result() == "answered"


# ── a phone that forwards to us ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("diverter", ["2231", "+4685082231", "2231;phone-context=+468508"])
def test_a_phone_that_has_forwarded_the_call_itself_is_not_rung_whatever_the_reason(diverter: str) -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.knows[diverter.partition(";")[0]] = ANNA
    call = story.take(lambda: FakeIncoming("vm", diverted_from=(diverter,)))
    assert story.phone.dialled == []
    assert call.is_answered


def test_a_number_that_forwards_to_us_is_no_phone_and_the_phone_rings() -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.take(lambda: FakeIncoming("vm", diverted_from=("10231",)), (5.0, lambda call: call.leaves()))
    assert [to for to, _ in story.phone.dialled] == [PHONE]


class Forwarding:
    """A caller whose call the phone sends back to us after a second."""

    def __init__(self, story: Story, back: Callable[[], FakeIncoming]) -> None:
        self.story, self.back = story, back
        self.first: FakeIncoming
        self.returned: FakeIncoming

    async def tale(self, desk: Desk) -> None:
        """Let the call ring, come back, and be left by the caller."""
        self.first = FakeIncoming()
        taken = [asyncio.ensure_future(take_call(self.first, desk))]
        await asyncio.sleep(1)
        self.returned = self.back()
        taken.append(asyncio.ensure_future(take_call(self.returned, desk)))
        await asyncio.sleep(8)
        for each in (self.first, self.returned):
            each.leaves()
        await asyncio.gather(*taken)
        assert not desk.ringing


@pytest.mark.parametrize(
    "back",
    [
        FakeIncoming,
        lambda: FakeIncoming(diverted_from=("2231",)),
        lambda: FakeIncoming("kk", diverted_from=("10231",)),
        lambda: FakeIncoming("kk", diverted_from=("10231",), caller=Caller(number="9000")),
    ],
    ids=["told by nothing", "named", "by its number", "with another number shown"],
)
def test_a_call_that_comes_back_while_the_phone_rings_is_announced_and_rings_nobody(
    back: Callable[[], FakeIncoming],
) -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.knows["10231"] = ANNA
    forwarding = Forwarding(story, back)
    story.take_several(forwarding.tale)
    assert len(story.phone.dialled) == 1
    assert forwarding.returned.is_answered
    assert "ring" not in forwarding.returned.words()


def test_a_call_that_was_answered_by_our_own_announcement_is_written_down_once_as_announced() -> None:
    story = opened()
    story.answers(FakeTelephone(does_at=2.0))
    story.take_several(Forwarding(story, lambda: FakeIncoming(diverted_from=("2231",))).tale)
    assert [str(each.result) for each in story.book.records] == ["announced"]
    assert "anna talks" not in story.lines.words()


def test_another_caller_may_ring_the_phone_meanwhile() -> None:
    story = opened()
    story.answers(FakeTelephone())
    story.take_several(Forwarding(story, lambda: FakeIncoming(caller=Caller(number="9000"))).tale)
    assert len(story.phone.dialled) == 2


def test_a_call_that_a_phone_sends_back_while_nothing_is_announced_ends_and_rings_nobody() -> None:
    story = free()
    story.answers(FakeTelephone())
    forwarding = Forwarding(story, lambda: FakeIncoming(diverted_from=("2231",)))
    story.take_several(forwarding.tale)
    assert len(story.phone.dialled) == 1
    assert forwarding.returned.words() == ["refuse 482"]


# ── no loops, no errors that cost a call ────────────────────────────────────────────────────────


def test_a_call_that_is_forwarded_to_us_again_and_again_ends() -> None:
    story = free()
    story.answers(FakeTelephone())
    calls: list[FakeIncoming] = []

    async def tale(desk: Desk) -> None:
        calls.extend(FakeIncoming(diverted_from=("10231",)) for _ in range(5))
        taken = [asyncio.ensure_future(take_call(each, desk)) for each in calls]
        await asyncio.sleep(1)
        for each in calls:
            each.leaves()
        await asyncio.gather(*taken)
        assert not desk.ringing, "who rings no longer is not counted"

    story.take_several(tale)
    assert [each.words()[-1] for each in calls] == ["left"] * 3 + ["refuse 482"] * 2


def test_calls_of_several_numbers_may_ring_one_person_at_once() -> None:
    story = free()
    story.answers(FakeTelephone())

    async def tale(desk: Desk) -> None:
        calls = [FakeIncoming(caller=Caller(number=f"1000{number}")) for number in range(8)]
        taken = [asyncio.ensure_future(take_call(each, desk)) for each in calls]
        await asyncio.sleep(1)
        assert [each.words()[-1] for each in calls] == ["ring"] * 8
        for each in calls:
            each.leaves()
        await asyncio.gather(*taken)

    story.take_several(tale)


def test_S_13_an_error_of_ours_lets_the_phone_ring() -> None:
    story = Story(called_person(away()))
    story.answers(FakeTelephone(does_at=2.0))

    def breaks(_: object) -> bool:
        raise ZeroDivisionError

    story.clips = FakeClips(missing=breaks)
    story.take(FakeIncoming, (9.0, lambda call: call.leaves()))
    assert story.result() == "answered"
    assert story.meter.counts[Count.CALLS_FAILED_OPEN, "ZeroDivisionError"] == 1


# ── exchanges that are told where to go ─────────────────────────────────────────────────────────


def redirected() -> FakeIncoming:
    return FakeIncoming(wants_redirects=True)


def test_an_exchange_that_carries_its_calls_is_told_the_phone() -> None:
    story = free()
    call = story.take(redirected)
    assert call.words() == [f"redirect {PHONE}"]
    assert story.book.records == [], "others know what becomes of it"


def test_for_an_open_referral_it_is_told_the_phone_and_then_the_announcement() -> None:
    call = opened().take(redirected)
    assert call.words() == [f"redirect {PHONE} sip:announcement-10231@kk.example"]


def test_a_direct_referral_is_announced_to_it_at_once() -> None:
    story = Story(called_person(away()), attendant="")
    call = story.take(redirected)
    assert call.words()[0].startswith("answer")


def test_when_it_comes_back_for_the_announcement_the_phone_does_not_ring_again() -> None:
    story = opened()
    call = story.take(lambda: FakeIncoming("announcement-10231", wants_redirects=True))
    assert story.decided == [("10231",)]
    assert story.phone.dialled == []
    assert call.words()[0].startswith("answer")


def test_when_it_comes_back_and_the_absence_has_ended_the_call_ends() -> None:
    story = free()
    call = story.take(lambda: FakeIncoming("announcement-10231", wants_redirects=True))
    assert call.words() == ["refuse 480"]
    assert story.phone.dialled == []


def test_without_a_phone_there_is_nowhere_to_go() -> None:
    assert free(phone_uri="").take(redirected).words() == ["refuse 480"]
