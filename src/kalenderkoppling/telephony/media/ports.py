"""The ports that sound is received at: even ones (RFC 3550, section 11), taken in turn."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

EXPEDITED = 0xB8
"""The DSCP of voice packets: expedited forwarding (RFC 3246, RFC 4594)."""

_BUFFER_BYTES = 64 * 1024
"""The receive buffer in bytes: small, since it is read every few milliseconds and late packets are useless."""


class Ports:
    """Allocates sockets from a range of ports, round-robin, so that a released port is reused as late as possible."""

    def __init__(self, host: str, first: int, last: int, next_port: int) -> None:
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._host = host
        self._even = range(first + first % 2, last + 1, 2)
        self._next = self._even.index(next_port) if next_port in self._even else 0
        self._given: set[int] = set()

    def take(self) -> socket.socket | None:
        """Return a socket at the next free port, None where there is none; ports in use are skipped."""
        for _ in self._even:
            port = self._even[self._next]
            self._next = (self._next + 1) % len(self._even)
            if port in self._given:
                continue
            try:
                found = self._bound(port)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                return None
            self._given.add(port)
            return found
        return None

    def give_back(self, given: socket.socket) -> None:
        """Close a socket that was given."""
        self._given.discard(given.getsockname()[1])
        given.close()

    def _bound(self, port: int) -> socket.socket:
        made = socket.socket(self._family, socket.SOCK_DGRAM)
        try:
            made.settimeout(0)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            with suppress(OSError):  # If the system does not allow the mark, send without it.
                if self._family == socket.AF_INET6:
                    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, EXPEDITED)
                else:
                    made.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, EXPEDITED)
            made.bind((self._host, port))
        except OSError:
            made.close()
            raise
        return made
