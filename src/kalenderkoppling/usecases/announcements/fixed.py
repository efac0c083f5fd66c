"""The sentences that are the same for everybody: the menu and what follows a key, and what is said instead."""

from __future__ import annotations

from collections.abc import Iterable

from kalenderkoppling.usecases.announcements.sentence import Sentence, said
from kalenderkoppling.words import Language, called_back_sentence, connecting_sentence, languages, menu_sentence


def fixed_sentences(speaks: Iterable[Language] | None = None) -> tuple[Sentence, ...]:
    """Return them in each of the languages; None is every language that there is."""
    return tuple(
        said(text, language)
        for language in (languages() if speaks is None else speaks)
        for text in (menu_sentence(language), connecting_sentence(language), called_back_sentence(language))
    )
