"""Which languages there are, and that each brings what its speakers expect."""

from dataclasses import fields

import pytest
from babel import Locale

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.words import Language, best_language, catalogue, language_of, languages
from kalenderkoppling.words.catalogue import joined
from kalenderkoppling.words.standard import STANDARD_KINDS, StandardReasons

SV, NB, EN = Language("sv"), Language("nb"), Language("en")


def test_swedish_norwegian_and_english_are_there_from_the_start() -> None:
    assert languages()[:3] == (SV, NB, EN)


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'fi'"):
        catalogue(Language("fi"))


@pytest.mark.parametrize(
    ("tag", "language"),
    [("sv", SV), ("sv-SE", SV), ("SV_fi", SV), ("no", NB), ("nn-NO", NB), ("nb", NB), (" en-GB ", EN), ("fr", None)],
)
def test_a_tag_finds_the_language_that_serves_it(tag: str, language: Language | None) -> None:
    assert language_of(tag) == language


def test_the_first_preferred_language_that_is_served_is_the_best() -> None:
    assert best_language(["fr", "no-NO", "sv"], otherwise=SV) == NB


def test_where_no_preferred_language_is_served_the_other_one_holds() -> None:
    assert best_language(["fr"], otherwise=EN) == EN


def test_no_two_languages_claim_the_same_tag() -> None:
    tags = [tag for language in languages() for tag in catalogue(language).tags]
    assert len(tags) == len(set(tags))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("count", [0, 0.5, 1, 1.5, 2, 5, 11, 21, 101])
def test_plural_forms_are_those_of_the_unicode_locale_repository(language: Language, count: float) -> None:
    assert catalogue(language).plural(count) == Locale.parse(language).plural_form(count)


@pytest.mark.parametrize("language", languages())
def test_the_names_of_months_and_weekdays_are_those_of_the_unicode_locale_repository(language: Language) -> None:
    locale = Locale.parse("en_GB" if language == EN else language)
    formats = catalogue(language).formats
    assert formats.months == tuple(locale.months["format"]["wide"].values())
    assert formats.months_short == tuple(locale.months["format"]["abbreviated"].values())
    assert formats.weekdays == tuple(locale.days["format"]["wide"][day] for day in range(7))
    assert formats.weekdays_short == tuple(locale.days["format"]["abbreviated"][day] for day in range(7))


def test_the_standard_list_and_its_words_name_the_same_reasons() -> None:
    assert [field.name for field in fields(StandardReasons)] == list(STANDARD_KINDS)


def test_a_text_that_stands_on_two_pages_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"page\.title"):
        joined({"page.title": "A"}, {"page.title": "B"})
