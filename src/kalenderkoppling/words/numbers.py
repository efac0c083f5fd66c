"""Builds a language's number words from those for small numbers and tens."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

A_FEW = range(10)
"""One-digit numbers, which times and years say with a leading zero."""


def below_hundred(small: Sequence[str], tens: Sequence[str], joint: str = "") -> tuple[str, ...]:
    """Return the words for 0 to 99, from those for 0 to 19 and for 20, 30 … 90.

    `joint` is what joins tens and units: `twenty-one`, `tjugoett`.
    """
    units = ("", *(f"{joint}{unit}" for unit in small[1:10]))
    return (*small, *(f"{ten}{unit}" for ten, unit in product(tens, units)))


def as_two_digits(numbers: Sequence[str], zero: str) -> tuple[str, ...]:
    """Return the words for 00 to 99 read as two digits: `oh five`, `thirty`."""
    return (*(f"{zero} {numbers[each]}" for each in A_FEW), *numbers[A_FEW.stop :])
