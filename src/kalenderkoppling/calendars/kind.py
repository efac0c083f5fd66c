"""What a kind of calendar system declares about itself: all that the rest of the program knows of it.

A kind is a folder in `calendars/` with a module `kind` that has one `CalendarKind` named `KIND`. That module imports
nothing heavy: every command that reads the settings file imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Generic, Protocol, TypeVar

from kalenderkoppling import calendars
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.ports.calendar import CalendarSource, ChangeNotices
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.settings.part import CalendarSection

Section = TypeVar("Section", bound=CalendarSection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of a check: what was checked, and a detail without personal data.

    `key` is stable and begins with the kind (`graph.sign_in`); `advice` is a key of `CalendarKind.advice`.
    """

    key: str
    is_well: bool
    advice: str = ""
    detail: str = ""

    @property
    def what(self) -> str:
        """What was checked, without the kind: `sign_in`."""
        return self.key.rpartition(".")[2]


class CalendarCheck(Protocol):
    """Checks a connection as an administrator would; it only reads, and stores nothing."""

    async def at_start(self) -> Sequence[Finding]:
        """Check what concerns every mailbox, such as the sign-in, without reading any."""
        ...

    async def run(self, inside: str | None, outside: Sequence[str]) -> Sequence[Finding]:
        """Check everything.

        `inside` is a mailbox with the service, None where nobody has it; `outside` are some without.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCalendar:
    """An open connection; `notices` is None where the calendar system sends no notices (sweep only)."""

    source: CalendarSource
    check: CalendarCheck
    notices: ChangeNotices | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarKind(Generic[Section]):
    """A kind of calendar system.

    Attributes:
        section: Its section in the settings file, such as `microsoft365`.
        title: Its name as people know it.
        guide: The page on how to set it up.
        settings: The type of its section; a form can be drawn from the fields.
        open: Opens a connection in the running event loop, without asking the calendar system anything yet. Raises
            InvalidValueError where a value does not fit, or a secret cannot be read.
        advice: What to do about a finding, by its key, in English for the command line.
        has_notices: Whether the calendar system sends notices of changes, which need a public address.
    """

    section: str
    title: str
    guide: str
    settings: type[Section]
    open: Callable[[Section, Clock], AbstractAsyncContextManager[OpenCalendar]]
    advice: Mapping[str, str] = field(default_factory=dict)
    has_notices: bool = False


def calendar_kinds() -> Sequence[CalendarKind[Any]]:
    """Return all kinds, in the order of their sections."""
    folders = [each.name for each in iter_modules(calendars.__path__) if each.ispkg]
    kinds = [import_module(f"{calendars.__name__}.{folder}.kind").KIND for folder in folders]
    return sorted(kinds, key=lambda each: each.section)


def kind_of(section: CalendarSection) -> CalendarKind[Any]:
    """Return the kind that a section of the settings file belongs to.

    Raises:
        InvalidValueError: no kind has such a section.
    """
    for each in calendar_kinds():
        if type(section) is each.settings:
            return each
    raise InvalidValueError(f"{type(section).__name__} is the section of no kind of calendar")
