"""The sound of an answered pretend telephone: a low tone for one second in four, as RTP with A-law."""

from __future__ import annotations

import asyncio
import re
import socket
import struct

_HOST = "127.0.0.1"
_FRAME = 160
_FRAME_SECONDS = 0.02
_A_LAW = 8
_SILENCE = b"\xd5" * _FRAME
# Eight samples up, eight down: a square wave of 500 Hz, soft in A-law.
_TONE = (b"\xb5" * 8 + b"\x35" * 8) * (_FRAME // 16)
_FRAMES_OF_TONE, _FRAMES_OF_ALL = 50, 200


class ToneSender:
    """Sends the tone to the address in an offer; `session` is the answer to it (RFC 8866)."""

    def __init__(self, offer: str) -> None:
        self._to = _address(offer)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind((_HOST, 0))
        self._sending: asyncio.Task[None] | None = None

    @property
    def session(self) -> str:
        """The session description of our side."""
        port = self._socket.getsockname()[1]
        return (
            f"v=0\r\no=phone 1 1 IN IP4 {_HOST}\r\ns=-\r\nc=IN IP4 {_HOST}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {_A_LAW}\r\na=rtpmap:{_A_LAW} PCMA/8000\r\n"
        )

    def start(self) -> None:
        """Start sending; a no-op where the offer has no address."""
        if self._to is not None:
            self._sending = asyncio.get_running_loop().create_task(self._send(self._to))

    def stop(self) -> None:
        """Stop sending."""
        if self._sending is not None:
            self._sending.cancel()
        self._socket.close()

    async def _send(self, to: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while True:
            frame = _TONE if number % _FRAMES_OF_ALL < _FRAMES_OF_TONE else _SILENCE
            header = struct.pack("!BBHII", 0x80, _A_LAW, number & 0xFFFF, number * _FRAME, 1)
            self._socket.sendto(header + frame, to)
            number += 1
            await asyncio.sleep(max(began + number * _FRAME_SECONDS - loop.time(), 0))


def _address(offer: str) -> tuple[str, int] | None:
    host = re.search(r"(?m)^c=IN IP4 ([0-9.]+)", offer)
    port = re.search(r"(?m)^m=audio ([0-9]{1,5}) ", offer)
    return (host.group(1), int(port.group(1))) if host and port and 0 < int(port.group(1)) < 65_536 else None  # noqa: PLR2004 - the ports there are
