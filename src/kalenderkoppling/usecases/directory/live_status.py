"""A person's status as a viewer sees it now: colour, reason, return; what rows, cards and the live stream show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kalenderkoppling.absences.status import Colour
from kalenderkoppling.absences.visible import reason
from kalenderkoppling.domain.absence import ReasonKey
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.usecases.core import Core, look_up
from kalenderkoppling.usecases.situation import Situation, near_situations


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStatus:
    """The status shown beside a name; `back_at` is in UTC, `zone` the person's, in which it is told (C-20).

    `reason` is already the one for this viewer. `line_known` is False where no telephone system tells of the line.
    """

    person: PersonId
    colour: Colour
    line_known: bool
    reason: ReasonKey | None
    back_at: datetime | None
    zone: ZoneInfo


def live_status(situation: Situation, actor: Actor) -> LiveStatus:
    """Return a person's status as an actor sees it."""
    now = situation.status()
    viewer = actor.viewer_of(situation.person.id)
    return LiveStatus(
        person=situation.person.id,
        colour=now.colour,
        line_known=now.line_known,
        reason=reason(now.reason, viewer, sick_to_attendants=situation.settings.sick_to_attendants)
        if now.reason is not None
        else None,
        back_at=now.back_at,
        zone=situation.zone,
    )


async def live_statuses(core: Core, actor: Actor, people: Iterable[PersonId]) -> Mapping[PersonId, LiveStatus]:
    """Return the statuses of those of the people who exist, in one transaction."""
    now = core.clock.now()
    wanted = list(people)
    found = await look_up(core, actor.tenant, lambda tx: near_situations(tx, wanted, now))
    return {id_: live_status(each, actor) for id_, each in found.items()}
