"""The frame of the administrator's pages: the tabs below the menu's item, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response

from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.visit import Visit

ADMINISTRATION = "/administration"
RULES = f"{ADMINISTRATION}/rules"
PEOPLE = f"{ADMINISTRATION}/people"
LOG = f"{ADMINISTRATION}/log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the administrator's pages: its path, and the key of its title."""

    path: str
    text_key: str


TABS = (
    Tab(path=PEOPLE, text_key="administration.people"),
    Tab(path=RULES, text_key="administration.rules"),
    Tab(path=LOG, text_key="administration.log"),
)
"""The pages that there are; the first is shown first."""


def show_tab(
    visit: Visit, template: str, tab: str, *, status: int = 200, say: Notice | None = None, **values: object
) -> Response[str]:
    """Answer with one of the administrator's pages: its template extends `administration/shell.html`."""
    frame = {"tabs": TABS, "active_tab": tab, "active_menu": ADMINISTRATION}
    return visit.render(template, status=status, headers=None, say=say, **frame, **values)
