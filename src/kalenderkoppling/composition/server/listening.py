"""The surface that lets people hear in the browser what their callers hear."""

from __future__ import annotations

from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech import open_speech
from kalenderkoppling.speech.no_shelf import NoShelf
from kalenderkoppling.speech.when_needed import SpeechWhenNeeded
from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.surface import listen_surface
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.usecases.announcements.prompts import Prompts


def listening(voices: Voices) -> Surface:
    """Make the surface, in these voices; a speech engine is started at the first use."""
    speech = SpeechWhenNeeded(lambda: open_speech(voices))
    return listen_surface(Booth(Prompts(speech, NoShelf())), when_stopping=[speech.close])
