"""Middleware of every request: Host, origin of forms, and security headers."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READING = frozenset({"GET", "HEAD"})


def guarded(port: Callable[[], int]) -> Middleware:
    """Let only requests through that name this machine, and forms only from our own pages.

    A foreign name that resolves to loopback (DNS rebinding) gets 421, a form from elsewhere 403.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host", "") not in {f"{name}:{port()}" for name in _LOOPBACK}:
            return web.Response(status=421, text="This page answers on this machine only.\n", headers=HEADERS)
        if request.method not in _READING and not _is_from_here(request):
            return web.Response(status=403, text="This form was not sent from its own page.\n", headers=HEADERS)
        return await handler(request)

    return check


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add the headers to an answer, errors and redirects included."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _is_from_here(request: web.Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return False
    return site in {None, "same-origin"} and origin in {None, f"http://{request.headers['Host']}"}
