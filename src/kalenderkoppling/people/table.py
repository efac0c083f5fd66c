"""Reads a table as spreadsheets save it, strictly, so that a damaged file is never imported.

A row is a line: a cell cannot contain a line break, so a stray quotation mark is an error of its line alone.

Source: RFC 4180; Excel's `sep=` line, its 16-row blocks (Microsoft KB 77295) and its error values.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.domain.text import is_control, without_invisible

SAVE_AS_UTF8 = 'save it as "CSV UTF-8" (in Swedish Excel: spara som CSV UTF-8)'
"""What to do about a file in another encoding."""

_LONGEST_CELL = 500
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t|])"?[;,\t|]*', re.IGNORECASE)
_DELIMITERS = ";,\t"
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_ERROR_VALUE = re.compile(r"#(?:[A-ZÅÄÖÆØ0-9/]+[!?]|N/A|I/T|SAKNAS!?)")
_ROWS_PER_BLOCK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the number of its line, counted from 1, and its cells by column, empty where there is no text."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns a table may have, and which it must have; names are compared without case and blanks."""

    known: Sequence[str]
    needed: Sequence[str]


def read_table(content: bytes, columns: Columns, name: str) -> Iterator[Row]:
    """Yield the non-empty rows below the header.

    Args:
        content: The file: UTF-8 with or without a byte order mark; semicolons, commas or tabs between cells.
        columns: What the header may name.
        name: How the file is called in errors.

    Raises:
        InvalidValueError: the file is damaged, or not such a table; the message names the line.
    """
    lines = _LINE_END.split(_decoded(content, name))
    first, delimiter = _separator(lines[0])
    lines_of_table = [(number, line) for number, line in enumerate(lines, start=1) if number > first]
    header_at, header = next(
        ((number, line) for number, line in lines_of_table if not _is_blank(line, delimiter or _DELIMITERS)), (1, "")
    )
    delimiter = delimiter or max(_DELIMITERS, key=_outside_quotes(header).count)
    grid = {
        number: _cells(line, delimiter, f"{name}, line {number}")
        for number, line in lines_of_table
        if number >= header_at and not _is_blank(line, delimiter)
    }
    fields = _header(grid.pop(header_at, []), columns, name)
    short = _short_blocks(grid, first_line=first + 1, ends_with_line=lines[-1] == "")
    for number, cells in grid.items():
        where = f"{name}, line {number}"
        if len(cells) < len(fields):
            _must_be_complete(cells, fields, columns, where, may_be_short=number in short)
        yield Row(line=number, cells=_by_column(cells, fields, where))


def _decoded(content: bytes, name: str) -> str:
    if b"\0" in content:
        raise InvalidValueError(f"{name} cannot be read as UTF-8 text: it is UTF-16 or no text; {SAVE_AS_UTF8}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.split(content[: error.start].decode("latin-1")))
        raise InvalidValueError(
            f"{name}, line {line}: cannot be read as UTF-8 text, it may be Windows-1252; {SAVE_AS_UTF8}"
        ) from error
    lost = text.find("\ufffd")
    if lost >= 0:
        line = len(_LINE_END.split(text[:lost]))
        raise InvalidValueError(f"{name}, line {line}: a letter was lost when the file was converted; {SAVE_AS_UTF8}")
    return text


def _separator(line: str) -> tuple[int, str]:
    """Return how many lines Excel's `sep=` takes, and the delimiter that it names; 0 and "" without it."""
    found = _SEPARATOR_LINE.fullmatch(without_invisible(line).strip(" "))
    return (1, found[1]) if found else (0, "")


def _is_blank(line: str, delimiters: str) -> bool:
    """Tell whether a line has only delimiters, empty quotation marks and blanks."""
    return not without_invisible(line).replace('""', "").strip(f"{delimiters} \t\u00a0")


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


@cache
def _well_formed(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*"|="[^"{mark}]*"|[^"{mark}]*)'
    return re.compile(rf"{cell}(?:{mark}{cell})*")


def _cells(line: str, delimiter: str, where: str) -> list[str]:
    """Return the cells of a line.

    Raises:
        InvalidValueError: a misplaced quotation mark, or a cell with a control character.
    """
    if not _well_formed(delimiter).fullmatch(line):
        trouble = "is opened and not closed" if line.count('"') % 2 else "stands inside a cell without being doubled"
        raise InvalidValueError(f"{where}: a quotation mark {trouble}; a cell cannot hold a line break")
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InvalidValueError(f"{where}: this is not CSV: {error}") from error
    return [_TEXT_FORMULA.sub(r"\1", each) if _TEXT_FORMULA.fullmatch(each) else each for each in cells]


def _header(cells: Sequence[str], columns: Columns, name: str) -> list[str]:
    """Return the columns' names; a column without a name, which must have no content, as an empty one."""
    fields = ["_".join(without_invisible(each).casefold().replace("-", " ").split()) for each in cells]
    unknown = [each for each in fields if each and each not in columns.known]
    missing = [each for each in columns.needed if each not in fields]
    doubled = [each for each in columns.known if fields.count(each) > 1]
    if unknown or missing or doubled:
        told = [f"unknown column {each!r}" for each in unknown] + [f"missing column {each!r}" for each in missing]
        told += [f"column {each!r} twice" for each in doubled]
        raise InvalidValueError(f"{name}: {', '.join(told)}; known are {', '.join(columns.known)}")
    return fields


def _short_blocks(grid: Mapping[int, Sequence[str]], *, first_line: int, ends_with_line: bool) -> frozenset[int]:
    """Return the lines whose last cells Excel may have left out: it does so for 16 rows at a time, all alike.

    The block of the header is never short, and neither is that of a file that was cut within a line.
    """
    if not ends_with_line:
        return frozenset()
    blocks: dict[int, list[int]] = {}
    for number in grid:
        blocks.setdefault((number - first_line) // _ROWS_PER_BLOCK, []).append(number)
    return frozenset(
        number
        for block, numbers in blocks.items()
        if block and len({len(grid[each]) for each in numbers}) == 1
        for number in numbers
    )


def _must_be_complete(
    cells: Sequence[str], fields: Sequence[str], columns: Columns, where: str, *, may_be_short: bool
) -> None:
    lacking = [each for each in fields[len(cells) :] if each]
    if any(each in columns.needed for each in lacking):
        raise InvalidValueError(f"{where}: {' and '.join(columns.needed)} must not be empty")
    if lacking and not may_be_short:
        raise InvalidValueError(f"{where}: fewer cells than columns: {', '.join(lacking)} missing")


def _by_column(cells: Sequence[str], fields: Sequence[str], where: str) -> Mapping[str, str]:
    found = {each: "" for each in fields if each}
    for position, cell in enumerate(cells):
        column = fields[position] if position < len(fields) else ""
        text = cell.strip()
        if column:
            _check(text, column, where)
            found[column] = text
        elif without_invisible(text).strip():
            raise InvalidValueError(f"{where}: more cells than columns: cell {position + 1} has no column with a name")
    return found


def _check(text: str, column: str, where: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise InvalidValueError(f"{where}: {column} is too long")
    if any(is_control(each) for each in text):
        raise InvalidValueError(f"{where}: {column} holds a line break or another control character")
    if _ERROR_VALUE.fullmatch(text):
        raise InvalidValueError(f"{where}: {column} is an error value of the spreadsheet ({text})")
