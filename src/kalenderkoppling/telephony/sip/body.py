"""The body of a message: its content type, and the session description of a multipart body (RFC 5621, RFC 2046)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

SESSION = "application/sdp"

_ALTERNATIVE = "multipart/alternative"
MOST_PARTS = 16
DEEPEST = 3

_KIND = re.compile(r"[ \t]*([^\s;/]+)[ \t]*/[ \t]*([^\s;/]+)[ \t]*")
_PARAMETER = re.compile(r'[ \t]*;[ \t]*(?:([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]*?))[ \t]*(?=;|$))?')
_FOLD = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentType:
    """A content type in lower case, with its parameters by name; `kind` is empty where it cannot be read."""

    kind: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class NotUnderstoodError(ValueError):
    """A body has no part that we understand, or one of another type that its sender requires us to understand."""


def read_content_type(value: str) -> ContentType:
    """Read the value of Content-Type, or of a header with the same syntax, such as Content-Disposition."""
    kind = _KIND.match(value)
    name = f"{kind[1]}/{kind[2]}".lower() if kind else value.partition(";")[0].strip().lower()
    return ContentType(kind=name, parameters=_parameters(value, kind.end() if kind else value.find(";")))


def session_in(content_type: str, body: str) -> str:
    """Return the session description in a body: the body itself, or the first such part of several.

    Of alternatives the last one counts, which the sender prefers (RFC 2046, section 5.1.4). Other parts, such as ISUP
    (RFC 3204), are ignored unless they are marked `handling=required`.

    Raises:
        NotUnderstoodError: there is none, or a required part is of another type.
    """
    found = _sessions(content_type, body, 0)
    if not found:
        raise NotUnderstoodError
    return found[0]


def _sessions(content_type: str, body: str, depth: int) -> list[str]:
    told = read_content_type(content_type)
    if told.kind == SESSION:
        return [body]
    boundary = told.parameters.get("boundary")
    if not told.kind.startswith("multipart/") or not boundary or depth == DEEPEST:
        return []
    found: list[str] = []
    for headers, text in _parts(body, boundary):
        kind = headers.get("content-type", headers.get("c", "text/plain"))
        within = _sessions(kind, text, depth + 1)
        if not within and _is_required(headers) and told.kind != _ALTERNATIVE:
            raise NotUnderstoodError
        found += within
    return found[-1:] if told.kind == _ALTERNATIVE else found


def _parts(body: str, boundary: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Return the parts of a body, without preamble and epilogue."""
    line = re.compile(rf"(?:^|\r?\n)--{re.escape(boundary)}(--)?[ \t]*(?=\r?\n|$)")
    marks = list(islice(line.finditer(body), MOST_PARTS + 1))
    for place, mark in enumerate(marks):
        if mark[1] is not None:
            return
        end = marks[place + 1].start() if place + 1 < len(marks) else len(body)
        head, text = _divided(body[mark.end() : end])
        yield _headers(head), text


def _divided(part: str) -> tuple[str, str]:
    """Split a part into its headers and its text; it may have no headers."""
    found = re.search(r"\r?\n\r?\n", part)
    return (part[: found.start()], part[found.end() :]) if found else ("", "")


def _headers(head: str) -> Mapping[str, str]:
    lines = _FOLD.sub(" ", head).splitlines()
    pairs = (each.partition(":") for each in lines)
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _is_required(headers: Mapping[str, str]) -> bool:
    disposition = read_content_type(headers.get("content-disposition", ""))
    return disposition.parameters.get("handling", "").lower() == "required"


def _parameters(value: str, place: int) -> Mapping[str, str]:
    found: dict[str, str] = {}
    while 0 <= place < len(value) and (each := _PARAMETER.match(value, place)) is not None:
        if each[1] is not None:
            text = re.sub(r"\\(.)", r"\1", each[2]) if each[2] is not None else each[3]
            found.setdefault(each[1].lower(), text.strip())
        place = each.end()
    return found
