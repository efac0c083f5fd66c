"""Session descriptions that pass through us: each side sees one origin with a growing version."""

from __future__ import annotations

import re
from secrets import randbits

from kalenderkoppling.ports.phone import SessionDescription

_ORIGIN = re.compile(r"(?m)^o=[^\r\n]*")


class Origin:
    """Our origin line towards one side (RFC 8866, section 5.2): the version is incremented when the rest changes."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._id = randbits(52)
        self._version = 0
        self._last = ""

    def on(self, session: str) -> SessionDescription:
        """Return a session description with our origin; an unchanged one keeps its version."""
        rest = _ORIGIN.sub("", session, count=1)
        if rest != self._last:
            self._last = rest
            self._version += 1
        ours = f"o=- {self._id} {self._version} IN IP4 {self._host}"
        return SessionDescription(_ORIGIN.sub(ours, session, count=1))
