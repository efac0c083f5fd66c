"""The demo's voice process: it reads its settings as one line of standard input, and ends with the demo."""

from __future__ import annotations

import asyncio
import sys

import msgspec

from kalenderkoppling.composition.demo.voice_process import VoiceStarted
from kalenderkoppling.composition.voice.run import voice
from kalenderkoppling.settings import Settings

MOST_BYTES = 1_000_000


async def demo_voice() -> None:
    """Take calls until standard input ends."""
    reader = asyncio.StreamReader(limit=MOST_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    settings = msgspec.json.decode(await reader.readline(), type=Settings)
    stopping = asyncio.Event()
    watching = asyncio.create_task(_watch(reader, stopping))
    try:
        await voice(settings, stopping, _tell)
    finally:
        watching.cancel()


async def _watch(reader: asyncio.StreamReader, stopping: asyncio.Event) -> None:
    while await reader.read(1024):
        pass
    stopping.set()


def _tell(sip: str, url: str) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(VoiceStarted(sip=sip, url=url)) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(demo_voice())
