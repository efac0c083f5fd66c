"""Sound as numbers: PCM, resampling, G.711, WAV; no input or output."""

from kalenderkoppling.sound.g711 import alaw, from_alaw, from_ulaw, ulaw
from kalenderkoppling.sound.level import levelled
from kalenderkoppling.sound.pcm import Sound
from kalenderkoppling.sound.pieces import joined, silence, tone, trimmed
from kalenderkoppling.sound.resample import resampled
from kalenderkoppling.sound.wav import read_wav, wav

__all__ = [
    "Sound",
    "alaw",
    "from_alaw",
    "from_ulaw",
    "joined",
    "levelled",
    "read_wav",
    "resampled",
    "silence",
    "tone",
    "trimmed",
    "ulaw",
    "wav",
]
