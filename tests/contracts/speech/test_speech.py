"""Every engine keeps the contract of speech: espeak-ng in both forms, Piper with a voice that buzzes, and the fake."""

import shutil
from collections.abc import Iterator

import pytest

from kalenderkoppling.ports.speech import Speech
from kalenderkoppling.settings.telephony import Voices
from kalenderkoppling.speech import open_speech
from kalenderkoppling.speech.espeak import EspeakProgram
from kalenderkoppling.speech.espeak_engine import EspeakEngine
from kalenderkoppling.speech.piper import load_piper
from kalenderkoppling.words import languages
from kktest.piper_voice import write_voice
from kktest.speech import FakeSpeech
from kktest.speech_contract import SpeechContract


@pytest.fixture(scope="module")
def piper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speech]:
    folder = tmp_path_factory.mktemp("voices")
    piper = load_piper({each: write_voice(folder, each) for each in languages()}, 150)
    yield piper
    piper.close()


@pytest.fixture(scope="module")
def piper_and_espeak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speech]:
    folder = tmp_path_factory.mktemp("voices")
    files = {each: str(write_voice(folder, each)) for each in ("sv", "nb")}
    opened = open_speech(Voices(engine="piper", piper=files))
    yield opened
    opened.close()


class TestFakeSpeech(SpeechContract):
    @pytest.fixture
    def speech(self) -> Speech:
        return FakeSpeech()


class TestEspeakProgram(SpeechContract):
    @pytest.fixture
    def speech(self) -> Speech:
        program = shutil.which("espeak-ng")
        assert program, "the set-up of the tests brings espeak-ng"
        return EspeakProgram(program, 150)


class TestEspeakEngine(SpeechContract):
    @pytest.fixture
    def speech(self) -> Iterator[Speech]:
        engine = EspeakEngine(150)
        yield engine
        engine.close()


class TestPiperSpeech(SpeechContract):
    @pytest.fixture
    def speech(self, piper: Speech) -> Speech:
        return piper


class TestOpenedEspeak(SpeechContract):
    @pytest.fixture
    def speech(self) -> Iterator[Speech]:
        opened = open_speech(Voices())
        yield opened
        opened.close()


class TestOpenedPiper(SpeechContract):
    """Piper speaks Swedish and Norwegian, espeak-ng the rest."""

    @pytest.fixture
    def speech(self, piper_and_espeak: Speech) -> Speech:
        return piper_and_espeak
