"""Why an absence is there, told in plain language: the rules' steps, what was edited, how old the knowledge is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kalenderkoppling.absences.visible import Viewer, reason
from kalenderkoppling.domain.absence import Edit, ReasonKey
from kalenderkoppling.rules.model import Rule
from kalenderkoppling.rules.walk import Finding, Step
from kalenderkoppling.surfaces.absences.reading import Reader, kind_key
from kalenderkoppling.surfaces.web.knowledge import Knowledge, knowledge_of
from kalenderkoppling.usecases.absences.explain_absence import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStep:
    """One step; `decides` marks what gave the outcome, `is_unused` what had nothing to say."""

    sentence: str
    decides: bool
    is_unused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The whole answer. Without steps the absence was set by hand; `outcome` is empty for one that is gone."""

    outcome: str
    shown_as: str
    steps: Sequence[ToldStep]
    edited: str
    knowledge: Knowledge
    is_from_calendar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks why: as whom, and whether attendants are told that somebody is sick."""

    viewer: Viewer
    sick_to_attendants: bool
    reader: Reader

    def reason(self, key: ReasonKey) -> str:
        """Return a reason's label as this viewer may see it."""
        return self.reader.reason(reason(key, self.viewer, sick_to_attendants=self.sick_to_attendants))

    def rule(self, rule: Rule) -> str:
        """Return what a rule gives: `Möte, Hänvisning`."""
        return f"{self.reason(rule.reason)}, {self.reader.text(f'diversion.{rule.diversion}')}"


def why(explanation: Explanation, asking: Asking) -> Why:
    """Tell an explanation."""
    reader, absence, edit = asking.reader, explanation.absence, explanation.edit
    shown_as = reader.text(f"show_as.{explanation.show_as}") if explanation.show_as else ""
    return Why(
        outcome=f"{asking.reason(absence.reason)}, {reader.text(kind_key(absence.diversion))}" if absence else "",
        shown_as=reader.text("why.shown_as", show_as=shown_as) if shown_as else "",
        steps=[_told(each, asking) for each in explanation.steps],
        edited=reader.text("why.edited", changed=", ".join(_edited(edit, asking))) if edit else "",
        knowledge=knowledge_of(
            explanation.mailbox,
            is_fresh=explanation.is_fresh,
            now=reader.now,
            zone=reader.zone,
            language=reader.language,
        ),
        is_from_calendar=bool(explanation.steps),
    )


def _told(step: Step, asking: Asking) -> ToldStep:
    key = f"why.{step.check}.{step.finding}"
    if step.standing is not None:
        key = f"{key}.{step.standing}"
    values = {"rule": asking.rule(step.rule)} if step.rule and step.finding in _NAMES_RULE else {}
    if step.layer is not None:
        values["layer"] = asking.reader.text(f"why.layer.{step.layer}")
    return ToldStep(
        sentence=asking.reader.text(key, **values),
        decides=step.finding in _DECIDES,
        is_unused=step.finding is Finding.NOT_SET,
    )


_NAMES_RULE = frozenset({Finding.GIVES, Finding.COMPLETED_BY_RULES})
_DECIDES = frozenset({Finding.GIVES, Finding.COMPLETED_BY_RULES, Finding.ENDS, Finding.INFORMATION_ONLY})


def _edited(edit: Edit, asking: Asking) -> Iterator[str]:
    reader = asking.reader
    if edit.removed:
        yield reader.text("why.edited.removed")
    if edit.start is not None:
        yield f"{reader.text('field.start')} {reader.time(edit.start)}"
    if edit.end is not None:
        yield f"{reader.text('field.end')} {reader.time(edit.end)}"
    if edit.reason is not None:
        yield asking.reason(edit.reason)
    if edit.diversion is not None:
        yield reader.text(f"diversion.{edit.diversion}")
    if edit.note is not None:
        # Its text is for the person and attendants; an administrator may only ask why.
        yield reader.text("field.note")
