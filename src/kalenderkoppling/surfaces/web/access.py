"""Who may use which route: the one table. An application with a route that is not in it does not start.

The table answers by role. What a person may do with a certain absence, and for whom, is a use case's question
(`usecases/actor.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

from litestar import Litestar
from litestar.routes import HTTPRoute

from kalenderkoppling.domain.person import Role


class Access(StrEnum):
    """Who may use a route."""

    MACHINE = "machine"
    """Programs: neither session nor language is looked up; the route has its own authentication, or is public."""
    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"
    """Whoever has a session, even without any role: such a person can still sign out."""
    COLLEAGUE = "colleague"
    """A person of the directory. Operators are not among them, since they see no content."""
    ATTENDANT = "attendant"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of which one is needed; none where no role is asked for."""
        return _ROLES.get(self, frozenset())

    def lets_in(self, roles: frozenset[Role], *, is_local: bool = False) -> bool:
        """Tell whether somebody who is signed in may use a route.

        Args:
            roles: The roles of whoever it is.
            is_local: Whether it is a local administrator, who is nobody of the directory and no colleague.
        """
        if self is Access.COLLEAGUE and is_local:
            return False
        return not self.roles or bool(self.roles & roles)


_ROLES = {
    Access.COLLEAGUE: frozenset({Role.EMPLOYEE, Role.ATTENDANT, Role.ADMINISTRATOR}),
    Access.ATTENDANT: frozenset({Role.ATTENDANT}),
    Access.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
    Access.OPERATOR: frozenset({Role.OPERATOR}),
}

RouteKey = NewType("RouteKey", str)
"""A method and a path below the base path, such as `GET /people/{person}`. What holds for GET holds for HEAD."""

Table = Mapping[RouteKey, Access]

_ROUTES_BY_ACCESS: Mapping[Access, str] = {
    Access.MACHINE: """
        GET  /static/{edition}/{name}
        GET  /health/live
        GET  /health/ready
        GET  /metrics
        POST /hooks/calendar/{tenant}/{route}
        GET  /v1/openapi.json
        GET  /v1/calls/decision
        GET  /prompts/{name}
    """,
    Access.ANYBODY: """
        GET  /sign-in
        POST /sign-in
        GET  /sign-in/with/{provider}
        GET  /sign-in/with/{provider}/callback
        GET  /sign-in/administrator
        POST /sign-in/administrator
        POST /language
        GET  /manifest.webmanifest
        GET  /favicon.ico
    """,
    Access.SIGNED_IN: """
        POST /sign-out
        POST /session/seen
        GET  /sessions
        POST /sessions/end
        POST /sessions/end-others
    """,
    Access.COLLEAGUE: """
        POST /live
        POST /live/{stream_id}/watch
        GET  /
        GET  /favourites
        GET  /people/{person}
        POST /people/{person}/favourite
        GET  /people/{person}/announcement
        GET  /calls
        GET  /calls/waiting
        POST /call-backs/{request_id}/done
        GET  /absences/new
        POST /absences/new
        GET  /absences/{absence_id}
        POST /absences/{absence_id}/edit
        POST /absences/{absence_id}/remove
        POST /absences/{absence_id}/end-now
        POST /absences/{absence_id}/extend
        POST /absences/restore/{token}
        GET  /absences/{absence_id}/why
        GET  /mine
        POST /mine/quick
        GET  /recordings
        GET  /recordings/name
        POST /recordings/name
        POST /recordings/name/remove
    """,
    Access.ADMINISTRATOR: """
        GET  /administration
        GET  /administration/people
        GET  /administration/people/{person}
        POST /administration/people/{person}/services
        GET  /administration/services
        POST /administration/services
        GET  /administration/rules
        POST /administration/rules
        POST /administration/rules/order
        GET  /administration/rules/progress
        POST /administration/rules/settings
        GET  /administration/log
        POST /administration/log/export
        POST /administration/log/verify
        GET  /administration/log/person
        POST /administration/log/person/export
        POST /administration/log/person/erase
        GET  /recordings/reasons/{reason}/{language}
        POST /recordings/reasons/{reason}/{language}
        POST /recordings/reasons/{reason}/{language}/remove
    """,
}


def route_key(method: str, path: str) -> RouteKey:
    """Make the key of a route; HEAD is looked up as GET."""
    return RouteKey(f"{'GET' if method == 'HEAD' else method} {path}")


def _read(by_access: Mapping[Access, str]) -> Iterator[tuple[RouteKey, Access]]:
    for access, lines in by_access.items():
        for line in lines.strip().splitlines():
            method, path = line.split()
            yield route_key(method, path), access


def _without_duplicates(rows: Iterator[tuple[RouteKey, Access]]) -> Table:
    table: dict[RouteKey, Access] = {}
    for key, access in rows:
        if key in table:
            raise ValueError(f"{key} is in the table twice")
        table[key] = access
    return MappingProxyType(table)


ROUTES: Table = _without_duplicates(_read(_ROUTES_BY_ACCESS))


class UnlistedRouteError(LookupError):
    """A route that is not in the table: nobody has decided who may use it."""


def routes_of(app: Litestar, base_path: str) -> set[RouteKey]:
    """Return every route of an application. OPTIONS is left out: Litestar adds it, and it tells the methods only."""
    return {
        route_key(method, route.path_format.removeprefix(base_path) or "/")
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }


def require_listed(app: Litestar, base_path: str, table: Table) -> None:
    """Check that the table has every route of an application.

    Raises:
        UnlistedRouteError: it lacks one, or the application serves something that is no plain HTTP route.
    """
    others = [route.path for route in app.routes if not isinstance(route, HTTPRoute)]
    missing = sorted(routes_of(app, base_path) - table.keys())
    if missing or others:
        raise UnlistedRouteError(f"not in surfaces/web/access.py: {', '.join([*missing, *others])}")
