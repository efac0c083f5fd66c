"""Commands on the store: audit log, people, export and erasure of a person, recorded phrases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.core import make_core
from kalenderkoppling.composition.from_settings.bus import make_bus
from kalenderkoppling.composition.from_settings.people import company_country, people_source
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.composition.verify_audit import verify_audit_log
from kalenderkoppling.domain.errors import InvalidValueError, RefusedError
from kalenderkoppling.domain.person import PersonId, Role
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.people.remarks import Remark
from kalenderkoppling.settings import Settings
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.announcements import record_phrase as recording
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.people import erase_person as erasing
from kalenderkoppling.usecases.people.import_people import Difference, import_people, preview_import

ACTOR = "command line"
"""The actor in the audit log for commands on the server's command line."""

_ADMINISTRATOR = Actor(tenant=TENANT, person=PersonId(ACTOR), roles=frozenset({Role.ADMINISTRATOR}))

_WHY_REFUSED = {
    "too_large_sound": "the file is larger than 2 MB",
    "not_wav": "the file is no WAV file of 8, 16, 24 or 32 bit PCM, A-law or mu-law, with one or two channels",
    "silent": "nothing is heard in the file for a fifth of a second",
    "too_long_sound": "more than 10 seconds are heard in the file",
    "not_recordable": "this reason is never spoken",
    "unknown_reason": "there is no such reason",
    "unknown_language": "there is no such language",
}


@asynccontextmanager
async def opened_core(settings: Settings) -> AsyncIterator[Core]:
    """Open the store; a running server learns of changes by the change feed."""
    with closing(opened_store(settings)) as store:
        store.add_tenant(TENANT)
        yield make_core(store, SystemClock(), make_bus())


def verify_audit(settings: Settings) -> Mapping[str, int]:
    """Return how many links of the audit log's chain are intact, erased and broken."""
    return verify_audit_log(settings).states


async def take_over_people(settings: Settings, *, dry_run: bool, allow_removals: bool) -> Difference:
    """Import the people file into the directory, or with `dry_run` only return what would change.

    Raises:
        InvalidValueError: the file is wrong; the message names line and column.
        TooManyGoneError: too many people would be removed or lose a service, without `allow_removals`.
    """
    people = people_source(settings, company_country(settings)).people()
    async with opened_core(settings) as core:
        if dry_run:
            return await preview_import(core, TENANT, people)
        return await import_people(core, TENANT, ACTOR, people, may_empty=allow_removals)


def remarks_on_people(settings: Settings) -> Sequence[Remark]:
    """Return what in the people file is imported but will not work, such as numbers that nobody can call.

    Raises:
        InvalidValueError: the file is wrong; the message names line and column.
    """
    return people_source(settings, company_country(settings)).read().remarks()


async def exported_person(settings: Settings, person: str) -> Mapping[str, object]:
    """Return everything that is stored about a person."""
    async with opened_core(settings) as core:
        return await erasing.export_person(core, TENANT, ACTOR, PersonId(person))


async def erased_person(settings: Settings, person: str) -> None:
    """Erase a person and every trace."""
    async with opened_core(settings) as core:
        await erasing.erase_person(core, TENANT, ACTOR, PersonId(person))


async def recorded_phrase(settings: Settings, phrase: PhraseId, file: Path) -> None:
    """Use a recording for callers instead of the speech engine.

    Raises:
        InvalidValueError: the file cannot be read or used; the message says why.
        NotFoundError: there is no such person.
    """
    try:
        sound = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise InvalidValueError(message) from error
    async with opened_core(settings) as core:
        try:
            await recording.record_phrase(core, _ADMINISTRATOR, phrase, sound)
        except RefusedError as error:
            message = ", ".join(_WHY_REFUSED.get(each.problem, each.problem) for each in error.problems)
            raise InvalidValueError(message) from error


async def removed_recording(settings: Settings, phrase: PhraseId) -> None:
    """Delete a recording: the speech engine says the phrase again.

    Raises:
        NotFoundError: the phrase is not recorded.
    """
    async with opened_core(settings) as core:
        await recording.remove_recording(core, _ADMINISTRATOR, phrase)
