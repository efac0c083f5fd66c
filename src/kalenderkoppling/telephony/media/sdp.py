"""Session descriptions as others write them (RFC 8866, RFC 3264): which of their sound suits us, and where it goes.

What comes from outside may be anything: whatever cannot be understood or used is NoCommonCodecError and never another
error. Names of hosts are not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

from kalenderkoppling.domain.errors import NoCommonCodecError
from kalenderkoppling.ports.phone import SessionDescription
from kalenderkoppling.telephony.media.codec import PAYLOAD_TYPES, RATE, Codec

HostAddress: TypeAlias = IPv4Address | IPv6Address

AUDIO, PROTOCOL, EVENTS = "audio", "RTP/AVP", "telephone-event"
MOST_SECTIONS = 32
_LARGEST_PAYLOAD_TYPE = 127
_LARGEST_PORT = 65_535
_BROADCAST = IPv4Address("255.255.255.255")

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_MEDIUM = re.compile(r"([!-~]+)[ \t]+([0-9]{1,5})(?:/[0-9]+)?[ \t]+([!-~]+)((?:[ \t]+[!-~]+)+)\s*", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)
_MAPPED = re.compile(r"([0-9]{1,3})[ \t]+([!-.0-~]+)(?:/([0-9]{1,6}))?(?:/([0-9]{1,3}))?\s*", re.ASCII)


class Direction(StrEnum):
    """The direction of media, from the view of the party that sends the description."""

    BOTH = "sendrecv"
    OUT = "sendonly"
    IN = "recvonly"
    NEITHER = "inactive"

    @property
    def sends(self) -> bool:
        """Whether the describing party sends."""
        return self in {Direction.BOTH, Direction.OUT}

    @property
    def answered(self) -> Direction:
        """What the other side says to it (RFC 3264, section 6.1)."""
        return {Direction.OUT: Direction.IN, Direction.IN: Direction.OUT}.get(self, self)

    @property
    def without_sending(self) -> Direction:
        """The direction when there is no address to send to."""
        return Direction.IN if self in {Direction.BOTH, Direction.IN} else Direction.NEITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One medium of a description: its line and what stands below it.

    `connection` is the body of the `c=` line that holds for it, empty where there is none; `attributes` are those
    below it by name, each with its values in order.
    """

    kind: str
    port: int
    protocol: str
    formats: Sequence[str]
    connection: str
    direction: Direction
    attributes: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What both sides speak.

    `payload_type` and `event_type` are their numbers in packets; where the latter is None no keys can be heard.
    The other side receives at `host` and `port`; `direction` is ours. `media` are all that it names, and `place` says
    which of them this is about.
    """

    codec: Codec
    payload_type: int
    event_type: int | None
    host: HostAddress
    port: int
    direction: Direction
    media: Sequence[Medium]
    place: int


def agreed_with(theirs: SessionDescription, ip_version: int) -> Agreed:
    """Return what is agreed on when the other side says this: of the codecs that we speak, the one it names first.

    Raises:
        NoCommonCodecError: nothing in it suits us, or the address that suits is of the other IP version.
    """
    media = media_of(theirs)
    for place, medium in enumerate(media):
        spoken = _spoken(medium)
        host = _host(medium.connection, ip_version)
        if spoken is not None and host is not None:
            codec, payload_type = spoken
            answer = medium.direction.answered
            return Agreed(
                codec=codec,
                payload_type=payload_type,
                event_type=_event_type(medium),
                host=host,
                port=medium.port,
                direction=answer.without_sending if host.is_unspecified else answer,
                media=media,
                place=place,
            )
    raise NoCommonCodecError


def media_of(description: SessionDescription) -> Sequence[Medium]:
    """Return the media of a description, in order.

    Raises:
        NoCommonCodecError: it cannot be understood.
    """
    blocks: list[list[tuple[str, str]]] = [[]]
    for line in _LINE_ENDS.split(description):
        kind, equals, body = line.partition("=")
        if equals and kind == "m":
            blocks.append([])
        if equals:
            blocks[-1].append((kind.strip(), body.strip()))
    session, *below = blocks
    if len(below) > MOST_SECTIONS:
        raise NoCommonCodecError
    return tuple(_medium(block, session) for block in below)


def _medium(block: Sequence[tuple[str, str]], session: Sequence[tuple[str, str]]) -> Medium:
    found = _MEDIUM.fullmatch(block[0][1])
    if found is None or int(found[2]) > _LARGEST_PORT:
        raise NoCommonCodecError
    attributes = _attributes(block)
    return Medium(
        kind=found[1],
        port=int(found[2]),
        protocol=found[3],
        formats=tuple(found[4].split()),
        connection=_first("c", block) or _first("c", session),
        direction=_direction(attributes) or _direction(_attributes(session)) or Direction.BOTH,
        attributes=attributes,
    )


def _attributes(block: Sequence[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for kind, body in block:
        if kind == "a":
            name, _, value = body.partition(":")
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _first(kind: str, block: Sequence[tuple[str, str]]) -> str:
    return next((body for each, body in block if each == kind), "")


def _direction(attributes: Mapping[str, Sequence[str]]) -> Direction | None:
    return next((direction for direction in Direction if direction in attributes), None)


def _spoken(medium: Medium) -> tuple[Codec, int] | None:
    if medium.kind.lower() != AUDIO or medium.protocol.upper() != PROTOCOL or not medium.port:
        return None
    meanings = _meanings(medium)
    for payload_type in _payload_types(medium):
        codec = next((codec for codec in Codec if meanings.get(payload_type) == codec.lower()), None)
        if codec is not None:
            return codec, payload_type
    return None


def _event_type(medium: Medium) -> int | None:
    meanings = _meanings(medium)
    return next((each for each in _payload_types(medium) if meanings.get(each) == EVENTS), None)


def _payload_types(medium: Medium) -> Sequence[int]:
    numbers = (int(each) for each in medium.formats if _NUMBER.fullmatch(each))
    return tuple(number for number in numbers if number <= _LARGEST_PAYLOAD_TYPE)


def _meanings(medium: Medium) -> Mapping[int, str]:
    """Return what payload types stand for, in small letters: at 8 kHz and in mono; else nothing of ours."""
    meanings = {number: codec.lower() for codec, number in PAYLOAD_TYPES.items()}
    mapped: dict[int, str] = {}
    for value in medium.attributes.get("rtpmap", ()):
        found = _MAPPED.fullmatch(value)
        if found is not None:
            fits = int(found[3] or RATE) == RATE and int(found[4] or 1) == 1
            mapped.setdefault(int(found[1]), found[2].lower() if fits else "")
    return meanings | mapped


def _host(connection: str, ip_version: int) -> HostAddress | None:
    """Return where a `c=` line says that sound is received; the address of nobody (0.0.0.0) stands for a hold."""
    network, kind, address, *_ = (*connection.split(), "", "", "")
    if network.upper() != "IN" or kind.upper() != f"IP{ip_version}":
        return None
    try:
        host = ip_address(address)
    except ValueError:
        return None
    if host.version != ip_version or host.is_multicast or host == _BROADCAST or "%" in address:
        return None
    return host
