"""The directory as a surface: its routes and its tabs."""

from __future__ import annotations

from kalenderkoppling.surfaces.directory import routes
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface


def directory_surface() -> Surface:
    """Put the directory together."""
    return Surface(
        name="directory",
        handlers=[routes.directory, routes.favourites, routes.person_page, routes.favourite],
        menu=[
            MenuItem(path="/", text_key="nav.all"),
            MenuItem(path="/favourites", text_key="nav.favourites"),
        ],
    )
