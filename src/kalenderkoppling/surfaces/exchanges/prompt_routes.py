"""Announcements as files: their addresses are computed from their content and a secret, and cannot be guessed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from litestar import Response
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.errors import NotFoundError
from kalenderkoppling.ports.clock import Clock
from kalenderkoppling.ports.prompts import Prompt
from kalenderkoppling.sound import alaw, read_wav, ulaw
from kalenderkoppling.surfaces.exchanges.prompt_book import PromptBook, ToldAddresses
from kalenderkoppling.surfaces.exchanges.refusals import Refusal, refusal
from kalenderkoppling.surfaces.web.failures import Failure
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.surface import page

_GONE = Failure(status=410, key="gone", text_key="error.not_found")
_NAME = re.compile(r"([0-9a-f]{64})\.(wav|wav16|alaw|ulaw)")

# Without a header: 8,000 samples a second of a byte each (RFC 2046, section 6.3, for mu-law; A-law has no registered
# type of its own, and exchanges know it by this one).
_FORMS: dict[str, tuple[str, Callable[[Prompt], bytes]]] = {
    "wav": ("audio/wav", lambda prompt: prompt.wav),
    "wav16": ("audio/wav", lambda prompt: prompt.wav_16k),
    "alaw": ("audio/x-alaw-basic", lambda prompt: alaw(read_wav(prompt.wav))),
    "ulaw": ("audio/basic", lambda prompt: ulaw(read_wav(prompt.wav))),
}


def prompt_url(public_url: str, address: str) -> str:
    """Return the URL of a prompt's 8 kHz file."""
    return f"{public_url.rstrip('/')}/prompts/{address}.wav"


def prompt_handler(prompts: PromptBook, addresses: ToldAddresses, clock: Clock) -> ControllerRouterHandler:
    """Make the route."""

    @page("/prompts/{name:str}", opt={"answers": "problem", "any_host": True})
    async def serve_prompt(request: AnyRequest, name: FromPath[str]) -> Response[bytes] | Refusal:
        """Serve a prompt that is in use; another is gone (410), and the phone keeps ringing."""
        wanted = _NAME.fullmatch(name)
        if wanted is None:
            raise NotFoundError
        address, form = wanted.groups()
        media_type, content_of = _FORMS[form]
        prompt = await asyncio.to_thread(prompts.by_address, address)
        if prompt is None:
            return refusal(request, _GONE, NotFoundError())
        headers = {
            "ETag": f'"{prompt.sha256}"',
            "Cache-Control": f"private, max-age={addresses.max_age(address, clock.now())}",
            "Accept-Ranges": "none",
        }
        if _is_known(request.headers.get("if-none-match", ""), prompt.sha256):
            return Response(b"", status_code=304, headers=headers, media_type=media_type)
        return Response(await asyncio.to_thread(content_of, prompt), headers=headers, media_type=media_type)

    return serve_prompt


def _is_known(if_none_match: str, sha256: str) -> bool:
    """Tell whether the asker has the file (RFC 9110, section 13.1.2)."""
    tags = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in tags or f'"{sha256}"' in tags
