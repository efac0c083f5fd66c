"""A surface: one folder of pages with its routes, its templates and its place in the menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from litestar import route
from litestar.enums import HttpMethod
from litestar.types import ControllerRouterHandler


class Access(StrEnum):
    """Who gets to a route. A route that says nothing is for people who are signed in."""

    SIGNED_IN = "signed_in"
    ANYBODY = "anybody"
    MACHINE = "machine"
    """Neither session nor language is looked up; the route has a guard of its own, or nothing to hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A tab of the main menu: its path, and the key of its text."""

    path: str
    text_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One folder of pages below `surfaces/`.

    Its templates lie in `surfaces/<name>/templates/` and are named `<name>/page.html`; what lies in
    `surfaces/<name>/static/` is served as `<name>/file` below the static address. One for
    machines alone (`has_pages` False) has neither.
    """

    name: str
    handlers: Sequence[ControllerRouterHandler]
    menu: Sequence[MenuItem] = ()
    has_pages: bool = True


page = partial(route, http_method=[HttpMethod.GET, HttpMethod.HEAD])
"""Mark the handler of a page: GET, and HEAD with the same headers and no body."""
