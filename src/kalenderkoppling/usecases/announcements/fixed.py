"""The sentences that are the same for everybody: the generic announcement, the menu, and answers to keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kalenderkoppling.usecases.announcements.sentence import Sentence, said
from kalenderkoppling.words import (
    Language,
    attendant_busy_sentence,
    attendant_unanswered_sentence,
    called_back_sentence,
    connecting_sentence,
    goodbye_sentence,
    languages,
    menu_sentence,
    number_hidden_sentence,
    switch_sentence,
    unreachable_sentence,
)


def fixed_sentences(speaks: Iterable[Language] | None = None) -> tuple[Sentence, ...]:
    """Return them in each of the languages, the most needed first; None is every language that there is."""
    spoken = tuple(languages() if speaks is None else speaks)
    by_language = [[said(text, language) for text in _texts(language)] for language in spoken]
    return tuple(each for alike in zip(*by_language, strict=True) for each in alike)


def _texts(language: Language) -> Iterator[str]:
    yield unreachable_sentence(language)
    yield menu_sentence(language, attendant=True)
    yield menu_sentence(language, attendant=False)
    yield menu_sentence(language, call_back=False)
    yield switch_sentence(language)
    yield connecting_sentence(language)
    yield called_back_sentence(language)
    yield attendant_busy_sentence(language)
    yield attendant_unanswered_sentence(language)
    yield number_hidden_sentence(language)
    yield goodbye_sentence(language)
