"""Style sheets, scripts and icons: read once, served from memory under an address that changes with their contents."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from litestar import Response
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from kalenderkoppling.surfaces.web.surface import page

_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css", ".webmanifest": "application/json"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file's bytes and media type."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """All files by name, such as `web/base.css`; `edition` is a hash over all, so that imports stay relative."""

    by_name: Mapping[str, Asset]
    edition: str

    def path(self, name: str) -> str:
        """Return the path below the application's root at which a file is served.

        Raises:
            KeyError: there is no such file, an error in a template.
        """
        if name not in self.by_name:
            raise KeyError(name)
        return f"/static/{self.edition}/{name}"


def read_assets(surfaces: Iterable[str], generated: Mapping[str, str]) -> Assets:
    """Read the static files of surfaces, and add style sheets that are computed."""
    by_name = {
        f"{surface}/{name}": Asset(content=file.read_bytes(), media_type=_media_type(name))
        for surface in surfaces
        for name, file in _walk(files(f"kalenderkoppling.surfaces.{surface}").joinpath("static"))
    }
    by_name |= {name: Asset(content=text.encode(), media_type=_media_type(name)) for name, text in generated.items()}
    digest = hashlib.sha256()
    for name in sorted(by_name):
        digest.update(name.encode() + by_name[name].content)
    return Assets(by_name=by_name, edition=digest.hexdigest()[:12])


@page("/static/{edition:str}/{name:path}")
async def serve_asset(assets: NamedDependency[Assets], edition: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Serve a file; the address of another edition gets the newest version, uncached."""
    asset = assets.by_name.get(name.lstrip("/"))
    if asset is None:
        raise NotFoundException
    kept = _FOREVER if edition == assets.edition else "no-cache"
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": kept})


def _walk(folder: Traversable, before: str = "") -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk(each, f"{before}{each.name}/")
        else:
            yield f"{before}{each.name}", each


def _media_type(name: str) -> str:
    suffix = name[name.rfind(".") :]
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
