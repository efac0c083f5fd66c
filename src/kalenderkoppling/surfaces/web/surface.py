"""A surface: one folder of pages with its routes, its templates and its place in the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import Role

if TYPE_CHECKING:  # a visit knows the surfaces' menu
    from kalenderkoppling.surfaces.web.said import Notice
    from kalenderkoppling.surfaces.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A tab of the main menu: its path, and the key of its text; with `roles` it is only for those who have one."""

    path: str
    text_key: str
    roles: frozenset[Role] = frozenset()

    def is_for(self, roles: frozenset[Role]) -> bool:
        """Tell whether somebody with these roles sees it."""
        return not self.roles or bool(self.roles & roles)


class ShowAgain(Protocol):
    """Shows a page after a change that was made on it: as a whole, or to a script the piece that changes."""

    async def __call__(self, visit: Visit, *, say: Notice | None = None, status: int = 200) -> Response[str]:
        """Show the page as it is now, with a message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One folder of pages below `surfaces/`.

    Its templates lie in `surfaces/<name>/templates/` and are named `<name>/page.html`; what lies in
    `surfaces/<name>/static/` is served as `<name>/file` below the static address. One for
    machines alone (`has_pages` False) has neither. `when_stopping` closes what the surface has opened.
    `shows_again` has, by path, the pages on which another surface's changes are shown in place.
    """

    name: str
    handlers: Sequence[ControllerRouterHandler]
    menu: Sequence[MenuItem] = ()
    has_pages: bool = True
    when_stopping: Sequence[Callable[[], None]] = ()
    shows_again: Mapping[str, ShowAgain] = field(default_factory=dict)


page = partial(route, http_method=[HttpMethod.GET, HttpMethod.HEAD])
"""Mark the handler of a page: GET, and HEAD with the same headers and no body."""
