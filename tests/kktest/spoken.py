"""What a caller should hear, made by the test itself: by the pure functions, and spoken by an engine of its own.

The voice process has had no part in it, so that what is heard can be compared with what is right.
"""

from datetime import UTC, datetime

from kalenderkoppling.absences.call import Ring, decide_call
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.sound import Sound, read_wav
from kalenderkoppling.speech.open_speech import open_speech
from kalenderkoppling.usecases.announcements.rendering import rendered
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.situation import situation
from kalenderkoppling.words import Language, announcement_parts, reason_spoken, return_phrase
from kktest.voice import WORDS_PER_MINUTE, Site


async def words_for(site: Site, id_: str, language: str = "sv") -> str:
    """Return what a call to somebody who is away should be told now."""
    now, person = datetime.now(UTC), PersonId(id_)
    found = await look_up(site.core, TENANT, lambda tx: situation(tx, person, now))
    assert found is not None
    treatment = decide_call(found.absences, now, found.terms)
    assert not isinstance(treatment, Ring)
    announced, speaks = treatment.announced, Language(language)
    zone = found.zone
    back = return_phrase(announced.form, announced.back_at.astimezone(zone), now.astimezone(zone), speaks)
    return " ".join(announcement_parts(found.person.name, reason_spoken(announced.reason, speaks), back, speaks))


def spoken(text: str, language: str = "sv") -> Sound:
    """Speak a sentence as the voice process is told to speak in these tests."""
    speech = open_speech(Voices(words_per_minute=WORDS_PER_MINUTE))
    try:
        sentence = said(text, Language(language))
        return read_wav(rendered(sentence, sentence.key(speech.voice), speech, lambda _: None).wav)
    finally:
        speech.close()
