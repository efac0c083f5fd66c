"""Reads pages as the bidirectional algorithm does (UAX 9): which text from outside could reorder its surroundings."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

RLO = "\u202e"
"""Turns all that follows around, until something ends it."""

_FSI, _PDI = "\u2068", "\u2069"
_ALONE = re.compile(f"{RLO}(?:[\\w-]+{RLO}?)?")
_VOID = frozenset({"meta", "link", "input", "img", "br", "path", "circle", "rect"})
_NO_TEXT = frozenset({"href", "action", "value", "id", "for", "name", "src", "hx-get", "hx-post"})
"""Attributes that nobody reads as they stand; what stands in a field is the field's own paragraph."""


@dataclass
class _Page(HTMLParser):
    open: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name not in _NO_TEXT and not name.startswith("data-person") and not is_isolated(value or ""):
                self.loose.append(f"{tag} {name}={value!r}")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "textarea" in self.open:
            return
        # Alone in its element, or isolated from what stands beside it there.
        alone = "bdi" in self.open and has_own_end(data) and _ALONE.fullmatch(data)
        if not alone and not is_isolated(data):
            self.loose.append(f"{'>'.join(self.open[-3:])}: {data.strip()!r}")


def loose_text(html: str) -> list[str]:
    """Return what on a page is turned around and not isolated, with the place where it stands."""
    page = _Page()
    page.feed(html)
    return page.loose


def as_read(html: str) -> str:
    """Return a page without what only keeps texts apart: `bdi` and isolates, which nobody sees."""
    return re.sub("</?bdi>|[\u2066-\u2069]", "", html)


def is_isolated(text: str) -> bool:
    """Tell whether every U+202E stands between an FSI and its PDI, and no PDI is left over."""
    depth = 0
    for each in text:
        depth += (each == _FSI) - (each == _PDI)
        if depth < 0 or (each == RLO and depth == 0):
            return False
    return depth == 0


def has_own_end(text: str) -> bool:
    """Tell whether text inside an isolated element leaves no isolate open and ends none of its surroundings."""
    depth = 0
    for each in text:
        depth += (each == _FSI) - (each == _PDI)
        if depth < 0:
            return False
    return depth == 0
