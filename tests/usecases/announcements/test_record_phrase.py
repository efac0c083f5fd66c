"""Recorded phrases: who records what, what a file has to be, and who is told."""

import hashlib
import io
import wave
from datetime import timedelta

import pytest

from kalenderkoppling.domain.absence import SICK, ReasonKey, ReasonKind
from kalenderkoppling.domain.errors import NotFoundError, RefusedError
from kalenderkoppling.domain.mailbox import EVERYBODY
from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.ports.store.audit import Act
from kalenderkoppling.ports.store.rules import TenantReason
from kalenderkoppling.sound import Sound, joined, read_wav, silence, tone, wav
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.announcements.record_phrase import (
    record_phrase,
    recorded_phrase,
    recorded_phrases,
    remove_recording,
)
from kktest.calls import LUNCH_IN_SWEDISH, NAME_OF_ANNA
from kktest.house import ADMINISTRATOR, ATTENDANT, COLLEAGUE, House, herself
from kktest.keeping import ACME, ANNA

SECOND = timedelta(seconds=1)
HERSELF = herself(ANNA)


def spoken(length: timedelta = SECOND, *, rate: int = 44_100, level: float = 0.3) -> Sound:
    """A sound that is heard from its first sample to its last."""
    return tone(440, length, rate, level)


def reason(key: str, language: str = "sv") -> PhraseId:
    return PhraseId(kind=PhraseKind.REASON, key=key, language=language)


def kept(house: House, phrase: PhraseId) -> Recording | None:
    with house.store.read(ACME) as tx:
        return tx.recordings.get(phrase)


async def refused(house: House, phrase: PhraseId, file: bytes, actor: Actor = ADMINISTRATOR) -> str:
    """Record what is refused; return the problem."""
    with pytest.raises(RefusedError) as caught:
        await record_phrase(house.core, actor, phrase, file)
    assert (kept(house, phrase), house.entries()) == (None, [])
    [problem] = caught.value.problems
    return f"{problem.field}: {problem.problem}"


# ── who records what ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [HERSELF, ADMINISTRATOR])
async def test_a_name_is_recorded_by_its_person_or_an_administrator(house: House, actor: Actor) -> None:
    await record_phrase(house.core, actor, NAME_OF_ANNA, wav(spoken()))
    assert kept(house, NAME_OF_ANNA) is not None


@pytest.mark.parametrize("actor", [COLLEAGUE, ATTENDANT])
async def test_nobody_else_records_a_name_or_deletes_it(house: House, actor: Actor) -> None:
    with pytest.raises(NotFoundError):
        await record_phrase(house.core, actor, NAME_OF_ANNA, wav(spoken()))
    assert kept(house, NAME_OF_ANNA) is None
    await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(spoken()))
    with pytest.raises(NotFoundError):
        await remove_recording(house.core, actor, NAME_OF_ANNA)
    assert kept(house, NAME_OF_ANNA) is not None


@pytest.mark.parametrize("actor", [HERSELF, ATTENDANT])
async def test_a_reason_is_recorded_by_administrators_only(house: House, actor: Actor) -> None:
    with pytest.raises(NotFoundError):
        await record_phrase(house.core, actor, LUNCH_IN_SWEDISH, wav(spoken()))
    await record_phrase(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH, wav(spoken()))
    assert kept(house, LUNCH_IN_SWEDISH) is not None


async def test_an_employee_whose_id_is_a_reasons_key_records_no_reason(house: House) -> None:
    with pytest.raises(NotFoundError):
        await record_phrase(house.core, herself(ANNA), reason(ANNA), wav(spoken()))


async def test_everybody_sees_what_is_recorded_of_theirs_and_administrators_see_all(house: House) -> None:
    await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(spoken()))
    await record_phrase(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH, wav(spoken()))
    name = kept(house, NAME_OF_ANNA)
    assert name is not None
    assert await recorded_phrases(house.core, HERSELF) == {NAME_OF_ANNA: name.sha256}
    assert set(await recorded_phrases(house.core, ADMINISTRATOR)) == {NAME_OF_ANNA, LUNCH_IN_SWEDISH}
    assert await recorded_phrases(house.core, COLLEAGUE) == {}


@pytest.mark.parametrize("phrase", [NAME_OF_ANNA, LUNCH_IN_SWEDISH])
async def test_a_recording_is_heard_by_those_who_may_record_it(house: House, phrase: PhraseId) -> None:
    await record_phrase(house.core, ADMINISTRATOR, phrase, wav(spoken()))
    assert await recorded_phrase(house.core, ADMINISTRATOR, phrase) == kept(house, phrase)
    for actor in (COLLEAGUE, ATTENDANT):
        with pytest.raises(NotFoundError):
            await recorded_phrase(house.core, actor, phrase)


async def test_what_is_not_recorded_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        await recorded_phrase(house.core, HERSELF, NAME_OF_ANNA)


async def test_nobodys_name_cannot_be_recorded(house: House) -> None:
    with pytest.raises(NotFoundError):
        await record_phrase(house.core, ADMINISTRATOR, PhraseId(kind=PhraseKind.NAME, key="nobody"), wav(spoken()))


async def test_sick_is_never_recorded_whatever_the_tenant_made_of_it(house: House) -> None:
    assert await refused(house, reason(SICK), wav(spoken())) == "file: not_recordable"
    with house.store.write(ACME) as tx:
        tx.rules.put_reason(TenantReason(key=SICK, kind=ReasonKind.DATE, spoken={}))
    assert await refused(house, reason(SICK), wav(spoken())) == "file: not_recordable"


async def test_a_reason_that_does_not_exist_is_refused_until_the_tenant_adds_it(house: House) -> None:
    assert await refused(house, reason("gardening"), wav(spoken())) == "reason: unknown_reason"
    with house.store.write(ACME) as tx:
        tx.rules.put_reason(TenantReason(key=ReasonKey("gardening"), kind=ReasonKind.CLOCK))
    await record_phrase(house.core, ADMINISTRATOR, reason("gardening"), wav(spoken()))
    assert kept(house, reason("gardening")) is not None


@pytest.mark.parametrize(
    "phrase", [reason("lunch", ""), reason("lunch", "tlh"), PhraseId(kind=PhraseKind.NAME, key=ANNA, language="sv")]
)
async def test_a_reason_has_a_language_that_we_speak_and_a_name_has_none(house: House, phrase: PhraseId) -> None:
    assert await refused(house, phrase, wav(spoken())) == "language: unknown_language"


# ── what a file has to be ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
async def test_a_recording_is_kept_as_16_bit_mono_at_16_kHz_without_the_quiet_around_it(
    house: House, rate: int
) -> None:
    quiet = silence(2 * SECOND, rate)
    await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(joined([quiet, spoken(rate=rate), quiet])))

    recording = kept(house, NAME_OF_ANNA)
    assert recording is not None
    with wave.open(io.BytesIO(recording.audio)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
    assert SECOND <= read_wav(recording.audio).length <= timedelta(seconds=1.1)
    assert recording.sha256 == hashlib.sha256(recording.audio).hexdigest()
    assert recording.at == house.clock.now()


async def test_a_quiet_recording_and_a_loud_one_are_kept_equally_loud(house: House) -> None:
    peaks = []
    for level in (0.02, 0.9):
        await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(spoken(level=level)))
        recording = kept(house, NAME_OF_ANNA)
        assert recording is not None
        samples = memoryview(read_wav(recording.audio).samples).cast("h")
        peaks.append(max(samples))
    assert peaks[0] == pytest.approx(peaks[1], rel=0.05)


@pytest.mark.parametrize("file", [b"", b"RIFF", b"ID3" + bytes(4_000), wav(spoken())[:-1], wav(spoken())[:40]])
async def test_what_is_no_wav_file_is_refused(house: House, file: bytes) -> None:
    assert await refused(house, NAME_OF_ANNA, file) == "file: not_wav"


async def test_a_file_of_more_than_two_megabytes_is_refused_unread(house: House) -> None:
    assert await refused(house, NAME_OF_ANNA, bytes(2_000_001)) == "file: too_large_sound"
    assert await refused(house, NAME_OF_ANNA, bytes(2_000_000)) == "file: not_wav"


@pytest.mark.parametrize(
    "sound",
    [
        silence(SECOND, 16_000),
        silence(timedelta(), 16_000),
        spoken(level=0.002),
        Sound(rate=16_000, samples=b"\x00\x10" * 16_000),
        spoken(timedelta(seconds=0.1)),
    ],
    ids=["silence", "no sound", "a microphone switched off", "a constant", "a click"],
)
async def test_a_recording_in_which_nothing_is_heard_is_refused(house: House, sound: Sound) -> None:
    assert await refused(house, NAME_OF_ANNA, wav(sound)) == "file: silent"


@pytest.mark.parametrize(("seconds", "fits"), [(0.19, False), (0.2, True), (10, True), (10.1, False)])
async def test_a_recording_lasts_from_a_fifth_of_a_second_to_ten(house: House, seconds: float, *, fits: bool) -> None:
    # The quiet that stays around what is heard is less than the difference.
    file = wav(spoken(timedelta(seconds=seconds), rate=16_000))
    if fits:
        await record_phrase(house.core, HERSELF, NAME_OF_ANNA, file)
        assert kept(house, NAME_OF_ANNA) is not None
    else:
        problem = await refused(house, NAME_OF_ANNA, file)
        assert problem == ("file: silent" if seconds < 1 else "file: too_long_sound")


# ── what follows ────────────────────────────────────────────────────────────────────────────────


async def test_a_name_is_told_of_its_person_and_a_reason_of_everybody(house: House) -> None:
    place = house.latest_change()
    await record_phrase(house.core, ADMINISTRATOR, NAME_OF_ANNA, wav(spoken()))
    await record_phrase(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH, wav(spoken()))
    await remove_recording(house.core, ADMINISTRATOR, NAME_OF_ANNA)
    await remove_recording(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH)
    assert house.told_since(place) == [ANNA, EVERYBODY, ANNA, EVERYBODY]


async def test_a_recording_is_deleted_once_and_leaves_no_byte(house: House) -> None:
    await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(spoken()))
    recording = kept(house, NAME_OF_ANNA)
    assert recording is not None
    piece = recording.audio[20_000:20_060]
    assert piece in house.bytes()
    await remove_recording(house.core, HERSELF, NAME_OF_ANNA)
    assert kept(house, NAME_OF_ANNA) is None
    assert piece not in house.bytes()
    with pytest.raises(NotFoundError):
        await remove_recording(house.core, HERSELF, NAME_OF_ANNA)


async def test_the_log_says_what_was_recorded_and_holds_no_sound(house: House) -> None:
    await record_phrase(house.core, HERSELF, NAME_OF_ANNA, wav(spoken()))
    await record_phrase(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH, wav(spoken()))
    await remove_recording(house.core, ADMINISTRATOR, LUNCH_IN_SWEDISH)

    assert [(each.act, each.actor, each.person, each.after) for each in house.entries()] == [
        (Act.RECORD_PHRASE, ANNA, ANNA, {"phrase": "name"}),
        (Act.RECORD_PHRASE, ADMINISTRATOR.person, None, {"phrase": "reason", "reason": "lunch", "language": "sv"}),
        (Act.REMOVE_RECORDING, ADMINISTRATOR.person, None, {"phrase": "reason", "reason": "lunch", "language": "sv"}),
    ]
