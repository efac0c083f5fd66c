"""The evaluation of a booking, step by step: `decide` takes the outcome, `explain` returns the steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from kalenderkoppling.domain.absence import MEETING, Diversion
from kalenderkoppling.domain.booking import Booking, Choice, ChoiceKind, Private, Standing
from kalenderkoppling.rules.model import STANDARD_TEMPLATE, LayerKind, Policy, Rule


class Check(StrEnum):
    """What a step checked, in the order of semantics 2 and 3."""

    SERVICE = "service"
    SENSITIVITY = "sensitivity"
    STANDING = "standing"
    OWN_SWITCH = "own_switch"
    CHOICE = "choice"
    OWN_RULE = "own_rule"
    ADMINISTRATOR_RULE = "administrator_rule"
    STANDARD_TEMPLATE = "standard_template"
    REFERRAL_SERVICE = "referral_service"


class Finding(StrEnum):
    """What a step found."""

    PASSED = "passed"
    NOT_SET = "not_set"
    SLEEPS = "sleeps"
    """It is set but has no effect: the administrator has switched the add-in off (C-15)."""
    ENDS = "ends"
    """The booking gives no absence, because of this."""
    GIVES = "gives"
    """This step gives the outcome."""
    COMPLETED_BY_RULES = "completed_by_rules"
    """The choice sets reason or diversion; the other follows the rules."""
    INFORMATION_ONLY = "information_only"
    """The diversion becomes none, since the person has no referral service (C-05)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what was checked, what was found, and the outcome so far.

    `standing` is set where it ended the walk, `layer` where an administrator's layer gave the rule.
    """

    check: Check
    finding: Finding
    rule: Rule | None = None
    standing: Standing | None = None
    layer: LayerKind | None = None


def walk(sighting: Booking | Private, choice: Choice | None, policy: Policy) -> Iterator[Step]:
    """Yield the steps of a booking's evaluation; the last step's `rule` is the outcome, None for no absence.

    Source: R6 to R12, R15; semantics 2 and 3.
    """
    if not policy.calendar_coupling:
        yield Step(check=Check.SERVICE, finding=Finding.ENDS)
        return
    yield Step(check=Check.SERVICE, finding=Finding.PASSED)
    if isinstance(sighting, Private):
        yield Step(check=Check.SENSITIVITY, finding=Finding.ENDS)
        return
    yield Step(check=Check.SENSITIVITY, finding=Finding.PASSED)
    standing = Standing.NO_LENGTH if sighting.when is None else sighting.standing
    if standing is not Standing.HELD:
        yield Step(check=Check.STANDING, finding=Finding.ENDS, standing=standing)
        return
    yield Step(check=Check.STANDING, finding=Finding.PASSED)
    if not policy.own.update and policy.addin_allowed:
        yield Step(check=Check.OWN_SWITCH, finding=Finding.ENDS)
        return
    yield Step(check=Check.OWN_SWITCH, finding=Finding.PASSED if policy.own.update else Finding.SLEEPS)
    yield from _from_choice(sighting, choice, policy)


def _from_choice(booking: Booking, choice: Choice | None, policy: Policy) -> Iterator[Step]:
    if choice is None:
        yield Step(check=Check.CHOICE, finding=Finding.NOT_SET)
        yield from _from_rules(booking, policy)
        return
    match choice.kind:
        case ChoiceKind.NO:
            yield Step(check=Check.CHOICE, finding=Finding.ENDS)
        case ChoiceKind.RULE:
            yield Step(check=Check.CHOICE, finding=Finding.PASSED if policy.addin_allowed else Finding.SLEEPS)
            yield from _from_rules(booking, policy)
        case ChoiceKind.SET if not policy.addin_allowed:
            yield Step(check=Check.CHOICE, finding=Finding.SLEEPS)
            yield from _from_rules(booking, policy)
        case ChoiceKind.SET:
            yield from _from_set(booking, choice, policy)
        case _:
            assert_never(choice.kind)


def _from_set(booking: Booking, choice: Choice, policy: Policy) -> Iterator[Step]:
    if choice.reason is not None and choice.diversion is not None:
        rule = Rule(reason=choice.reason, diversion=choice.diversion)
        yield Step(check=Check.CHOICE, finding=Finding.GIVES, rule=rule)
    else:
        steps = [step for step in _from_rules(booking, policy) if step.check is not Check.REFERRAL_SERVICE]
        below = steps[-1].rule
        yield from (_under_choice(step) for step in steps)
        rule = Rule(
            reason=choice.reason or (below.reason if below else MEETING),
            diversion=choice.diversion or (below.diversion if below else Diversion.NONE),
        )
        yield Step(check=Check.CHOICE, finding=Finding.COMPLETED_BY_RULES, rule=rule)
    yield from _entitled(rule, policy)


def _under_choice(step: Step) -> Step:
    """Return a rule's step as explained below a choice: the choice gives the outcome, so no step ends the walk."""
    return replace(step, rule=None, finding=Finding.PASSED if step.finding is Finding.ENDS else step.finding)


def _from_rules(booking: Booking, policy: Policy) -> Iterator[Step]:
    """Own rule, the administrator's layers, the standard template: the first that is set wins (C-14)."""
    show_as = booking.show_as
    own = policy.own.by_show_as.get(show_as) if show_as is not None else None
    if own is not None and policy.addin_allowed:
        yield from _given(Check.OWN_RULE, own.rule, policy)
        return
    yield Step(check=Check.OWN_RULE, finding=Finding.NOT_SET if own is None else Finding.SLEEPS)
    for layer in policy.layers:
        if show_as is not None and show_as in layer.rules:
            yield from _given(Check.ADMINISTRATOR_RULE, layer.rules[show_as], policy, layer.kind)
            return
    yield Step(check=Check.ADMINISTRATOR_RULE, finding=Finding.NOT_SET)
    template = STANDARD_TEMPLATE[show_as] if show_as is not None else None
    yield from _given(Check.STANDARD_TEMPLATE, template, policy)


def _given(check: Check, rule: Rule | None, policy: Policy, layer: LayerKind | None = None) -> Iterator[Step]:
    if rule is None:
        yield Step(check=check, finding=Finding.ENDS, layer=layer)
        return
    yield Step(check=check, finding=Finding.GIVES, rule=rule, layer=layer)
    yield from _entitled(rule, policy)


def _entitled(rule: Rule, policy: Policy) -> Iterator[Step]:
    """Without the referral service the diversion becomes none: information only, not nothing (C-05)."""
    if rule.diversion.diverts and not policy.referral:
        lowered = replace(rule, diversion=Diversion.NONE)
        yield Step(check=Check.REFERRAL_SERVICE, finding=Finding.INFORMATION_ONLY, rule=lowered)
