"""Addresses in SIP headers, read and written by their grammar: the one parser for every header that carries one.

Source: RFC 3261, sections 19.1 (SIP URI), 20.10 (addresses without brackets) and 25.1 (grammar); RFC 3966 (tel URI).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote

from kalenderkoppling.domain.errors import InvalidValueError

Parameters: TypeAlias = tuple[tuple[str, str | None], ...]
"""Names in small letters with their values, in order; None is a parameter without a value."""

MOST_ADDRESSES = 40
"""How many addresses one header may list; no real route, history or diversion is longer."""

_LARGEST_PORT = 65_535
_UNSAFE_IN_URI = re.compile(r"[\s<>\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_SIP_URI = re.compile(
    r'(?:(?P<user>[^@"]*)@)?'
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<parameters>(?:;[^;?@]*)*)(?:\?(?P<headers>[^@]*))?"
)
_TEL_URI = re.compile(r"(?P<number>[^;?@\x00-\x1f\x7f]+)(?P<parameters>(?:;[^;?@]*)*)")
_BARE_NUMBER = re.compile(r"\+?[0-9*#]+")
_TEL_PARAMETERS = frozenset({"ext", "isub", "phone-context"})

_SPACE = re.compile(r"[ \t\r\n]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BRACKETS = re.compile(r"<[ \t]*([^<>]*?)[ \t]*>")
_BARE = re.compile(r'[^ \t\r\n<>",;]+')
_WORD = re.compile(r'[^ \t\r\n<>",;]+')
_WORD_OR_COMMA = re.compile(r'[^ \t\r\n<>";]+')
_PARAMETER = re.compile(r'[ \t\r\n]*;[ \t\r\n]*(?:([^ \t\r\n;,="<>]+)[ \t\r\n]*(=)?[ \t\r\n]*)?')
_VALUE = re.compile(r'[^ \t\r\n;,"<>]*')
_WORD_OF_NAME = re.compile(r"[A-Za-z0-9.!%*_+`'~\-]+")
_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~\-\[\]:]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uri:
    """A URI: `text` is how it was written, the rest its parts.

    `scheme` is in small letters. `user` has its escapes resolved and no parameters; with a `tel` URI it is the number
    as it was written. `host` is empty where there is none. `parameters` are those of the user part and of the URI.
    `headers` are what follows `?`, escapes resolved.
    """

    text: str
    scheme: str
    user: str = ""
    host: str = ""
    port: int | None = None
    parameters: Parameters = ()
    headers: Parameters = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address in a header: a display name (quotes and escapes resolved), a URI, and the header's parameters."""

    uri: Uri
    name: str = ""
    parameters: Parameters = ()

    def __str__(self) -> str:
        return f"{before_brackets(self.name)}<{self.uri}>{''.join(map(_written, self.parameters))}"


def read_uri(text: str) -> Uri:
    """Read a URI with its scheme.

    Raises:
        InvalidValueError: it violates the grammar. The message quotes nothing of it.
    """
    if _UNSAFE_IN_URI.search(text):
        raise InvalidValueError("a URI has no blanks, brackets or control characters")
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise InvalidValueError("a URI begins with its scheme")
    name, rest = scheme[1].lower(), text[scheme.end() :]
    match name:
        case "sip" | "sips":
            return _sip_uri(name, rest)
        case "tel":
            return _tel_uri(rest)
        case _:
            return Uri(text=text.replace('"', "%22"), scheme=name)


def read_address(body: str) -> Address:
    """Read a header with one address, such as From.

    A display name without quotes may contain commas here, as old exchanges write it.

    Raises:
        InvalidValueError: it violates the grammar, or there is more than one.
    """
    found, place = _address(body, 0, _WORD_OR_COMMA)
    if place != len(body):
        raise InvalidValueError("an address ends with its parameters")
    return found


def read_addresses(body: str) -> Sequence[Address]:
    """Read a header with a list of addresses, such as Diversion; empty elements are skipped.

    Raises:
        InvalidValueError: it violates the grammar, or is too long.
    """
    found: list[Address] = []
    place = _blanks_and_commas(body, 0)
    while place < len(body):
        if len(found) == MOST_ADDRESSES:
            raise InvalidValueError("a header lists more addresses than any call needs")
        address, place = _address(body, place, _WORD)
        found.append(address)
        if place < len(body) and body[place] != ",":
            raise InvalidValueError("addresses are separated by commas")
        place = _blanks_and_commas(body, place)
    return tuple(found)


def value_of(parameters: Parameters, name: str) -> str | None:
    """Return the value of the first parameter of a name; empty without a value, None where there is none."""
    return next((value or "" for each, value in parameters if each == name), None)


def quoted(name: str) -> str:
    """Write a display name as a quoted string; control characters are left out (RFC 3261, section 25.1)."""
    return '"' + _without_control(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def before_brackets(name: str) -> str:
    """Write a display name for use before the brackets of an address: a single token unquoted, else quoted."""
    if not name:
        return ""
    return f"{name if _WORD_OF_NAME.fullmatch(name) else quoted(name)} "


def sip_uri(user: str, host: str, port: int | None = None) -> Uri:
    """Return a SIP URI; the user part is escaped, so that it cannot add a host, a port or parameters."""
    where = host if port is None else f"{host}:{port}"
    return read_uri(f"sip:{quote(user, safe=_UNRESERVED)}@{where}" if user else f"sip:{where}")


_UNRESERVED = "-_.!~*'()&=+$,"
"""What a user part may contain unescaped (RFC 3261, `user`), but for what begins parameters, a password or a header."""


def _sip_uri(scheme: str, rest: str) -> Uri:
    found = _SIP_URI.fullmatch(rest)
    if found is None or int(found["port"] or 0) > _LARGEST_PORT:
        raise InvalidValueError("a SIP URI is a user, a host, a port and parameters")
    user, *of_user = (found["user"] or "").split(";")
    return Uri(
        text=f"{scheme}:{rest}".replace('"', "%22"),
        scheme=scheme,
        user=_unescaped(user.partition(":")[0]),
        host=found["host"],
        port=int(found["port"]) if found["port"] else None,
        parameters=_parameters((*of_user, *found["parameters"].split(";"))),
        headers=_parameters((found["headers"] or "").split("&")),
    )


def _tel_uri(rest: str) -> Uri:
    """Read a tel URI; blanks between digits, which some exchanges write, become visual separators of the grammar."""
    found = _TEL_URI.fullmatch(rest)
    if found is None:
        raise InvalidValueError("a tel URI is a number and parameters")
    return Uri(
        text=f"tel:{rest}".replace('"', "%22").replace(" ", "-"),
        scheme="tel",
        user=_unescaped(found["number"]),
        parameters=_parameters(found["parameters"].split(";")),
    )


def _parameters(written: Iterable[str]) -> Parameters:
    found = []
    for each in written:
        name, equals, value = each.partition("=")
        if name.strip():
            found.append((_unescaped(name).strip().lower(), _unescaped(value) if equals else None))
    return tuple(found)


def _unescaped(text: str) -> str:
    return unquote(text, errors="surrogateescape") if "%" in text else text


def _address(body: str, place: int, word: re.Pattern[str]) -> tuple[Address, int]:
    """Read one address from a position; return it and the position after it."""
    place = _behind_blanks(body, place)
    name, bracket = _name(body, place, word)
    if bracket is None:
        return _bare_address(body, place)
    parameters, place = _header_parameters(body, bracket.end())
    return Address(name=name, uri=_uri_within(bracket[1]), parameters=parameters), place


def _name(body: str, place: int, word: re.Pattern[str]) -> tuple[str, re.Match[str] | None]:
    """Read a display name and the opening bracket after it; None where the address has no brackets."""
    parts: list[str] = []
    while place < len(body):
        bracket = _BRACKETS.match(body, place)
        if bracket is not None:
            return " ".join(parts), bracket
        string = _QUOTED.match(body, place)
        found = string or word.match(body, place)
        if found is None:
            break
        parts.append(_unquoted(string[1]) if string else found[0])
        place = _behind_blanks(body, found.end())
    return "", None


def _bare_address(body: str, place: int) -> tuple[Address, int]:
    """Read an address without brackets: parameters after the first semicolon belong to the header (RFC 3261, 20.10).

    Parameters of a tel URI that change whom the number reaches belong to the number.
    """
    found = _BARE.match(body, place)
    if found is None:
        raise InvalidValueError("an address is a URI, in brackets or alone")
    parameters, place = _header_parameters(body, found.end())
    uri = _uri_within(found[0])
    if uri.scheme == "tel":
        of_uri = tuple(each for each in parameters if each[0] in _TEL_PARAMETERS)
        parameters = tuple(each for each in parameters if each[0] not in _TEL_PARAMETERS)
        uri = _tel_uri(f"{found[0].partition(':')[2]}{''.join(map(_written, of_uri))}")
    return Address(uri=uri, parameters=parameters), place


def _uri_within(text: str) -> Uri:
    """Read the URI of an address; one without a scheme, as FusionPBX writes Diversion, is a SIP URI or a number."""
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() == "tel":
        return _tel_uri(text[scheme.end() :])
    if scheme is not None:
        return read_uri(text)
    if _BARE_NUMBER.fullmatch(text):
        return Uri(text=f"tel:{text}", scheme="tel", user=text)
    if "@" in text:
        return read_uri(f"sip:{text}")
    raise InvalidValueError("an address names a scheme, a host or a number")


def _header_parameters(body: str, place: int) -> tuple[Parameters, int]:
    found: list[tuple[str, str | None]] = []
    while (semicolon := _PARAMETER.match(body, place)) is not None:
        name, place = semicolon[1], semicolon.end()
        if semicolon[2] is None:
            found += [(name.lower(), None)] if name else []
            continue
        string = _QUOTED.match(body, place)
        value = string or _VALUE.match(body, place)
        if value is None:
            raise InvalidValueError("a parameter has a value behind its equals sign")
        found.append((name.lower(), _unquoted(string[1]) if string else value[0]))
        place = value.end()
    return tuple(found), _behind_blanks(body, place)


def _written(parameter: tuple[str, str | None]) -> str:
    name, value = parameter
    if value is None:
        return f";{name}"
    return f";{name}={value if _TOKEN.fullmatch(value) else quoted(value)}"


def _unquoted(string: str) -> str:
    return _without_control(_ESCAPED.sub(r"\1", string))


def _without_control(text: str) -> str:
    return _CONTROL.sub("", text)


def _behind_blanks(body: str, place: int) -> int:
    found = _SPACE.match(body, place)
    return found.end() if found else place


def _blanks_and_commas(body: str, place: int) -> int:
    while place < len(body) and body[place] in " \t\r\n,":
        place += 1
    return place
