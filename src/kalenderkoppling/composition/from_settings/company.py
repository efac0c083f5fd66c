"""From the settings of a company to what the core knows: the tenant's settings and its layer of rules."""

from __future__ import annotations

from datetime import time, timedelta

from kalenderkoppling.domain.absence import Diversion, ReasonKey
from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.zones import zone_named
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import Layer, LayerKind, Rule, WorkingHours
from kalenderkoppling.settings import Company, Hours, Rules, RuleSetting
from kalenderkoppling.words import Language, default_reasons, language_of


def tenant_settings(company: Company) -> TenantSettings:
    """Return what holds for the whole company.

    Raises:
        InvalidValueError: the zone or language does not exist.
    """
    zone = zone_named(company.time_zone)
    if zone is None:
        raise InvalidValueError(f"company.time_zone: there is no time zone {company.time_zone!r}")
    language = language_of(company.language)
    if language is None:
        raise InvalidValueError(f"company.language: there are no words in {company.language!r}")
    return TenantSettings(
        speaks=_speaks(company, language),
        call_numbers_kept=timedelta(hours=company.call_numbers_hours),
        calls_kept=timedelta(days=company.calls_days),
        zone=zone,
        language=language,
        country=company.country,
        retention=timedelta(days=company.retention_days),
        freshness_limit=timedelta(hours=company.freshness_hours),
        sick_to_attendants=company.sick_to_attendants,
        reads_item_choices=company.addin,
    )


def _speaks(company: Company, first: Language) -> tuple[Language, ...]:
    """Return the languages that callers hear, the company's own first; English beside it where none are named."""
    found = [first]
    for tag in company.speaks or ("en",):
        language = language_of(tag)
        if language is None:
            raise InvalidValueError(f"company.speaks: there are no words in {tag!r}")
        found.append(language)
    return tuple(dict.fromkeys(found))


def tenant_layer(company: Company) -> ScopedLayer:
    """Return the administrator's rules and settings for the tenant.

    Raises:
        InvalidValueError: a reason, diversion or time does not exist; the message names it.
    """
    return ScopedLayer(
        layer=Layer(
            kind=LayerKind.TENANT,
            rules=_rules(company.rules),
            show_subject=company.show_subject,
            addin_allowed=company.addin,
            ring=timedelta(seconds=company.ring_seconds),
            working_hours=_hours(company.working_hours) if company.working_hours else None,
        )
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
