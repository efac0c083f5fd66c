"""What every speech engine keeps to: each kind's tests inherit this suite and give a fixture `speech`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from time import monotonic

import numpy as np
import pytest

from kalenderkoppling.domain.absence import MEETING, ReturnForm
from kalenderkoppling.domain.errors import SpeechFailedError
from kalenderkoppling.ports.speech import Speech
from kalenderkoppling.usecases.announcements.fixed import fixed_sentences
from kalenderkoppling.words import Language, announcement, languages, reason_spoken, return_phrase
from kktest.make import MONDAY, STOCKHOLM
from kktest.sounds import loudness, samples_of

SWEDISH, NORWEGIAN, ENGLISH = Language("sv"), Language("nb"), Language("en")
SENTENCE = "Anna Ek är i möte och är åter klockan fjorton och trettio."
PATIENCE = timedelta(seconds=10)

HOSTILE = [
    "[[x]]",
    "[[",
    "]] [[_:_]]",
    "<speak>hej</speak>",
    '<speak><audio src="file:///etc/passwd"/></speak>',
    "<mark name='x'/> &amp; &#0;",
    "hej\x00då",
    "\x00",
    "\x1b[31mhej",
    "rad ett\r\nrad två\n\n",
    "-v en --stdout -f /etc/passwd",
    "; touch /tmp/x; $(id) `id`",
    "\u202ehej\u2066 \ufeff",
    "\ud800",
    "x" * 10_000,
    "ord " * 2_500,
    "." * 500,
    "",
    "   ",
    "😀😀",
]


def announced(language: Language) -> str:
    """An announcement as `words` makes it."""
    now = datetime.combine(MONDAY, time(9), STOCKHOLM)
    back = return_phrase(ReturnForm.TIME, now + timedelta(hours=5, minutes=30), now, language)
    return announcement("Åsa Öberg-Æbelø", reason_spoken(MEETING, language), back, language)


class SpeechContract:
    """An engine may be slow or fail; what it says is always the same, and heard."""

    @pytest.mark.parametrize("language", languages())
    def test_every_language_of_announcements_is_spoken(self, speech: Speech, language: Language) -> None:
        sound = speech.say(announced(language), language)
        assert 8_000 <= sound.rate <= 48_000
        assert timedelta(seconds=1) < sound.length < timedelta(seconds=20)
        assert loudness(sound) > -40

    @pytest.mark.parametrize("language", languages())
    def test_every_sentence_for_everybody_is_spoken(self, speech: Speech, language: Language) -> None:
        for each in fixed_sentences([language]):
            sound = speech.say(each.text, language)
            assert timedelta(seconds=0.4) < sound.length < timedelta(seconds=20), each.text
            assert loudness(sound) > -40, each.text

    def test_no_more_than_a_moment_is_silent_before_and_after(self, speech: Speech) -> None:
        sound = speech.say(SENTENCE, SWEDISH)
        heard = np.flatnonzero(np.abs(samples_of(sound)) > 500) / sound.rate
        assert heard[0] < 0.3
        assert sound.length.total_seconds() - heard[-1] < 1.5

    def test_a_longer_text_is_a_longer_sound(self, speech: Speech) -> None:
        short = speech.say("Anna", SWEDISH)
        middle = speech.say("Anna Ek är i möte", SWEDISH)
        assert short.length < middle.length < speech.say(SENTENCE, SWEDISH).length

    def test_the_same_text_is_the_same_sound_whatever_was_said_between(self, speech: Speech) -> None:
        first = speech.say(SENTENCE, SWEDISH)
        speech.say("Something else", ENGLISH)
        assert speech.say(SENTENCE, SWEDISH) == first
        assert speech.say(SENTENCE, SWEDISH) == first

    def test_other_words_and_other_languages_sound_otherwise(self, speech: Speech) -> None:
        sounds = {speech.say(text, language).samples for text in ("Anna", "Bertil") for language in (SWEDISH, ENGLISH)}
        assert len(sounds) == 4

    def test_letters_of_the_north_are_letters(self, speech: Speech) -> None:
        sounds = [speech.say(letter * 3, SWEDISH) for letter in ("å", "ä", "ö", "æ", "ø", "a", "o")]
        assert all(sound.length > timedelta(milliseconds=50) for sound in sounds)
        assert len({sound.samples for sound in sounds[:3]}) == 3

    def test_several_threads_may_speak_at_once(self, speech: Speech) -> None:
        asked = [(f"Anna {word}", language) for word in ("ett", "två") for language in (SWEDISH, NORWEGIAN, ENGLISH)]
        alone = [speech.say(*each) for each in asked]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda each: speech.say(*each), asked * 2))
        assert together == alone * 2

    @pytest.mark.parametrize("language", ["xx", "qqq", "", "SV", "sv;id", "../sv", "sv\0", "-h", "sv nb"])
    def test_F_26_a_language_without_a_voice_is_refused(self, speech: Speech, language: str) -> None:
        with pytest.raises(SpeechFailedError):
            speech.say(SENTENCE, Language(language))

    def test_a_refused_language_leaves_no_voice_behind_for_the_next_sentence(self, speech: Speech) -> None:
        norwegian = speech.say(SENTENCE, NORWEGIAN)
        speech.say(SENTENCE, SWEDISH)
        with pytest.raises(SpeechFailedError):
            speech.say(SENTENCE, Language("xx"))
        assert speech.say(SENTENCE, NORWEGIAN) == norwegian

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
    def test_F_33_hostile_text_is_spoken_or_refused_and_nothing_hangs(self, speech: Speech, text: str) -> None:
        before = speech.say(SENTENCE, SWEDISH)
        begun = monotonic()
        try:
            sound = speech.say(text, SWEDISH)
        except SpeechFailedError:
            pass
        else:
            assert sound.samples
        assert monotonic() - begun < PATIENCE.total_seconds()
        assert speech.say(SENTENCE, SWEDISH) == before

    def test_commands_of_engines_are_not_obeyed(self, speech: Speech) -> None:
        plain = speech.say("hej x hej", SWEDISH)
        for text in ("hej [[x]] hej", "hej <x> hej", "hej\n{x}\x00hej"):
            assert speech.say(text, SWEDISH) == plain

    def test_the_voice_is_one_line_and_stays(self, speech: Speech) -> None:
        before = speech.voice
        speech.say(SENTENCE, SWEDISH)
        assert speech.voice == before
        assert before.strip() == before.splitlines()[0] != ""
