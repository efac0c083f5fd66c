"""What the page of rules shows: each setting of a scope, what it inherits and from whom, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from kalenderkoppling.domain.booking import ShowAs
from kalenderkoppling.domain.errors import FieldProblem
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.rules.model import DEFAULT_RING, STANDARD_TEMPLATE, Layer, LayerKind, Rule, WorkingHours
from kalenderkoppling.rules.pins import Pin, rule_pin
from kalenderkoppling.surfaces.administration.rules.layer_form import DAYS
from kalenderkoppling.surfaces.administration.tabs import RULES
from kalenderkoppling.surfaces.web.outside import isolated
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.rules.edit_rules import Scope, ScopeRules
from kalenderkoppling.words import OfferedReason, catalogue, offered_reasons, reason_label


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """One line of the table: a show-as, and what it would be without a rule here, in words."""

    show_as: ShowAs
    inherited: str
    is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """One setting: its field, what it would be without a value here, in words."""

    name: str
    inherited: str
    is_pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What somebody else saved meanwhile, beside what was sent."""

    what: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesForm:
    """The form of one scope's rules.

    `problems` are sentences by field; `differences` are what two administrators set differently at once.
    """

    scope: Scope
    whose: str
    fields: Mapping[str, str]
    version: str
    rules: Sequence[ShownRule]
    settings: Mapping[str, ShownSetting]
    reasons: Sequence[OfferedReason]
    days: Sequence[tuple[str, str]]
    problems: Mapping[str, str] = field(default_factory=dict)
    differences: Sequence[Difference] = ()


def scope_path(scope: Scope) -> str:
    """Return where the rules of a scope are."""
    asked = {"kind": str(scope.kind), **({"whom": scope.id} if scope.id else {})}
    return f"{RULES}?{urlencode(asked)}"


def short_weekdays(visit: Visit) -> Sequence[str]:
    """Return the short names of the weekdays, Monday's first."""
    return catalogue(visit.language).formats.weekdays_short


def rules_form(visit: Visit, found: ScopeRules, fields: Mapping[str, str]) -> RulesForm:
    """Return the form of a scope's rules, with these fields."""
    writer = _Writer(visit, found)
    return RulesForm(
        scope=found.scope,
        whose=writer.whose(found.scope.kind, found.scope.id),
        fields=fields,
        version=found.version,
        rules=[writer.rule(each) for each in ShowAs],
        settings={each.name: each for each in writer.settings()},
        reasons=offered_reasons(visit.language, visit.reasons),
        days=[(f"day.{day}", short_weekdays(visit)[day]) for day in DAYS],
    )


def sentences(visit: Visit, problems: Sequence[FieldProblem]) -> Mapping[str, str]:
    """Return what is wrong with fields, in words."""
    return {each.field.removeprefix("rules."): visit.text(f"problem.{each.problem}") for each in problems}


def differences(visit: Visit, found: ScopeRules, mine: Layer) -> Sequence[Difference]:
    """Return what is stored differently from what was sent."""
    writer = _Writer(visit, found)
    pairs = zip(writer.described(found.layer), writer.described(mine), strict=True)
    return [Difference(what=what, theirs=theirs, mine=own) for (what, theirs), (_, own) in pairs if theirs != own]


class _Writer:
    """Writes one scope's rules for one visitor."""

    def __init__(self, visit: Visit, found: ScopeRules) -> None:
        self._visit = visit
        self._found = found

    def whose(self, kind: LayerKind, id_: str) -> str:
        match kind:
            case LayerKind.TENANT:
                return self._visit.text("rules.of_company")
            case LayerKind.GROUP:
                return self._visit.text("rules.of_group", group=id_)
            case LayerKind.PERSON:
                return isolated(self._found.person.name) if self._found.person else id_

    def rule(self, show_as: ShowAs) -> ShownRule:
        giver = next((each for each in self._found.below if show_as in each.layer.rules), None)
        rule = giver.layer.rules[show_as] if giver else STANDARD_TEMPLATE[show_as]
        return ShownRule(
            show_as=show_as,
            inherited=self._from(giver, self._rule(rule)),
            is_pinned=rule_pin(show_as) in self._found.pins,
        )

    def settings(self) -> Sequence[ShownSetting]:
        return [
            self._setting(Pin.SHOW_SUBJECT, "show_subject", self._on_or_off(value=False)),
            self._setting(Pin.ADDIN, "addin_allowed", self._on_or_off(value=True)),
            self._setting(Pin.RING_SECONDS, "ring", self._value(DEFAULT_RING)),
            self._setting(Pin.WORKING_HOURS, "working_hours", self._visit.text("rules.no_hours")),
        ]

    def _setting(self, pin: Pin, of: str, standard: str) -> ShownSetting:
        giver = next((each for each in self._found.below if getattr(each.layer, of) is not None), None)
        value = self._value(getattr(giver.layer, of)) if giver else standard
        return ShownSetting(name=pin, inherited=self._from(giver, value), is_pinned=pin in self._found.pins)

    def described(self, layer: Layer) -> Sequence[tuple[str, str]]:
        """Return every setting of a layer with its value in words."""
        rules = [
            (
                self._visit.text(f"show_as.{show_as}"),
                self._rule(layer.rules[show_as]) if show_as in layer.rules else self.rule(show_as).inherited,
            )
            for show_as in ShowAs
        ]
        values: dict[Pin, bool | timedelta | WorkingHours | None] = {
            Pin.SHOW_SUBJECT: layer.show_subject,
            Pin.ADDIN: layer.addin_allowed,
            Pin.RING_SECONDS: layer.ring,
            Pin.WORKING_HOURS: layer.working_hours,
        }
        inherited = {each.name: each.inherited for each in self.settings()}
        settings = [
            (self._visit.text(f"rules.{name}"), inherited[name] if value is None else self._value(value))
            for name, value in values.items()
        ]
        return [*rules, *settings]

    def _from(self, giver: ScopedLayer | None, value: str) -> str:
        whose = self.whose(giver.layer.kind, giver.scope_id) if giver else self._visit.text("rules.of_template")
        return self._visit.text("rules.inherited", value=value, whose=whose)

    def _rule(self, rule: Rule | None) -> str:
        if rule is None:
            return self._visit.text("rules.no_update")
        reason = reason_label(rule.reason, self._visit.language, self._visit.reasons)
        return f"{isolated(reason)} · {self._visit.text(f'diversion.{rule.diversion}')}"

    def _value(self, value: bool | timedelta | WorkingHours) -> str:  # noqa: FBT001 - the value of a setting
        if isinstance(value, bool):
            return self._on_or_off(value=value)
        if isinstance(value, WorkingHours):
            days = " ".join(short_weekdays(self._visit)[day] for day in sorted(value.days))
            return f"{days} {value.start:%H:%M}–{value.end:%H:%M}"
        return self._visit.text("rules.seconds", count=int(value.total_seconds()))

    def _on_or_off(self, *, value: bool) -> str:
        return self._visit.text("rules.on" if value else "rules.off")
