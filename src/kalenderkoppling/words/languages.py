"""The languages; to add one, add a folder beside this file and its name to the list below."""

from __future__ import annotations

from collections.abc import Iterable

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.words import da, en, nb, sv
from kalenderkoppling.words.catalogue import Catalogue, Language

_CATALOGUES = {each.language: each for each in (sv.CATALOGUE, nb.CATALOGUE, en.CATALOGUE, da.CATALOGUE)}
_BY_TAG = {tag: each.language for each in _CATALOGUES.values() for tag in each.tags}


def languages() -> tuple[Language, ...]:
    """Return every language that has a catalogue; the first is the default."""
    return tuple(_CATALOGUES)


def catalogue(language: Language) -> Catalogue:
    """Return a language's catalogue.

    Raises:
        InvalidValueError: there is no such language.
    """
    found = _CATALOGUES.get(language)
    if found is None:
        message = f"there are no texts in the language {language!r}"
        raise InvalidValueError(message)
    return found


def language_of(tag: str) -> Language | None:
    """Return the language that serves a tag such as `sv`, `sv-SE`, `no` or `EN_gb`; None for any other."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return _BY_TAG.get(primary)


def best_language(tags: Iterable[str], otherwise: Language) -> Language:
    """Return the language of the first tag that has one; `tags` are in order of preference."""
    served = (language_of(tag) for tag in tags)
    return next((each for each in served if each is not None), otherwise)
