"""Who is called and who calls, read from the headers of an INVITE; nothing in them is trusted to be well formed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.ports.phone import Called
from kalenderkoppling.telephony.sip.guard import readable

_URI = re.compile(r"(?i)\b(?:sips?|tel):[^\s<>\"]+")
_IN_BRACKETS = re.compile(r"<\s*((?:sips?|tel):[^<>\"]+)>", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_REASON = re.compile(r"[?&]reason=SIP\s*;([^&>]*)", re.IGNORECASE)
_INDEX = re.compile(r";\s*index\s*=\s*([0-9.]{1,64})", re.IGNORECASE)
_HIDDEN_USERS = frozenset({"", "anonymous", "unavailable", "restricted", "unknown", "private"})
_HIDING = frozenset({"id", "user", "header"})
# Why a call was forwarded, where the phone had been tried: RFC 5806, section 4.2.1, RFC 4458, section 4, and the
# status that it answered with (RFC 7044, section 10.2).
_TRIED_REASONS = frozenset({"no-answer", "user-busy", "unavailable", "do-not-disturb", "out-of-service"})
_TRIED_CAUSES = frozenset({"408", "486", "487", "503"})
_LONGEST_USER = 128
_LONGEST_NAME = 120
_MOST_ENTRIES = 20


def read_called(request_uri: str, diversions: Sequence[str], history: Sequence[str]) -> Called:
    """Read whom a call is for.

    Args:
        request_uri: The URI that was asked for.
        diversions: Bodies of Diversion headers, as they stand (RFC 5806: the latest diversion stands first).
        history: Bodies of History-Info headers (RFC 7044: in the order of their index, the oldest first).
    """
    entries = [each for each in _entries(diversions) if user_of(each)]
    if entries:
        has_rung = _parameter(entries[0], "reason") in _TRIED_REASONS
    else:
        entries = [each for each in _latest_first(_entries(history)) if user_of(each)]
        has_rung = _was_tried(entries, user_of(request_uri))
    forwarded = tuple(dict.fromkeys(map(user_of, entries)))
    return Called(wanted=user_of(request_uri), diverted_from=forwarded[:_MOST_ENTRIES], has_rung=has_rung)


def read_caller(sender: str, asserted: Sequence[str], privacy: Sequence[str]) -> Caller:
    """Read who calls: the identity that the exchange asserts (RFC 3325), else the sender; hidden where that is wished.

    Args:
        sender: The body of From.
        asserted: Bodies of P-Asserted-Identity headers.
        privacy: Bodies of Privacy headers (RFC 3323): `id` and the like hide the caller.
    """
    wishes = {wish.strip().lower() for body in privacy for wish in re.split(r"[;,]", body)}
    address = next((entry for entry in _entries(asserted) if user_of(entry)), sender)
    number = user_of(address)
    if wishes & _HIDING or number.lower() in _HIDDEN_USERS:
        return Caller()
    return Caller(number=number, name=name_of(address) or name_of(sender))


def user_of(address: str) -> str:
    """Return the user part of a SIP or telephone URI, alone or within an address; empty where there is none."""
    found = _IN_BRACKETS.search(address)
    uri = found.group(1) if found else next(iter(_URI.findall(address)), "")
    scheme, _, rest = uri.partition(":")
    if scheme.lower() == "tel":
        user = rest
    elif "@" in rest:
        user = rest.partition("@")[0]
    else:
        return ""
    plain = unquote(user.partition(";")[0].partition(":")[0].partition("?")[0], errors="replace")
    return readable(plain).strip()[:_LONGEST_USER]


def name_of(address: str) -> str:
    """Return the display name of an address; empty where there is none."""
    quoted = _QUOTED.match(address.strip())
    name = re.sub(r"\\(.)", r"\1", quoted.group(1)) if quoted else address.partition("<")[0] if "<" in address else ""
    return " ".join(readable(name).split())[:_LONGEST_NAME]


def digit_of(content_type: str, body: str) -> str:
    """Return the key of a SIP INFO: `application/dtmf-relay` (`Signal=1`) or `application/dtmf` (`1`), else empty."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/dtmf-relay":
        found = re.search(r"(?im)^\s*signal\s*=\s*([0-9*#]|10|11)\s*$", body)
        key = found.group(1) if found else ""
        return {"10": "*", "11": "#"}.get(key, key)
    if kind == "application/dtmf":
        key = body.strip()
        return key if re.fullmatch(r"[0-9*#]", key) else ""
    return ""


def _entries(bodies: Iterable[str]) -> list[str]:
    """Part header bodies at their commas, those in quotes and brackets left alone."""
    found: list[str] = []
    for body in bodies:
        start, quoted, depth = 0, False, 0
        for place, character in enumerate(body):
            if character == '"' and (place == 0 or body[place - 1] != "\\"):
                quoted = not quoted
            elif not quoted and character in "<>":
                depth += 1 if character == "<" else -1
            elif not quoted and depth <= 0 and character == ",":
                found.append(body[start:place])
                start = place + 1
        found.append(body[start:])
    return [each.strip() for each in found if each.strip()][:_MOST_ENTRIES]


def _parameter(entry: str, name: str) -> str:
    """Return the value of a parameter, of the address or behind it; empty where there is none."""
    found = re.search(rf'(?i);\s*{name}\s*=\s*"?([\w-]{{1,64}})', entry)
    return found.group(1).lower() if found else ""


def _was_tried(history: Sequence[str], wanted: str) -> bool:
    """Tell whether the phone of who forwarded a call last was tried, by a history with the latest entry first.

    It says so where the call went (a cause), or where it came from: the status of the phone, as a Reason header that
    is escaped within the URI.
    """
    if history and _parameter(history[0], "cause") in _TRIED_CAUSES:
        return True
    forwarding = next((each for each in history if user_of(each) != wanted), "")
    reason = _REASON.search(unquote(forwarding, errors="replace"))
    return reason is not None and _parameter(f";{reason.group(1)}", "cause") in _TRIED_CAUSES


def _latest_first(entries: Sequence[str]) -> list[str]:
    def place(entry: str) -> tuple[int, ...]:
        index = _INDEX.search(entry)
        return tuple(int(each) for each in index.group(1).split(".") if each) if index else ()

    return sorted(entries, key=place, reverse=True)
