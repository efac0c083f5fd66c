"""The surface of absences: editor, actions, undo and why, for the own page, the contact card and attendants."""

from __future__ import annotations

from kalenderkoppling.surfaces.absences.action_routes import end_now, extend, remove, restore
from kalenderkoppling.surfaces.absences.editor_routes import edit, set_new, show_absence, show_new
from kalenderkoppling.surfaces.absences.why_routes import show_why
from kalenderkoppling.surfaces.web.surface import Surface


def absences_surface() -> Surface:
    """Make the surface."""
    editing = [show_new, set_new, show_absence, edit]
    acting = [remove, end_now, extend, restore]
    return Surface(name="absences", handlers=[*editing, *acting, show_why])
