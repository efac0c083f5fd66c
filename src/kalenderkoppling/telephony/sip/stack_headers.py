"""Replaces the stack's parsers of addresses and content types by ours.

The stack guesses where a display name ends, writes names without escapes, and rejects `tel` URIs with a parameter
without a value and content types with a blank before their parameters.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sippy.ESipHeaderCSV import ESipHeaderCSV
from sippy.SipAddress import SipAddress
from sippy.SipContact import SipContact
from sippy.SipContentType import SipContentType
from sippy.SipFrom import SipFrom
from sippy.SipHeader import hf_types
from sippy.SipRecordRoute import SipRecordRoute
from sippy.SipReferredBy import SipReferredBy
from sippy.SipReferTo import SipReferTo
from sippy.SipRoute import SipRoute
from sippy.SipTo import SipTo
from sippy.SipURL import SipURL

from kalenderkoppling.telephony.sip.address import Address, Uri, before_brackets, read_address, read_addresses, read_uri
from kalenderkoppling.telephony.sip.body import read_content_type

_SINGLE = (SipFrom, SipTo, SipReferTo, SipReferredBy)
_LISTS = (SipContact, SipRoute, SipRecordRoute)
_READ_ELSEWHERE = ("diversion", "cc-diversion", "p-asserted-identity")
"""Headers that the stack would split at commas; `called` parses them, and malformed ones are harmless."""


class StackUri(SipURL):  # type: ignore[misc] # the stack has no types
    """A URI in the stack's type, parsed by us; written unchanged unless it was modified."""

    username: Any
    host: Any
    port: Any

    def __init__(self, url: str | Uri | None = None, *_rest: object, **fields: Any) -> None:  # noqa: ANN401 - its signature
        fields.pop("relaxedparser", None)
        if url is None:
            super().__init__(**fields)
            self._text, self._read = "", None
            return
        found = url if isinstance(url, Uri) else read_uri(url)
        super().__init__(username=found.user or None, host=found.host, port=found.port, scheme=found.scheme)
        if found.scheme in {"sip", "sips"}:
            _user, _, behind = found.text.rpartition("@")
            self.setParams([each for each in behind.partition("?")[0].split(";")[1:] if each])
        self._text, self._read = found.text, self._fields()

    def localStr(self, local_addr: Any = None) -> str:  # noqa: ANN401, N802 - its signature
        """Return it as text."""
        return self._text if self._read == self._fields() else str(super().localStr(local_addr))

    def getCopy(self) -> StackUri:  # noqa: N802 - the stack's name
        """Return a copy that can be changed on its own."""
        copy = StackUri(scheme=self.scheme, host=self.host)
        copy.__dict__.update({**vars(self), "other": list(self.other), "userparams": list(self.userparams)})
        return copy

    def _fields(self) -> tuple[object, ...]:
        other = tuple(self.other), tuple(self.userparams)
        return self.scheme, self.username, self.host, self.port, self.transport, self.lr, other, self.headers


class StackAddress(SipAddress):  # type: ignore[misc] # the stack has no types
    """An address in the stack's type; its name is stored without quotes and escapes and written with them."""

    @classmethod
    def of(cls, found: Address) -> StackAddress:
        """Return our address in the stack's type."""
        made = cls(name=found.name, url=StackUri(found.uri))
        for name, value in found.parameters:
            if name not in made.params:
                made.setParam(name, value)
        return made

    def localStr(self, local_addr: Any = None) -> str:  # noqa: ANN401, N802 - its signature
        """Return it as text."""
        parameters = (_parameter(each, self.params[each]) for each in self.params_order)
        return f"{before_brackets(self.name or '')}<{self.url.localStr(local_addr)}>{''.join(parameters)}"

    def getCopy(self) -> StackAddress:  # noqa: N802 - the stack's name
        """Return a copy that can be changed on its own."""
        return StackAddress(
            name=self.name, url=self.url.getCopy(), params=self.params.copy(), params_order=self.params_order[:]
        )


class _ReadByUs:
    """A header of the stack with one address, or one of a list that we have split."""

    address: Any
    parsed: bool
    body: Any
    asterisk = False

    def parse(self) -> None:
        if not self.asterisk:
            self.address = StackAddress.of(read_address(self.body))
        self.parsed = True


class _Single(_ReadByUs):
    def __init__(self, body: str | None = None, address: Any = None) -> None:  # noqa: ANN401 - the stack's own type
        # The stack's own would split at commas in names: it is called without the text, which is set afterwards.
        super().__init__(None, address)  # type: ignore[call-arg] # the stack's class comes next
        if body is not None:
            self.body, self.address, self.parsed = body, None, False


class _Listed(_ReadByUs):
    def __init__(self, body: str | None = None, address: Any = None) -> None:  # noqa: ANN401 - the stack's own type
        if body == "*":
            super().__init__(body)  # type: ignore[call-arg] # the stack's class comes next
            return
        super().__init__(None, address)  # type: ignore[call-arg] # the stack's class comes next
        if body is None:
            return
        self.body, self.address, self.parsed = body, None, False
        if "," in body:
            found = read_addresses(body)
            if len(found) > 1:
                raise ESipHeaderCSV(None, [str(each) for each in found])
            self.address, self.parsed = StackAddress.of(found[0]), True


class _ContentType(SipContentType):  # type: ignore[misc] # the stack has no types
    """A content type, with blanks where the grammar allows them."""

    def parse(self) -> None:
        found = read_content_type(self.body)
        self.name, self.params, self.parsed = found.kind, dict(found.parameters), True

    def getCopy(self) -> _ContentType:  # noqa: N802 - the stack's name
        copy = _ContentType(self.body)
        copy.parse()
        return copy

    def __str__(self) -> str:
        return str(self.body)


def teach_the_stack() -> None:
    """Install these parsers in the stack; idempotent."""
    vars(import_module("sippy.SipRequest"))["SipURL"] = StackUri
    for base, kind in (*((each, _Single) for each in _SINGLE), *((each, _Listed) for each in _LISTS)):
        taught = type(base.__name__, (kind, base), {})
        for name in base.hf_names:
            hf_types[name] = taught
    for name in _READ_ELSEWHERE:
        hf_types.pop(name, None)
    for name in SipContentType.hf_names:
        hf_types[name] = _ContentType


def _parameter(name: str, value: str | None) -> str:
    return str(Address(uri=_NOBODY, parameters=((name, value),))).removeprefix(f"<{_NOBODY}>")


_NOBODY = Uri(text="sip:nobody.invalid", scheme="sip")
