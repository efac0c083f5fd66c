"""Recorded phrases as a surface: its routes, and a tab for administrators; others come from Min frånvaro."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from kalenderkoppling.surfaces.recordings import routes
from kalenderkoppling.surfaces.recordings.page import RECORDINGS
from kalenderkoppling.surfaces.recordings.upload import read_upload
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface


def recordings_surface() -> Surface:
    """Put the surface together."""
    router = Router(
        path="/",
        route_handlers=[
            *(routes.show_recordings, routes.hear_name, routes.record_name, routes.remove_name),
            *(routes.hear_reason, routes.record_reason, routes.remove_reason),
        ],
        dependencies={"upload": Provide(read_upload)},
    )
    menu = [MenuItem(path=RECORDINGS, text_key="recordings.title", roles=routes.ADMINISTRATORS)]
    return Surface(name="recordings", handlers=[router], menu=menu)
