"""Place a real call to the demo with sipp, and leave what was heard as a WAV.

Usage: python tools/call.py TO [--sip HOST:PORT] [--press KEYS] [--seconds N] [--out FILE]

TO is an extension of the demo's directory. KEYS are pressed one after another, three seconds apart, as RFC 4733 events:
`1` is the attendant, `2` to be called back, `*` another language. The call ends when we are hung up on, or when it has
rung for N seconds or lasted for N: then it is we who hang up.
"""

import argparse
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from kalenderkoppling.sound import from_alaw, wav

CALLER = "+46701740695"
EVENT_PAYLOAD = 101
ALAW_PAYLOAD = 8
_EVENTS = {key: number for number, key in enumerate("0123456789*#")}
_FRAME = 160
_FIRST_KEY_SECONDS = 4.0
_BETWEEN_KEYS_SECONDS = 3.0
_ENDS_WITHIN_SECONDS = 5.0

SCENARIO = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="call">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]
From: "make call" <sip:CALLER@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:CALLER@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

SESSION]]></send>
  <recv response="100" optional="true" timeout="LONGEST" ontimeout="6"/>
  <recv response="181" optional="true" timeout="LONGEST" ontimeout="6"/>
  <recv response="180" optional="true" timeout="LONGEST" ontimeout="6"><action><log message="ringing"/></action></recv>
  <recv response="183" optional="true" timeout="LONGEST" ontimeout="6"/>
  <recv response="480" optional="true" next="1"><action><log message="nobody can be reached (480)"/></action></recv>
  <recv response="486" optional="true" next="1"><action><log message="busy (486)"/></action></recv>
  <recv response="200" rrs="true"><action><log message="answered"/></action></recv>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "make call" <sip:CALLER@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <label id="2"/>
  <recv request="REFER" optional="true" next="3" timeout="LONGEST" ontimeout="7">
    <action><log message="transfer declined"/></action>
  </recv>
  <recv request="INVITE" optional="true" next="4"><action><log message="joined to somebody else"/></action></recv>
  <recv request="BYE"><action><log message="hung up on"/></action></recv>
  <send next="5"><![CDATA[
SIP/2.0 200 OK
ECHOED
Content-Length: 0

]]></send>
  <label id="3"/>
  <send next="2"><![CDATA[
SIP/2.0 603 Decline
ECHOED
Content-Length: 0

]]></send>
  <label id="4"/>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
ECHOED
Contact: <sip:CALLER@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

SESSION]]></send>
  <recv request="ACK" next="2"/>
  <label id="6"/>
  <send retrans="500"><![CDATA[
CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]
From: "make call" <sip:CALLER@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
  <recv response="487"/>
  <label id="1"/>
  <send next="5"><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <label id="7"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "make call" <sip:CALLER@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>
  <label id="5"/>
</scenario>
"""

ECHOED = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]"
SESSION = """v=0
o=call 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio MEDIA RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
"""


@dataclass(slots=True)
class Listening:
    """Receives RTP on one port, and sends the pressed keys."""

    keys: str
    port: socket.socket
    heard: dict[int, bytes] = field(default_factory=dict)
    sender: tuple[str, int] | None = None
    began: float | None = None
    _events: int = 0

    def take(self) -> None:
        """Receive pending packets."""
        while True:
            try:
                packet, sender = self.port.recvfrom(2_048)
            except BlockingIOError:
                return
            payload, sequence = packet[1] & 0x7F, struct.unpack_from("!H", packet, 2)[0]
            if payload == ALAW_PAYLOAD:
                self.heard[self._unwrapped(sequence)] = packet[12:]
                self.sender = sender
                self.began = self.began or time.monotonic()

    def press_what_is_due(self) -> None:
        """Send the next key when it is due (RFC 4733: the event three times, its end three times)."""
        if not self.keys or self.sender is None or self.began is None:
            return
        due = self.began + _FIRST_KEY_SECONDS + self._events * _BETWEEN_KEYS_SECONDS
        if time.monotonic() < due:
            return
        event, self.keys = _EVENTS[self.keys[0]], self.keys[1:]
        self._events += 1
        for number, (end, length) in enumerate(((0, 160), (0, 320), (0, 480), (1, 640), (1, 640), (1, 640))):
            header = struct.pack("!BBHII", 0x80, EVENT_PAYLOAD, self._events * 100 + number, self._events * 10_000, 7)
            self.port.sendto(header + struct.pack("!BBH", event, (end << 7) | 10, length), self.sender)
            time.sleep(0.02)

    def sound(self) -> bytes:
        """Return everything that was heard, in order."""
        return b"".join(frame for _, frame in sorted(self.heard.items()))

    def _unwrapped(self, sequence: int) -> int:
        last = max(self.heard, default=sequence)
        return sequence + 65_536 * round((last - sequence) / 65_536)


def main(arguments: list[str]) -> int:
    """Place the call; return 0 where sound was received."""
    asked = parse(arguments)
    if shutil.which("sipp") is None:
        print("sipp is missing: Debian's package sip-tester has it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="call-") as folder, media_port() as port:
        listening = Listening(asked.press, port)
        said = place(asked, listening, Path(folder))
    print(said, end="")
    if not listening.heard:
        print("Nothing was heard: the phone rang, or nobody is called by this number.")
        return 1
    sound = from_alaw(listening.sound())
    asked.out.write_bytes(wav(sound))
    print(f"{sound.length.total_seconds():.1f} s of sound in {asked.out}")
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="call", description="Place a call with sipp and keep what was heard.")
    parser.add_argument("to", help="the extension to call")
    parser.add_argument("--sip", default="127.0.0.1:5060", help="where calls are taken; default: %(default)s")
    parser.add_argument("--press", default="", help="keys to press: 1, 2, *")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="the longest ringing, and the longest call; default: %(default)s"
    )
    parser.add_argument("--out", type=Path, default=Path("call.wav"), help="default: %(default)s")
    chosen = parser.parse_args(arguments)
    if set(chosen.press) - set(_EVENTS):
        parser.error("only 0 to 9, * and # can be pressed")
    return chosen


def media_port() -> socket.socket:
    """Bind a free even port for RTP."""
    while True:
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.bind(("127.0.0.1", 0))
        if port.getsockname()[1] % 2 == 0:
            port.setblocking(False)  # noqa: FBT003 - the socket's own signature
            return port
        port.close()


def place(asked: argparse.Namespace, listening: Listening, folder: Path) -> str:
    """Run sipp until the call is over; return its log."""
    scenario, log = folder / "call.xml", folder / "log"
    text = SCENARIO.replace("SESSION", SESSION).replace("ECHOED", ECHOED).replace("CALLER", CALLER)
    text = text.replace("MEDIA", str(listening.port.getsockname()[1])).replace(
        "LONGEST", f"{asked.seconds * 1_000:.0f}"
    )
    scenario.write_text(text, encoding="utf-8")
    command = ["sipp", asked.sip, "-sf", str(scenario), "-s", asked.to, "-i", "127.0.0.1", "-m", "1", "-nostdin"]
    command += ["-trace_logs", "-log_file", str(log)]
    sipp = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    until = time.monotonic() + 2 * asked.seconds + _ENDS_WITHIN_SECONDS
    try:
        while sipp.poll() is None and time.monotonic() < until:
            listening.take()
            listening.press_what_is_due()
            time.sleep(0.005)
    finally:
        sipp.kill()
        sipp.wait()
    listening.take()
    return log.read_text(encoding="utf-8") if log.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
