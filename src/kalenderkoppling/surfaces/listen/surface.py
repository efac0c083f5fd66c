"""Listening as a surface: one route, which the pages of absences and the contact card link to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from litestar import Router
from litestar.di import Provide

from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.listen.routes import announcement
from kalenderkoppling.surfaces.web.surface import Surface


def listen_surface(booth: Booth, *, when_stopping: Sequence[Callable[[], None]] = ()) -> Surface:
    """Make the surface; `when_stopping` closes the speech behind the booth."""
    routes = Router(
        path="/",
        route_handlers=[announcement],
        dependencies={"booth": Provide(lambda: booth, sync_to_thread=False)},
    )
    return Surface(name="listen", handlers=[routes], has_pages=False, when_stopping=when_stopping)
