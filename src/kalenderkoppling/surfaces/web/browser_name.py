"""The browser and system of a session in words, for the list of one's own sessions: `Firefox, Windows`.

Only these words are stored, never the whole User-Agent header.
"""

from __future__ import annotations

# The first that is found counts: Edge and Opera also name Chrome, and Chrome also names Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def browser_name(user_agent: str) -> str:
    """Return browser and system; empty where neither is known."""
    found = (next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(each for each in found if each)
