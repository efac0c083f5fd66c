"""The generated part of the style sheet: a class for every position in the week.

The pages allow no inline styles (their Content-Security-Policy), so a booking's position is given by classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kalenderkoppling.sandbox.outlook.week import MOST_LANES, ROWS_PER_HOUR

_HOURS = 24


@cache
def grid_css() -> str:
    """Return the rules: `hours-N` for the week, `from-N` and `to-N` for rows, `lane-N of-M`, `bar-N` for all-day."""
    return "\n".join(_rules()) + "\n"


def _rules() -> Iterator[str]:
    for hours in range(1, _HOURS + 1):
        yield f".hours-{hours}{{--rows:{hours * ROWS_PER_HOUR}}}"
    for row in range(1, _HOURS * ROWS_PER_HOUR + 2):
        yield f".from-{row}{{grid-row-start:{row}}}.to-{row}{{grid-row-end:{row}}}"
    for bar in range(1, MOST_LANES + 1):
        yield f".bar-{bar}{{grid-row:{bar}}}"
    # On a phone the days lie below each other, and lanes with them.
    yield "@media (min-width:861px){"
    for lanes in range(2, MOST_LANES + 1):
        yield f".of-{lanes}{{width:{100 / lanes:.3f}%}}"
        for lane in range(2, lanes + 1):
            yield f".lane-{lane}.of-{lanes}{{margin-inline-start:{100 * (lane - 1) / lanes:.3f}%}}"
    yield "}"
