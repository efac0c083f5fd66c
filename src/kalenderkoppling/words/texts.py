"""The texts of the pages, by key, with named places."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

from kalenderkoppling.words.catalogue import Language, Plural
from kalenderkoppling.words.languages import catalogue

_PLACE = re.compile(r"\{([a-z_]+)\}")


class UnknownTextWarning(UserWarning):
    """A page asks for a text or gives a value that the catalogue does not know: an error in the program."""


def text(key: str, language: Language, **values: str | int) -> str:
    """Return the text of a page, its places filled in; it is not escaped for HTML.

    A text with plural forms goes by the value `count`. What the catalogue does not know shows as its key
    and warns: a page still appears where the program is wrong, while the tests take the warning for an error.
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
    """Tell whether there is a text for a key that was put together, for instance from a problem's name."""
    return key in catalogue(language).ui


def placeholders(found: str | Plural) -> frozenset[str]:
    """Return the names of a text's places."""
    forms = (found.one, found.other) if isinstance(found, Plural) else (found,)
    return frozenset(name for form in forms for name in _PLACE.findall(form))


def _value(key: str, place: re.Match[str], values: Mapping[str, str | int]) -> str:
    name = place.group(1)
    return str(values[name]) if name in values else _unknown(f"{key}: {name}", place.group())


def _unknown(what: str, instead: str) -> str:
    warnings.warn(f"no text for {what}", UnknownTextWarning, stacklevel=3)
    return instead
