"""Parses cells of the people file: words for yes and no, time zones, roles, identifiers and numbers."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.person import Role
from kalenderkoppling.domain.text import identifier, without_invisible
from kalenderkoppling.domain.zones import zone_named

# Our own words, and what spreadsheets write for TRUE and FALSE in Swedish, Norwegian, Danish, German, Finnish, Dutch,
# French, Spanish, Italian and Portuguese.
_YES = frozenset(
    {"yes", "y", "ja", "j", "true", "1", "x"}
    | {"sant", "sann", "sand", "wahr", "tosi", "waar", "vrai", "verdadero", "vero", "verdadeiro"}
)
_NO = frozenset(
    {"", "no", "n", "nej", "nei", "false", "0"}
    | {"falskt", "usann", "falsk", "falsch", "epätosi", "onwaar", "faux", "falso"}
)

_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[Ee][+-][0-9]+")
_DECIMAL = re.compile(r"[0-9]{3,}[.,]0")
_TEXT_MARKS = "'\u2019\u02bc"


def code_of(cell: str, where: str) -> str:
    """Return an identifier, an address or a number without invisible characters and what Excel added.

    Args:
        cell: The unparsed cell; a leading apostrophe is Excel's mark for text.
        where: File, line and column, for the error.

    Raises:
        InvalidValueError: the spreadsheet turned it into a number in scientific or decimal notation: digits are lost.
    """
    code = identifier(cell).lstrip(_TEXT_MARKS).strip()
    if _SCIENTIFIC.fullmatch(code) or _DECIMAL.fullmatch(code):
        raise InvalidValueError(
            f"{where}: the spreadsheet turned this into a number ({code}), and digits may be lost; "
            "format the column as text and enter it again"
        )
    return code


def is_yes(cell: str, where: str) -> bool:
    """Tell whether a cell says yes; an empty one says no.

    Raises:
        InvalidValueError: it is neither.
    """
    word = without_invisible(cell).strip().lstrip(_TEXT_MARKS).casefold()
    if word not in _YES | _NO:
        raise InvalidValueError(f"{where}: {cell!r} is neither yes nor no")
    return word in _YES


def zone_in(cell: str, where: str) -> ZoneInfo | None:
    """Return the time zone that a cell names, None for an empty one.

    Raises:
        InvalidValueError: there is no such zone.
    """
    name = identifier(cell)
    zone = zone_named(name) if name else None
    if name and zone is None:
        raise InvalidValueError(f"{where}: there is no time zone {name!r}")
    return zone


def roles_in(cell: str, where: str) -> frozenset[Role]:
    """Return the roles that a cell names, separated by blanks; without any, the person may not sign in.

    Raises:
        InvalidValueError: a role does not exist.
    """
    try:
        return frozenset(Role(each) for each in identifier(cell).casefold().split())
    except ValueError as error:
        raise InvalidValueError(f"{where}: unknown role in {cell!r}; known are {', '.join(Role)}") from error
