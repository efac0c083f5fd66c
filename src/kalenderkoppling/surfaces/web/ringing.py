"""The sound of a call before its announcement: how a phone is heard ringing, for the demo."""

from __future__ import annotations

from datetime import timedelta

from kalenderkoppling.absences.call import RingThenAnnounce, Treatment
from kalenderkoppling.sound import Sound, joined, read_wav, silence, tone, wav

HERTZ = 425
"""Ringing tone in Sweden and in most of Europe (ITU-T E.180, supplement 2)."""

LEVEL = 0.1
TONE, PAUSE = timedelta(milliseconds=800), timedelta(milliseconds=700)
BEFORE_WORDS = timedelta(milliseconds=300)
SHORTENED_SECONDS = 3
"""How long an open referral is heard ringing: long enough to tell it from a direct one, short for who waits."""


def ringing_length(treatment: Treatment) -> timedelta:
    """Return how long it rings before the announcement, which for a direct referral is one tone."""
    return timedelta(seconds=SHORTENED_SECONDS) if isinstance(treatment, RingThenAnnounce) else TONE + BEFORE_WORDS


def rung(announcement: bytes, treatment: Treatment) -> bytes:
    """Return the announcement's WAV file with the ringing before it."""
    words = read_wav(announcement)
    return wav(joined([*_ringing(treatment, words.rate), words]))


def _ringing(treatment: Treatment, rate: int) -> list[Sound]:
    once = tone(HERTZ, TONE, rate, LEVEL)
    if not isinstance(treatment, RingThenAnnounce):
        return [once, silence(BEFORE_WORDS, rate)]
    times = timedelta(seconds=SHORTENED_SECONDS) // (TONE + PAUSE)
    return [once, silence(PAUSE, rate)] * times
