"""An rtpengine of the tests' own (Debian's package of that name), without its kernel module, on free ports."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kktest.daemons import daemon
from kktest.ports import LOOPBACK, free_ports, spare_ports
from kktest.waiting import wait_until

_RTP_PORTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpEngine:
    """A running one; it is told what to do at `address`, `host:port`."""

    address: str
    process: subprocess.Popen[bytes]

    def freeze(self) -> None:
        """Let it hang: it is there, and says nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def rtpengine() -> Iterator[RtpEngine]:
    """Run one and leave nothing behind."""
    (port,) = free_ports(1)
    first = spare_ports(_RTP_PORTS)
    with tempfile.TemporaryDirectory(prefix="kkrtp") as folder, (Path(folder) / "log").open("wb") as log:
        options = {
            "interface": LOOPBACK,
            "listen-ng": f"{LOOPBACK}:{port}",
            "table": "-1",
            "port-min": str(first),
            "port-max": str(first + _RTP_PORTS - 1),
            "num-threads": "2",
            "config-file": "none",
        }
        found = daemon("rtpengine")
        command = [found.program, "--foreground", "--log-stderr"]
        process = subprocess.Popen(  # noqa: S603 - the tests' own server
            [*command, *(f"--{name}={value}" for name, value in options.items())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**os.environ, **found.environment},
            user="nobody" if os.geteuid() == 0 else None,
            group="nogroup" if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        )
        try:
            wait_until(lambda: process.poll() is not None or f":{port:04X} " in Path("/proc/net/udp").read_text())
            assert process.poll() is None, (Path(folder) / "log").read_text(errors="replace")
            yield RtpEngine(address=f"{LOOPBACK}:{port}", process=process)
        finally:
            process.kill()
            process.wait()
