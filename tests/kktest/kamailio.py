"""A Kamailio of the tests' own: Debian's, with the configuration of docs/phones, on free ports of the loopback.

    with kamailio(phones=phone.address, endpoint=announcement.address) as edge:
        edge.rpc_url, edge.sip_port, edge.tls_port

It is configured as an administrator does it: the values at the top are filled in, and nothing else is touched.
"""

import http.client
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kalenderkoppling.sandbox.tls import LoopbackCertificate
from kktest.checkout import ROOT
from kktest.daemons import daemon
from kktest.ports import LOOPBACK, free_ports
from kktest.waiting import wait_until

CONFIGURATION = ROOT / "docs" / "phones" / "kamailio.cfg"
STOPS_WITHIN_SECONDS = 15.0


@dataclass(slots=True, kw_only=True)
class Kamailio:
    """A Kamailio; its files lie in `folder`, what it said in the file `log` there."""

    folder: Path
    sip_port: int
    tls_port: int
    rpc_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def rpc_url(self) -> str:
        """Where it is told referrals."""
        return f"http://{LOOPBACK}:{self.rpc_port}/RPC"

    @property
    def log(self) -> str:
        """All that it said so far."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start, and wait until it answers."""
        program, environment, modules = _program()
        command = [program, "-f", "kamailio.cfg", "-DD", "-E", "-m", "64", "-w", ".", "-Y", ".", *modules]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the tests' own server
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **environment},
                start_new_session=True,
                user="nobody" if os.geteuid() == 0 else None,
                group="nogroup" if os.geteuid() == 0 else None,
                extra_groups=[] if os.geteuid() == 0 else None,
            )
        started = self.process
        wait_until(lambda: started.poll() is not None or self._answers())
        assert started.poll() is None, f"Kamailio does not answer:\n{self.log}"

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it and its children; `at_once` as kill -9 does."""
        if self.process is None:
            return
        if at_once:
            self._signal_all(signal.SIGKILL)
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal_all(signal.SIGKILL)
            self.process.wait(STOPS_WITHIN_SECONDS)
        self._signal_all(signal.SIGKILL)  # Children that outlived it.
        group, self.process = self.process.pid, None
        wait_until(lambda: not living(group))

    def freeze(self) -> None:
        """Let it hang: it is there, and says nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal_all(signal.SIGCONT)

    def rpc(self, method: str, *params: object) -> object:
        """Ask something by JSON-RPC and return the result, None where it is an error."""
        answer = self._post(msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        return msgspec.json.decode(answer).get("result")

    def put(self, number: str, means: str, seconds: int = 3_600) -> None:
        """Set by hand what calls to a number meet."""
        assert self.rpc("htable.setxs", "ref", number, means, seconds) is not None

    def meets(self, number: str) -> str | None:
        """Tell what calls to a number meet; None: the phone rings."""
        match self.rpc("htable.get", "ref", number):
            case {"item": {"value": str(value)}}:
                return value
            case _:
                return None

    def _post(self, body: bytes) -> bytes:
        connection = http.client.HTTPConnection(LOOPBACK, self.rpc_port, timeout=5)
        try:
            connection.request("POST", "/RPC", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self.rpc("core.uptime") is not None
        except (OSError, http.client.HTTPException):
            return False

    def _signal_all(self, what: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, what)


@contextmanager
def kamailio(
    *, phones: str, endpoint: str, second_endpoint: str = "", peers: str = "127.0.0.1/32", rtpengine: str = ""
) -> Iterator[Kamailio]:
    """Run a Kamailio and leave nothing behind.

    Args:
        phones: Where phones ring, `host:port`.
        endpoint: Where announcements are heard, `host:port`.
        second_endpoint: One that is tried when the first fails.
        peers: Networks that may send calls.
        rtpengine: Where an rtpengine is told what to do, `host:port`.
    """
    sip_port, tls_port, rpc_port = free_ports(3)
    values = {
        "KK_LISTEN": LOOPBACK,
        "KK_SIP_PORT": str(sip_port),
        "KK_TLS_PORT": str(tls_port),
        "KK_RPC_PORT": str(rpc_port),
        "KK_PEERS": peers,
        "KK_PHONES": f"sip:{phones}",
        "KK_ENDPOINT": f"sip:{endpoint}",
    }
    if second_endpoint:
        values["KK_SECOND_ENDPOINT"] = f"sip:{second_endpoint}"
    switches = {"WITH_TLS"}
    if rtpengine:
        values["KK_RTPENGINE"] = f"udp:{rtpengine}"
        switches.add("WITH_RTPENGINE")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kkedge")))
        certificate = LoopbackCertificate.make()
        stack.callback(certificate.remove)
        for name, file in (("KK_CERTIFICATE", certificate.ca_file), ("KK_KEY", certificate.ca_file.parent / "key.pem")):
            values[name] = str(shutil.copy(file, folder))
        (folder / "kamailio.cfg").write_text(filled_in(CONFIGURATION.read_text(encoding="utf-8"), values, switches))
        if os.geteuid() == 0:
            for each in (folder, *folder.iterdir()):
                shutil.chown(each, "nobody", "nogroup")
        server = Kamailio(folder=folder, sip_port=sip_port, tls_port=tls_port, rpc_port=rpc_port)
        stack.callback(server.stop, at_once=True)
        server.start()
        yield server
        server.stop()


def filled_in(configuration: str, values: Mapping[str, str], switches: set[str]) -> str:
    """Return a configuration with values and switches set at its top, commented out or not."""
    for name, value in values.items():
        line = re.compile(rf'^#{{1,2}}!substdef "!{name}![^!\n]*!g"$', re.MULTILINE)
        configuration, times = line.subn(f'#!substdef "!{name}!{value}!g"', configuration)
        assert times == 1, f"the configuration has no value {name}"
    for name in switches:
        configuration, times = re.subn(rf"(?m)^##!define {name}$", f"#!define {name}", configuration)
        assert times == 1, f"the configuration has no switch {name}"
    return configuration


def living(group: int) -> list[int]:
    """Return the processes of a group that live; one that has ended may stay listed until its parent looks."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            pid, rest = file.read_text().split(" (", 1)
            state, _, its_group = rest.rpartition(") ")[2].split()[:3]
            if int(its_group) == group and state not in {"Z", "X"}:
                found.append(int(pid))
    return found


def _program() -> tuple[str, dict[str, str], list[str]]:
    """Return the program, what its environment must hold, and the options that tell where its modules are."""
    found = daemon("kamailio")
    if not found.libraries:
        return found.program, {}, []
    (own,) = (folder / "kamailio" for folder in found.libraries if (folder / "kamailio").is_dir())
    return (
        found.program,
        {"LD_LIBRARY_PATH": f"{own}:{found.environment['LD_LIBRARY_PATH']}"},
        ["-L", str(own / "modules")],
    )
