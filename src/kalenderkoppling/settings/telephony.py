"""The settings of the voice process: exchanges, addresses, voices, line states."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kalenderkoppling.settings.part import FilePath, Part, Secret

Port = Annotated[int, msgspec.Meta(ge=1024, le=65535)]


class Login(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user name and the secret that goes with it (digest authentication, RFC 3261 section 22)."""

    user: str
    password: Secret


class Exchange(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A telephone exchange that sends calls to us, or asks how to treat a call.

    `addresses` are the sources of its SIP, single ones or networks (`192.0.2.0/24`); with `asks_login` any address may
    call that answers our challenge. `proxy` is where our own calls go (phones, attendant), else to the host of each
    address. `login` answers the exchange's challenge. `key` authenticates its requests for decisions.
    With `redirects` calls are redirected (302) instead of being relayed. `transfer` is how callers reach the attendant:
    `bridge` dials the attendant and joins the two, so that the caller stays with us until somebody has answered;
    `refer` asks the exchange to transfer the caller (REFER), for exchanges that keep a caller whose transfer fails.
    """

    name: str
    addresses: tuple[str, ...] = ()
    proxy: str = ""
    login: Login | None = None
    asks_login: Login | None = None
    redirects: bool = False
    transfer: Literal["bridge", "refer"] = "bridge"
    key: Secret | None = None


class Voices(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The speech engine: `espeak`, which is always there, or `piper`, which needs a voice file for each language."""

    engine: str = "espeak"
    words_per_minute: Annotated[int, msgspec.Meta(ge=80, le=300)] = 150
    piper: dict[str, FilePath] = msgspec.field(default_factory=dict)


class DialogEvents(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Line states by SIP dialog events (RFC 4235): subscribed to at `exchange`, one subscription a line."""

    exchange: str
    most_lines: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 5_000


class AsteriskRest(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Line states by Asterisk's REST interface; `device` says which device is a person's, `{extension}` in it."""

    url: str
    user: str
    password: Secret
    device: str = "PJSIP/{extension}"


class KamailioEdge(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Kamailio in front that gets decisions pushed; `rpc_url` is its JSON-RPC over HTTP."""

    rpc_url: str
    table: str = "ref"


class Telephony(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The voice process: where it takes calls, from which exchanges, and how it speaks.

    `host` is the address that exchanges reach; RTP uses `rtp_ports`. `attendant` is the SIP address that key 1 dials.
    `direct_dial` are the prefixes of full numbers that are followed by an extension, such as `+468508`.
    `prompts` is the folder of rendered announcements. Exchanges' HTTP requests come to `http_host`, `http_port`;
    `public_url` is how they reach it, by default made of those two.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 5060
    rtp_ports: tuple[Port, Port] = (20_000, 21_999)
    attendant: str = ""
    direct_dial: tuple[str, ...] = ()
    prompts: FilePath = "prompts"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8082
    public_url: str = ""
    voices: Voices = Voices()
    exchanges: tuple[Exchange, ...] = ()
    dialog_events: DialogEvents | None = None
    asterisk: AsteriskRest | None = None
    kamailio: KamailioEdge | None = None
