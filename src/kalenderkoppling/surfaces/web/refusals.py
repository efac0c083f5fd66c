"""Why the web refuses a request before it reaches a use case."""

from __future__ import annotations

from kalenderkoppling.domain.errors import KalenderkopplingError


class SignedOutError(KalenderkopplingError):
    """Nobody is signed in, or the session has ended: sign in again."""


class ForbiddenError(KalenderkopplingError):
    """The role does not allow this."""


class ForgedRequestError(KalenderkopplingError):
    """The request does not come from a page of ours, or the page was too old: load it again."""


class BusyError(KalenderkopplingError):
    """Too much of this is asked for at once: try again in a moment."""


class ForeignHostError(KalenderkopplingError):
    """The request names a host that is not ours."""
