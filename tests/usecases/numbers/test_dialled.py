"""In which forms a telephone system asks for a number."""

import pytest

from kalenderkoppling.usecases.numbers.dialled import dialled_forms


@pytest.mark.parametrize(
    ("number", "country", "forms"),
    [
        ("+46850812345", "SE", ("+46850812345", "46850812345", "0850812345")),
        ("+4722123456", "NO", ("+4722123456", "4722123456", "22123456")),
        ("+46850812345", "NO", ("+46850812345", "46850812345")),
        ("+46850812345", "", ("+46850812345", "46850812345")),
        ("+46850812345", "XX", ("+46850812345", "46850812345")),
        ("1234", "SE", ("1234",)),
        ("anna.ek", "SE", ("anna.ek",)),
    ],
)
def test_a_number_is_dialled_with_plus_without_it_and_as_in_its_own_country(
    number: str, country: str, forms: tuple[str, ...]
) -> None:
    assert dialled_forms(number, country) == forms


def test_an_extension_is_dialled_behind_each_beginning_too() -> None:
    assert dialled_forms("1234", "SE", ("+468508", "+4631")) == (
        "1234",
        *("+4685081234", "4685081234", "085081234"),
        *("+46311234", "46311234", "0311234"),
    )


def test_a_beginning_is_no_beginning_of_full_numbers_or_without_a_plus() -> None:
    assert dialled_forms("+46701740605", "SE", ("+468508",)) == ("+46701740605", "46701740605", "0701740605")
    assert dialled_forms("1234", "SE", ("08508",)) == ("1234",)
