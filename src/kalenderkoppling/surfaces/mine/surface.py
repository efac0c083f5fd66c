"""The surface of the own page."""

from __future__ import annotations

from kalenderkoppling.surfaces.mine.own_routes import set_quick, show_mine, show_own_page
from kalenderkoppling.surfaces.web.links import MINE
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface


def mine_surface() -> Surface:
    """Make the surface; changes of absences that are made on the page are shown on it (`surfaces/absences`)."""
    return Surface(
        name="mine",
        handlers=[show_mine, set_quick],
        menu=[MenuItem(path=MINE, text_key="nav.my_absence")],
        shows_again={MINE: show_own_page},
    )
