"""Reasons: labels, spoken forms, and what a tenant changes of them."""

import pytest

from kalenderkoppling.domain.absence import MEETING, OUT_OF_OFFICE, SICK, ReasonKey, ReasonKind
from kalenderkoppling.words import (
    Language,
    TenantReason,
    catalogue,
    default_reasons,
    languages,
    offered_reasons,
    reason_by_label,
    reason_kind,
    reason_label,
    reason_label_for_colleagues,
    reason_spoken,
)

SV, NB, EN = Language("sv"), Language("nb"), Language("en")
TUTORING = ReasonKey("tutoring")

every_language = pytest.mark.parametrize("language", languages())
every_reason = pytest.mark.parametrize("key", default_reasons())


def tutoring(*, spoken: dict[Language, str] | None = None) -> dict[ReasonKey, TenantReason]:
    reason = TenantReason(
        key=TUTORING, kind=ReasonKind.DATE, labels={SV: "Handledning", NB: "Veiledning"}, spoken=spoken or {}
    )
    return {TUTORING: reason}


def renamed(key: ReasonKey, *, hidden: bool = False, **labels: str) -> dict[ReasonKey, TenantReason]:
    given = {Language(language): label for language, label in labels.items()}
    return {key: TenantReason(key=key, kind=ReasonKind.CLOCK, labels=given, hidden=hidden)}


def test_there_are_seventeen_standard_reasons() -> None:
    assert len(default_reasons()) == 17


@every_language
@every_reason
def test_every_reason_has_a_label_and_a_spoken_form_in_every_language(language: Language, key: ReasonKey) -> None:
    assert reason_label(key, language)[0].isupper()
    assert reason_spoken(key, language)[0].islower()


@every_language
def test_no_two_reasons_have_the_same_label(language: Language) -> None:
    labels = {reason_label(key, language) for key in default_reasons()}
    assert len(labels) == 17


@every_language
def test_no_two_reasons_are_spoken_alike(language: Language) -> None:
    assert len({reason_spoken(key, language) for key in default_reasons()}) == 17


@pytest.mark.parametrize(
    ("key", "label", "spoken"),
    [
        ("meeting", "Möte", "är i möte"),
        ("errand", "Tjänsteärende", "är ute i tjänsten"),
        ("vacation", "Semester", "har semester"),
        ("elsewhere", "Arbetar på annan plats", "arbetar på annan plats"),
    ],
)
def test_a_reason_is_shown_and_spoken_in_swedish(key: str, label: str, spoken: str) -> None:
    assert reason_label(ReasonKey(key), SV) == label
    assert reason_spoken(ReasonKey(key), SV) == spoken


@pytest.mark.parametrize(("language", "absent"), [(SV, "är frånvarande"), (NB, "er fraværende"), (EN, "is absent")])
def test_sick_is_spoken_as_absent(language: Language, absent: str) -> None:
    assert reason_spoken(SICK, language) == absent


@every_language
def test_sick_is_never_spoken_whatever_the_tenant_wrote(language: Language) -> None:
    custom = {SICK: TenantReason(key=SICK, kind=ReasonKind.DATE, spoken={language: "är sjuk"})}
    assert reason_spoken(SICK, language, custom) == catalogue(language).speech.absent


@every_language
def test_no_other_reason_speaks_of_sickness(language: Language) -> None:
    spoken = " ".join(reason_spoken(key, language) for key in default_reasons())
    assert not {"sjuk", "syk", "sick", "ill"} & set(spoken.split())


@every_language
def test_what_stands_beside_sick_is_the_word_for_absent(language: Language) -> None:
    words = catalogue(language)
    assert words.reasons.sick.spoken == words.speech.absent


@every_language
def test_colleagues_cannot_tell_sick_from_out_of_office(language: Language) -> None:
    seen = reason_label_for_colleagues(SICK, language)
    assert seen == reason_label_for_colleagues(OUT_OF_OFFICE, language) != reason_label(SICK, language)


def test_colleagues_see_sick_as_franvarande() -> None:
    assert reason_label_for_colleagues(SICK, SV) == "Frånvarande"


def test_sick_stays_indistinguishable_where_the_tenant_renamed_out_of_office() -> None:
    assert reason_label_for_colleagues(SICK, SV, renamed(OUT_OF_OFFICE, sv="Borta")) == "Borta"


def test_a_tenant_renames_a_reason() -> None:
    assert reason_label(MEETING, SV, renamed(MEETING, sv="Sammanträde")) == "Sammanträde"


def test_a_renamed_reason_keeps_its_spoken_form() -> None:
    assert reason_spoken(MEETING, SV, renamed(MEETING, sv="Sammanträde")) == "är i möte"


def test_a_label_missing_in_a_language_is_the_first_that_the_tenant_gave() -> None:
    assert reason_label(TUTORING, EN, tutoring()) == "Handledning"


def test_a_change_without_any_label_leaves_the_standard_label() -> None:
    assert reason_label(MEETING, SV, renamed(MEETING, sv="  ")) == "Möte"


def test_a_reason_that_nobody_knows_shows_as_not_available() -> None:
    assert reason_label(ReasonKey("gone"), SV) == "Ej anträffbar"


def test_a_key_that_names_something_of_the_program_is_no_reason() -> None:
    assert reason_label(ReasonKey("__class__"), SV) == "Ej anträffbar"


def test_a_tenants_own_spoken_form_is_spoken() -> None:
    assert reason_spoken(TUTORING, SV, tutoring(spoken={SV: "handleder"})) == "handleder"


def test_an_own_reason_without_a_spoken_form_in_the_language_is_spoken_as_absent() -> None:
    assert reason_spoken(TUTORING, EN, tutoring(spoken={SV: "handleder"})) == "is absent"


@pytest.mark.parametrize(
    ("written", "spoken"), [("är på kurs.", "är på kurs"), ("handleder -", "handleder"), ("...", "är frånvarande")]
)
def test_an_own_spoken_form_does_not_end_the_sentence(written: str, spoken: str) -> None:
    assert reason_spoken(TUTORING, SV, tutoring(spoken={SV: written})) == spoken


def test_an_own_spoken_form_carries_no_commands_to_the_speech_engine() -> None:
    spoken = reason_spoken(TUTORING, SV, tutoring(spoken={SV: "är [[h@l'oU]] <break/> på kurs"}))
    assert not set(spoken) & set("[]<>@")


@every_reason
def test_a_reason_proposes_its_kind(key: ReasonKey) -> None:
    assert reason_kind(key) == default_reasons()[key]


def test_an_own_reason_proposes_its_own_kind() -> None:
    assert reason_kind(TUTORING, tutoring()) is ReasonKind.DATE


def test_a_reason_that_nobody_knows_proposes_an_hour() -> None:
    assert reason_kind(ReasonKey("gone")) is ReasonKind.CLOCK


def test_the_standard_reasons_are_offered_before_the_tenants_own() -> None:
    assert [each.key for each in offered_reasons(SV, tutoring())] == [*default_reasons(), TUTORING]


def test_a_hidden_reason_is_not_offered() -> None:
    assert MEETING not in [each.key for each in offered_reasons(SV, renamed(MEETING, hidden=True))]


def test_a_hidden_reason_still_has_its_words_where_it_is_in_use() -> None:
    assert reason_label(MEETING, SV, renamed(MEETING, hidden=True)) == "Möte"


def test_an_offered_reason_has_label_and_kind() -> None:
    offered = offered_reasons(NB, tutoring())[-1]
    assert (offered.label, offered.kind) == ("Veiledning", ReasonKind.DATE)


@every_language
@every_reason
def test_a_reason_is_found_again_by_its_label(language: Language, key: ReasonKey) -> None:
    assert reason_by_label(f" {reason_label(key, language).upper()} ", language) == key


def test_an_own_reason_is_found_by_its_label() -> None:
    assert reason_by_label("handledning", SV, tutoring()) == TUTORING


def test_a_label_that_nobody_has_finds_nothing() -> None:
    assert reason_by_label("Handledning", SV) is None
