"""Addresses in SIP headers, made by the grammar: what they are made of for properties, whole INVITEs for a corpus.

Source: RFC 3261, section 25.1; RFC 3966, section 3.
"""

import random
from dataclasses import dataclass

from hypothesis import strategies as st

HOSTILE = [
    '"',
    "\\",
    "<",
    ">",
    ",",
    ";",
    "@",
    ":",
    "=",
    "?",
    "%22",
    "%0d%0a",
    "\t",
    " ",
    "sip:112@x",
    "<sip:112@x>",
    '" <sip:112@x>;x="',
    "tel:112",
    ";tag=evil",
    "\\\\",
    "Anna",
    "Åsa",
    "ö",
]
"""What is put into display names and quoted values: everything that means something outside of quotes."""

names = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4)), max_size=8).map("".join)
"""Display names before they are quoted."""

numbers = st.from_regex(r"\A\+?[0-9]{1,15}\Z")

_values = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9.!%*_+`'~-]{1,12}\Z"),
    names.map(lambda each: '"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"'),
)
parameters = st.lists(
    st.tuples(st.sampled_from(["tag", "reason", "x", "privacy", "Q"]), st.one_of(st.none(), _values)), max_size=3
).map(lambda all_: "".join(f";{name}" if value is None else f";{name}={value}" for name, value in all_))
"""Parameters behind an address."""


# ── whole INVITEs, with what they say ───────────────────────────────────────────────────────────

_TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"
_HOSTS = ("pbx.example", "192.0.2.50", "[2001:db8::1]", "a-b.c.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An INVITE's headers and request URI as written, with what the grammar says that they mean.

    `caller` is None where the number is hidden.
    """

    uri: str
    headers: tuple[tuple[str, str], ...]
    caller: str | None
    wanted: str
    diverted: tuple[str, ...]


class Grammar:
    """Writes addresses by the grammar, in all the ways that it allows, and knows what they mean."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def invite(self) -> Written:
        """Write the addresses of an INVITE."""
        sender, asserted, wanted = self.number(), self.number(), self.number()
        is_asserted = self._maybe()
        headers = [("From", f"{self.address(sender)};tag={self.token()}"), ("To", self.address(self.number()))]
        headers += [("P-Asserted-Identity", self.address(asserted, bare=False))] if is_asserted else []
        hiding = self._hiding() if self._maybe(0.2) else []
        diverted = [self.number() for _ in range(self._chance.randrange(4))]
        entries = [self.address(each) + self.parameters(("reason",)) for each in diverted]
        headers += [("Diversion", each) for each in self._in_headers(entries)]
        self._chance.shuffle(hiding)
        return Written(
            uri=self.uri(wanted, bare=True),
            headers=(*headers, *hiding),
            caller=None if hiding else asserted if is_asserted else sender,
            wanted=wanted,
            diverted=tuple(dict.fromkeys(diverted)),
        )

    def number(self) -> str:
        """A number; no two are likely to be alike."""
        return self._chance.choice(["", "+"]) + str(self._chance.randrange(10**5, 10**12))

    def address(self, number: str, *, bare: bool = True) -> str:
        """An address of a number: with or without name, brackets and a scheme that exchanges leave out."""
        if bare and self._maybe(0.2):
            return self.uri(number, bare=True, within_header=True)
        blank = self._chance.choice(["", " ", "  ", "\t"])
        return f"{self.name()}<{self.uri(number)}>{blank}"

    def uri(self, number: str, *, bare: bool = False, within_header: bool = False) -> str:
        """A SIP or tel URI of a number; without brackets in a header it has no parameters of its own."""
        kind = self._chance.choice(["sip", "sips", "SIP", "tel", "Tel"])
        user = self._escaped(number)
        if kind.lower() == "tel":
            more = "" if within_header else self._uri_parameters(("isub", "npdi", "x"))
            return f"{kind}:{user}{more}"
        password = self._chance.choice(["", "", ":secret", ":"])
        port = self._chance.choice(["", "", ":5060", ":65535"])
        more = "" if within_header else self._uri_parameters(("user", "transport", "lr", "x"))
        headers = "" if bare or within_header or self._maybe(0.8) else "?Reason=SIP%3Bcause%3D302&x=%22a%22"
        return f"{kind}:{user}{password}@{self._chance.choice(_HOSTS)}{port}{more}{headers}"

    def name(self) -> str:
        """A display name as it stands before brackets; what is hostile is quoted."""
        kind = self._chance.randrange(5)
        if kind == 0:
            return ""
        if kind == 1:
            return f"{self.token()} {self.token()} "
        return self.quoted() + self._chance.choice(["", " ", "\t"])

    def quoted(self) -> str:
        """A quoted string with whatever may stand in one."""
        plain = "".join(self._chance.choice(HOSTILE) for _ in range(self._chance.randrange(6)))
        needed = {'"', "\\"}
        return '"' + "".join(f"\\{each}" if each in needed or self._escapes(each) else each for each in plain) + '"'

    def parameters(self, names_: tuple[str, ...] = ()) -> str:
        """Parameters behind an address, with and without values, blanks and quotes."""
        written = []
        for _ in range(self._chance.randrange(4)):
            name = self._chance.choice([*names_, "x", "y-z", "privacy"])
            value = self._chance.choice(["", f"={self.token()}", f" = {self.token()}", f"={self.quoted()}"])
            written.append(f"{self._chance.choice([';', ' ; '])}{name}{value}")
        return "".join(written)

    def token(self) -> str:
        """A token, with every character that one may have."""
        return "".join(self._chance.choice(_TOKEN) for _ in range(self._chance.randint(1, 8)))

    def _uri_parameters(self, names_: tuple[str, ...]) -> str:
        chosen = self._chance.sample(names_, self._chance.randrange(3))
        return "".join(f";{each}{self._chance.choice(['', '=a', '=%22'])}" for each in chosen if each != "transport")

    def _escaped(self, number: str) -> str:
        if self._maybe(0.8):
            return number
        return "".join(f"%{ord(each):02{self._chance.choice('xX')}}" if self._maybe() else each for each in number)

    def _escapes(self, character: str) -> bool:
        return character.isascii() and character.isprintable() and self._maybe(0.1)

    def _hiding(self) -> list[tuple[str, str]]:
        return [
            self._chance.choice(
                [
                    ("Privacy", "id"),
                    ("Privacy", "user;id"),
                    ("Privacy", "Full"),
                    ("Privacy", "header, critical"),
                    ("Remote-Party-ID", f"{self.address('112', bare=False)};party=calling;privacy=full"),
                    ("Remote-Party-ID", f'{self.address("112", bare=False)};privacy="full";screen=yes'),
                ]
            )
        ]

    def _in_headers(self, entries: list[str]) -> list[str]:
        if not entries or self._maybe():
            return entries
        return [self._chance.choice([",", ", ", " , "]).join(entries)]

    def _maybe(self, likely: float = 0.5) -> bool:
        return self._chance.random() < likely
