"""Reads a written number: an address with a name, a URI, a number with punctuation, or a user name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from kalenderkoppling.domain.text import without_invisible

LONGEST = 512
"""How many characters are read; no number is longer."""

LONGEST_USER = 128

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_SCHEME = re.compile(r"(sips?|tel):", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=(\+[0-9().\- ]+)", re.IGNORECASE)
_MARKS = re.compile(r"[\s().\-/\u00ad\u2010-\u2015\u2212]+")
_TRUNK_ZERO = re.compile(r"(?<=.)\(0\)")
_NUMBER = re.compile(r"\+?[0-9]+")
_EXTENSION_PARAMETER = re.compile(r";\s*ext\s*=\s*([^;?@>]*)", re.IGNORECASE)
_EXTENSION_WORD = re.compile(
    r"(?P<number>[+0-9\s().\-/]*)[,;]?\s*"
    r"(?:(?:x|extn?|extension|ankn?|anknr|anknytning)[.:]?|(?:intern|internnr|internnummer|linje|lokal|lokalnr)[.:\s])"
    r"\s*(?P<extension>[0-9][0-9\s\-]*)",
    re.IGNORECASE,
)
_SECOND_NUMBER = re.compile(r";\s*[+0-9]")
_BARE_NUMBER = re.compile(r"\+?[0-9]+(?=[;?]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was read: a number without its marks, with `+` where its country stands in it, else a name in small letters.

    `context` is what the number is local to (RFC 3966, section 5.1.5), such as `+468508`; empty where it is not told.
    `extension` is what is dialled behind the number (RFC 3966, section 5.3); the number may then be empty.
    """

    user: str
    is_number: bool
    context: str = ""
    extension: str = ""


def read_written(text: str) -> Written | None:
    """Read a number in any written form, or a user name; None for what is neither.

    Invisible characters do not count. A number with an extension that cannot be read, and two numbers in one text, are
    neither: half of what stands there would be somebody else's number.
    """
    address = _within(without_invisible(unicodedata.normalize("NFKC", text[:LONGEST])))
    user = without_invisible(unquote(_user(address), errors="replace")).strip()
    parameter = _EXTENSION_PARAMETER.search(unquote(address, errors="replace"))
    if parameter is not None:
        return _with_extension(user.partition(";")[0], parameter[1])
    worded = _EXTENSION_WORD.fullmatch(user)
    if worded is not None:
        return _with_extension(worded["number"], worded["extension"])
    if _SECOND_NUMBER.search(address) and _SCHEME.match(address) is None:
        return None
    number = number_in(user)
    if number:
        context = _CONTEXT.search(address)
        return Written(user=number, is_number=True, context=number_in(context[1]) if context else "")
    name = user.casefold()
    is_name = 0 < len(name) <= LONGEST_USER and name.isprintable() and any(each.isalnum() for each in name)
    return Written(user=name, is_number=False) if is_name else None


def number_in(user: str) -> str:
    """Return a number without punctuation, digits of any script as 0 to 9; empty where it is not a number."""
    plain = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in user[:LONGEST_USER])
    if plain.lstrip().startswith(("+", "00")):
        plain = _TRUNK_ZERO.sub("", plain)
    bare = _MARKS.sub("", plain)
    return bare if _NUMBER.fullmatch(bare) and len(user) <= LONGEST_USER else ""


def _with_extension(number: str, extension: str) -> Written | None:
    """Return a number with what is dialled behind it, None where either cannot be read."""
    base, behind = number_in(number), number_in(extension)
    if not behind or behind.startswith("+") or (number.strip() and not base):
        return None
    return Written(user=base, is_number=True, extension=behind)


def _within(text: str) -> str:
    """Return the address itself, without a name before it."""
    unnamed = _QUOTED.sub("", text)
    found = _IN_BRACKETS.search(unnamed)
    return (found[1] if found else unnamed).strip()


def _user(address: str) -> str:
    """Return the user part; without a scheme, and with no host, everything is the user."""
    scheme = _SCHEME.match(address)
    rest = address[scheme.end() :] if scheme else address
    is_sip = scheme is not None and scheme[1].lower() != "tel"
    if "@" in rest:
        return rest.partition("@")[0].partition(";")[0].partition(":")[0]
    if is_sip:
        # `sip:10231` names a host, strictly; `sip:192.0.2.1` does.
        bare = _BARE_NUMBER.match(rest)
        return bare[0] if bare else ""
    return rest.partition(";")[0].partition("?")[0]
