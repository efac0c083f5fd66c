"""Calls as a surface: its routes and its tab."""

from __future__ import annotations

from kalenderkoppling.surfaces.calls import routes
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface


def calls_surface() -> Surface:
    """Put the surface together."""
    return Surface(
        name="calls",
        handlers=[routes.show_calls, routes.show_waiting, routes.done],
        menu=[MenuItem(path=routes.CALLS, text_key="nav.calls")],
    )
