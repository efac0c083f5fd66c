"""Filters datagrams before the stack reads them, since anybody can send anything (S-13, F-33)."""

from __future__ import annotations

import re

LARGEST_BYTES = 16_384
LONGEST_LINE = 4_096
MOST_LINES = 250

# The stack counts characters where SIP counts bytes, and splits lines at characters where SIP does not (U+0085, a byte
# of "Å"). So each byte beyond ASCII is mapped to a character of the private use area on the way in, and back on the way
# out: names in UTF-8 and in Latin-1 both survive.
_PRIVATE_USE = 0xE000
_ESCAPED = 0xDC00
_IN = {byte: _PRIVATE_USE + byte for byte in range(0x80, 0x100)}
_OUT = {_PRIVATE_USE + byte: _ESCAPED + byte for byte in range(0x80, 0x100)}

_REQUEST = re.compile(r"[A-Z][A-Z0-9-]{0,31} +[^\s]{1,2048} +SIP/2\.0[ \t]*")
_RESPONSE = re.compile(r"SIP/2\.0 [1-6][0-9]{2} .{0,512}")
# Control characters other than tab and line ends, at which the stack would split headers.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def taken_in(datagram: bytes) -> str | None:
    """Return a datagram as text for the stack, None where it is not a SIP message that the stack can parse.

    That is so for keep-alives (RFC 5626, section 3.5.1), fragments, other protocols and messages with control
    characters in their headers. Line ends before the first line are skipped (RFC 3261, section 7.5).
    """
    if not 0 < len(datagram) <= LARGEST_BYTES:
        return None
    text = datagram.decode("latin-1").lstrip("\r\n")
    head, ends, _ = text.partition("\r\n\r\n")
    if not ends or _CONTROL.search(head):
        return None
    lines = head.split("\r\n")
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE or "\r" in line or "\n" in line for line in lines):
        return None
    if not (_REQUEST.fullmatch(lines[0]) or _RESPONSE.fullmatch(lines[0])):
        return None
    return text if datagram.isascii() else text.translate(_IN)


def as_it_came(datagram: bytes) -> str:
    """Return a datagram that the stack cannot parse as text, to answer it; what is too large is cut."""
    return datagram[:LARGEST_BYTES].decode("latin-1").translate(_IN)


def sent_out(text: str) -> bytes:
    """Return a message of the stack as bytes; bytes beyond ASCII are the ones that came in."""
    return text.translate(_OUT).encode("utf-8", "surrogateescape")


def readable(text: str) -> str:
    """Return text of a message for display: decoded as UTF-8, else as Latin-1, without control characters."""
    return "".join(each for each in decoded(text) if each.isprintable())


def decoded(text: str) -> str:
    """Return text of a message, decoded as UTF-8, else as Latin-1."""
    raw = sent_out(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
