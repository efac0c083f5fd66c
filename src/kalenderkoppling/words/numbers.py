"""Builds a language's numbers from its words for small numbers and tens."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

A_FEW = range(10)
"""Numbers of one digit, which a clock and a year say with a zero before them."""


def below_hundred(small: Sequence[str], tens: Sequence[str], joint: str = "") -> tuple[str, ...]:
    """Return the words for 0 to 99, from those for 0 to 19 and for 20, 30 … 90.

    `joint` stands between a ten and its unit: `twenty-one`, `tjugoett`.
    """
    units = ("", *(f"{joint}{unit}" for unit in small[1:10]))
    return (*small, *(f"{ten}{unit}" for ten, unit in product(tens, units)))


def as_two_digits(numbers: Sequence[str], zero: str) -> tuple[str, ...]:
    """Return the words for 00 to 99 read as two digits: `oh five`, `thirty`."""
    return (*(f"{zero} {numbers[each]}" for each in A_FEW), *numbers[A_FEW.stop :])
