"""Real SIP calls with sipp (Debian's sip-tester): callers and phones as processes, and what went over the wire.

    with sipp(phone_answers(after=0.2), folder) as phone, sipp(caller(), folder, to=edge, number="1234") as call:
        assert call.wait().succeeded, call.outcome.errors
        assert call.received == ["100", "180", "200", "200"]
        assert phone.first("INVITE").header("Diversion") == []

- Scenarios come from `kktest.sipp_scenarios`: `caller`, `caller_refused(status)`, `caller_gives_up(after)`,
  `phone_answers`, `phone_refuses(status)`, `phone_rings`, `phone_hangs`, `announcement`. One that calls is told where
  `to`; another has a `port` of its own and is ready when the block begins. `silent_phone()` is there and says nothing.
- Whatever does not go by the scenario fails the call; `wait()` tells it, with what came instead.
- `messages` are all that were sent and received, as they stood on the wire, each with its time.
- Many calls: `calls=1_000, rate=100, traced=False`; `Outcome.statistics` are then sipp's own, by their names.
- Sound: session descriptions name an `rtp_port` that sipp leaves alone. A test opens it and listens.

A block that ends leaves no process behind. `wait` waits for the process: in a coroutine, call it in a thread.
"""

import csv
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path

from kktest.ports import LOOPBACK, free_ports
from kktest.sipp_scenarios import Scenario
from kktest.waiting import wait_until

PATIENCE_SECONDS = 60.0
_names = count(1)
_HEAD = re.compile(
    rb"-{20,} (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\r?\n"
    rb"\w+ message (?P<way>sent|received) [(\[](?P<size>\d+)\]? bytes\)? ?:\r?\n\r?\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message on the wire; `at` in seconds since 1970."""

    at: float
    was_sent: bool
    text: str

    @property
    def start(self) -> str:
        """The first line."""
        return self.text.partition("\r\n")[0]

    @property
    def kind(self) -> str:
        """The method of a request, the status of a response."""
        words = self.start.split()
        return words[1] if words[0] == "SIP/2.0" else words[0]

    @property
    def body(self) -> str:
        """What stands below the headers."""
        return self.text.partition("\r\n\r\n")[2]

    def header(self, name: str) -> list[str]:
        """All values of a header, in their order."""
        lines = self.text.partition("\r\n\r\n")[0].split("\r\n")[1:]
        fields = [(key, value.strip()) for key, _, value in (line.partition(":") for line in lines)]
        return [value for key, value in fields if key.strip().lower() == name.lower()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended: sipp's exit status, what it complained of, and its figures by their names (`-trace_stat`)."""

    status: int
    errors: str
    statistics: Mapping[str, str]

    @property
    def succeeded(self) -> bool:
        """Tell whether every call went by the scenario."""
        return self.status == 0


@dataclass(kw_only=True)
class Sipp:
    """A run of sipp; its files have names that begin with `stem`."""

    stem: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where it can be called, `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    def wait(self, within: float = PATIENCE_SECONDS) -> Outcome:
        """Wait until all its calls are over."""
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the calls are not over; {self._errors()}{self.received}") from None
        return self.outcome

    @cached_property
    def outcome(self) -> Outcome:
        """How the run ended."""
        assert self.process.returncode is not None, "the run has not ended"
        return Outcome(status=self.process.returncode, errors=self._errors(), statistics=self._statistics())

    @property
    def messages(self) -> list[Message]:
        """What was sent and received so far, in order."""
        return list(_messages(self._file("messages")))

    @property
    def received(self) -> list[str]:
        """The methods and statuses that came, in order."""
        return [each.kind for each in self.messages if not each.was_sent]

    @property
    def sent(self) -> list[str]:
        """The methods and statuses that were sent, in order."""
        return [each.kind for each in self.messages if each.was_sent]

    def first(self, kind: str) -> Message:
        """Return the first message of a method or status, sent or received."""
        found = [each for each in self.messages if each.kind == kind]
        assert found, f"no {kind} among {[each.start for each in self.messages]}"
        return found[0]

    def until(self, kind: str, within: float = PATIENCE_SECONDS) -> Message:
        """Wait until a message of a method or status was sent or received, and return it."""
        wait_until(lambda: any(each.kind == kind for each in self.messages), within)
        return self.first(kind)

    def stop(self) -> None:
        """End the process, whatever its calls do."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_SECONDS)

    def _file(self, kind: str) -> bytes:
        file = self.stem.with_suffix(f".{kind}")
        return file.read_bytes() if file.exists() else b""

    def _errors(self) -> str:
        said = (self._file("errors") + self._file("stderr")).decode(errors="replace")
        return said.replace(f"Resolving remote host '{LOOPBACK}'... Done.\n", "")

    def _statistics(self) -> Mapping[str, str]:
        rows = list(csv.DictReader(self._file("statistics").decode().splitlines(), delimiter=";"))
        return {name: value for name, value in rows[-1].items() if name and value} if rows else {}


@contextmanager
def sipp(
    scenario: Scenario,
    folder: Path,
    *,
    to: str = "",
    number: str = "1234",
    calls: int = 1,
    rate: float = 10,
    at_once: int | None = None,
    transport: str = "u1",
    within: float = PATIENCE_SECONDS,
    traced: bool = True,
    host: str = LOOPBACK,
    port: int = 0,
) -> Iterator[Sipp]:
    """Run a scenario.

    Args:
        scenario: What it does.
        folder: Where its files lie.
        to: Where one that calls sends its requests, `host:port`.
        number: Whom it calls.
        calls: How many calls are placed, or taken, before it ends.
        rate: How many calls begin in a second.
        at_once: How many are open together at most.
        transport: `u1` for UDP, `t1` for TCP, and so on as sipp names them.
        within: Seconds after which it gives up, and the run has failed.
        traced: False does not write messages down, for many calls.
        host: Which address of this machine it has.
        port: Which port of it; 0 for any.
    """
    assert scenario.calls == bool(to), "one that calls is told where to, and no other"
    stem = folder / f"{next(_names):03}-{scenario.name.replace(' ', '-')}"
    stem.with_suffix(".xml").write_text(scenario.xml, encoding="utf-8")
    port = port or free_ports(1)[0]
    options = {
        "sf": stem.with_suffix(".xml"),
        "i": host,
        "p": port,
        "m": calls,
        "r": rate,
        "t": transport,
        "timeout": f"{round(within * 1_000)}ms",
        "error_file": stem.with_suffix(".errors"),
        "stf": stem.with_suffix(".statistics"),
        **({"l": at_once} if at_once else {}),
        **({"message_file": stem.with_suffix(".messages")} if traced else {}),
        **({"s": number} if to else {}),
    }
    flags = ["-bind_local", "-nostdin", "-timeout_error", "-trace_err", "-trace_stat", "-skip_rlimit"]
    flags += ["-trace_msg"] if traced else []
    command = [_program(), *([to] if to else []), *flags]
    command += [str(word) for name, value in options.items() for word in (f"-{name}", value)]
    with stem.with_suffix(".stderr").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - the tests' own caller
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, cwd=folder
        )
    run = Sipp(stem=stem, port=port, process=process)
    try:
        if not to:
            _wait_until_open(run, transport)
        yield run
    finally:
        run.stop()


@contextmanager
def silent_phone() -> Iterator[str]:
    """Keep an address that takes whatever is sent to it and says nothing; yields `host:port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as open_socket:
        open_socket.bind((LOOPBACK, 0))
        yield f"{LOOPBACK}:{open_socket.getsockname()[1]}"


def _messages(log: bytes) -> Iterator[Message]:
    for head in _HEAD.finditer(log):
        text = log[head.end() : head.end() + int(head["size"])].decode(errors="replace")
        at = datetime.fromisoformat(head["at"].decode()).timestamp()
        yield Message(at=at, was_sent=head["way"] == b"sent", text=text)


def _wait_until_open(run: Sipp, transport: str) -> None:
    """Look into the system's list of sockets: to try the port would keep sipp from taking it."""
    table = Path("/proc/net") / ("tcp" if transport.startswith("t") else "udp")
    wait_until(lambda: run.process.poll() is not None or f":{run.port:04X} " in table.read_text())
    assert run.process.poll() is None, f"sipp does not wait for calls: {run._errors()}"


def _program() -> str:
    found = shutil.which("sipp")
    if found is None:
        raise LookupError("sipp is missing: `python3 tools/set_up.py telephony` installs Debian's sip-tester")
    return found
