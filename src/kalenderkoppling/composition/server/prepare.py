"""Bring the store in step with the settings file and the directory's source, before anything is served."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.layers import ScopedLayer
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.people.import_people import import_people
from kalenderkoppling.usecases.rules.set_rules import set_layer, set_settings

SETTINGS_FILE = "settings file"
"""How the audit log names what the settings file set."""

PEOPLE_FILE = "people file"


async def prepare(core: Core, settings: TenantSettings, layer: ScopedLayer, people: Sequence[Person] | None) -> None:
    """Create or update the tenant from the settings and the people; without people the directory is unchanged."""
    await asyncio.to_thread(core.store.add_tenant, TENANT)
    # Clear what a killed process left in free pages and in the write-ahead log after its last commit (S-1).
    await asyncio.to_thread(core.store.scrub)
    await set_settings(core, TENANT, SETTINGS_FILE, settings)
    if layer not in await look_up(core, TENANT, lambda tx: tx.rules.layers()):
        await set_layer(core, TENANT, SETTINGS_FILE, layer)
    if people is not None:
        await import_people(core, TENANT, PEOPLE_FILE, people)
