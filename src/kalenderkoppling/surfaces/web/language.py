"""Which language a visitor reads: the chosen one, else the browser's, else the company's."""

from __future__ import annotations

from collections.abc import Iterator

from litestar.datastructures import Cookie

from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.words import Language, best_language, language_of, languages

COOKIE = "language"
_YEAR_SECONDS = 365 * 24 * 3600
_MOST_TAGS = 20


def language_for(request: AnyRequest, chosen: str, of_company: str) -> Language:
    """Return the language to answer in."""
    tags = [chosen, request.cookies.get(COOKIE, ""), *preferred(request.headers.get("accept-language", ""))]
    return best_language(tags, language_of(of_company) or languages()[0])


def preferred(header: str) -> list[str]:
    """Return the language tags of an Accept-Language header, the most wanted first (RFC 9110 12.5.4)."""
    weighed = sorted(_weighed(header), key=lambda each: -each[0])
    return [tag for weight, tag in weighed if weight > 0]


def _weighed(header: str) -> Iterator[tuple[float, str]]:
    for each in header.split(",")[:_MOST_TAGS]:
        tag, _, weight = each.strip().partition(";")
        try:
            yield float(weight.strip().removeprefix("q=") or 1), tag.strip()
        except ValueError:
            continue


def language_cookie(language: Language, *, https: bool) -> Cookie:
    """Make the cookie that remembers a language before sign-in and after sign-out; it is no secret."""
    return Cookie(
        key=COOKIE, value=language, path="/", httponly=True, secure=https, samesite="lax", max_age=_YEAR_SECONDS
    )
