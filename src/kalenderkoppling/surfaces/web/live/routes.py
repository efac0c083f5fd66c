"""The addresses of the live stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.live.stream import MOST_WATCHED, LiveStream
from kalenderkoppling.surfaces.web.sessions import is_alive
from kalenderkoppling.surfaces.web.status import ShownStatus, shown_status
from kalenderkoppling.usecases.core import look_up
from kalenderkoppling.usecases.directory.live_status import live_statuses
from kalenderkoppling.usecases.reasons import tenant_reasons

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
# The stream keeps no session alive (web.sessions), and programs read its answers.
_OPT = {"answers": "problem", "unattended": True}


class Watched(msgspec.Struct, forbid_unknown_fields=True):
    """Whom a page shows: the people of its list, and the one whose card is open."""

    people: Annotated[list[Id], msgspec.Meta(max_length=MOST_WATCHED)]
    card: Id | None = None


@post("/live", opt=_OPT, status_code=200)
async def open_stream(visit: TheVisit, data: JSONBody[Watched]) -> Stream:
    """Open a stream: first its id, then the statuses of those watched, then what changes."""
    streams = visit.shell.streams
    core, actor, key = visit.shell.core, visit.actor, visit.session_key

    async def look(people: Iterable[PersonId]) -> Mapping[PersonId, ShownStatus]:
        statuses = await live_statuses(core, actor, people)
        reasons = await look_up(core, actor.tenant, tenant_reasons)
        now = core.clock.now()
        return {id_: shown_status(each, now, visit.language, reasons) for id_, each in statuses.items()}

    stream = await streams.open(session_key=key, look=look, is_alive=lambda: is_alive(core, actor.tenant, key))
    _watch(stream, data)
    # X-Accel-Buffering: nginx hands each event on at once.
    headers = {"X-Accel-Buffering": "no"}
    return Stream(streams.run(stream), media_type="text/event-stream", headers=headers)


@post("/live/{stream_id:str}/watch", opt=_OPT, status_code=204)
async def watch(visit: TheVisit, stream_id: FromPath[str], data: JSONBody[Watched]) -> None:
    """Replace the set of people that an open page shows, for instance after a search; the stream sends theirs."""
    stream = visit.shell.streams.of_session(stream_id, visit.session_key)
    if stream is None:
        raise NotFoundError
    _watch(stream, data)


@post("/session/seen", opt={"answers": "problem"}, status_code=204)
async def seen(visit: TheVisit) -> Response[None]:
    """Accept a sign of user activity on an open page; the gate has recorded it already."""
    visit.actor  # noqa: B018 - only somebody signed in
    return Response(None, status_code=204)


def _watch(stream: LiveStream, data: Watched) -> None:
    stream.watch([PersonId(each) for each in data.people], PersonId(data.card) if data.card else None)
