"""How far the effects of a rule change for many people have got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kalenderkoppling.domain.person import PersonId

_NOBODY = PersonId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """People are gone through in order of id: `after` is the last one done, empty at the beginning.

    `done` counts them, of `total` people when it began at `since` (UTC).
    """

    total: int
    since: datetime
    after: PersonId = _NOBODY
    done: int = 0
