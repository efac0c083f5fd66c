"""The endpoint's UDP socket in asyncio's loop, instead of the stack's own servers and their threads.

The stack's sender threads may send a 200 before its 100; here messages are sent at once and in order.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeAlias

from sippy.Network_server import Network_server_opts, Remote_address
from sippy.Time.MonoTime import MonoTime

from kalenderkoppling.telephony.sip.guard import sent_out
from kalenderkoppling.telephony.sip.silence import COMPLAINTS

Address: TypeAlias = tuple[str, int]

AT_ONCE = 50
"""How many datagrams are read per callback, so that timers and calls are served under a flood."""

_BUFFER_BYTES = 4 * 1024 * 1024
_LARGEST_DATAGRAM = 65_535
_NAME_KEPT_SECONDS = 60.0
_MOST_NAMES = 1_000


class SocketOptions(Network_server_opts):  # type: ignore[misc] # the stack has no types
    """What the stack passes to a server that it makes; it reads `flags` before it binds a second time."""

    flags = 0


class SipSocket:
    """A server with the interface that the stack expects: passes datagrams in, and sends the stack's messages."""

    transport = "udp"

    def __init__(self, _configuration: object, options: Any) -> None:  # noqa: ANN401 - the stack's own type
        self.uopts = options.getCopy()
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, tuple[float, str]] = {}
        self._resolving: set[asyncio.Task[None]] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            self._socket.bind(self.uopts.laddress)
        except OSError:
            self._socket.close()
            raise
        self.uopts.laddress = self._socket.getsockname()
        self._loop.add_reader(self._socket.fileno(), self._take)

    def getSIPaddr(self) -> tuple[Address, str]:  # noqa: N802 - the stack's name
        """Return our address for Via and Contact."""
        return self.uopts.laddress, self.transport

    def addr2str(self, address: Address) -> str:
        """Return an address as text."""
        return f"{self.transport}:{address[0]}:{address[1]}"

    def send_to(self, message: str, address: Address, _delayed: bool = False) -> None:  # noqa: FBT001, FBT002 - its signature
        """Send a message; one to a host name is sent once it is resolved, and lost where it cannot be."""
        if self._socket.fileno() < 0:
            return
        host, port = address[0], int(address[1] or 5060)
        if not _is_address(host):
            host = self._known(host)
        if host:
            self._send(message, (host, port))
        else:
            task = self._loop.create_task(self._send_to_name(message, str(address[0]), port))
            self._resolving.add(task)
            task.add_done_callback(self._resolving.discard)

    def shutdown(self) -> None:
        """Close; what the stack sends afterwards is dropped."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        for task in self._resolving:
            task.cancel()

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            try:
                datagram, address = self._socket.recvfrom(_LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:
                continue  # A destination port is closed: ICMP reports it on the next receive.
            self._hand_over(datagram, address)

    def _hand_over(self, datagram: bytes, address: Address) -> None:
        handle: Callable[..., None] = self.uopts.data_callback
        try:
            handle(datagram, Remote_address(address, self.transport), self, MonoTime())
        except Exception as error:  # noqa: BLE001 - one bad message must not end the endpoint (S-13)
            COMPLAINTS.note(type(error).__name__)

    def _send(self, message: str, address: Address) -> None:
        try:
            self._socket.sendto(sent_out(message), address)
        except (OSError, OverflowError, UnicodeEncodeError) as error:
            # Full buffers and missing routes: SIP retransmits.
            COMPLAINTS.note(f"not sent: {type(error).__name__}")

    def _known(self, name: str) -> str:
        until, address = self._names.get(name, (0.0, ""))
        return address if self._loop.time() < until else ""

    async def _send_to_name(self, message: str, name: str, port: int) -> None:
        try:
            found = await self._loop.getaddrinfo(name, port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            return
        if len(self._names) >= _MOST_NAMES:
            self._names.clear()
        address = str(found[0][4][0])
        self._names[name] = self._loop.time() + _NAME_KEPT_SECONDS, address
        if self._socket.fileno() >= 0:
            self._send(message, (address, port))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
