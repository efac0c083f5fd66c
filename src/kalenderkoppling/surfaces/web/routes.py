"""Routes that belong to no surface: sign-out, language, and what makes the pages installable."""

from __future__ import annotations

from litestar import Response, post
from litestar.enums import MediaType

from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.language import language_cookie
from kalenderkoppling.surfaces.web.sessions import choose_language, end, session_cookie
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.words import language_of

_ICON_SIZES = ("192x192", "512x512")


@post("/sign-out", status_code=303)
async def sign_out(visit: TheVisit) -> Response[str]:
    """End the session, its streams, and what the browser kept."""
    options = visit.shell.options
    if visit.signed_in is not None:
        await end(visit.shell.core, options.tenant, visit.signed_in.session)
        visit.shell.streams.end_session(visit.session_key)
    return Response(
        "",
        status_code=303,
        media_type=MediaType.HTML,
        headers={"Location": visit.path("/sign-in"), "Clear-Site-Data": '"cache"'},
        cookies=[session_cookie("", https=options.https)],
    )


@post("/language", status_code=303)
async def set_language(visit: TheVisit, form: TheForm) -> Response[str]:
    """Keep the language chosen: in the session, and in a cookie for the next time."""
    language = language_of(form.get("language"))
    answer = visit.redirect(local_path(form.get("back")))
    if language is None:
        return answer
    if visit.signed_in is not None:
        await choose_language(visit.shell.core, visit.shell.options.tenant, visit.signed_in.session, language)
    answer.set_cookie(language_cookie(language, https=visit.shell.options.https))
    return answer


@page("/manifest.webmanifest")
async def manifest(visit: TheVisit) -> Response[dict[str, object]]:
    """Tell the browser how to install the directory (W3C Web Application Manifest)."""
    icons = [
        {"src": _asset(visit, f"web/icons/icon-{size.partition('x')[0]}.png"), "sizes": size, "type": "image/png"}
        for size in _ICON_SIZES
    ]
    maskable = {**icons[-1], "src": _asset(visit, "web/icons/maskable-512.png"), "purpose": "maskable"}
    name = visit.text("directory.title")
    content: dict[str, object] = {
        "id": visit.path("/"),
        "name": f"{name} · {visit.shell.options.company or visit.text('app.name')}",
        "short_name": name,
        "lang": visit.language,
        "start_url": visit.path("/"),
        "scope": visit.path("/"),
        "display": "standalone",
        "background_color": "#f5f6f4",
        "theme_color": "#0f3d3e",
        "icons": [*icons, maskable],
    }
    return Response(content, media_type="application/manifest+json")


@page("/favicon.ico")
async def favicon(visit: TheVisit) -> Response[str]:
    """Send what asks for the icon's old address to its file."""
    return visit.redirect(visit.shell.assets.path("web/icons/icon-32.png"))


def _asset(visit: Visit, name: str) -> str:
    return visit.path(visit.shell.assets.path(name))
