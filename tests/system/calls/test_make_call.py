"""What `make call` takes from an exchange that is not ours."""

import asyncio
import sys
from pathlib import Path

import pytest

from kktest.checkout import ROOT
from kktest.ports import LOOPBACK
from kktest.sip_peer import SipPeer, sip_peer

pytestmark = [pytest.mark.calls, pytest.mark.asyncio]

NOBODY = (LOOPBACK, 9)


async def forwards(exchange: SipPeer, *provisional: str) -> None:
    """Answer a call as an exchange that forwards it, and finds nobody in the end."""
    invite = await exchange.expect("INVITE", within=60)
    host, port = invite["via"].partition(" ")[2].partition(";")[0].split(":")
    exchange.to = host, int(port)
    for status in (*provisional, "480 Temporarily Unavailable"):
        exchange.answer(invite, status)


@pytest.mark.parametrize(
    "provisional",
    [
        ("100 Trying", "181 Call Is Being Forwarded", "180 Ringing"),
        ("181 Call Is Being Forwarded",),
        ("100 Trying", "180 Ringing", "181 Call Is Being Forwarded"),
        ("100 Trying", "180 Ringing"),
    ],
)
async def test_make_call_takes_what_a_forwarded_call_is_told_first(
    provisional: tuple[str, ...], tmp_path: Path
) -> None:
    async with sip_peer(NOBODY) as exchange:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "tools" / "call.py"),
            *("2001", "--sip", f"{LOOPBACK}:{exchange.port}", "--out", str(tmp_path / "call.wav")),
            stdout=asyncio.subprocess.PIPE,
        )
        await forwards(exchange, *provisional)
        said, _ = await program.communicate()
    assert "nobody can be reached (480)" in said.decode()
