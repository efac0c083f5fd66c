"""What a play found, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Played:
    """One scenario played: differences, each with its step and path; remarks on what was refused to people."""

    id: str
    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what is printed of it: nothing where nothing differs."""
        if not self.differences:
            return []
        told = [f"{self.id}: {each}" for each in self.differences]
        return told + [f"{self.id}: (remark) {each}" for each in self.remarks]


def closing_line(passed: int, failed: int, refused: int) -> str:
    """Return the last line of a run."""
    line = f"{passed} passed, {failed} failed"
    return f"{line}, {refused} refused" if refused else line
