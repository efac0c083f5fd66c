"""Recorded phrases of a tenant."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, select

from kalenderkoppling.domain.recording import PhraseId, PhraseKind, Recording
from kalenderkoppling.store.instants import from_micros, to_micros
from kalenderkoppling.store.scoped import TENANT, Scoped
from kalenderkoppling.store.tables import recording as recordings

_THE_PHRASE = (
    recordings.c.tenant_id == TENANT,
    recordings.c.kind == bindparam("of_kind"),
    recordings.c.phrase_key == bindparam("key"),
    recordings.c.language == bindparam("spoken"),
)
_GET = select(recordings.c.audio, recordings.c.sha256, recordings.c.at).where(*_THE_PHRASE)
_REMOVE = delete(recordings).where(*_THE_PHRASE)
_HASHES = select(recordings.c.kind, recordings.c.phrase_key, recordings.c.language, recordings.c.sha256).where(
    recordings.c.tenant_id == TENANT
)


class SqlRecordings(Scoped):
    """Recorded phrases of one tenant."""

    def put(self, recording: Recording) -> None:
        phrase = recording.phrase
        row = {
            "kind": phrase.kind,
            "phrase_key": phrase.key,
            "language": phrase.language,
            "sha256": recording.sha256,
            "at": to_micros(recording.at),
            "audio": recording.audio,
        }
        self._upsert(recordings, [row])

    def get(self, phrase: PhraseId) -> Recording | None:
        row = self._run(_GET, of_kind=phrase.kind, key=phrase.key, spoken=phrase.language).first()
        if row is None:
            return None
        return Recording(phrase=phrase, audio=row.audio, sha256=row.sha256, at=from_micros(row.at))

    def hashes(self) -> Mapping[PhraseId, str]:
        return {
            PhraseId(kind=PhraseKind(row.kind), key=row.phrase_key, language=row.language): row.sha256
            for row in self._run(_HASHES)
        }

    def remove(self, phrase: PhraseId) -> None:
        self._run(_REMOVE, of_kind=phrase.kind, key=phrase.key, spoken=phrase.language)
