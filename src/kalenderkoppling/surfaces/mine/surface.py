"""The surface of absences: the own page, and the editor that the contact card uses too."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from kalenderkoppling.surfaces.mine.action_routes import end_now, extend, remove, restore
from kalenderkoppling.surfaces.mine.editor_routes import edit, set_new, show_absence, show_new
from kalenderkoppling.surfaces.mine.own_routes import set_quick, show_mine, show_why
from kalenderkoppling.surfaces.web.said import Undoing
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface
from kalenderkoppling.usecases.absences.changed import Changed


def mine_surface() -> Surface:
    """Make the surface; what can be undone lies in memory, with this surface."""
    undoing: Undoing[Changed] = Undoing()
    routes = Router(
        path="/",
        route_handlers=[
            *(show_mine, set_quick, show_why),
            *(show_new, set_new, show_absence, edit),
            *(remove, end_now, extend, restore),
        ],
        dependencies={"undoing": Provide(lambda: undoing, sync_to_thread=False)},
    )
    return Surface(name="mine", handlers=[routes], menu=[MenuItem(path="/mine", text_key="nav.my_absence")])
