"""Who has which service, and whose word that is: the source's of the directory, or an administrator's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType, assert_never

from kalenderkoppling.domain.person import Entitlements, PersonId


class Service(StrEnum):
    """What a company orders for a person."""

    CALENDAR_COUPLING = "calendar_coupling"
    REFERRAL = "referral"


class ServiceSetting(StrEnum):
    """What an administrator sets for a service; `source` is the way back to what the directory's source says."""

    ON = "on"
    OFF = "off"
    SOURCE = "source"


class Scope(StrEnum):
    """Which people a service order is about."""

    DEPARTMENT = "department"
    GROUP = "group"


OrderId = NewType("OrderId", str)
_BEFORE_ALL = PersonId("")


def has(given: Entitlements, service: Service) -> bool:
    """Tell whether a service is among what a person has been given."""
    match service:
        case Service.CALENDAR_COUPLING:
            return given.calendar_coupling
        case Service.REFERRAL:
            return given.referral
        case _:
            assert_never(service)


def with_service(given: Entitlements, service: Service, *, on: bool) -> Entitlements:
    """Return what a person has been given with one service switched on or off."""
    match service:
        case Service.CALENDAR_COUPLING:
            return replace(given, calendar_coupling=on)
        case Service.REFERRAL:
            return replace(given, referral=on)
        case _:
            assert_never(service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a person has, and by whose word.

    `given` is in force. `pinned` has the services that an administrator set by hand, each with what the source last
    said of it; an import changes that, and leaves what is in force.
    """

    given: Entitlements
    pinned: Mapping[Service, bool] = field(default_factory=dict)

    def set(self, service: Service, setting: ServiceSetting) -> Services:
        """Return the services after an administrator's act."""
        source_says = self.pinned.get(service, has(self.given, service))
        others = {each: says for each, says in self.pinned.items() if each is not service}
        if setting is ServiceSetting.SOURCE:
            return Services(given=with_service(self.given, service, on=source_says), pinned=others)
        on = setting is ServiceSetting.ON
        return Services(given=with_service(self.given, service, on=on), pinned={**others, service: source_says})

    def imported(self, source: Entitlements) -> Services:
        """Return the services after the source said what it says; what is pinned stays in force."""
        given = source
        for service in self.pinned:
            given = with_service(given, service, on=has(self.given, service))
        return Services(given=given, pinned={service: has(source, service) for service in self.pinned})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOrder:
    """A service set for everybody of a department or group, a chunk of people at a time.

    Args:
        id: Opaque.
        service: What is switched.
        setting: How.
        scope: What `of` names.
        of: The department or the group.
        actor: Who ordered it: a person's id or a program's name; empty once that person is erased.
        placed_at: When, in UTC.
        total: How many people it was about when it was placed.
        done: How many of them it has been carried out for.
        after: The last of these in order of id; it goes on behind.
        finished_at: When everybody had it, in UTC; None before.
    """

    id: OrderId
    service: Service
    setting: ServiceSetting
    scope: Scope
    of: str
    actor: str
    placed_at: datetime
    total: int
    done: int = 0
    after: PersonId = _BEFORE_ALL
    finished_at: datetime | None = None
