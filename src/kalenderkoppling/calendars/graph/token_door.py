"""The HTTP client that msal uses for the sign-in service: with a deadline, and our errors for failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
import urllib3

from kalenderkoppling.calendars.retry_after import Jitter, retry_after
from kalenderkoppling.domain.errors import PausedError, PauseScope, ReadFailedError, ReadProblem
from kalenderkoppling.ports.clock import Clock

_TIMEOUT = urllib3.Timeout(connect=10.0, read=20.0)
_BYTES_AT_MOST = 1024 * 1024
_SERVER_FAILED = 500
_THROTTLED = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """An answer in the form that msal expects."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Do nothing: failures are raised before msal sees an answer."""


class TokenDoor:
    """Sends msal's requests to the sign-in service, without redirects and retries.

    Raises (both verbs):
        PausedError: the service asks the tenant to wait.
        ReadFailedError: it was unreachable or failed, or its answer is not a JSON object.
    """

    def __init__(self, *, ca_file: str | None, proxy: str | None, clock: Clock, jitter: Jitter) -> None:
        self._pool = urllib3.ProxyManager(proxy, ca_certs=ca_file) if proxy else urllib3.PoolManager(ca_certs=ca_file)
        self._clock = clock
        self._jitter = jitter

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> TokenAnswer:
        """Read a document, with `params` as its query."""
        return self._ask("GET", f"{url}?{urlencode(params)}" if params else url, None, headers)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> TokenAnswer:
        """Ask for a token: a form."""
        typed = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", f"{url}?{urlencode(params)}" if params else url, urlencode(data or {}), typed)

    def close(self) -> None:
        """Close connections."""
        self._pool.clear()

    def _ask(self, method: str, url: str, body: str | None, headers: Mapping[str, str] | None) -> TokenAnswer:
        try:
            answer = self._pool.request(
                method, url, body=body, headers=dict(headers or {}), timeout=_TIMEOUT, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            try:
                read = answer.read(_BYTES_AT_MOST, decode_content=True)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            detail = f"the sign-in service was not reached ({type(error).__name__})"
            raise ReadFailedError(ReadProblem.UNREACHABLE, detail) from None
        return self._judged(answer.status, answer.headers, read)

    def _judged(self, status: int, headers: Mapping[str, str], body: bytes) -> TokenAnswer:
        if status == _THROTTLED or status >= _SERVER_FAILED:
            wait = retry_after(headers, now=self._clock.now(), jitter=self._jitter)
            if wait is not None:
                raise PausedError(PauseScope.TENANT, wait)
            problem = ReadProblem.THROTTLED if status == _THROTTLED else ReadProblem.SERVER_ERROR
            raise ReadFailedError(problem, f"the sign-in service answered {status}")
        try:
            msgspec.json.decode(body, type=dict[str, object])
            text = body.decode("utf-8")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ReadFailedError(ReadProblem.MALFORMED, "the sign-in service's answer is not JSON") from error
        return TokenAnswer(status_code=status, text=text, headers=dict(headers))
