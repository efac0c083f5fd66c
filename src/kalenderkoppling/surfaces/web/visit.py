"""A visit: one request of somebody, signed in or not, and how it is answered with a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from litestar import Response
from litestar.enums import MediaType

from kalenderkoppling.domain.person import Person, Role
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.surfaces.web.access import Access
from kalenderkoppling.surfaces.web.links import SESSIONS
from kalenderkoppling.surfaces.web.outside import isolated_values
from kalenderkoppling.surfaces.web.refusals import SignedOutError
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.said import Notice
from kalenderkoppling.surfaces.web.sessions import Arrival, SignedIn
from kalenderkoppling.surfaces.web.shell import Shell
from kalenderkoppling.surfaces.web.surface import MenuItem
from kalenderkoppling.usecases.actor import Actor
from kalenderkoppling.words import Language, TenantReasons, catalogue, languages, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: who asks, in which language, at which instant (UTC). `arrival` is None on pages of errors."""

    shell: Shell
    request: AnyRequest
    language: Language
    now: datetime
    arrival: Arrival | None = None

    @property
    def signed_in(self) -> SignedIn | None:
        return self.arrival.signed_in if self.arrival else None

    @property
    def actor(self) -> Actor:
        """Who asks.

        Raises:
            SignedOutError: nobody is signed in.
        """
        return Actor(tenant=self.shell.options.tenant, person=self.person.id, roles=self.person.roles)

    @property
    def person(self) -> Person:
        """Who is signed in: a person of the directory, or what stands for a local administrator.

        Raises:
            SignedOutError: nobody is signed in.
        """
        if self.signed_in is None:
            raise SignedOutError
        return self.signed_in.person

    @property
    def is_local(self) -> bool:
        """Whether a local administrator is signed in, who is nobody of the directory."""
        return self.signed_in is not None and self.signed_in.is_local

    @property
    def client_address(self) -> str:
        """The network address that the request comes from, through the proxies that are known."""
        client = self.request.client
        return self.shell.options.proxies.client_address(client.host if client else "", self.request.headers)

    def home(self, *, is_local: bool) -> str:
        """Return the path of the page that comes first: the directory, for a local administrator an administrator's."""
        if not is_local:
            return "/"
        pages = (each.path for each in self.shell.menu if self.shell.access_to(each.path) is Access.ADMINISTRATOR)
        return next(pages, SESSIONS)

    @property
    def session_key(self) -> str:
        """The session's key in the store.

        Raises:
            SignedOutError: nobody is signed in.
        """
        if self.signed_in is None:
            raise SignedOutError
        return self.signed_in.session.key

    @property
    def settings(self) -> TenantSettings:
        return self.arrival.settings if self.arrival else TenantSettings()

    @property
    def reasons(self) -> TenantReasons:
        return self.arrival.reasons if self.arrival else {}

    @property
    def initials(self) -> str:
        """The person's initials, for the small round button."""
        words = self.signed_in.person.name.split() if self.signed_in else []
        return "".join(each[0] for each in (words[:1] + words[1:][-1:])).upper()

    @property
    def roles(self) -> list[Role]:
        """The person's roles in their order, plain employees' left out."""
        mine = self.signed_in.person.roles if self.signed_in else frozenset()
        return [each for each in Role if each in mine and each is not Role.EMPLOYEE]

    @property
    def back(self) -> str:
        """The path of ours that this request was for, to come back to."""
        url = self.request.url
        here = url.path.removeprefix(self.shell.options.base_path) or "/"
        return local_path(f"{here}?{url.query}" if url.query else here)

    @property
    def is_partial(self) -> bool:
        """Whether a script asks for a piece of a page; such answers are told apart by `Vary`."""
        headers = self.request.headers
        return headers.get("HX-Request") == "true" and headers.get("HX-Request-Type") == "partial"

    def text(self, key: str, **values: str | int) -> str:
        """Return a text in the visitor's language; values from outside do not reorder it."""
        return text(key, self.language, **isolated_values(values))

    def path(self, path: str) -> str:
        """Return a path as the browser must ask for it: below the base path."""
        return f"{self.shell.options.base_path}{path}"

    def render(
        self,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        say: Notice | None = None,
        **values: object,
    ) -> Response[str]:
        """Answer with a page or a piece of one.

        Args:
            template: Its name, such as `directory/page.html`.
            status: The status of the answer.
            headers: Further headers, such as `HX-Push-Url`.
            say: A message: in a whole page it stands in its place, to a piece it is added out of band.
            values: What the template asks for, beside what every template has (`common`).
        """
        html = self.shell.templates.get_template(template).render(**self.common(say), **values)
        if say is not None and self.is_partial:
            html += self.shell.templates.get_template("web/said_out_of_band.html").render(**self.common(say))
        answered = {"Vary": "HX-Request, HX-Request-Type, Accept-Language, Cookie", **(headers or {})}
        return Response(html, status_code=status, media_type=MediaType.HTML, headers=answered)

    def redirect(self, path: str, *, say: Notice | None = None) -> Response[str]:
        """Send the browser to a path of ours with GET; a message waits for the page there."""
        if say is not None and self.signed_in is not None:
            self.shell.said.put(self.session_key, say)
        return Response("", status_code=303, headers={"Location": self.path(path)}, media_type=MediaType.HTML)

    def common(self, say: Notice | None = None) -> dict[str, object]:
        """Return what every template has."""
        options = self.shell.options
        return {
            "t": self.text,
            "path": self.path,
            "asset": lambda name: self.path(self.shell.assets.path(name)),
            "visit": self,
            "options": options,
            "language": self.language,
            "languages": [(each, catalogue(each).name) for each in languages()],
            "csrf": self.signed_in.session.csrf_token if self.signed_in else "",
            "person": self.signed_in.person if self.signed_in else None,
            "menu": self._menu(),
            "home": self.path(self.home(is_local=self.is_local)),
            "here": self.request.url.path.removeprefix(options.base_path) or "/",
            "said": say or self._waiting(),
        }

    def _menu(self) -> list[MenuItem]:
        if self.signed_in is None:
            return []
        roles = self.signed_in.person.roles
        return [
            each
            for each in self.shell.menu
            if each.is_for(roles) and self.shell.access_to(each.path).lets_in(roles, is_local=self.is_local)
        ]

    def _waiting(self) -> Notice | None:
        if self.signed_in is None or self.is_partial:
            return None
        return self.shell.said.take(self.session_key)


LONGEST_PATH = 2_000


def local_path(wanted: str, otherwise: str = "/") -> str:
    """Return a path that a form or link asked to go back to, if it is one of ours; never another host's address."""
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    is_plain = len(wanted) <= LONGEST_PATH and wanted.isprintable() and "\\" not in wanted
    return wanted if is_ours and is_plain else otherwise
