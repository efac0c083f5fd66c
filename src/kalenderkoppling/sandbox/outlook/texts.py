"""The texts of the pretend Outlook, in Swedish, English and Norwegian.

It is no part of the product, so its words are not in the product's catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping

from kalenderkoppling.sandbox.outlook.texts_en import ENGLISH
from kalenderkoppling.sandbox.outlook.texts_nb import NORWEGIAN
from kalenderkoppling.sandbox.outlook.texts_sv import SWEDISH

TEXTS: Mapping[str, Mapping[str, str]] = {"sv": SWEDISH, "en": ENGLISH, "nb": NORWEGIAN}
LANGUAGES = {"sv": "Svenska", "en": "English", "nb": "Norsk"}
"""Each language in its own words, in the order shown; the first is what others get."""

_COUSINS = {"no": "nb", "nn": "nb"}


def say(language: str, key: str, **words: object) -> str:
    """Return a text with its placeholders filled in; not escaped for HTML.

    Raises:
        KeyError: no such language, text or placeholder.
    """
    return TEXTS[language][key].format(**words)


def best_language(accepted: str) -> str:
    """Choose by an Accept-Language header: the first of ours with the highest q, else Swedish."""
    wishes: list[tuple[float, str]] = []
    for wish in accepted.split(",")[:20]:
        tag, _, quality = wish.strip().partition(";q=")
        short = tag.partition("-")[0].casefold()
        wishes.append((_share(quality), _COUSINS.get(short, short)))
    known = [(share, language) for share, language in wishes if language in LANGUAGES and share > 0]
    return max(known, key=lambda wish: wish[0])[1] if known else next(iter(LANGUAGES))


def _share(quality: str) -> float:
    try:
        return float(quality or "1")
    except ValueError:
        return 0.0
