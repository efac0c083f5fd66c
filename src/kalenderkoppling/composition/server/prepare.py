"""Update the store from the settings file and the directory's source, before anything is served."""

from __future__ import annotations

from collections.abc import Sequence

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import Person
from kalenderkoppling.rules.pins import Pinned
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.rules.take_over_pins import take_over_pins

SETTINGS_FILE = "settings file"
"""How the audit log names what the settings file set."""

PEOPLE_FILE = "people file"


async def prepare(core: Core, pinned: Pinned, people: Sequence[Person] | None) -> None:
    """Update the tenant from what the settings file names; without people the directory is unchanged."""
    await take_over_pins(core, TENANT, SETTINGS_FILE, pinned)
    if people is not None:
        await import_people(core, TENANT, PEOPLE_FILE, people)
