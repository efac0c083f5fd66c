"""What the command line does with the store: verify the log, take over people, hand out or erase a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from kalenderkoppling.bus.memory import MemoryBus
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.company import TENANT
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.people.csv_file import CsvPeople
from kalenderkoppling.settings import Settings
from kalenderkoppling.store import open_store
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.people import erase_person as erasing
from kalenderkoppling.usecases.people.import_people import Difference, import_people, preview_import

ACTOR = "command line"
"""How the audit log names somebody at the server's command line."""


@asynccontextmanager
async def opened_core(settings: Settings) -> AsyncIterator[Core]:
    """Open the store beside a running server, which learns of changes from the store."""
    with closing(open_store(settings.database.url)) as store:
        store.add_tenant(TENANT)
        yield make_core(store, SystemClock(), MemoryBus())


def verify_audit(settings: Settings) -> Mapping[str, int]:
    """Return how many links of the audit log's chain are whole, erased and broken."""
    with closing(open_store(settings.database.url)) as store, store.read(TENANT) as tx:
        return Counter(str(link.state) for link in tx.audit.links())


async def take_over_people(settings: Settings, *, dry_run: bool, allow_removals: bool) -> Difference:
    """Make the directory as the people file says, or only tell what would change."""
    people = CsvPeople(file=Path(settings.people.file)).people()
    async with opened_core(settings) as core:
        if dry_run:
            return await preview_import(core, TENANT, people)
        return await import_people(core, TENANT, ACTOR, people, may_empty=allow_removals)


async def exported_person(settings: Settings, person: str) -> Mapping[str, object]:
    """Return everything that is kept about a person."""
    async with opened_core(settings) as core:
        return await erasing.export_person(core, TENANT, ACTOR, PersonId(person))


async def erased_person(settings: Settings, person: str) -> None:
    """Erase a person and every trace."""
    async with opened_core(settings) as core:
        await erasing.erase_person(core, TENANT, ACTOR, PersonId(person))
