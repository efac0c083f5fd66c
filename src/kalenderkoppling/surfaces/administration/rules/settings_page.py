"""What the page of rules shows of the company's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.surfaces.administration.rules.page import Difference
from kalenderkoppling.surfaces.administration.rules.settings_form import LENGTHS, settings_fields
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.rules.edit_rules import CompanySettings
from kalenderkoppling.words import Language, catalogue, language_of, languages


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm:
    """The form of the company's settings; `problems` and `differences` as in the form of rules."""

    fields: Mapping[str, str]
    version: str
    pins: frozenset[Pin]
    lengths: Sequence[Pin]
    bounds: Mapping[Pin, tuple[int, int]]
    languages: Sequence[tuple[Language, str]]
    problems: Mapping[str, str] = field(default_factory=dict)
    differences: Sequence[Difference] = ()


def settings_form(found: CompanySettings, fields: Mapping[str, str]) -> SettingsForm:
    """Return the form of the company's settings, with these fields."""
    return SettingsForm(
        fields=fields,
        version=found.version,
        pins=found.pins,
        lengths=list(LENGTHS),
        bounds={name: (least, most) for name, (_, _, least, most) in LENGTHS.items()},
        languages=[(each, catalogue(each).name) for each in languages()],
    )


def settings_differences(visit: Visit, found: CompanySettings, mine: Mapping[str, str]) -> Sequence[Difference]:
    """Return what is stored differently from what was sent."""
    stored = settings_fields(found.settings)
    return [
        Difference(what=_label(visit, name), theirs=_value(visit, name, value), mine=_value(visit, name, mine[name]))
        for name, value in stored.items()
        if value != mine[name]
    ]


def _label(visit: Visit, name: str) -> str:
    setting, _, language = name.partition(".")
    known = language_of(language) if language else None
    label = visit.text(f"setting.{setting}")
    return f"{label}: {catalogue(known).name}" if known else label


def _value(visit: Visit, name: str, value: str) -> str:
    if name.startswith("speaks.") or name == Pin.SICK_TO_ATTENDANTS:
        return visit.text("rules.on" if value else "rules.off")
    language = language_of(value) if name == Pin.LANGUAGE else None
    return catalogue(language).name if language else value
