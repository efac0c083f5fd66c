"""What a phone's dialogs say of its line (RFC 4235): `application/dialog-info+xml`, full and partial.

Source: RFC 4235, section 3.7.1 (states), 4.1 (elements), 4.3 (constructing coherent state).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import LineState

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONTENT_TYPE = "application/dialog-info+xml"
LARGEST_BYTES = 65_536
MOST_DIALOGS = 500
"""No phone has more dialogs at once; a document with more is rejected."""

_NAMESPACE = "{urn:ietf:params:xml:ns:dialog-info}"
_LONGEST_NUMBER = 20


class DialogState(StrEnum):
    """The state of one dialog, in order of progress."""

    TERMINATED = "terminated"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    EARLY = "early"
    CONFIRMED = "confirmed"


_FARTHEST_FIRST = tuple(reversed(DialogState))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """One dialog; `is_made_here` where the person at the phone makes the call (`direction="initiator"`)."""

    id: str
    state: DialogState
    is_made_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogDocument:
    """A document as it came; one that is not full tells only of what has changed since the version before it."""

    version: int
    is_full: bool
    dialogs: tuple[Dialog, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogs:
    """The dialogs of one phone that go on, as of a version; None before the first full document."""

    version: int | None = None
    going_on: Mapping[str, Dialog] = field(default_factory=dict)

    def after(self, document: DialogDocument) -> Dialogs | None:
        """Return the dialogs after a document, or None where only a full one can tell (RFC 4235, 4.3).

        A full document always holds, whatever its version: some notifiers count anew after a restart or do not count
        at all, the order of NOTIFY requests is kept by their CSeq, and a full document that is passed over would
        leave a line red. A partial one holds where its version is the very next.
        """
        if document.is_full:
            return _gathered({}, document)
        if self.version is None or document.version != self.version + 1:
            return None
        return _gathered(self.going_on, document)

    @property
    def line(self) -> LineState:
        """The state of the line, as a colleague means it.

        A phone that makes a call is in one from the first digit on, though nobody has answered yet: whoever sits
        there is busy. A phone that is called rings, until the call is answered or given up; exchanges that do not
        say who called whom (Asterisk) tell `early` of ringing phones alone.
        """
        dialogs = self.going_on.values()
        if any(each.state is DialogState.CONFIRMED or each.is_made_here for each in dialogs):
            return LineState.IN_CALL
        return LineState.RINGING if dialogs else LineState.FREE


def read_dialog_document(body: bytes) -> DialogDocument:
    """Read a document.

    Raises:
        InvalidValueError: it is too large, no XML, XML with a document type or entities, or not of this form. A dialog
            without an id or a known state, as some exchanges tell of phones that are switched off, is left out where
            others are readable; where none is, the document says nothing.
    """
    if len(body) > LARGEST_BYTES:
        raise InvalidValueError("a dialog document is too large")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # Neither the parser's message nor the document's text: both may contain names.
        raise InvalidValueError(f"a dialog document cannot be read: {type(error).__name__}") from None
    if _name(root) != "dialog-info":
        raise InvalidValueError("the root of a dialog document is not dialog-info")
    told = [_dialog(each) for each in root if _name(each) == "dialog"]
    if len(told) > MOST_DIALOGS:
        raise InvalidValueError("a dialog document has too many dialogs")
    dialogs = [each for each in told if each is not None]
    if told and not dialogs:
        raise InvalidValueError("no dialog of a document has an id and a known state")
    return DialogDocument(version=_version(root), is_full=_is_full(root), dialogs=tuple(dialogs))


def _gathered(before: Mapping[str, Dialog], document: DialogDocument) -> Dialogs | None:
    going_on = {**before}
    for each in _farthest(document.dialogs):
        if each.state is DialogState.TERMINATED:
            going_on.pop(each.id, None)
        else:
            going_on[each.id] = each
    if len(going_on) > MOST_DIALOGS:
        return None
    return Dialogs(version=document.version, going_on=going_on)


def _farthest(dialogs: Iterable[Dialog]) -> Iterable[Dialog]:
    """Return one dialog of each id: a call that was forked may be there twice, and the branch that goes on counts."""
    found: dict[str, Dialog] = {}
    for each in dialogs:
        other = found.get(each.id)
        if other is None or _FARTHEST_FIRST.index(each.state) < _FARTHEST_FIRST.index(other.state):
            found[each.id] = each
    return found.values()


def _name(element: Element) -> str:
    # Some notifiers leave the namespace out.
    return str(element.tag).removeprefix(_NAMESPACE)


def _is_full(root: Element) -> bool:
    state = _word(root.get("state"))
    if state not in {"full", "partial"}:
        raise InvalidValueError("a dialog document does not say whether it is full")
    return state == "full"


def _version(root: Element) -> int:
    # Kamailio pads the number with blanks, or with zeros to eleven digits.
    version = (root.get("version") or "").strip()
    if not (version.isascii() and version.isdigit() and len(version) <= _LONGEST_NUMBER):
        raise InvalidValueError("a dialog document has no version")
    return int(version)


def _dialog(element: Element) -> Dialog | None:
    """Read a dialog; None for one without an id or a known state, which says nothing of itself or of others."""
    states = [each for each in element if _name(each) == "state"]
    word = _word(states[0].text) if len(states) == 1 else ""
    name = element.get("id")
    if not name or word not in set(DialogState):
        return None
    return Dialog(id=name, state=DialogState(word), is_made_here=_word(element.get("direction")) == "initiator")


def _word(text: str | None) -> str:
    return (text or "").strip().lower()
