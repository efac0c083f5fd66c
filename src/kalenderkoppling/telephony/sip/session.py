"""Session descriptions on their way through us: to each side we are one and the same origin, counted on."""

from __future__ import annotations

import re
from secrets import randbits

from kalenderkoppling.ports.phone import SessionDescription

_ORIGIN = re.compile(r"(?m)^o=[^\r\n]*")


class Origin:
    """Our origin line towards one side (RFC 8866, section 5.2): its version grows by one when the rest changes."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._id = randbits(52)
        self._version = 0
        self._last = ""

    def on(self, session: str) -> SessionDescription:
        """Return a session description with our origin; what does not change bears the same version."""
        rest = _ORIGIN.sub("", session, count=1)
        if rest != self._last:
            self._last = rest
            self._version += 1
        ours = f"o=- {self._id} {self._version} IN IP4 {self._host}"
        return SessionDescription(_ORIGIN.sub(ours, session, count=1))
