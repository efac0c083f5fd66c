"""Who speaks, and where what was spoken is kept: espeak-ng, Piper, a folder of prompts."""

from kalenderkoppling.speech.open_speech import OpenedSpeech, open_speech
from kalenderkoppling.speech.prompt_folder import PromptFolder

__all__ = ["OpenedSpeech", "PromptFolder", "open_speech"]
