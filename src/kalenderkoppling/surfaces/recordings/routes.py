"""Routes of recorded phrases: the page; playing, uploading and deleting each phrase."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from kalenderkoppling.domain.absence import SICK
from kalenderkoppling.domain.errors import FieldProblem, NotFoundError, RefusedError
from kalenderkoppling.domain.person import Role
from kalenderkoppling.domain.recording import PhraseId
from kalenderkoppling.surfaces.recordings.page import (
    NAME,
    RECORDINGS,
    Refused,
    name_of,
    reason_id,
    reason_phrase,
    recordings_page,
)
from kalenderkoppling.surfaces.recordings.upload import LARGEST_UPLOAD_BYTES, Upload
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.announcements.record_phrase import record_phrase, recorded_phrase, remove_recording

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
REASON = f"{RECORDINGS}/reasons/{{reason:str}}/{{language:str}}"


@page(RECORDINGS)
async def show_recordings(visit: TheVisit, opened: FromQuery[str] = "") -> Response[str]:
    """Show the page of phrases that can be recorded."""
    return await _show(visit, opened=opened)


@page(NAME)
async def hear_name(visit: TheVisit) -> Response[bytes]:
    """Play the recording of the own name."""
    return await _hear(visit, name_of(visit.actor.person))


@post(NAME, status_code=303, request_max_body_size=LARGEST_UPLOAD_BYTES)
async def record_name(visit: TheVisit, upload: NamedDependency[Upload]) -> Response[str]:
    """Record the own name."""
    return await _record(visit, name_of(visit.actor.person), upload, RECORDINGS)


@post(f"{NAME}/remove", status_code=303)
async def remove_name(visit: TheVisit) -> Response[str]:
    """Delete the recording of the own name: the speech engine says it again."""
    return await _remove(visit, name_of(visit.actor.person), RECORDINGS)


@page(REASON)
async def hear_reason(visit: TheVisit, reason: FromPath[str], language: FromPath[str]) -> Response[bytes]:
    """Play the recording of a reason."""
    return await _hear(visit, reason_phrase(reason, language))


@post(REASON, status_code=303, request_max_body_size=LARGEST_UPLOAD_BYTES)
async def record_reason(
    visit: TheVisit, reason: FromPath[str], language: FromPath[str], upload: NamedDependency[Upload]
) -> Response[str]:
    """Record a reason in a language."""
    return await _record(visit, reason_phrase(reason, language), upload, _part_of(reason))


@post(f"{REASON}/remove", status_code=303)
async def remove_reason(visit: TheVisit, reason: FromPath[str], language: FromPath[str]) -> Response[str]:
    """Delete the recording of a reason: the speech engine says it again."""
    return await _remove(visit, reason_phrase(reason, language), _part_of(reason))


def _part_of(reason: str) -> str:
    return f"{RECORDINGS}?{urlencode({'opened': reason})}#{quote(reason_id(reason), safe='')}"


async def _show(
    visit: Visit, *, opened: str = "", refused: Refused | None = None, say: Notice | None = None, status: int = 200
) -> Response[str]:
    shown = await recordings_page(visit, opened=opened, refused=refused)
    # Users without a tab for recordings came from their own page.
    tab = RECORDINGS if shown.reasons else "/mine"
    return visit.render("recordings/page.html", status=status, say=say, page=shown, active_menu=tab)


async def _hear(visit: Visit, phrase: PhraseId) -> Response[bytes]:
    recording = await recorded_phrase(visit.shell.core, visit.actor, phrase)
    return Response(recording.audio, media_type="audio/wav", headers={"Cache-Control": "no-store"})


async def _record(visit: Visit, phrase: PhraseId, upload: Upload, back: str) -> Response[str]:
    if not upload.file:
        return await _refuse(visit, phrase, FieldProblem(field="file", problem="required"))
    try:
        await record_phrase(visit.shell.core, visit.actor, phrase, upload.file)
    except RefusedError as error:
        return await _refuse(visit, phrase, *error.problems)
    return visit.redirect(back, say=Notice(text_key="done.recording_saved"))


async def _refuse(visit: Visit, phrase: PhraseId, *problems: FieldProblem) -> Response[str]:
    """Show the page with each problem at its field; one without a field above the form.

    Raises:
        NotFoundError: there is no such reason or language.
    """
    if any(each.field != "file" for each in problems):
        raise NotFoundError
    refused = Refused(phrase=phrase, problems=problems)
    has_field = phrase.key != SICK
    say = None if has_field else Notice(text_key=f"problem.{problems[0].problem}", is_problem=True)
    return await _show(visit, refused=refused, say=say, status=422)


async def _remove(visit: Visit, phrase: PhraseId, back: str) -> Response[str]:
    await remove_recording(visit.shell.core, visit.actor, phrase)
    return visit.redirect(back, say=Notice(text_key="done.recording_removed"))
