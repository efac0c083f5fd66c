"""The address of what a caller hears of somebody."""

from __future__ import annotations

import asyncio

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.listen.booth import Booth
from kalenderkoppling.surfaces.web.failures import Failure, problem, wants_problem
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.ringing import rung
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.announcements.listen import announcement_now, met_now

PHONE_RINGS = Failure(status=404, key="phone_rings", text_key="listen.nothing")
"""There is no announcement: the phone just rings."""


@page("/people/{person:str}/announcement")
async def announcement(
    visit: TheVisit,
    booth: NamedDependency[Booth],
    person: FromPath[str],
    absence: FromQuery[str] = "",
    rings: FromQuery[str] = "",
) -> Response[bytes] | Response[str] | Response[dict[str, object]]:
    """Play what a caller hears now, or when an absence begins; with `rings` (in the demo) after a ringing tone."""
    core, actor, id_ = visit.shell.core, visit.actor, PersonId(person)
    async with booth.seat() as prompts:
        prompt = await announcement_now(core, prompts, actor, id_, absence=AbsenceId(absence) if absence else None)
        if prompt is None:
            return _phone_rings(visit)
        sound = prompt.wav_16k
        if rings and visit.shell.options.demo is not None:
            met = await met_now(core, actor, id_)
            sound = await asyncio.to_thread(rung, sound, met.treatment)
    # No caching: it reveals when somebody is away (S-1), and changes.
    headers = {"Cache-Control": "no-store", "Content-Language": prompt.language}
    return Response(sound, media_type="audio/wav", headers=headers)


def _phone_rings(visit: Visit) -> Response[str] | Response[dict[str, object]]:
    if wants_problem(visit.request):
        return problem(PHONE_RINGS, NotFoundError())
    return visit.render("web/error.html", status=PHONE_RINGS.status, failure=PHONE_RINGS)
