"""The section `[icalendar]` of the settings file."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kalenderkoppling.settings.part import CalendarSection, FilePath, Secret

Url = Annotated[str, msgspec.Meta(min_length=1, extra={"kind": "url"})]


class Icalendar(CalendarSection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where each person's iCalendar file is: an address or a path, with `{mailbox}` for the person's mailbox.

    A secret address is referred to like any secret (`url = { env = "CALENDAR_URL" }`). `user` and `password` are sent
    by HTTP's basic authentication. `networks` are the private networks that may be reached (`10.2.0.0/16`); plain http
    is for these alone. `ca_file` has the certificate authorities to trust there.
    """

    url: Url | Secret | None = None
    file: FilePath = ""
    user: str = ""
    password: Secret | None = None
    networks: tuple[str, ...] = ()
    ca_file: FilePath = ""
