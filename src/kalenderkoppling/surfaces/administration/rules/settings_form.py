"""The form of the company's settings: what stands in its fields, and the settings that they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from kalenderkoppling.absences.days_off import knows_country
from kalenderkoppling.domain.errors import FieldProblem, RefusedError
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.domain.zones import zone_named
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.surfaces.administration.rules.layer_form import whole_number
from kalenderkoppling.surfaces.web.forms import Form
from kalenderkoppling.words import language_of, languages

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

LENGTHS = {
    Pin.RETENTION_DAYS: ("retention", _DAY, 2, 365),
    Pin.FRESHNESS_HOURS: ("freshness_limit", _HOUR, 4, 720),
    Pin.CALLS_DAYS: ("calls_kept", _DAY, 1, 365),
    Pin.CALL_NUMBERS_HOURS: ("call_numbers_kept", _HOUR, 1, 8_760),
}
"""Lengths by the field's name: what they are in the settings, their unit, the least and the most of it."""


def settings_fields(settings: TenantSettings) -> dict[str, str]:
    """Return the fields as they are shown."""
    lengths = {str(name): str(getattr(settings, of) // unit) for name, (of, unit, _, _) in LENGTHS.items()}
    speaks = {f"speaks.{each}": "on" if each in settings.further_languages else "" for each in languages()}
    return {
        "time_zone": settings.zone.key,
        "language": settings.language,
        "country": settings.country,
        "sick_to_attendants": "on" if settings.sick_to_attendants else "",
        **lengths,
        **speaks,
    }


def sent_settings(form: Form, stored: TenantSettings, pins: frozenset[Pin]) -> dict[str, str]:
    """Return the fields as they were sent; those that are pinned are not sent and stand as they are stored."""
    shown = settings_fields(stored)
    return {name: value if Pin(name.partition(".")[0]) in pins else form.get(name) for name, value in shown.items()}


def settings_meant(fields: Mapping[str, str], stored: TenantSettings) -> TenantSettings:
    """Return the settings that the fields mean; what the form does not have is as it is stored.

    Raises:
        RefusedError: fields that mean nothing, each with its problem.
    """
    problems: list[FieldProblem] = []
    read: dict[str, object] = {}
    for name, (of, unit, least, most) in LENGTHS.items():
        if fields[name] == settings_fields(stored)[name]:
            continue  # A stored length may have a fraction, which the form does not show.
        try:
            read[of] = unit * whole_number(name, fields[name], least, most)
        except RefusedError as error:
            problems.extend(error.problems)
    for field, of, reader in _NAMED:
        found = reader(fields[field])
        if found is None:
            problems.append(FieldProblem(field=field, problem=f"unknown_{field}"))
        else:
            read[of] = found
    if problems:
        raise RefusedError(*problems)
    further = [each for each in languages() if fields[f"speaks.{each}"]]
    kept = [each for each in stored.further_languages if each in further]
    meant = replace(stored, **read, sick_to_attendants=bool(fields["sick_to_attendants"]))  # type: ignore[arg-type] # each field's own value
    return meant.speaking([*kept, *further])


def _country(written: str) -> str | None:
    code = written.upper()
    return code if knows_country(code) else None


_NAMED: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("time_zone", "zone", zone_named),
    ("language", "language", language_of),
    ("country", "country", _country),
)
