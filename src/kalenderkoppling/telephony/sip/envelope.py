"""A request as received, read before the stack sees it: enough to refuse it with a reason.

A refusal here is stateless (RFC 3261, section 8.2.7): it costs no transaction, no timer and no memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.telephony.sip.address import read_address, read_uri, value_of

_COMPACT = {
    "c": "content-type",
    "f": "from",
    "i": "call-id",
    "l": "content-length",
    "m": "contact",
    "t": "to",
    "v": "via",
}
_ONCE = ("from", "to", "call-id", "cseq")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_START = re.compile(r"([!-~]+)[ \t]+(.*?)[ \t]+(SIP/[0-9.]+)[ \t]*", re.IGNORECASE)
_RESPONSE = re.compile(r"SIP/[0-9.]+[ \t]", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[A-Za-z0-9.!%*_+`'~\-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CSEQ = re.compile(r"([0-9]{1,10})[ \t]+([!-~]+)")
_NUMBER = re.compile(r"[0-9]{1,10}")
_VIA = re.compile(
    r"SIP[ \t]*/[ \t]*2\.0[ \t]*/[ \t]*[!-~]+?[ \t]+"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(?:[ \t]*:[ \t]*(?P<port>[0-9]{1,5}))?[ \t]*(?P<parameters>;.*)?",
    re.IGNORECASE,
)
_RPORT = re.compile(r";[ \t]*rport[ \t]*(?:=[^;,]*)?(?=;|$)", re.IGNORECASE)
_RECEIVED = re.compile(r";[ \t]*received[ \t]*(?:=[^;,]*)?(?=;|$)", re.IGNORECASE)
_SIP_PORT, _LARGEST_PORT = 5060, 65_535
_LARGEST_CSEQ, _MOST_HOPS = 2**31 - 1, 255
_MOST_HEADERS = 250
_LONGEST = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A final answer: its code and phrase (RFC 3261, section 21)."""

    code: int
    phrase: str


BAD_REQUEST = Status(code=400, phrase="Bad Request")
FORBIDDEN = Status(code=403, phrase="Forbidden")
UNAUTHORIZED = Status(code=401, phrase="Unauthorized")
UNSUPPORTED_SCHEME = Status(code=416, phrase="Unsupported URI Scheme")
WRONG_VERSION = Status(code=505, phrase="Version Not Supported")
TOO_LARGE = Status(code=513, phrase="Message Too Large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A request: its start line, and its headers by lower-case long names, in order."""

    method: str
    uri: str
    version: str
    headers: Sequence[tuple[str, str]]

    def all(self, name: str) -> Sequence[str]:
        """Return the values of a header, unparsed."""
        return [value for each, value in self.headers if each == name]

    def first(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        return next((value for each, value in self.headers if each == name), "")

    @property
    def is_within_dialog(self) -> bool:
        """Whether it belongs to an earlier transaction or dialog: its To has a tag, or it is an ACK or CANCEL."""
        return self.method in {"ACK", "CANCEL"} or _tag(self.first("to")) is not None


def read_envelope(text: str) -> Envelope | None:
    """Read a request, well formed or not; None for anything else: a response, a keep-alive, another protocol."""
    head = text.lstrip("\r\n").partition("\r\n\r\n")[0]
    lines = _LINE_ENDS.split(head)[: _MOST_HEADERS + 1]
    start = _START.fullmatch(lines[0])
    headers = tuple(_headers(lines[1:]))
    if start is not None:
        return Envelope(method=start[1], uri=start[2], version=start[3].upper(), headers=headers)
    names = {name for name, _ in headers}
    if _RESPONSE.match(lines[0]) or not {"via", "cseq"} <= names:
        return None
    method = next(value for name, value in headers if name == "cseq").split()[-1:]
    return Envelope(method="".join(method), uri="", version="SIP/2.0", headers=headers)


def fault_of(envelope: Envelope) -> Status | None:
    """Return the status that a request is refused with, None where it is well formed (RFC 3261, 8.1.1, 8.2.2)."""
    if envelope.version != "SIP/2.0":
        return WRONG_VERSION
    try:
        if read_uri(envelope.uri).scheme not in {"sip", "sips", "tel"}:
            return UNSUPPORTED_SCHEME
        _check_headers(envelope)
        read_address(envelope.first("from"))
        read_address(envelope.first("to"))
    except InvalidValueError as error:
        return Status(code=400, phrase=f"Bad Request - {error}")
    return None


def answer_to(
    envelope: Envelope, status: Status, source: tuple[str, int], extra: Iterable[str] = ()
) -> tuple[str, tuple[str, int]]:
    """Return a stateless answer and its destination, which is always the host that the request came from.

    Args:
        envelope: The request, well formed or not.
        status: The status of the answer.
        source: Where it came from (RFC 3261, section 18.2; RFC 3581).
        extra: Further header lines.
    """
    vias = [each for each in envelope.all("via") if each]
    first, port = _via_answered(vias[0], source) if vias else ("", source[1])
    to = envelope.first("to")
    tagged = f"{to};tag={token_hex(4)}" if _tag(to) is None and _is_address(to) else to
    lines = [
        f"SIP/2.0 {status.code} {status.phrase}",
        *(f"Via: {each}" for each in ([first, *vias[1:]] if vias else [])),
        *(f"{name}: {value}" for name, value in (("From", envelope.first("from")), ("To", tagged)) if value),
        *(f"{name}: {value}" for name in ("Call-ID", "CSeq") if (value := envelope.first(name.lower()))),
        *extra,
        "Content-Length: 0",
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]), (source[0], port)


def _headers(lines: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Read header lines, folded ones joined; control characters become blanks."""
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and unfolded:
            unfolded[-1] += f" {line.strip()}"
        elif line:
            unfolded.append(line)
    for line in unfolded:
        name, colon, value = line.partition(":")
        if colon and _HEADER_NAME.fullmatch(name.strip()) and len(line) <= _LONGEST:
            known = name.strip().lower()
            yield _COMPACT.get(known, known), _CONTROL.sub(" ", value).strip()


def _check_headers(envelope: Envelope) -> None:
    for name in _ONCE:
        if len(envelope.all(name)) != 1 or not envelope.first(name):
            raise InvalidValueError(f"{name} has to be there once")
    number = _CSEQ.fullmatch(envelope.first("cseq"))
    if number is None or int(number[1]) > _LARGEST_CSEQ or number[2] != envelope.method:
        raise InvalidValueError("CSeq has to be a number and the method")
    _check_number(envelope, "max-forwards", _MOST_HOPS)
    _check_number(envelope, "content-length", _LARGEST_CSEQ)
    via = _VIA.fullmatch(_first_of(envelope.first("via")))
    if via is None or int(via["port"] or _SIP_PORT) not in range(1, _LARGEST_PORT + 1):
        raise InvalidValueError("Via cannot be read")


def _check_number(envelope: Envelope, name: str, largest: int) -> None:
    found = envelope.all(name)
    if len(found) > 1 or any(not _NUMBER.fullmatch(each) or int(each) > largest for each in found):
        raise InvalidValueError(f"{name} has to be a number, once")


def _first_of(via: str) -> str:
    return via.partition(",")[0].strip()


def _via_answered(via: str, source: tuple[str, int]) -> tuple[str, int]:
    """Return the Via of the answer with the source address (RFC 3581), and the port that the answer goes to."""
    first, comma, rest = via.partition(",")
    found = _VIA.fullmatch(first.strip())
    if found is None:
        return via, source[1]
    told = _RECEIVED.sub("", first.strip())
    asks_port = _RPORT.search(told) is not None
    told = _RPORT.sub(f";rport={source[1]}", told, count=1)
    if asks_port or found["host"] != source[0]:
        told += f";received={source[0]}"
    return told + comma + rest, source[1] if asks_port else int(found["port"] or _SIP_PORT)


def _tag(address: str) -> str | None:
    try:
        return value_of(read_address(address).parameters, "tag")
    except InvalidValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        read_address(text)
    except InvalidValueError:
        return False
    return True
