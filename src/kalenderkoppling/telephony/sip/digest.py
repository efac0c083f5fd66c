"""Digest authentication of exchanges that call from any address: a challenge is good for one answer from one host.

A nonce is bound to the host that got it and to the request URI, expires after a short while, and is used up by the
first request that answers it, so that a captured login cannot be replayed.

Source: RFC 3261, section 22; RFC 2617, section 3.2 and RFC 7616 (qop, nc). MD5, which every exchange supports.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from secrets import token_bytes, token_hex

from kalenderkoppling.telephony.sip.envelope import Envelope
from kalenderkoppling.telephony.sip.options import USER_AGENT, Credentials

NONCE_SECONDS = 30
"""How long an exchange may take to answer a challenge."""

MOST_USED = 10_000
"""How many used nonces are remembered; only clients with a valid password use one up."""

_PARAMETER = re.compile(r'[ \t,]*([A-Za-z][A-Za-z0-9_-]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))[ \t]*(?:,|$)')
_NONCE = re.compile(r"([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{32})")
_FIRST_COUNT = "00000001"
_QUALITY = "auth"


class Digest:
    """Issues nonces and checks responses; `now` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = token_bytes(32)
        self._used: OrderedDict[str, str] = OrderedDict()

    def challenge(self, envelope: Envelope, host: str) -> str:
        """Return the challenge header."""
        nonce = self._nonce(f"{int(self._now()):08x}{token_hex(4)}", envelope, host)
        return f'WWW-Authenticate: Digest realm="{USER_AGENT}",nonce="{nonce}",qop="{_QUALITY}",algorithm=MD5'

    def accepts(self, envelope: Envelope, host: str, login: Credentials, datagram: bytes) -> bool:
        """Tell whether a request answers a challenge of ours; a retransmission of the same datagram passes too."""
        given = read_login(envelope.first("authorization"))
        nonce = given.get("nonce", "")
        if not (self._is_fresh(nonce, envelope, host) and _answers(given, login, envelope.method)):
            return False
        return self._use(nonce, hashlib.sha256(datagram).hexdigest())

    def _nonce(self, beginning: str, envelope: Envelope, host: str) -> str:
        bound = f"{beginning}\n{host}\n{envelope.uri}".encode(errors="surrogatepass")
        return beginning + hmac.new(self._key, bound, hashlib.sha256).hexdigest()[:32]

    def _is_fresh(self, nonce: str, envelope: Envelope, host: str) -> bool:
        found = _NONCE.fullmatch(nonce)
        if found is None or not hmac.compare_digest(nonce, self._nonce(found[1] + found[2], envelope, host)):
            return False
        return 0 <= int(self._now()) - int(found[1], 16) <= NONCE_SECONDS

    def _use(self, nonce: str, message: str) -> bool:
        if nonce in self._used:
            return self._used[nonce] == message
        self._used[nonce] = message
        oldest = int(self._now()) - NONCE_SECONDS
        while self._used and (len(self._used) > MOST_USED or int(next(iter(self._used))[:8], 16) < oldest):
            self._used.popitem(last=False)
        return True


def read_login(authorization: str) -> Mapping[str, str]:
    """Read the value of Authorization; empty where it is not Digest, or has a duplicate parameter."""
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    found: dict[str, str] = {}
    place = 0
    while place < len(rest):
        each = _PARAMETER.match(rest, place)
        if each is None or each[1].lower() in found:
            return {}
        found[each[1].lower()] = re.sub(r"\\(.)", r"\1", each[2]) if each[2] is not None else each[3]
        place = each.end()
    return found


def _answers(given: Mapping[str, str], login: Credentials, method: str) -> bool:
    """Tell whether a response is right for the login; `nc` has to be 1, since each nonce is used once."""
    told = {
        name: given.get(name, "") for name in ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")
    }
    if given.get("algorithm", "MD5").upper() != "MD5" or told["qop"].lower() != _QUALITY:
        return False
    if told["nc"] != _FIRST_COUNT or not told["cnonce"] or told["realm"] != USER_AGENT:
        return False
    secret = _md5(f"{login.user}:{USER_AGENT}:{login.password}")
    asked = _md5(f"{method}:{told['uri']}")
    wanted = _md5(f"{secret}:{told['nonce']}:{told['nc']}:{told['cnonce']}:{told['qop']}:{asked}")
    is_user = hmac.compare_digest(_bytes(told["username"]), _bytes(login.user))
    return hmac.compare_digest(_bytes(told["response"].lower()), _bytes(wanted)) and is_user


def _md5(text: str) -> str:
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
