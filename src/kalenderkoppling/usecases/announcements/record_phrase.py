"""Record a phrase that callers hear in place of the speech engine's: a reason, or somebody's name."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from kalenderkoppling.domain.absence import SICK
from kalenderkoppling.domain.errors import FieldProblem, InvalidValueError, NotFoundError, RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.ports.store import Transaction
from kalenderkoppling.ports.store.audit import Act, Entry
from kalenderkoppling.sound import Sound, levelled, read_wav, resampled, trimmed, wav
from kalenderkoppling.sound.samples import FULL_SCALE, numbers
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, Unit, look_up, perform
from kalenderkoppling.usecases.reasons import known_reasons
from kalenderkoppling.words import languages

RATE = 16_000
"""Samples a second of what is kept: the better of the two that are served."""

LARGEST_BYTES = 2_000_000
SHORTEST, LONGEST = timedelta(seconds=0.2), timedelta(seconds=10)
QUIETEST = FULL_SCALE * 10 ** (-50 / 20)
"""A recording without a sample louder than 50 dB below full scale is a microphone that was switched off."""


async def record_phrase(core: Core, actor: Actor, phrase: PhraseId, file: bytes) -> None:
    """Keep a phrase from a WAV file, cut to what is heard and brought to the loudness of announcements.

    A name is recorded by its person or an administrator, a reason by an administrator. `sick` is never recorded:
    callers do not hear it (semantics 8).

    Raises:
        NotFoundError: it is not for this actor to record, or there is no such person.
        RefusedError: the reason or language is unknown or never spoken; or of the field `file`: `too_large_sound`
            (over 2 MB), `not_wav` (no form that we read), `silent` (less than 0.2 s to be heard),
            `too_long_sound` (over 10 s).
    """
    _must_record(actor, phrase)
    sound = await asyncio.to_thread(_taken_in, file)

    def work(unit: Unit) -> None:
        _check(unit.tx, phrase)
        unit.tx.recordings.put(_recording(phrase, sound, unit.now))
        _note(unit, actor, phrase, Act.RECORD_PHRASE)

    await perform(core, actor.tenant, work)


async def remove_recording(core: Core, actor: Actor, phrase: PhraseId) -> None:
    """Delete a recording; the speech engine says the phrase again.

    Raises:
        NotFoundError: there is none, or it is not for this actor to delete.
    """
    _must_record(actor, phrase)

    def work(unit: Unit) -> None:
        if phrase not in unit.tx.recordings.hashes():
            raise NotFoundError
        unit.tx.recordings.remove(phrase)
        _note(unit, actor, phrase, Act.REMOVE_RECORDING)

    await perform(core, actor.tenant, work)


async def recorded_phrases(core: Core, actor: Actor) -> Mapping[PhraseId, str]:
    """Return which phrases are recorded that this actor may record, with the hash of each one's audio."""
    found = await look_up(core, actor.tenant, lambda tx: tx.recordings.hashes())
    return {phrase: hash_ for phrase, hash_ in found.items() if _may_record(actor, phrase)}


async def recorded_phrase(core: Core, actor: Actor, phrase: PhraseId) -> Recording:
    """Return a recording, for those who may record the phrase.

    Raises:
        NotFoundError: there is none, or it is not for this actor to hear alone.
    """
    _must_record(actor, phrase)
    found = await look_up(core, actor.tenant, lambda tx: tx.recordings.get(phrase))
    if found is None:
        raise NotFoundError
    return found


def _may_record(actor: Actor, phrase: PhraseId) -> bool:
    own_name = phrase.kind is PhraseKind.NAME and phrase.key == actor.person
    return own_name or Role.ADMINISTRATOR in actor.roles


def _must_record(actor: Actor, phrase: PhraseId) -> None:
    if not _may_record(actor, phrase):
        raise NotFoundError


def _check(tx: Transaction, phrase: PhraseId) -> None:
    if phrase.kind is PhraseKind.NAME:
        if tx.people.get(PersonId(phrase.key)) is None:
            raise NotFoundError
        if phrase.language:
            raise RefusedError(FieldProblem(field="language", problem="unknown_language"))
        return
    if phrase.key == SICK:
        raise _refused("not_recordable")
    if phrase.key not in known_reasons(tx):
        raise RefusedError(FieldProblem(field="reason", problem="unknown_reason"))
    if phrase.language not in languages():
        raise RefusedError(FieldProblem(field="language", problem="unknown_language"))


def _taken_in(file: bytes) -> Sound:
    """Return what is to be heard in a file, at the rate and loudness in which it is kept."""
    if len(file) > LARGEST_BYTES:
        raise _refused("too_large_sound")
    try:
        heard = trimmed(read_wav(file))
    except InvalidValueError:
        raise _refused("not_wav") from None
    if heard.length < SHORTEST or _loudest(heard) < QUIETEST:
        raise _refused("silent")
    if heard.length > LONGEST:
        raise _refused("too_long_sound")
    return levelled(resampled(heard, RATE))


def _loudest(sound: Sound) -> float:
    """Return how far a sound's samples go from its middle, which lies beside zero with some microphones."""
    values = numbers(sound)
    return float(abs(values - values.mean()).max())


def _recording(phrase: PhraseId, sound: Sound, now: datetime) -> Recording:
    audio = wav(sound)
    return Recording(phrase=phrase, audio=audio, sha256=hashlib.sha256(audio).hexdigest(), at=now)


def _note(unit: Unit, actor: Actor, phrase: PhraseId, act: Act) -> None:
    """Log the act, and tell those whose announcements sound different now; what was replaced is purged."""
    is_name = phrase.kind is PhraseKind.NAME
    of = PersonId(phrase.key) if is_name else None
    # A person is named by the entry itself, where the name can be erased.
    named = {} if is_name else {"reason": phrase.key, "language": phrase.language}
    unit.tx.audit.append(
        Entry(at=unit.now, act=act, actor=actor.person, person=of, after={"phrase": str(phrase.kind), **named})
    )
    unit.tell(of or EVERYBODY)
    unit.scrub = True


def _refused(problem: str) -> RefusedError:
    return RefusedError(FieldProblem(field="file", problem=problem))
