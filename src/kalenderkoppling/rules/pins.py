"""Settings of the company that the settings file may pin: their names, their values, and one laid over another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.model import Layer, LayerKind


class Pin(StrEnum):
    """A setting of the company, by its name below `[company]` in the settings file."""

    TIME_ZONE = "time_zone"
    LANGUAGE = "language"
    SPEAKS = "speaks"
    COUNTRY = "country"
    RETENTION_DAYS = "retention_days"
    FRESHNESS_HOURS = "freshness_hours"
    SICK_TO_ATTENDANTS = "sick_to_attendants"
    CALL_NUMBERS_HOURS = "call_numbers_hours"
    CALLS_DAYS = "calls_days"
    SHOW_SUBJECT = "show_subject"
    ADDIN = "addin"
    RING_SECONDS = "ring_seconds"
    WORKING_HOURS = "working_hours"
    RULE_FREE = "rules.free"
    RULE_WORKING_ELSEWHERE = "rules.working_elsewhere"
    RULE_TENTATIVE = "rules.tentative"
    RULE_BUSY = "rules.busy"
    RULE_OUT_OF_OFFICE = "rules.out_of_office"


_OF_SETTINGS = {
    Pin.TIME_ZONE: "zone",
    Pin.LANGUAGE: "language",
    Pin.COUNTRY: "country",
    Pin.RETENTION_DAYS: "retention",
    Pin.FRESHNESS_HOURS: "freshness_limit",
    Pin.SICK_TO_ATTENDANTS: "sick_to_attendants",
    Pin.CALL_NUMBERS_HOURS: "call_numbers_kept",
    Pin.CALLS_DAYS: "calls_kept",
}
_OF_LAYER = {
    Pin.SHOW_SUBJECT: "show_subject",
    Pin.ADDIN: "addin_allowed",
    Pin.RING_SECONDS: "ring",
    Pin.WORKING_HOURS: "working_hours",
}


def rule_pin(show_as: ShowAs) -> Pin:
    """Return the name of the company's rule for a show-as."""
    return Pin(f"rules.{show_as}")


_OF_RULES = {rule_pin(show_as): show_as for show_as in ShowAs}


class _NotSet(StrEnum):
    """The value of a rule that the company has not set: None means that it gives no absence."""

    NOT_SET = "not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyValues:
    """All settings of the company: its settings, and its layer of rules."""

    settings: TenantSettings
    layer: Layer

    def value(self, name: Pin) -> object:
        """Return the value of one setting; that of `speaks` are the languages beside the company's own."""
        if name in _OF_SETTINGS:
            return getattr(self.settings, _OF_SETTINGS[name])
        if name in _OF_LAYER:
            return getattr(self.layer, _OF_LAYER[name])
        if name in _OF_RULES:
            return self.layer.rules.get(_OF_RULES[name], _NotSet.NOT_SET)
        return self.settings.further_languages

    def laid_over(self, names: Iterable[Pin], of: CompanyValues) -> CompanyValues:
        """Return these values with the named ones of others over them."""
        named = frozenset(names)
        settings = {_OF_SETTINGS[each]: of.value(each) for each in named & _OF_SETTINGS.keys()}
        layer = {_OF_LAYER[each]: of.value(each) for each in named & _OF_LAYER.keys()}
        rules = dict(self.layer.rules)
        for each in named & _OF_RULES.keys():
            rules.pop(_OF_RULES[each], None)
            if _OF_RULES[each] in of.layer.rules:
                rules[_OF_RULES[each]] = of.layer.rules[_OF_RULES[each]]
        laid = replace(self.settings, **settings)  # type: ignore[arg-type] # the fields' own values
        further = of.settings.speaks if Pin.SPEAKS in named else self.settings.further_languages
        return CompanyValues(
            settings=laid.speaking(further),
            layer=replace(self.layer, rules=rules, **layer),  # type: ignore[arg-type] # the fields' own values
        )

    def differing(self, other: CompanyValues) -> frozenset[Pin]:
        """Return the settings whose values differ."""
        return frozenset(each for each in Pin if self.value(each) != other.value(each))


FIRST_VALUES = CompanyValues(
    settings=TenantSettings(speaks=("sv", "en"), reads_item_choices=True),
    layer=Layer(kind=LayerKind.TENANT, show_subject=False, addin_allowed=True),
)
"""What a new company has: callers can have English too, and people may have the Outlook add-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What the settings file says of the company: the settings that it names; the other values mean nothing."""

    names: frozenset[Pin]
    values: CompanyValues
