"""What a language has to provide: one typed catalogue, so that a missing piece is a type error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType
from typing import NewType

from babel.plural import PluralRule

from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.words.standard import StandardReasons

Language = NewType("Language", str)
"""Code of a language that has a catalogue, for instance `sv`; `language_of` makes one from a tag."""

Week = tuple[str, str, str, str, str, str, str]
"""One word for each weekday, Monday first."""

Year = tuple[str, str, str, str, str, str, str, str, str, str, str, str]
"""One word for each month, January first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plural:
    """A text that depends on the value `count`; the Nordic languages and English know these two forms."""

    one: str
    other: str


Text = str | Plural
"""A text of a page, with named places like `{name}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What callers hear, as words: no digits, and no abbreviations except the English a.m. and p.m.

    `clock` says a time of day by itself, `clock_of_day` one that follows a day; both with their preposition. `weekdays`
    are the names as they stand before a day of the month, `on_weekdays` as they stand alone. `menu` offers both keys,
    `menu_without_attendant` only to be called back, `menu_without_call_back` only the attendant;
    `switch` offers this language to somebody who hears another. `numbers` are the words for 0 to 99, and
    `ampersand` replaces & in texts that people wrote.
    """

    anybody: str
    absent: str
    frame: str
    frame_with_return: str
    menu: str
    menu_without_attendant: str
    menu_without_call_back: str
    switch: str
    connecting: str
    attendant_busy: str
    attendant_unanswered: str
    called_back: str
    number_hidden: str
    goodbye: str
    ampersand: str
    numbers: Sequence[str]
    tomorrow: str
    on_weekdays: Week
    weekdays: Week
    days: Sequence[str]
    months: Year
    date: str
    date_with_year: str
    clock: Callable[[time], str]
    clock_of_day: Callable[[time], str]
    year: Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How the pages write times, dates and weeks."""

    weekdays: Week
    weekdays_short: Week
    months: Year
    months_short: Year
    clock: str
    date: str
    date_with_year: str
    heading: str
    today: str
    tomorrow: str
    yesterday: str
    week: str
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collation:
    """How names are sorted: the letters after z in order, and letters that sort as others."""

    after_z: str = ""
    counts_as: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every text and every spoken sentence of one language.

    `name` is the language's own name; `tags` are the language tags (RFC 5646, lower case) that it serves.
    """

    language: Language
    name: str
    tags: Sequence[str]
    plural: PluralRule
    reasons: StandardReasons
    speech: Speech
    ui: Mapping[str, Text]
    formats: Formats
    collation: Collation


def joined(*parts: Mapping[str, Text]) -> Mapping[str, Text]:
    """Join the texts of several pages into one.

    Raises:
        InvalidValueError: a key is in two parts.
    """
    texts: dict[str, Text] = {}
    for part in parts:
        twice = texts.keys() & part.keys()
        if twice:
            message = f"duplicate texts: {sorted(twice)}"
            raise InvalidValueError(message)
        texts.update(part)
    return MappingProxyType(texts)
