"""Style rules for places in the week calendar.

Without inline styles (content security policy) a place in a grid is a class: one for each quarter of an hour, each
weekday, and each lane of bookings that overlap. A box whose title has a word that is wider than the box shows its time
instead of the title: the width of the widest word is a class, too.
"""

from __future__ import annotations

from collections.abc import Iterator

QUARTERS = 24 * 4
WIDEST_WORD = 40
"""The largest class of a word's width, in half ems of a box's letters: wider than any column."""
_HALF_EM_REM = 0.375
_HIDDEN = "position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden"
"""Out of sight, and still read by screen readers."""

TWELFTHS = 12
LANES = (1, 2, 3, 4, 6)
"""Into how many lanes a column of twelfths may be parted; five bookings at once take five of six lanes."""


def _rules() -> Iterator[str]:
    for line in range(1, QUARTERS + 2):
        yield f".from-{line}{{grid-row-start:{line}}}.to-{line}{{grid-row-end:{line}}}"
    for day in range(1, 9):
        yield f".day-from-{day}{{grid-column-start:{day}}}.day-to-{day}{{grid-column-end:{day}}}"
    for lanes in LANES:
        for lane in range(1, lanes + 1):
            first, after = (lane - 1) * TWELFTHS // lanes + 1, lane * TWELFTHS // lanes + 1
            yield f".lane-{lane}-of-{lanes}{{grid-column:{first}/{after}}}"
    for quarters in range(4, QUARTERS + 1, 4):
        yield f".quarters-{quarters}{{grid-template-rows:repeat({quarters},var(--quarter))}}"
    for days in range(5, 8):
        yield f".days-{days}{{--days:{days}}}"
    for half_ems in range(1, WIDEST_WORD + 1):
        yield f"@container box (max-width:{half_ems * _HALF_EM_REM}rem){{.word-{half_ems} .entry-title{{{_HIDDEN}}}}}"


WEEK_STYLES = "\n".join(_rules())
