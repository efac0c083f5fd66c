"""Remarks on a people file: numbers that are imported unchanged, but that nobody can call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import ValidationResult

from kalenderkoppling.domain.person import Person
from kalenderkoppling.usecases.numbers.number_plan import LONGEST_EXTENSION, NumberPlan
from kalenderkoppling.usecases.numbers.written_number import read_written

_RINGABLE = re.compile(r"<?(?:sips?|tel):\S+", re.IGNORECASE)

_WHY_IMPOSSIBLE = {
    ValidationResult.INVALID_COUNTRY_CODE: "no country has this calling code",
    ValidationResult.TOO_SHORT: "it is too short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "it is too short: the area code is missing",
    ValidationResult.TOO_LONG: "it is too long",
}
_NO_SUCH_NUMBER = "no number of its country is like it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something for an administrator to check; it names no person and no number, so that it may be logged.

    Args:
        line: Line of the file, counted from 1.
        column: Name of the column.
        why: What is wrong, as the end of a sentence.
    """

    line: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: nobody can call this number: {self.why}"


def remarks_on(rows: Sequence[tuple[int, Person]], plan: NumberPlan) -> Iterator[Remark]:
    """Yield the remarks on people, each with its line: numbers that cannot be called, and ambiguous numbers.

    A lookup of a number that two people have finds neither of them.
    """
    owners: dict[str, set[int]] = {}
    for line, person in rows:
        for key in plan.keys_of(person):
            owners.setdefault(key, set()).add(line)
    for line, person in rows:
        for column, cell in (("extension", person.extension), ("mobile", person.mobile)):
            why = why_not_callable(cell, plan, is_extension=column == "extension")
            others = {other for key in plan.candidates(cell)[:1] for other in owners[key] - {line}}
            if why is None and others:
                why = f"it is also in line {min(others)}, and a call to it finds neither"
            if why is not None:
                yield Remark(line=line, column=column, why=why)
        if person.phone_uri and not _RINGABLE.fullmatch(person.phone_uri):
            yield Remark(line=line, column="phone_uri", why="it is no SIP address, such as sip:anna@pbx.example.com")


def why_not_callable(cell: str, plan: NumberPlan, *, is_extension: bool) -> str | None:
    """Return why a number cannot be called as it is written; None where it can, or is empty."""
    if not cell:
        return None
    written = read_written(cell)
    if written is None:
        return "it is no number, or more than one"
    if not written.is_number:
        return "it is no number"
    found = plan.candidates(cell)
    if not found:
        return "an extension behind a number that is not in the company's own range (telephony.direct_dial)"
    key = found[0]
    if key.startswith("+"):
        return _why_impossible(key)
    if len(key) > LONGEST_EXTENSION:
        return f"it is no full number, and longer than an extension ({LONGEST_EXTENSION} digits)"
    prefix = plan.national_prefix
    if not is_extension and not written.extension and prefix and key.startswith(prefix):
        return "it is too short"
    return None


def _why_impossible(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "no country has this calling code"
    if phonenumbers.is_valid_number(parsed):
        return None
    return _WHY_IMPOSSIBLE.get(phonenumbers.is_possible_number_with_reason(parsed), _NO_SUCH_NUMBER)
