"""Who is called and who calls, read from the headers of an INVITE; malformed headers are ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kalenderkoppling.domain.call import Caller
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.phone import Called
from kalenderkoppling.telephony.sip.address import Address, Uri, read_address, read_addresses, read_uri, value_of
from kalenderkoppling.telephony.sip.guard import decoded, readable

_HIDDEN_USERS = frozenset({"", "anonymous", "unavailable", "restricted", "unknown", "private"})
_ANONYMOUS_HOST = "anonymous.invalid"
"""The host of a caller who is anonymous (RFC 3323, section 4.1.1.3)."""

_HIDING = frozenset({"id", "user", "header", "full"})
"""Privacy values that hide the caller: RFC 3323, section 4.2; RFC 3325, section 9.3; `full`: older exchanges."""

_HIDING_NUMBER = frozenset({"full", "uri"})
"""Privacy values of Remote-Party-ID that hide the number (draft-ietf-sip-privacy-04, section 4.1)."""

# Why a call was forwarded, where the phone had been tried: RFC 5806, section 4.2.1, RFC 4458, section 4, and the
# status that it answered with (RFC 7044, section 10.2).
_TRIED_REASONS = frozenset({"no-answer", "user-busy", "unavailable", "do-not-disturb", "out-of-service"})
_TRIED_CAUSES = frozenset({"408", "486", "487", "503"})
_SIP_REASON = re.compile(r"\s*SIP\s*((?:;.*)?)", re.IGNORECASE | re.DOTALL)
_CAUSE = re.compile(r";\s*cause\s*=\s*([0-9]{3})(?![0-9])", re.IGNORECASE)
_INDEX = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,31}")
_GLOBAL = re.compile(r"\+[0-9().\-]{1,32}")
_EXTENSION = re.compile(r"[0-9().\-]{1,32}")
_LONGEST_USER = 128
_LONGEST_NAME = 120
_MOST_ENTRIES = 20


def read_called(request_uri: str, diversions: Sequence[str], history: Sequence[str]) -> Called:
    """Read whom a call is for.

    Args:
        request_uri: The request URI.
        diversions: Bodies of Diversion headers, unparsed (RFC 5806: the latest diversion is first).
        history: Bodies of History-Info headers (RFC 7044: in the order of their index, the oldest first).
    """
    asked = _uri_or_none(request_uri)
    entries = [each for each in addresses_in(diversions) if user_in(each.uri)]
    if entries:
        has_rung = (value_of(entries[0].parameters, "reason") or "").strip().lower() in _TRIED_REASONS
    else:
        entries = [each for each in _latest_first(addresses_in(history)) if user_in(each.uri)]
        has_rung = _was_tried(entries, user_in(asked) if asked else "")
    forwarded = tuple(dict.fromkeys(_reached(each.uri) for each in entries))
    return Called(wanted=_reached(asked) if asked else "", diverted_from=forwarded[:_MOST_ENTRIES], has_rung=has_rung)


def read_caller(
    sender: str, asserted: Sequence[str], privacy: Sequence[str], remote_party: Sequence[str] = ()
) -> Caller:
    """Read who calls: the identity that the exchange asserts (RFC 3325), else From; hidden where privacy is requested.

    Args:
        sender: The body of From.
        asserted: Bodies of P-Asserted-Identity headers.
        privacy: Bodies of Privacy headers (RFC 3323): `id` and the like hide the caller.
        remote_party: Bodies of Remote-Party-ID headers: `privacy=full` hides the caller.
    """
    from_ = _one(sender)
    known = next((each for each in addresses_in(asserted) if user_in(each.uri)), from_)
    if known is None or _wishes(privacy) & _HIDING or _is_hidden_party(remote_party):
        return Caller()
    number = user_in(known.uri)
    if number.lower() in _HIDDEN_USERS or (from_ is not None and _is_anonymous(from_.uri)):
        return Caller()
    return Caller(number=number, name=_shown(known.name) or (_shown(from_.name) if from_ else ""))


def addresses_in(bodies: Iterable[str]) -> list[Address]:
    """Read headers that list addresses; a malformed header is ignored as a whole."""
    return list(_read(bodies))[:_MOST_ENTRIES]


def user_in(uri: Uri) -> str:
    """Return the user part of a SIP URI, or the number of a tel URI; empty where there is none.

    It is never truncated, since that would name another user: where it is too long or has unprintable characters, it
    is empty.
    """
    if uri.scheme not in {"sip", "sips", "tel"}:
        return ""
    user = decoded(uri.user).strip()
    return user if len(user) <= _LONGEST_USER and user.isprintable() else ""


def name_of(address: str) -> str:
    """Return the display name of an address; empty where there is none."""
    found = _one(address)
    return _shown(found.name) if found else ""


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


def index_of(entry: Address) -> tuple[int, ...]:
    """Return an entry's index in History-Info (RFC 7044, section 10.1); empty where it has none."""
    index = value_of(entry.parameters, "index") or ""
    return tuple(map(int, index.split("."))) if _INDEX.fullmatch(index) else ()


def _read(bodies: Iterable[str]) -> Iterator[Address]:
    for body in bodies:
        try:
            yield from read_addresses(body)
        except InvalidValueError:
            continue


def _reached(uri: Uri) -> str:
    """Return the user with the parameters that change whom a number reaches (RFC 3966, section 5).

    These are the context of a local number (`;phone-context=+468508`) and an extension (`;ext=231`).
    """
    user = user_in(uri)
    context, extension = (value_of(uri.parameters, name) or "" for name in ("phone-context", "ext"))
    if user and not user.startswith("+") and _GLOBAL.fullmatch(context):
        user += f";phone-context={context}"
    if user and _EXTENSION.fullmatch(extension):
        user += f";ext={extension}"
    return user


def _uri_or_none(text: str) -> Uri | None:
    try:
        return read_uri(text)
    except InvalidValueError:
        return None


def _one(address: str) -> Address | None:
    try:
        return read_address(address)
    except InvalidValueError:
        return None


def _wishes(privacy: Sequence[str]) -> set[str]:
    return {wish.strip().strip('"').lower() for body in privacy for wish in re.split(r"[;,]", body)}


def _is_hidden_party(remote_party: Sequence[str]) -> bool:
    """Tell whether a Remote-Party-ID hides the calling party; one that cannot be read counts as hiding it."""
    for body in remote_party:
        try:
            entries = read_addresses(body)
        except InvalidValueError:
            return True
        for each in entries:
            is_caller = (value_of(each.parameters, "party") or "calling").lower() == "calling"
            wishes = {value for name, value in each.parameters if name == "privacy"}
            if is_caller and any((wish or "").lower() in _HIDING_NUMBER for wish in wishes):
                return True
    return False


def _is_anonymous(uri: Uri) -> bool:
    return uri.user.strip().lower() == "anonymous" or uri.host.lower() == _ANONYMOUS_HOST


def _shown(name: str) -> str:
    return " ".join(readable(name).split())[:_LONGEST_NAME]


def _was_tried(history: Sequence[Address], wanted: str) -> bool:
    """Tell from the history, latest entry first, whether the last forwarding phone was tried before it forwarded.

    Either the entry of the new target says so (a cause), or that of the phone: its status, as an escaped Reason header
    in the URI.
    """
    if history and value_of(history[0].uri.parameters, "cause") in _TRIED_CAUSES:
        return True
    forwarding = next((each for each in history if user_in(each.uri) != wanted), None)
    reason = _SIP_REASON.match((value_of(forwarding.uri.headers, "reason") if forwarding else None) or "")
    cause = _CAUSE.search(reason[1]) if reason else None
    return cause is not None and cause[1] in _TRIED_CAUSES


def _latest_first(entries: Sequence[Address]) -> list[Address]:
    return sorted(entries, key=index_of, reverse=True)
