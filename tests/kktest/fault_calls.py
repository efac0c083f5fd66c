"""Calls that tell in a few seconds whether all is well: what is heard is what should be, or the phone rings.

And speech that a test breaks: `Espeak(folder)` stands in front of the espeak-ng program for a process that is started
with its `environment`.
"""

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kalenderkoppling.sound import Sound, read_wav
from kktest.hearing import must_hear
from kktest.rtp import ear
from kktest.sipp import Sipp, sipp
from kktest.sipp_scenarios import EVENTS, PCMA, caller, pause, sdp
from kktest.timed import took_at_most
from kktest.voice import LATE_SECONDS, Voice, over

ANSWERED_SECONDS = 1.0
"""After which a caller has heard something, on a busy machine too; no dead air over two (S-13)."""

_LISTENED_SECONDS = 1.5
"""How much of an announcement is listened to: the name of whom it is about, which is what differs."""


def beginning(sound: Sound, seconds: float = _LISTENED_SECONDS) -> Sound:
    """The beginning of a sound."""
    return Sound(rate=sound.rate, samples=sound.samples[: 2 * round(seconds * sound.rate)])


async def hears(voice: Voice, number: str, announcement: bytes, folder: Path) -> Sipp:
    """Call a number and see that what is heard begins as the WAV file of an announcement does."""
    with ear() as listening:
        scenario = caller(pause(_LISTENED_SECONDS + LATE_SECONDS), offer=sdp(listening.port, PCMA, EVENTS))
        with sipp(scenario, folder, to=voice.sip, number=number) as call:
            await over(call)
        must_hear(beginning(read_wav(announcement)), listening)
    took_at_most(call.first("200").at - call.first("INVITE").at, ANSWERED_SECONDS)
    return call


async def rings(voice: Voice, number: str, phone: Sipp, folder: Path) -> None:
    """Call a number and see that its phone rings, and is talked to once it is answered."""
    with sipp(caller(), folder, to=voice.sip, number=number) as call:
        await over(call, phone)
    took_at_most(call.first("180").at - call.first("INVITE").at, 2)


class Speaks(StrEnum):
    """What the espeak-ng program does."""

    WELL = "well"
    NOT = "not"
    NEVER_ENDING = "never ending"


@dataclass(frozen=True, slots=True)
class Espeak:
    """An espeak-ng program that does as it is told, from one sentence to the next."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with that shall find it first."""
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}

    def now(self, speaks: Speaks) -> None:
        """Tell it how to go on."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "speaks").write_text(speaks, encoding="utf-8")
        program = self.folder / "espeak-ng"
        program.write_text(
            f"""#!/bin/sh
# It opens shared memory for loudspeakers: where the disk of whoever asks is full, that is not.
ulimit -S -f unlimited
case "$(cat '{self.folder / "speaks"}')" in
  "{Speaks.NOT}") exit 1 ;;
  "{Speaks.NEVER_ENDING}") exec sleep 12 ;;
esac
exec '{_program()}' "$@"
""",
            encoding="utf-8",
        )
        program.chmod(0o700)


def _program() -> str:
    found = shutil.which("espeak-ng")
    if found is None:
        raise LookupError("espeak-ng is missing: `python3 tools/set_up.py telephony` installs Debian's")
    return found
