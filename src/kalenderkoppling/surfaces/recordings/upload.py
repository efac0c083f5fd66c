"""Reads a form with a sound file: only the file's bytes."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.datastructures import UploadFile

from kalenderkoppling.surfaces.web.forms import sent_form
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.usecases.announcements.record_phrase import LARGEST_BYTES

LARGEST_UPLOAD_BYTES = 2 * LARGEST_BYTES
"""Larger bodies are refused unread; a smaller one with too large a file gets an error at its field."""

_FIELD = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The uploaded file; empty where none was chosen. Its name and content type are ignored."""

    file: bytes


async def read_upload(request: AnyRequest) -> Upload:
    """Read a request's form; its uploaded files are closed, which deletes them.

    Raises:
        ValidationException: the body is not a form.
    """
    sent = await sent_form(request)
    found = b""
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if name == _FIELD and not found:
                found = await value.read()
            await value.close()
    return Upload(file=found)
