"""How wide the longest word of a title is drawn, so that a box too narrow for it shows the time instead."""

from __future__ import annotations

import math

from kalenderkoppling.surfaces.web.week_styles import WIDEST_WORD

_NARROW, _WIDE, _OTHER = 0.5, 1.1, 0.75
"""Widths of bold letters in ems, of the widest common system font (DejaVu Sans) rounded up."""

_NARROW_LETTERS = frozenset("fijlrt.,:;!'()|I-")
_WIDE_LETTERS = frozenset("mwMWæÆœŒ@%")
_FULL_WIDTH = 0x1100
"""From this code point on letters may take a whole em or more (Hangul, Han, emoji)."""


def longest_word(title: str) -> int:
    """Return the width of the widest word in half ems, rounded up, from 1 to `WIDEST_WORD`."""
    widest = max((sum(map(_width, word)) for word in title.split()), default=0.0)
    return min(max(math.ceil(widest * 2), 1), WIDEST_WORD)


def _width(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _WIDE if letter in _WIDE_LETTERS or ord(letter) >= _FULL_WIDTH else _OTHER
