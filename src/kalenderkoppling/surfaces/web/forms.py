"""What a form sent: its fields as text, without control characters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.datastructures import FormMultiDict
from litestar.exceptions import ValidationException

from kalenderkoppling.surfaces.web.request import AnyRequest

TOKEN_FIELD = "csrf_token"  # noqa: S105 - the field's name, no secret
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the header's name, no secret
LARGEST_FORM_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a form; of several with one name the last holds."""

    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return a field without blanks at its ends; empty where it was not sent."""
        return self.fields.get(name, "").strip()

    def is_on(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self.get(name))


async def sent_form(request: AnyRequest) -> FormMultiDict:
    """Read what a form sent, files too.

    Raises:
        ValidationException: it is no form, or a field is no text: a file without a name comes as one.
    """
    try:
        sent = await request.form()
        for _, value in sent.multi_items():
            if isinstance(value, str):
                value.encode()
    except (UnicodeError, LookupError) as error:
        raise ValidationException from error
    return sent


async def read_token(request: AnyRequest) -> str:
    """Read only the token of a request's form, which may contain files too; empty if there is none."""
    sent = (await sent_form(request)).get(TOKEN_FIELD)
    return sent if isinstance(sent, str) else ""


async def read_form(request: AnyRequest) -> Form:
    """Read a request's form.

    Raises:
        ValidationException: a field is a file, or the body is no form.
    """
    sent = await sent_form(request)
    fields: dict[str, str] = {}
    for name, value in sent.multi_items():
        if not isinstance(value, str):
            raise ValidationException
        fields[name] = value.replace("\x00", "")
    return Form(fields=fields)
