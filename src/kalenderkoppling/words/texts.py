"""The texts of the pages, by key, with named places."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

from kalenderkoppling.words.catalogue import Language, Plural
from kalenderkoppling.words.languages import catalogue

_PLACE = re.compile(r"\{([a-z_]+)\}")


class UnknownTextWarning(UserWarning):
    """A page uses a text or a placeholder that the catalogue does not have: a bug in the program."""


def text(key: str, language: Language, **values: str | int) -> str:
    """Return a text of a page with its placeholders filled in; it is not escaped for HTML.

    A text with plural forms is chosen by the value `count`. A missing text shows as its key and warns: pages still
    appear, while the tests turn the warning into an error.
    """
    words = catalogue(language)
    found = words.ui.get(key)
    if found is None:
        return _unknown(key, key)
    if isinstance(found, Plural):
        form = words.plural(int(values.get("count", 0)))
        found = found.one if form == "one" else found.other
    return _PLACE.sub(lambda place: _value(key, place, values), found)


def has_text(key: str, language: Language) -> bool:
    """Tell whether there is a text for a composed key, for instance from a problem's name."""
    return key in catalogue(language).ui


def placeholders(found: str | Plural) -> frozenset[str]:
    """Return the names of a text's placeholders."""
    forms = (found.one, found.other) if isinstance(found, Plural) else (found,)
    return frozenset(name for form in forms for name in _PLACE.findall(form))


def _value(key: str, place: re.Match[str], values: Mapping[str, str | int]) -> str:
    name = place.group(1)
    return str(values[name]) if name in values else _unknown(f"{key}: {name}", place.group())


def _unknown(what: str, instead: str) -> str:
    warnings.warn(f"no text for {what}", UnknownTextWarning, stacklevel=3)
    return instead
