"""Numbers in any written form, as the keys under which people are found.

A full number's key is its E.164 form (`+46701740605`), an extension's its digits, and that of a full number in the
company's own range is the extension in it: whichever way a number is written, its key is the same. A user of letters
(`anna.berg`) is a key too.

Source: ITU-T E.164; RFC 3966 (tel URIs); RFC 3261, section 19.1 (SIP URIs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import phonenumbers

from kalenderkoppling.domain.person import Person
from kalenderkoppling.usecases.numbers.written_number import Written, number_in, read_written

LONGEST_EXTENSION = 8
"""Digits of the longest extension; more without any prefix are a full number that lost its beginning."""

SHORTEST_FULL = 7
"""Digits of the shortest full number, its country's code included."""

_MOST_DIGITS = 15
_CACHED = 16_384


# Without slots: what the country's numbers are like is looked up once.
@dataclass(frozen=True, kw_only=True)
class NumberPlan:
    """How numbers are read in a company.

    Args:
        country: ISO 3166 code of the country whose numbers are written without one.
        direct_dial: The beginnings of full numbers whose rest is an extension, such as `+468508`.
    """

    country: str
    direct_dial: tuple[str, ...] = ()
    _ranges: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        digits = {number_in(each).lstrip("+") for each in self.direct_dial} - {""}
        object.__setattr__(self, "_ranges", tuple(f"+{each}" for each in sorted(digits, key=len, reverse=True)))

    def keys_of(self, person: Person) -> frozenset[str]:
        """Return the keys under which a person is found: extension, mobile, and the user of what rings."""
        found = (self.candidates(each)[:1] for each in (person.extension, person.mobile, person.phone_uri))
        return frozenset(key for keys in found for key in keys)

    def candidates(self, called: str) -> tuple[str, ...]:
        """Return the keys to look up for a number as it was written or called, the likeliest first.

        Args:
            called: Anything: a number with or without its prefixes, a SIP or tel URI, an address with a name;
                what cannot be anybody's number has no keys.
        """
        return _candidates(self, called)

    @cached_property
    def national_prefix(self) -> str:
        """What is dialled before a number within the country (`0` in Sweden), empty where there is none."""
        found = phonenumbers.PhoneMetadata.metadata_for_region(self.country, None)
        return (found.national_prefix or "") if found else ""

    @cached_property
    def abroad(self) -> re.Pattern[str]:
        """What is dialled before a number abroad (`00`)."""
        found = phonenumbers.PhoneMetadata.metadata_for_region(self.country, None)
        return re.compile(f"(?:{(found.international_prefix if found else None) or '00'}|00)")

    def within(self, full: str) -> str:
        """Return the extension that a full number ends with, else the number itself."""
        for beginning in self._ranges:
            rest = full.removeprefix(beginning)
            if rest != full and 0 < len(rest) <= LONGEST_EXTENSION:
                return rest
        return full


@lru_cache(maxsize=_CACHED)
def _candidates(plan: NumberPlan, called: str) -> tuple[str, ...]:
    written = read_written(called)
    if written is None:
        return ()
    if not written.is_number:
        return (written.user,)
    if written.extension:
        return _of_extension(plan, written)
    return tuple(dict.fromkeys(_of_number(plan, written)))


def _of_number(plan: NumberPlan, written: Written) -> list[str]:
    digits = written.user.lstrip("+")
    if written.user.startswith("+"):
        full, is_possible = _full(plan, digits)
        # Some trunks put a plus before everything, extensions too.
        return [plan.within(full)] if is_possible else [plan.within(full), _without_country(plan, digits)]
    likely = [_without_country(plan, digits)]
    if written.context:
        full, is_possible = _full(plan, written.context.lstrip("+") + digits)
        likely += [plan.within(full)] if is_possible else []
    return likely


def _of_extension(plan: NumberPlan, written: Written) -> tuple[str, ...]:
    """Return the extension after one of the company's own numbers; after any other number it is unassigned."""
    base = _of_number(plan, written)[0] if written.user else ""
    is_ours = not base.startswith("+")
    return (written.extension,) if is_ours and len(written.extension) <= LONGEST_EXTENSION else ()


def _without_country(plan: NumberPlan, digits: str) -> str:
    """Return the key of digits that do not say which country they are of."""
    found = _from_abroad(plan, digits) or _at_home(plan, digits)
    return plan.within(found) if found else digits


def _from_abroad(plan: NumberPlan, digits: str) -> str | None:
    """Return the full number after an international prefix, None without one."""
    prefix = plan.abroad.match(digits)
    rest = digits[prefix.end() :] if prefix else ""
    if len(rest) < SHORTEST_FULL:
        return None
    full, is_possible = _full(plan, rest)
    return full if is_possible else None


def _at_home(plan: NumberPlan, digits: str) -> str | None:
    """Return the full number that digits without a country are, None where they are taken for an extension."""
    is_short = len(digits) <= LONGEST_EXTENSION
    has_prefix = bool(plan.national_prefix) and digits.startswith(plan.national_prefix)
    if is_short and plan.national_prefix and not has_prefix:
        return None
    number = _parsed(digits, plan.country)
    if number is not None and phonenumbers.is_valid_number(number):
        return _e164(number)
    if number is not None and has_prefix and not is_short and phonenumbers.is_possible_number(number):
        return _mended(number)
    if is_short:
        return None
    number = _parsed(f"+{digits}", None)
    return _e164(number) if number is not None and phonenumbers.is_valid_number(number) else None


def _full(plan: NumberPlan, digits: str) -> tuple[str, bool]:
    """Return the key of a number with a country code, and whether such a number is possible."""
    number = _parsed(f"+{digits}", plan.country)
    if number is None or len(digits) > _MOST_DIGITS:
        return f"+{digits}", False
    return _mended(number), phonenumbers.is_possible_number(number)


def _parsed(number: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mended(number: phonenumbers.PhoneNumber) -> str:
    """Return the E.164 form of a number that may not be valid: what is dialled before it at home is dropped then."""
    if phonenumbers.is_valid_number(number):
        return _e164(number)
    code = number.country_code or 0
    home = phonenumbers.PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(code), None)
    national = phonenumbers.national_significant_number(number)
    return f"+{code}{national.removeprefix((home.national_prefix if home else None) or '-')}"
