"""How a number is dialled: in which written forms a telephone system asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import phonenumbers


def dialled_forms(number: str, country: str, direct_dial: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what is dialled to reach a number, each form once.

    Args:
        number: A full number with `+` (E.164), or an extension or another name that stands for itself.
        country: The country that is dialled in (ISO 3166), empty where it is not known.
        direct_dial: Beginnings of full numbers whose rest is an extension, such as `+468508`.

    A full number is dialled with its `+`, without it (as many trunks send it), and in its own country as there. An
    extension is dialled as it is, and behind each of the beginnings.
    """
    if number.startswith("+"):
        return tuple(dict.fromkeys((number, number[1:], *_national(number, country))))
    full = (f"{beginning}{number}" for beginning in direct_dial if beginning.startswith("+"))
    return tuple(dict.fromkeys((number, *(form for each in full for form in dialled_forms(each, country)))))


def _national(number: str, country: str) -> tuple[str, ...]:
    calling_code, trunk = _dialling(country)
    if not calling_code or not number.startswith(calling_code):
        return ()
    return (trunk + number.removeprefix(calling_code),)


@cache
def _dialling(country: str) -> tuple[str, str]:
    """Return a country's calling code with `+`, and what stands before its numbers within it; both may be empty."""
    code = phonenumbers.country_code_for_region(country)
    return (f"+{code}" if code else "", phonenumbers.ndd_prefix_for_region(country, True) or "")  # noqa: FBT003 - digits only
