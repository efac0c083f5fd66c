"""What every request of the application can reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from litestar.connection import ASGIConnection

from kalenderkoppling.surfaces.web.access import Access, Table, route_key
from kalenderkoppling.surfaces.web.assets import Assets
from kalenderkoppling.surfaces.web.live.streams import Streams
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.said import Said, Undoing
from kalenderkoppling.surfaces.web.surface import MenuItem, ShowAgain
from kalenderkoppling.usecases.absences.changed import Changed
from kalenderkoppling.usecases.core import Core


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The core, and what the pages share."""

    core: Core
    options: WebOptions
    templates: Environment
    assets: Assets
    menu: Sequence[MenuItem]
    said: Said
    undoing: Undoing[Changed]
    shows_again: Mapping[str, ShowAgain]
    streams: Streams
    access: Table

    def access_to(self, path: str) -> Access:
        """Return who may open a page; `path` is one of ours without places in it."""
        return self.access[route_key("GET", path)]

    def access_of(self, request: AnyRequest) -> Access:
        """Return who may use the route of a request."""
        path = request.scope["path_template"].removeprefix(self.options.base_path) or "/"
        return self.access[route_key(request.method, path)]


def shell_of(connection: ASGIConnection) -> Shell:  # type: ignore[type-arg] # any user, any state
    """Return the application's shell."""
    shell = connection.app.state.shell
    if not isinstance(shell, Shell):
        raise TypeError
    return shell
