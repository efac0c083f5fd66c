"""Graph's error answers, with codes and messages from recorded answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime


class Refusal(Exception):
    """The pretend Graph answers with an error: HTTP status, Graph's code, its message, and headers."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_body(refusal: Refusal, now: datetime, client_request_id: str | None) -> dict[str, object]:
    """Return the JSON of a Graph error."""
    request_id = str(uuid.uuid4())
    return {
        "error": {
            "code": refusal.code,
            "message": refusal.message,
            "innerError": {
                "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_request_id or request_id,
            },
        }
    }


def bad_request(message: str, code: str = "BadRequest") -> Refusal:
    return Refusal(400, code, message)


def unauthorized(message: str = "Access token has expired or is not yet valid.") -> Refusal:
    """401, with Graph's challenge."""
    challenge = (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
        f'error="invalid_token", error_description="{message}"'
    )
    return Refusal(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})


def access_denied() -> Refusal:
    """403: outside the application's scope, or a write towards a calendar."""
    return Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def no_such_user(user: str) -> Refusal:
    return Refusal(404, "ErrorInvalidUser", f"The requested user '{user}' is invalid.")


def mailbox_not_enabled() -> Refusal:
    return Refusal(
        404,
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    )


def not_found(message: str = "The specified object was not found in the store.") -> Refusal:
    return Refusal(404, "ErrorItemNotFound", message)


def throttled(retry_after_seconds: int | None, why: str = "Too many requests.") -> Refusal:
    """429; Graph does not always send Retry-After."""
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    return Refusal(429, "ApplicationThrottled", why, headers)
