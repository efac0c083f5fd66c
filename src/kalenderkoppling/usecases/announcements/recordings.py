"""Recorded phrases as prompts are rendered with them: from the store, while a thread waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kalenderkoppling.domain.person import TenantId
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.ports.store import Store


def recordings_in(store: Store) -> Callable[[TenantId, PhraseId], bytes | None]:
    """Return a function that returns a tenant's recorded phrase as a WAV file, None where there is none; it blocks.

    It raises StoreUnavailableError where the database cannot be used just now.
    """
    return partial(_recording, store)


def _recording(store: Store, tenant: TenantId, phrase: PhraseId) -> bytes | None:
    with store.read(tenant) as tx:
        found = tx.recordings.get(phrase)
    return found.audio if found else None
