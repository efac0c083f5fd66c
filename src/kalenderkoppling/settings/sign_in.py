"""The settings of sign-in."""

from __future__ import annotations

from kalenderkoppling.settings.part import Part


class SignIn(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people sign in. Where the section is there, nobody can choose whom to be, and the pages may leave loopback.

    Local administrators (`kalenderkoppling administrator`) can always sign in.
    """
