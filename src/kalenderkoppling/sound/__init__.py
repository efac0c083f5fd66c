"""Sound as numbers: PCM, resampling, G.711, WAV; pure, nothing is read or played."""

from kalenderkoppling.sound.pcm import Sound

__all__ = ["Sound"]
