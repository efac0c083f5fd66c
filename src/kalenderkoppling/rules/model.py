"""Rules and settings in layers, and the policy that results for one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import InvalidValueError

DEFAULT_RING = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a booking becomes: a reason and what calls meet."""

    reason: ReasonKey
    diversion: Diversion = Diversion.NONE


Rules = Mapping[ShowAs, Rule | None]
"""Rules by show-as: None means no update; a missing show-as falls through to the layer below."""

STANDARD_TEMPLATE: Rules = {
    ShowAs.FREE: None,
    ShowAs.WORKING_ELSEWHERE: None,
    ShowAs.TENTATIVE: None,
    ShowAs.BUSY: Rule(reason=MEETING),
    ShowAs.OUT_OF_OFFICE: Rule(reason=OUT_OF_OFFICE),
}
"""What applies without any rules: information only, never a referral (R8, C-00)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A person's own rule for one show-as; `rule` None means no update, `ask` that each update is asked about (R15)."""

    rule: Rule | None
    ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRules:
    """A person's own rules and switch; they hold whichever program made the booking (R12, C-16)."""

    update: bool = True
    by_show_as: Mapping[ShowAs, OwnRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """When people are expected back: weekdays (Monday is 0) from `start` to `end`, local time (C-24).

    Raises:
        InvalidValueError: no day, a day outside 0-6, or an end not after the start.
    """

    days: frozenset[int]
    start: time
    end: time

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            message = "working hours need weekdays from 0 (Monday) to 6"
            raise InvalidValueError(message)
        if self.end <= self.start:
            message = "working hours must end after they start"
            raise InvalidValueError(message)


class LayerKind(StrEnum):
    """Scopes of an administrator's settings, highest precedence first."""

    PERSON = "person"
    GROUP = "group"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """An administrator's settings for a person, a group or the tenant; None falls through to the layer below."""

    kind: LayerKind
    rules: Rules = field(default_factory=dict)
    show_subject: bool | None = None
    addin_allowed: bool | None = None
    ring: timedelta | None = None
    working_hours: WorkingHours | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set, so that all falls through to the layers below."""
        return self == Layer(kind=self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that decides what one person's bookings become, and what calls and colleagues meet.

    `layers` are the administrator's, highest precedence first: the person's, the groups', the tenant's.
    """

    calendar_coupling: bool
    referral: bool = False
    own: OwnRules = field(default_factory=OwnRules)
    layers: Sequence[Layer] = ()

    @property
    def show_subject(self) -> bool:
        """Whether subjects are fetched, stored and shown; nothing that a person sets changes it (R11, C-18)."""
        return next((layer.show_subject for layer in self.layers if layer.show_subject is not None), False)

    @property
    def addin_allowed(self) -> bool:
        """Whether people's own rules, switches and choices have effect (R12, C-15)."""
        return next((layer.addin_allowed for layer in self.layers if layer.addin_allowed is not None), True)

    @property
    def ring(self) -> timedelta:
        """How long the phone rings before the announcement of an open referral."""
        return next((layer.ring for layer in self.layers if layer.ring is not None), DEFAULT_RING)

    @property
    def working_hours(self) -> WorkingHours | None:
        """The person's working hours; None leaves returns as they are."""
        return next((layer.working_hours for layer in self.layers if layer.working_hours is not None), None)
