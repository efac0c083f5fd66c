"""The texts of the pages: complete in every language, with the same places."""

from enum import StrEnum

import pytest

from kalenderkoppling.domain.absence import Diversion, Origin
from kalenderkoppling.domain.booking import ShowAs, Standing
from kalenderkoppling.domain.call import CallResult
from kalenderkoppling.domain.errors import BlockedReason, ReadProblem
from kalenderkoppling.domain.person import LineState, Role
from kalenderkoppling.rules.model import LayerKind
from kalenderkoppling.rules.walk import Check, Finding
from kalenderkoppling.words import Language, UnknownTextWarning, catalogue, has_text, languages, text
from kalenderkoppling.words.catalogue import Plural
from kalenderkoppling.words.texts import placeholders

SV, NB, EN = Language("sv"), Language("nb"), Language("en")
KEYS = sorted({key for language in languages() for key in catalogue(language).ui})

every_language = pytest.mark.parametrize("language", languages())


@every_language
def test_every_language_has_the_same_texts(language: Language) -> None:
    assert sorted(catalogue(language).ui) == KEYS


@every_language
def test_every_text_has_the_same_places_in_every_language(language: Language) -> None:
    swedish, ui = catalogue(SV).ui, catalogue(language).ui
    assert [key for key in ui if placeholders(ui[key]) != placeholders(swedish[key])] == []


@every_language
def test_a_text_has_plural_forms_in_every_language_or_in_none(language: Language) -> None:
    swedish, ui = catalogue(SV).ui, catalogue(language).ui
    assert [key for key in ui if isinstance(ui[key], Plural) != isinstance(swedish[key], Plural)] == []


@every_language
def test_only_texts_with_plural_forms_count(language: Language) -> None:
    ui = catalogue(language).ui
    assert [key for key in ui if ("count" in placeholders(ui[key])) != isinstance(ui[key], Plural)] == []


@every_language
def test_no_text_is_empty_or_has_blanks_at_its_ends(language: Language) -> None:
    forms = [
        (key, form)
        for key, found in catalogue(language).ui.items()
        for form in ((found.one, found.other) if isinstance(found, Plural) else (found,))
    ]
    assert [key for key, form in forms if not form or form != form.strip()] == []


@every_language
@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("show_as", ShowAs),
        ("diversion", Diversion),
        ("origin", Origin),
        ("line", LineState),
        ("role", Role),
        ("read", ReadProblem),
        ("blocked", BlockedReason),
        ("calls.result", CallResult),
    ],
)
def test_every_word_of_a_closed_set_has_its_text(language: Language, prefix: str, words: type[StrEnum]) -> None:
    assert [word for word in words if not has_text(f"{prefix}.{word}", language)] == []


@pytest.mark.parametrize(
    ("language", "status"),
    [
        (SV, ["Ledig", "I samtal", "Frånvarande"]),
        (NB, ["Ledig", "I samtale", "Fraværende"]),
        (EN, ["Free", "In a call", "Absent"]),
    ],
)
def test_the_three_states_have_their_words(language: Language, status: list[str]) -> None:
    assert [text(f"status.{each}", language) for each in ("free", "in_call", "absent")] == status


def test_diversions_are_named_as_in_the_product_guide() -> None:
    named = [text(f"diversion.{each}", SV) for each in Diversion]
    assert named == ["Ingen vidarekoppling", "Öppen hänvisning", "Hänvisning"]


def test_show_as_is_named_as_in_outlook() -> None:
    named = [text(f"show_as.{each}", SV) for each in ShowAs]
    assert named == ["Ledig", "Arbetar på annan plats", "Preliminärt", "Upptagen", "Frånvarande"]


def test_a_value_takes_its_place() -> None:
    assert text("sign_in.as", SV, name="Åsa") == "Logga in som Åsa"


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert text("week.entry", SV, kind="{title}", title="{when}", when="nu") == "{title}: {when}, nu"


@pytest.mark.parametrize(("count", "written"), [(0, "0 träffar"), (1, "1 träff"), (2, "2 träffar"), (21, "21 träffar")])
def test_the_count_chooses_the_plural_form(count: int, written: str) -> None:
    assert text("search.hits", SV, count=count) == written


def test_an_unknown_text_warns_and_shows_its_key() -> None:
    with pytest.warns(UnknownTextWarning, match=r"no text for page\.nowhere"):
        assert text("page.nowhere", SV) == "page.nowhere"


def test_a_missing_value_warns_and_leaves_its_place() -> None:
    with pytest.warns(UnknownTextWarning, match=r"sign_in\.as: name"):
        assert text("sign_in.as", SV) == "Logga in som {name}"


def test_a_missing_count_warns_and_leaves_its_place() -> None:
    with pytest.warns(UnknownTextWarning, match=r"search\.hits: count"):
        assert text("search.hits", SV) == "{count} träffar"


@every_language
def test_every_step_of_the_rules_can_be_told(language: Language) -> None:
    told = {tuple(key.split(".")[1:3]) for key in catalogue(language).ui if key.startswith("why.")}
    assert {check for check, *_ in told} >= {*Check}
    assert {finding for _, *findings in told for finding in findings} >= {*Finding}


@every_language
def test_every_layer_and_every_end_by_standing_can_be_told(language: Language) -> None:
    keys = [f"why.layer.{layer}" for layer in LayerKind]
    keys += [f"why.standing.ends.{standing}" for standing in Standing if standing is not Standing.HELD]
    assert [key for key in keys if not has_text(key, language)] == []


@pytest.mark.parametrize(
    ("language", "hours", "written"),
    [
        (SV, 1, "Numren raderas efter 1 timme."),
        (SV, 72, "Numren raderas efter 72 timmar."),
        (NB, 72, "Numrene slettes etter 72 timer."),
        (EN, 1, "Numbers are erased after 1 hour."),
    ],
)
def test_how_long_the_numbers_of_calls_are_kept_is_told_in_hours(language: Language, hours: int, written: str) -> None:
    assert text("calls.kept", language, count=hours) == written


@every_language
def test_the_name_that_a_screen_reader_says_holds_what_the_button_shows(language: Language) -> None:
    # Whoever speaks to the computer says what is seen (WCAG 2.5.3).
    shown, named = text("call_backs.done", language), text("call_backs.done_for", language, number="1")
    assert shown.casefold() in named.casefold()


@every_language
def test_whatever_can_be_wrong_with_a_recording_can_be_told(language: Language) -> None:
    wrong = ("not_wav", "too_long_sound", "too_large_sound", "silent", "not_recordable", "unknown_language")
    assert [each for each in wrong if not has_text(f"problem.{each}", language)] == []
