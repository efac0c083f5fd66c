"""Searches for texts everywhere: database files with log and free pages, log lines, pages, metrics, the queue."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

import aiohttp

from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.scenarios.people import ATTENDANT, COLLEAGUE
from kalenderkoppling.scenarios.stage import Stage
from kalenderkoppling.surfaces.web.sessions import begin, cookie_name
from kalenderkoppling.usecases.core import look_up

_FOR_MACHINES = ("/metrics", "/health/ready")


async def places(stage: Stage, users: Iterable[str], log_lines: Iterable[str]) -> dict[str, bytes]:
    """Return the name and content of every place where traces might be."""
    found = await _pages(stage, list(users))
    found |= {f"database file {file.suffix}": file.read_bytes() for file in _files(stage.folder)}
    found["logs"] = "\n".join(log_lines).encode()
    found["queue"] = "\n".join(sorted(stage.outside.said)).encode()
    return found


def found_in(texts: Iterable[str], somewhere: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Return which text was found where."""
    return [
        (text, place)
        for text in texts
        for place, content in somewhere.items()
        if any(written in content for written in written_forms(text))
    ]


def written_forms(text: str) -> set[bytes]:
    """Return the encodings in which a text may have been written."""
    forms = {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
    forms |= {json.dumps(each)[1:-1] for each in set(forms)}
    return {form.encode(code, "replace") for form in forms for code in ("utf-8", "utf-16-le")}


def _files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.iterdir()) if file.is_file()]


async def _pages(stage: Stage, users: list[str]) -> dict[str, bytes]:
    """Return what attendants, colleagues and the people themselves see, and what machines are answered."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(stage.door.url, trust_env=False, cookie_jar=jar) as session:
        found = {path: await _page(session, path, "") for path in _FOR_MACHINES}
        for watcher in (ATTENDANT.person, COLLEAGUE.person, *map(PersonId, users)):
            secret = await begin(stage.system.core, TENANT, watcher)
            for path in await _paths(stage, watcher, users):
                found[f"{path} for {watcher}"] = await _page(session, path, secret)
        return found


async def _paths(stage: Stage, watcher: PersonId, users: list[str]) -> list[str]:
    if watcher == COLLEAGUE.person:
        return ["/", *(f"/people/{quote(user, safe='')}" for user in users)]
    if watcher != ATTENDANT.person:
        return ["/mine"]
    kept = await look_up(
        stage.system.core, TENANT, lambda tx: [each.id for user in users for each in tx.absences.kept(PersonId(user))]
    )
    explained = [f"/absences/{quote(id_, safe='')}/why" for id_ in kept[:_MOST_EXPLAINED]]
    return ["/", *(f"/people/{quote(user, safe='')}" for user in users), *explained]


_MOST_EXPLAINED = 5


async def _page(session: aiohttp.ClientSession, path: str, secret: str) -> bytes:
    headers = {"Cookie": f"{cookie_name(https=False)}={secret}"} if secret else {}
    async with session.get(path, headers=headers, allow_redirects=False) as answer:
        return str(answer.headers).encode() + await answer.read()
