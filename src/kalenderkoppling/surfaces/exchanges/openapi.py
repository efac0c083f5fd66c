"""The contract of the exchanges' API as an OpenAPI 3.1 document, written by hand: it is small and public."""

from __future__ import annotations

from litestar import Response
from litestar.enums import MediaType

from kalenderkoppling.surfaces.exchanges.refusals import RING
from kalenderkoppling.surfaces.web.surface import page

OPENAPI_PATH = "/v1/openapi.json"

_NULL = {"type": "null"}
_INSTANT: dict[str, object] = {"type": "string", "format": "date-time", "description": "UTC, to the second"}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _or_null(schema: dict[str, object]) -> dict[str, object]:
    return {"anyOf": [schema, _NULL]}


def _json(name: str, media_type: str = "application/json") -> dict[str, object]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _answer(description: str, content: dict[str, object]) -> dict[str, object]:
    return {"description": description, "content": content}


_RING = {
    "text/plain": {
        "schema": {"const": RING, "description": "where one line is wanted: the phone rings, whatever went wrong"}
    }
}


def _problem(description: str) -> dict[str, object]:
    return _answer(description, {**_json("Problem", "application/problem+json"), **_RING})


_PROMPT: dict[str, object] = {
    "type": "object",
    "description": "A file to play",
    "required": ["url", "sha256", "language", "seconds"],
    "additionalProperties": False,
    "properties": {
        "url": {"type": "string", "format": "uri"},
        "sha256": _SHA256,
        "language": {"type": "string", "description": "BCP 47"},
        "seconds": {"type": "number", "minimum": 0},
    },
}
_DECISION: dict[str, object] = {
    "type": "object",
    "required": [
        "action", "ring_seconds", "valid_until", "reason", "reason_text", "back_at", "form", "text", "prompt", "menu",
    ],
    "additionalProperties": False,
    "properties": {
        "action": {
            "enum": ["ring", "open", "direct"],
            "description": "ring the phone; ring it for ring_seconds, then announce; announce at once",
        },
        "ring_seconds": {"type": "integer", "minimum": 0},
        "valid_until": {**_INSTANT, "description": "until when the answer holds as long as nothing changes"},
        "reason": _or_null({"type": "string"}),
        "reason_text": _or_null({"type": "string", "description": "as it is spoken"}),
        "back_at": _or_null(_INSTANT),
        "form": _or_null({"enum": ["time", "tomorrow", "date_time", "date"]}),
        "text": _or_null({"type": "string", "description": "the whole sentence"}),
        "prompt": _or_null({"$ref": "#/components/schemas/Prompt"}),
        "menu": _or_null({"$ref": "#/components/schemas/Prompt"}),
    },
}  # fmt: skip
_PROBLEM: dict[str, object] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "key"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "key": {"type": "string", "description": "stable, for programs"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}
_QUERY = [
    {
        "name": "to",
        "in": "query",
        "required": True,
        "description": "the number that was called, in any written form, or a SIP or tel URI",
        "schema": {"type": "string", "minLength": 1},
    },
    {"name": "from", "in": "query", "description": "the caller's number", "schema": {"type": "string"}},
    {
        "name": "as",
        "in": "query",
        "description": "the form of the answer, for those that cannot choose a header",
        "schema": {"enum": ["json", "line"]},
    },
]
_LINE = {
    "text/plain": {
        "schema": {
            "type": "string",
            "pattern": r"^(ring|open|direct)\|[0-9]+\|[0-9]+\|(https?://.+)?$",
            "description": "action, seconds to ring, seconds for which it holds, address of the file",
        }
    }
}
_SOUND: dict[str, object] = {kind: {} for kind in ("audio/wav", "audio/x-alaw-basic", "audio/basic")}

DOCUMENT: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {"title": "Kalenderkoppling: calls", "version": "1"},
    "paths": {
        "/v1/calls/decision": {
            "get": {
                "operationId": "decide",
                "summary": "What a call meets now",
                "security": [{"key": []}, {"name_and_key": []}],
                "parameters": _QUERY,
                "responses": {
                    "200": _answer("The decision; nobody's number rings", {**_json("Decision"), **_LINE}),
                    "400": _problem("There is no number, or the form is unknown"),
                    "401": _problem("The key is missing or unknown"),
                    "429": _problem("Too many wrong keys from this address: none is looked at for a minute"),
                },
            }
        },
        "/prompts/{name}": {
            "get": {
                "operationId": "prompt",
                "summary": "An announcement as a file",
                "description": "8 kHz as WAV, A-law or mu-law without a header, and 16 kHz as WAV (wav16)",
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "pattern": r"^[0-9a-f]{64}\.(wav|wav16|alaw|ulaw)$"},
                    }
                ],
                "responses": {
                    "200": _answer("The file; its ETag is the hash of the 8 kHz WAV", _SOUND),
                    "304": {"description": "The asker has it"},
                    "404": _problem("This is no such address"),
                    "410": _problem("The absence has ended: let the phone ring"),
                },
            }
        },
    },
    "components": {
        "schemas": {"Decision": _DECISION, "Prompt": _PROMPT, "Problem": _PROBLEM},
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer"},
            "name_and_key": {"type": "http", "scheme": "basic"},
        },
    },
}


@page(OPENAPI_PATH, opt={"answers": "problem", "any_host": True})
async def serve_openapi() -> Response[dict[str, object]]:
    """Serve the contract."""
    return Response(DOCUMENT, media_type=MediaType.JSON)
