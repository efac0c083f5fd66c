"""The printed report of a run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Played:
    """The outcome of one scenario: differences, each with its step and path; remarks on refused operations."""

    id: str
    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the lines to print: none where nothing differs."""
        if not self.differences:
            return []
        told = [f"{self.id}: {each}" for each in self.differences]
        return told + [f"{self.id}: (remark) {each}" for each in self.remarks]


def closing_line(passed: int, failed: int, refused: int) -> str:
    """Return the last line of a run."""
    line = f"{passed} passed, {failed} failed"
    return f"{line}, {refused} refused" if refused else line
