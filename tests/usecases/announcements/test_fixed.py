"""The sentences that are the same for everybody."""

from collections.abc import Callable

import pytest

from kalenderkoppling import words
from kalenderkoppling.usecases.announcements.fixed import fixed_sentences
from kalenderkoppling.usecases.announcements.sentence import said
from kalenderkoppling.words import Language, languages, menu_sentence, unreachable_sentence
from kktest.callees import ENGLISH, SWEDISH

SENTENCES: dict[str, Callable[[Language], str]] = {
    name: getattr(words, name) for name in words.__all__ if name.endswith("_sentence")
}


@pytest.mark.parametrize("name", SENTENCES)
@pytest.mark.parametrize("language", languages())
def test_every_sentence_that_words_has_is_ready_in_every_language(name: str, language: Language) -> None:
    assert said(SENTENCES[name](language), language) in fixed_sentences()


@pytest.mark.parametrize("language", languages())
def test_the_menu_is_ready_with_and_without_an_attendant(language: Language) -> None:
    for attendant in (True, False):
        assert said(menu_sentence(language, attendant=attendant), language) in fixed_sentences()


def test_F_26_what_is_said_instead_of_an_announcement_comes_first_in_every_language() -> None:
    first = fixed_sentences()[: len(languages())]
    assert first == tuple(said(unreachable_sentence(language), language) for language in languages())


def test_only_the_languages_that_are_asked_for_are_told() -> None:
    assert {each.language for each in fixed_sentences([SWEDISH, ENGLISH])} == {SWEDISH, ENGLISH}
    assert {each.language for each in fixed_sentences()} == set(languages())
    assert fixed_sentences([]) == ()
