"""Text from outside on a page: names, subjects, notes, numbers, kept from reordering what stands around it.

Characters of right-to-left scripts and explicit marks such as U+202E change the order of the line in which they stand
(Unicode Standard Annex 9). Inside elements the text stands in `bdi`; where no element may stand (attributes, titles,
options, sentences) it is put between FSI and PDI.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from markupsafe import Markup

_FSI, _PDI = "\u2068", "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068")
_REORDERS = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


def bdi(text: object) -> Markup:
    """Return text as an element of its own direction; nothing for empty text."""
    written = str(text)
    return Markup("<bdi>{}</bdi>").format(_balanced(written)) if written else Markup()


def isolated(text: str) -> str:
    """Return text that does not reorder its surroundings: between FSI and PDI where it could, else as it is."""
    return f"{_FSI}{_balanced(text)}{_PDI}" if _may_reorder(text) else text


def isolated_values(values: Mapping[str, str | int]) -> dict[str, str | int]:
    """Return the values of a sentence, each isolated."""
    return {name: isolated(each) if isinstance(each, str) else each for name, each in values.items()}


def _may_reorder(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(each) in _REORDERS for each in text)


def _balanced(text: str) -> str:
    """Return text whose isolates end within it: a PDI of its own would end ours, an open isolate would take our PDI."""
    if text.isascii():
        return text
    kept, depth = [], 0
    for each in text:
        if each == _PDI and depth == 0:
            continue
        depth += (each in _ISOLATES) - (each == _PDI)
        kept.append(each)
    return "".join(kept) + _PDI * depth
