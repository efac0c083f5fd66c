"""The lamps of pretend telephones: whoever subscribes to one is told of its calls (RFC 6665, RFC 4235).

As much as one exchange on loopback needs: every document is full, and a notice that is lost is not sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from secrets import token_hex
from xml.sax.saxutils import quoteattr

CONTENT_TYPE = "application/dialog-info+xml"
LONGEST_SECONDS = 3600


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Somebody who subscribed to a telephone; `local` and `remote` are its From and To, seen from the telephone."""

    user: str
    uri: str
    target: str
    local: str
    remote: str
    call_id: str
    addr: tuple[str, int]
    ends_at: float
    number: int = 0


class Lamps:
    """Who watches which telephone.

    Args:
        send: Sends a datagram.
        states: The states of a user's calls (`early`, `confirmed`), in the words of RFC 4235.
        via: Our address as a Via header names it.
    """

    def __init__(
        self, send: Callable[[bytes, tuple[str, int]], None], states: Callable[[str], list[str]], via: str
    ) -> None:
        self._send = send
        self._states = states
        self._via = via
        self._watchers: dict[str, Watcher] = {}
        self._versions = count(1)

    def watch(self, watcher: Watcher) -> None:
        """Take a subscription, or prolong it, and tell how it stands; one that is over is told so."""
        known = self._watchers.get(watcher.call_id)
        watcher.number = known.number if known else 0
        self._watchers[watcher.call_id] = watcher
        self._tell(watcher)

    def changed(self, user: str) -> None:
        """Tell those who watch a telephone."""
        for each in list(self._watchers.values()):
            if each.user == user:
                self._tell(each)

    def _tell(self, watcher: Watcher) -> None:
        left = int(watcher.ends_at - asyncio.get_running_loop().time())
        is_over = left <= 0
        if is_over:
            del self._watchers[watcher.call_id]
        watcher.number += 1
        body = "" if is_over else self._document(watcher)
        lines = [
            f"NOTIFY {watcher.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._via};branch=z9hG4bK{token_hex(8)}",
            "Max-Forwards: 70",
            f"From: {watcher.local}",
            f"To: {watcher.remote}",
            f"Call-ID: {watcher.call_id}",
            f"CSeq: {watcher.number} NOTIFY",
            f"Contact: <{watcher.uri}>",
            "Event: dialog",
            f"Subscription-State: {'terminated;reason=timeout' if is_over else f'active;expires={left}'}",
            *([f"Content-Type: {CONTENT_TYPE}"] if body else []),
            f"Content-Length: {len(body.encode())}",
            "",
            body,
        ]
        self._send("\r\n".join(lines).encode(), watcher.addr)

    def _document(self, watcher: Watcher) -> str:
        states = self._states(watcher.user)
        dialogs = "".join(f'<dialog id="{n}"><state>{state}</state></dialog>' for n, state in enumerate(states))
        return (
            '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" '
            f'version="{next(self._versions)}" state="full" entity={quoteattr(watcher.uri)}>{dialogs}</dialog-info>'
        )
