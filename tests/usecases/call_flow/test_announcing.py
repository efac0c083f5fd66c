"""Direct referrals: the announcement at once, the menu, and what the caller asks for."""

from itertools import pairwise

import pytest

from kalenderkoppling.domain.absence import SICK, Diversion
from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.errors import CallerLostError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.ports.meter import Count
from kktest.call_desk import ATTENDANT, PHONE, SV, FakeClips, Story, away, called_person
from kktest.media import UNSPOKEN
from kktest.phone import FakeIncoming, FakeTelephone

SPOKEN = "sv: Anna Berg är i möte och är åter klockan tretton."
MENU = "sv: Tryck ett för att komma till telefonist, två för att bli uppringd."
ENGLISH_HINT = "en: For English, press star."
GENERIC = "sv: Personen du söker är inte anträffbar."


def direct(minutes: float = 60.0, **others: object) -> Story:
    return Story(called_person(away(minutes)), **others)  # type: ignore[arg-type] # fields of the story


def test_a_referral_is_announced_at_once_and_the_phone_does_not_ring() -> None:
    story = direct()
    call = story.take(FakeIncoming)
    assert call.words()[0].startswith("answer our answer to the caller's offer")
    assert "ring" not in call.words()
    assert story.phone.dialled == [] or story.phone.dialled[0][0] == ATTENDANT


def test_the_announcement_and_the_menu_are_heard_twice() -> None:
    story = direct(attendant="")
    story.take(FakeIncoming)
    without_attendant = "sv: Tryck två för att bli uppringd."
    assert story.played()[:6] == [SPOKEN, without_attendant, ENGLISH_HINT] * 2


def test_after_the_second_time_the_caller_is_put_through_to_the_attendant() -> None:
    story = direct()
    call = story.take(lambda: with_transfer(FakeIncoming()))
    assert story.played()[:6] == [SPOKEN, MENU, ENGLISH_HINT] * 2
    assert f"refer {ATTENDANT}" in call.words()
    assert story.result() == "transferred"


def test_without_an_attendant_we_say_good_bye_and_hang_up() -> None:
    story = direct(attendant="")
    call = story.take(FakeIncoming)
    assert call.words()[-1] == "hang up"
    assert "refer" not in " ".join(call.words())
    assert story.result() == "announced"


def with_transfer(call: FakeIncoming, *, works: bool = True) -> FakeIncoming:
    call.refers = lambda _: works
    return call


@pytest.mark.parametrize("way", ["sound", "info"])
def test_one_puts_through_to_the_attendant_whichever_way_the_key_comes(way: str) -> None:
    story = direct()

    def press(call: FakeIncoming) -> None:
        call.press("1") if way == "info" else story.media.stream.press("1")

    call = story.take(lambda: with_transfer(FakeIncoming()), (2.0, press))
    assert f"refer {ATTENDANT}" in call.words()
    assert story.played() == ["sv: Du kopplas till telefonist."], "the announcement is cut short"
    assert story.result() == "transferred"


def test_S_13_nobody_listens_to_silence_while_the_exchange_transfers() -> None:
    story = direct()

    def slowly() -> FakeIncoming:
        call = with_transfer(FakeIncoming())
        call.refer_takes = 20.0
        return call

    story.take(slowly, (2.0, lambda call: call.press("1")))
    assert len([name for _, name in story.media.stream.begun if name == "ringing"]) >= 4
    assert story.result() == "transferred"


def test_a_call_that_was_put_through_is_as_long_as_we_had_it() -> None:
    story = direct()
    story.take(lambda: with_transfer(FakeIncoming()), (10.0, lambda call: call.press("1")))
    assert story.book.records[0].length.total_seconds() > 10


def test_an_attendant_whose_phone_rings_and_rings_is_given_up() -> None:
    story = direct()
    story.answers(FakeTelephone(), ATTENDANT)
    story.take(
        lambda: with_transfer(FakeIncoming(), works=False),
        (2.0, lambda call: call.press("1")),
        (70.0, lambda call: call.leaves()),
    )
    leg = story.phone.dialled_leg(ATTENDANT)
    assert 45 < leg.when("hang up") < 60


def test_where_the_exchange_does_not_transfer_the_attendant_is_dialled_and_joined() -> None:
    story = direct()
    story.answers(FakeTelephone(does_at=8.0), ATTENDANT)
    open_while_they_talk: list[bool] = []
    call = story.take(
        lambda: with_transfer(FakeIncoming(), works=False),
        (2.0, lambda call: call.press("1")),
        (30.0, lambda _: open_while_they_talk.append(story.media.stream.is_open)),
        (40.0, lambda call: call.leaves()),
    )
    assert "new media the phone's answer" in call.words()
    assert [to for to, _ in story.phone.dialled] == [ATTENDANT]
    assert len(story.phone.joined) == 1
    assert open_while_they_talk == [False], "the sound is theirs now"
    assert story.result() == "transferred"


def test_for_a_caller_who_left_while_the_exchange_refused_no_attendants_phone_rings_for_a_moment() -> None:
    story = direct()
    story.answers(FakeTelephone(), ATTENDANT)
    leaving = FakeIncoming()

    def refuses(_: str) -> bool:
        leaving.leaves()
        return False

    leaving.refers = refuses
    story.take(lambda: leaving, (2.0, lambda call: call.press("1")))
    assert story.phone.dialled == []


def test_S_13_nobody_listens_to_silence_while_the_attendants_phone_rings() -> None:
    story = direct()
    story.answers(FakeTelephone(does_at=20.0), ATTENDANT)
    story.take(
        lambda: with_transfer(FakeIncoming(), works=False),
        (2.0, lambda call: call.press("1")),
        (40.0, lambda call: call.leaves()),
    )
    tones = [at for at, name in story.media.stream.begun if name == "ringing"]
    assert len(tones) >= 4
    assert max(later - earlier for earlier, later in pairwise(tones)) <= 5.0


OFFER_OF_CALL_BACK = "sv: Tryck två för att bli uppringd."


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (486, "sv: Telefonisten är upptagen just nu."),
        (600, "sv: Telefonisten är upptagen just nu."),
        (480, "sv: Telefonisten svarar inte just nu."),
        (503, "sv: Telefonisten svarar inte just nu."),
    ],
)
@pytest.mark.parametrize("exchange_transfers", [True, False])
def test_where_the_attendant_is_not_reached_the_caller_hears_why_and_is_offered_a_call_back(
    exchange_transfers: bool, code: int, said: str
) -> None:
    story = direct()
    story.answers(FakeTelephone(does_at=0.5, code=code), ATTENDANT)
    story.take(
        lambda: with_transfer(FakeIncoming(exchange_transfers=exchange_transfers), works=False),
        (2.0, lambda call: call.press("1")),
        (15.0, lambda call: call.press("2")),
    )
    heard = story.played()
    assert heard[heard.index(said) + 1] == OFFER_OF_CALL_BACK
    assert len(story.book.wishes) == 1
    assert story.result() == "call_back"


def test_after_the_attendant_was_not_reached_the_announcement_goes_on() -> None:
    story = direct()
    story.answers(FakeTelephone(does_at=0.5, code=486), ATTENDANT)
    story.take(lambda: FakeIncoming(exchange_transfers=False), (2.0, lambda call: call.press("1")))
    heard = story.played()
    assert SPOKEN in heard[heard.index("sv: Telefonisten är upptagen just nu.") :]
    assert heard[-1] == "sv: Tack för samtalet. Hej då."
    assert story.result() == "announced"


def test_an_exchange_that_does_not_keep_callers_is_not_asked_to_transfer() -> None:
    story = direct()
    story.answers(FakeTelephone(does_at=3.0), ATTENDANT)
    call = story.take(
        lambda: with_transfer(FakeIncoming(exchange_transfers=False)),
        (2.0, lambda call: call.press("1")),
        (30.0, lambda call: call.leaves()),
    )
    assert "refer" not in " ".join(call.words())
    assert len(story.phone.joined) == 1
    assert story.result() == "transferred"


def test_a_caller_whom_the_exchange_lost_is_written_down_as_lost_and_no_attendant_is_rung_for_nobody() -> None:
    story = direct()
    story.answers(FakeTelephone(), ATTENDANT)
    lost = FakeIncoming()

    def loses(_: str) -> bool:
        lost.leaves()
        raise CallerLostError

    lost.refers = loses
    lost.refer_takes = 0.0
    story.take(lambda: lost, (2.0, lambda call: call.press("1")))
    assert story.phone.dialled == []
    assert story.result() == "lost"


def test_a_caller_who_hangs_up_while_the_attendants_phone_rings_stops_it_and_was_announced() -> None:
    story = direct()
    story.answers(FakeTelephone(), ATTENDANT)
    story.take(
        lambda: FakeIncoming(exchange_transfers=False),
        (2.0, lambda call: call.press("1")),
        (12.0, lambda call: call.leaves()),
    )
    assert story.phone.dialled_leg(ATTENDANT).when("hang up") == pytest.approx(12.0, abs=0.1)
    assert story.result() == "announced"


@pytest.mark.parametrize(
    ("attendant", "menu"), [(ATTENDANT, ["sv: Tryck ett för att komma till telefonist."]), ("", [])]
)
def test_being_called_back_is_not_offered_to_a_hidden_number(attendant: str, menu: list[str]) -> None:
    story = direct(attendant=attendant)
    story.answers(FakeTelephone(does_at=0.5, code=486), ATTENDANT)
    story.take(lambda: FakeIncoming(caller=Caller(), exchange_transfers=False))
    assert story.played()[: 2 + len(menu)] == [SPOKEN, *menu, ENGLISH_HINT]
    assert not any("uppringd" in each for each in story.played())


def test_two_takes_down_a_wish_to_be_called_back() -> None:
    story = direct()
    story.take(FakeIncoming, (1.0, lambda call: call.press("2")))
    [wish] = story.book.wishes
    assert (wish.number, wish.person, wish.colleague) == ("+46701740605", PersonId("anna"), None)
    assert story.played() == ["sv: Tack. Du blir uppringd."]
    assert story.result() == "call_back"


def test_a_colleague_who_wants_to_be_called_back_is_known() -> None:
    story = direct()
    story.take(lambda: FakeIncoming(caller=Caller(number="10877")), (1.0, lambda call: call.press("2")))
    assert story.book.wishes[0].colleague == PersonId("bertil")
    assert story.book.records[0].colleague == PersonId("bertil")


def test_a_hidden_number_cannot_be_called_back_and_the_caller_is_told() -> None:
    story = direct(attendant="")
    story.take(lambda: FakeIncoming(caller=Caller()), (1.0, lambda call: call.press("2")))
    assert story.book.wishes == []
    assert "Numret" in story.played()[0] or "nummer" in story.played()[0]
    assert story.result() == "announced"


def test_star_says_it_in_the_next_language() -> None:
    story = direct(attendant="")
    story.take(FakeIncoming, (1.0, lambda call: call.press("*")))
    english = "en: Anna Berg is in a meeting and will be back at one p.m."
    assert story.played()[:3] == [english, "en: Press two to be called back.", "sv: För svenska, tryck stjärna."]
    assert english.removeprefix("en: ") in story.clips.asked, "it is rendered when it is wanted"


def test_where_one_language_is_spoken_star_means_nothing_and_is_not_offered() -> None:
    story = Story(called_person(away(), speaks=(SV,)), attendant="")
    story.take(FakeIncoming, (1.0, lambda call: call.press("*")))
    assert not [name for name in story.played() if name.startswith("en")]


def test_a_caller_who_presses_star_for_ever_is_not_kept_for_ever() -> None:
    story = direct(attendant="")
    call = story.take(FakeIncoming, *((at, lambda call: call.press("*")) for at in range(1, 900)))
    assert call.is_over
    assert call.heard[-1][0] < 120


def test_keys_that_mean_nothing_here_do_not_disturb() -> None:
    story = direct(attendant="")
    story.take(FakeIncoming, *((at, lambda call: call.press("7")) for at in (1, 2, 3)))
    assert story.played()[0] == SPOKEN


def test_a_key_is_heard_for_three_seconds_after_the_menu() -> None:
    story = direct()
    story.take(lambda: with_transfer(FakeIncoming()), (14.5, lambda call: call.press("2")))
    assert story.played() == [SPOKEN, MENU, ENGLISH_HINT, "sv: Tack. Du blir uppringd."]
    assert [name for _, name in story.media.stream.begun].count(SPOKEN) == 1


def test_a_caller_who_hangs_up_is_let_go_at_once() -> None:
    story = direct()
    call = story.take(FakeIncoming, (2.0, lambda call: call.leaves()))
    assert not story.media.stream.is_open
    assert call.heard[-1] == (2.0, "left")
    assert story.result() == "announced"
    assert story.book.records[0].length.total_seconds() == pytest.approx(2.0, abs=0.1)


def test_S_3_a_return_is_never_spoken_when_it_has_passed_the_phone_rings_instead() -> None:
    story = direct(minutes=10 / 60, attendant="")
    story.answers(FakeTelephone(does_at=3.0))
    call = story.take(FakeIncoming, (40.0, lambda call: call.leaves()))
    assert story.played().count("sv: Anna Berg är i möte och är åter klockan tolv.") <= 1
    assert [to for to, _ in story.phone.dialled] == [PHONE]
    assert "new media the phone's answer" in call.words()
    assert story.result() == "answered"


def test_S_3_it_is_judged_again_before_the_second_playing() -> None:
    story = direct(attendant="")
    story.take(FakeIncoming, (5.0, lambda _: story.changes(away(180.0))))
    assert story.played()[0] == SPOKEN
    assert story.played()[3] == "sv: Anna Berg är i möte och är åter klockan femton."


def test_sick_is_never_spoken() -> None:
    story = Story(called_person(away(reason=SICK)), attendant="")
    story.take(FakeIncoming)
    assert story.played()[0] == "sv: Anna Berg är frånvarande och är åter klockan tretton."


def test_F_26_where_the_sentence_was_not_rendered_the_generic_one_is_heard() -> None:
    story = direct(attendant="", clips=FakeClips(missing=lambda each: "Anna" in each.text))
    story.take(FakeIncoming)
    assert story.played()[0] == GENERIC


def test_who_calls_just_after_a_booking_hears_its_own_words_once_they_are_rendered() -> None:
    story = direct(attendant="", clips=FakeClips(missing=lambda each: "Anna" in each.text, takes=0.4))
    call = story.take(FakeIncoming)
    assert story.played()[0] == SPOKEN
    assert call.when("answer our answer to the caller's offer") == pytest.approx(0.4, abs=0.05)


def test_F_26_words_that_take_longer_than_half_a_second_are_not_waited_for() -> None:
    story = direct(attendant="", clips=FakeClips(missing=lambda each: "Anna" in each.text, takes=2.0))
    call = story.take(FakeIncoming)
    assert story.played()[0] == GENERIC
    assert call.when("answer our answer to the caller's offer") == pytest.approx(0.5, abs=0.05)


def test_S_3_an_absence_that_ends_while_its_words_are_rendered_is_not_announced() -> None:
    story = direct(attendant="", clips=FakeClips(missing=lambda each: "Anna" in each.text, takes=0.4))
    story.answers(FakeTelephone(does_at=1.0))
    call = story.take(FakeIncoming, (0.3, lambda _: story.changes()), (9.0, lambda call: call.leaves()))
    assert story.media.streams == []
    assert "answer the phone's answer" in call.words()


def test_a_caller_who_hangs_up_while_the_words_are_rendered_is_let_go_at_once() -> None:
    story = direct(clips=FakeClips(missing=lambda each: "Anna" in each.text, takes=0.4))
    call = story.take(FakeIncoming, (0.2, lambda call: call.leaves()))
    assert call.words() == ["left"]
    assert story.media.streams == []


def test_F_26_where_nothing_at_all_was_rendered_the_phone_rings() -> None:
    story = direct(clips=FakeClips(missing=lambda _: True))
    story.answers(FakeTelephone(does_at=2.0))
    call = story.take(FakeIncoming, (9.0, lambda call: call.leaves()))
    assert [to for to, _ in story.phone.dialled] == [PHONE]
    assert "answer the phone's answer" in call.words()
    assert story.meter.counts[Count.CALLS_FAILED_OPEN, "no_prompt"] == 1


def test_F_26_a_menu_that_was_not_rendered_is_left_out_and_its_keys_work() -> None:
    story = direct(clips=FakeClips(missing=lambda each: "Tryck" in each.text))
    story.take(lambda: with_transfer(FakeIncoming()), (3.0, lambda call: call.press("1")))
    assert story.result() == "transferred"


def test_S_13_where_no_sound_can_be_made_the_phone_rings() -> None:
    story = direct()
    story.media.is_down = True
    story.answers(FakeTelephone(does_at=2.0))
    story.take(FakeIncoming, (9.0, lambda call: call.leaves()))
    assert story.result() == "answered"
    assert story.meter.counts[Count.CALLS_FAILED_OPEN, "no_media"] == 1


def test_sound_that_breaks_down_in_the_middle_ends_the_call_and_is_counted() -> None:
    story = direct()
    call = story.take(FakeIncoming, (2.0, lambda _: story.media.break_down()))
    assert call.is_over
    assert call.heard[-1][0] < 3.0
    assert story.meter.counts[Count.CALLS_FAILED, "media_lost"] == 1


def test_a_caller_with_another_codec_is_told_so() -> None:
    story = direct()

    def of_another_world() -> FakeIncoming:
        call = FakeIncoming()
        call._offer = UNSPOKEN
        return call

    call = story.take(of_another_world)
    assert call.words() == ["refuse 488"]
    assert story.book.records == []


def test_a_caller_who_leaves_the_offer_to_us_is_heard_when_it_answers() -> None:
    story = direct(attendant="")

    def late() -> FakeIncoming:
        call = FakeIncoming()
        call._offer = None
        return call

    call = story.take(late)
    assert call.words()[0] == "answer our offer"
    assert story.media.stream.accepted == ["the caller's late answer"]


def test_the_person_is_looked_for_by_every_number_that_the_call_names() -> None:
    story = direct(attendant="")
    story.take(lambda: FakeIncoming("vm", diverted_from=("10231", "10440")))
    assert story.decided == [("vm", "10231", "10440")]


def test_a_number_that_is_nobodys_is_sent_nowhere() -> None:
    story = Story(None)
    call = story.take(FakeIncoming)
    assert call.words() == ["refuse 480"]
    assert story.phone.dialled == []
    assert story.book.records == []


def test_S_13_a_call_that_could_not_be_decided_is_the_exchanges_to_bring_to_the_phone() -> None:
    story = Story(None, is_sure=False)
    call = story.take(FakeIncoming)
    assert call.words() == ["refuse 503"]
    assert story.meter.counts[Count.CALLS_REFUSED, "not_decided"] == 1


def test_S_1_what_is_written_down_names_no_absence() -> None:
    story = direct(attendant="")
    story.take(FakeIncoming)
    [record] = story.book.records
    assert "13" not in str(record.length)
    assert not hasattr(record, "reason")


def test_an_information_only_absence_rings() -> None:
    story = Story(called_person(away(diversion=Diversion.NONE)))
    story.answers(FakeTelephone(does_at=2.0))
    story.take(FakeIncoming, (9.0, lambda call: call.leaves()))
    assert [to for to, _ in story.phone.dialled] == [PHONE]
    assert story.media.streams == []
