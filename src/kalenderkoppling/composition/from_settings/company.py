"""From the company's section of the settings file to the settings that it pins."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.zones import zone_named
from kalenderkoppling.rules.model import Layer, LayerKind, Rule, WorkingHours
from kalenderkoppling.rules.pins import CompanyValues, Pin, Pinned
from kalenderkoppling.settings import Company, Hours, Rules, RuleSetting
from kalenderkoppling.words import Language, default_reasons, language_of


def pinned_company(company: Company) -> Pinned:
    """Return what the section names, and the values of what it names.

    Raises:
        InvalidValueError: a zone, language, reason, diversion or time does not exist; the message names it.
    """
    names = frozenset(each for each in Pin if _named(company, each) is not None)
    return Pinned(names=names, values=CompanyValues(settings=_settings(company), layer=_layer(company)))


def _named(company: Company, name: Pin) -> object:
    """Return what the section says of a setting, None where it does not name it."""
    section, _, key = name.rpartition(".")
    return getattr(company.rules if section else company, key)


def _settings(company: Company) -> TenantSettings:
    fields: dict[str, object] = {
        "zone": None if company.time_zone is None else _zone(company.time_zone),
        "language": None if company.language is None else _language("language", company.language),
        "country": company.country,
        "retention": _length(days=company.retention_days),
        "freshness_limit": _length(hours=company.freshness_hours),
        "sick_to_attendants": company.sick_to_attendants,
        "call_numbers_kept": _length(hours=company.call_numbers_hours),
        "calls_kept": _length(days=company.calls_days),
    }
    named = {name: value for name, value in fields.items() if value is not None}
    speaks = tuple(_language("speaks", each) for each in company.speaks or ("en",))
    return TenantSettings(**named, speaks=speaks)  # type: ignore[arg-type] # each field's own value


def _zone(name: str) -> ZoneInfo:
    zone = zone_named(name)
    if zone is None:
        raise InvalidValueError(f"company.time_zone: there is no time zone {name!r}")
    return zone


def _language(key: str, tag: str) -> Language:
    language = language_of(tag)
    if language is None:
        raise InvalidValueError(f"company.{key}: there are no words in {tag!r}")
    return language


def _length(*, days: int | None = None, hours: int | None = None) -> timedelta | None:
    if days is None and hours is None:
        return None
    return timedelta(days=days or 0, hours=hours or 0)


def _layer(company: Company) -> Layer:
    return Layer(
        kind=LayerKind.TENANT,
        rules=_rules(company.rules),
        show_subject=company.show_subject,
        addin_allowed=company.addin,
        ring=None if company.ring_seconds is None else timedelta(seconds=company.ring_seconds),
        working_hours=_hours(company.working_hours) if company.working_hours else None,
    )


def _rules(rules: Rules) -> dict[ShowAs, Rule | None]:
    named = {show_as: getattr(rules, show_as.value) for show_as in ShowAs}
    return {show_as: _rule(each, f"company.rules.{show_as}") for show_as, each in named.items() if each is not None}


def _rule(setting: RuleSetting, where: str) -> Rule | None:
    if not setting.update:
        return None
    if setting.reason not in default_reasons():
        raise InvalidValueError(f"{where}.reason: {setting.reason!r} is not one of {', '.join(default_reasons())}")
    if setting.diversion not in set(Diversion):
        raise InvalidValueError(f"{where}.diversion: {setting.diversion!r} is not one of {', '.join(Diversion)}")
    return Rule(reason=ReasonKey(setting.reason), diversion=Diversion(setting.diversion))


def _hours(hours: Hours) -> WorkingHours:
    try:
        return WorkingHours(
            days=frozenset(hours.days),
            start=_local_time(hours.start),
            end=_local_time(hours.end),
        )
    except ValueError as error:
        raise InvalidValueError(f"company.working_hours: {error}") from error


def _local_time(text: str) -> time:
    found = time.fromisoformat(text)
    if found.tzinfo is not None:
        raise InvalidValueError(f"{text!r} is no local time: it names an offset")
    return found
