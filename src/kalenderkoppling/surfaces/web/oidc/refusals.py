"""Why a sign-in at a provider came to nothing; the page tells people, `key` names its text."""

from __future__ import annotations

from enum import StrEnum

from kalenderkoppling.domain.errors import KalenderkopplingError


class Why(StrEnum):
    """The reasons, as the keys of their texts."""

    PROVIDER_DOWN = "provider_down"
    """The provider cannot be reached, or what it answers cannot be used."""
    DENIED = "denied"
    """The provider let nobody in."""
    STALE = "stale"
    """The sign-in was finished already, was begun in another browser, or took too long."""
    REFUSED = "refused"
    """The provider's proof does not hold."""
    CLOCK = "clock"
    """The provider's clock and ours differ by more than is allowed."""
    WRONG_TENANT = "wrong_tenant"
    """The proof comes from an organisation that is not listed."""
    UNKNOWN_PERSON = "unknown_person"
    NO_ROLE = "no_role"

    @property
    def status(self) -> int:
        """The status of the page."""
        return {Why.PROVIDER_DOWN: 502, Why.STALE: 400, Why.REFUSED: 400, Why.CLOCK: 400}.get(self, 403)


class SignInFailedError(KalenderkopplingError):
    """A sign-in came to nothing. `detail` is for the log: it names no person and no value of the proof."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail
