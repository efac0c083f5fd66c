"""The administrator's pages as a surface: their routes, and one item of the menu."""

from __future__ import annotations

from litestar import Response

from kalenderkoppling.domain.person import Role
from kalenderkoppling.surfaces.administration.log import person_routes as persons
from kalenderkoppling.surfaces.administration.log import routes as log
from kalenderkoppling.surfaces.administration.people import routes as people
from kalenderkoppling.surfaces.administration.rules import routes as rules
from kalenderkoppling.surfaces.administration.tabs import ADMINISTRATION, TABS
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.surface import MenuItem, Surface, page


@page(ADMINISTRATION)
async def show_first(visit: TheVisit) -> Response[str]:
    """Show the first of the administrator's pages."""
    return visit.redirect(TABS[0].path)


def administration_surface() -> Surface:
    """Put the surface together."""
    menu = MenuItem(path=ADMINISTRATION, text_key="administration.title", roles=frozenset({Role.ADMINISTRATOR}))
    return Surface(
        name="administration",
        handlers=[
            show_first,
            *(people.show_people, people.show_orders, people.order_services, people.show_person, people.save_services),
            *(rules.show_rules, rules.show_progress, rules.save_rules, rules.save_order, rules.save_settings),
            *(log.show_log, log.send_log, log.check_log),
            *(persons.show_person, persons.send_person, persons.erase),
        ],
        menu=[menu],
    )
