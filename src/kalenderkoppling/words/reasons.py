"""A reason's label and spoken form, from the standard list or the tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kalenderkoppling.domain.absence import OUT_OF_OFFICE, SICK, ReasonKey, ReasonKind
from kalenderkoppling.words.catalogue import Language
from kalenderkoppling.words.languages import catalogue
from kalenderkoppling.words.saying import sayable
from kalenderkoppling.words.standard import STANDARD_KINDS

OTHER = ReasonKey("other")

_ENDS = " -.,"
"""Punctuation that is stripped from the end of a spoken form: the sentence goes on after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantReason:
    """A reason that a tenant has renamed, hidden or added.

    `labels` and `spoken` may lack languages: a label then shows in the first language given,
    a spoken form is the standard one's, or the absent one for a key of the tenant's own.
    """

    key: ReasonKey
    kind: ReasonKind
    labels: Mapping[Language, str] = field(default_factory=dict)
    spoken: Mapping[Language, str] = field(default_factory=dict)
    hidden: bool = False


TenantReasons = Mapping[ReasonKey, TenantReason]
"""What a tenant has changed of the standard list, by key."""

NO_CHANGES: TenantReasons = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedReason:
    """A reason in a list to choose from."""

    key: ReasonKey
    kind: ReasonKind
    label: str


def default_reasons() -> Mapping[ReasonKey, ReasonKind]:
    """Return the standard list, in the order in which it is offered."""
    return STANDARD_KINDS


def reason_label(key: ReasonKey, language: Language, custom: TenantReasons = NO_CHANGES) -> str:
    """Return a reason's own label, as the person sees it; an unknown key shows as `other`."""
    own = _given_label(custom.get(key), language)
    if own:
        return own
    reasons = catalogue(language).reasons
    return (reasons.find(key) or reasons.other).label


def reason_label_for_colleagues(key: ReasonKey, language: Language, custom: TenantReasons = NO_CHANGES) -> str:
    """Return the label that colleagues see: `sick` has that of `out_of_office` (semantics 8)."""
    return reason_label(OUT_OF_OFFICE if key == SICK else key, language, custom)


def reason_spoken(key: ReasonKey, language: Language, custom: TenantReasons = NO_CHANGES) -> str:
    """Return what follows the name in an announcement; `sick` is never spoken, whatever the tenant wrote."""
    words = catalogue(language)
    if key == SICK:
        return words.speech.absent
    own = custom.get(key)
    given = sayable(own.spoken.get(language, ""), words.speech).rstrip(_ENDS) if own else ""
    if given:
        return given
    standard = words.reasons.find(key)
    return standard.spoken if standard else words.speech.absent


def reason_kind(key: ReasonKey, custom: TenantReasons = NO_CHANGES) -> ReasonKind:
    """Return what the editor proposes for an absence set by hand; an hour for an unknown key."""
    own = custom.get(key)
    return own.kind if own else STANDARD_KINDS.get(key, ReasonKind.CLOCK)


def offered_reasons(language: Language, custom: TenantReasons = NO_CHANGES) -> tuple[OfferedReason, ...]:
    """Return the reasons to choose from: the standard list without the hidden ones, then the tenant's own."""
    keys = dict.fromkeys([*STANDARD_KINDS, *custom])
    shown = (key for key in keys if key not in custom or not custom[key].hidden)
    return tuple(
        OfferedReason(key=key, kind=reason_kind(key, custom), label=reason_label(key, language, custom))
        for key in shown
    )


def reason_by_label(label: str, language: Language, custom: TenantReasons = NO_CHANGES) -> ReasonKey | None:
    """Return the key whose label this is, whatever its case; None where there is none."""
    wanted = label.strip().casefold()
    keys = dict.fromkeys([*STANDARD_KINDS, *custom])
    return next((key for key in keys if reason_label(key, language, custom).casefold() == wanted), None)


def _given_label(own: TenantReason | None, language: Language) -> str:
    if own is None:
        return ""
    given = {each: label.strip() for each, label in own.labels.items() if label.strip()}
    return given.get(language) or next(iter(given.values()), "")
