"""Sign-in as the settings file has it: at identity providers, and for local administrators by name and password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from litestar import Response, post
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from kalenderkoppling.domain.person import local_administrator_id
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.oidc.provider import Provider
from kalenderkoppling.surfaces.web.oidc.routes import provider_handlers
from kalenderkoppling.surfaces.web.sign_in import sign_in
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.usecases.sign_in.local_administrators import Checked, check_administrator
from kalenderkoppling.usecases.sign_in.passwords import PasswordCheck

ADMINISTRATOR_SIGN_IN = "/sign-in/administrator"
_MOST_SECONDS = 60 * 60


class ConfiguredSignIn:
    """The sign-in port for a company's own installation."""

    def __init__(self, providers: Mapping[str, Provider] | None = None) -> None:
        self._providers = providers or {}
        self._passwords = PasswordCheck()

    @property
    def handlers(self) -> Sequence[ControllerRouterHandler]:
        return (self._choices(), show_administrator_sign_in, self._check(), *provider_handlers(self._providers))

    def _choices(self) -> ControllerRouterHandler:
        providers = [each.options for each in self._providers.values()]

        @page("/sign-in")
        async def show_sign_in(
            visit: TheVisit, ended: FromQuery[str] = "", next_path: Annotated[str, QueryParameter(name="next")] = ""
        ) -> Response[str]:
            """Show how to sign in."""
            asked = local_path(next_path, otherwise="")
            return visit.render("web/sign_in_choices.html", ended=bool(ended), next_path=asked, providers=providers)

        return show_sign_in

    def _check(self) -> ControllerRouterHandler:
        passwords = self._passwords

        @post(ADMINISTRATOR_SIGN_IN, status_code=200)
        async def check(visit: TheVisit, form: TheForm) -> Response[str]:
            """Sign a local administrator in; a wrong name and a wrong password are told in the same words."""
            checked = await check_administrator(
                visit.shell.core,
                visit.shell.options.tenant,
                passwords,
                name=form.get("name"),
                password=form.fields.get("password", ""),
                address=visit.client_address,
            )
            next_path = local_path(form.get("next"), otherwise="")
            if checked.name is None:
                return _refused(visit, checked, form.get("name"), next_path)
            return await sign_in(visit, local_administrator_id(checked.name), next_path)

        return check


@page(ADMINISTRATOR_SIGN_IN)
async def show_administrator_sign_in(
    visit: TheVisit, next_path: Annotated[str, QueryParameter(name="next")] = ""
) -> Response[str]:
    """Show the form for a local administrator."""
    return _form(visit, next_path=local_path(next_path, otherwise=""))


def _refused(visit: Visit, checked: Checked, name: str, next_path: str) -> Response[str]:
    seconds = min(int(checked.wait.total_seconds()) + 1, _MOST_SECONDS) if checked.wait else 0
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return _form(
        visit, status=429 if seconds else 422, headers=headers, name=name[:100], next_path=next_path, wait=seconds
    )


def _form(
    visit: Visit,
    *,
    next_path: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    name: str = "",
    wait: int = 0,
) -> Response[str]:
    return visit.render(
        "web/sign_in_administrator.html",
        status=status,
        headers=headers,
        name=name,
        next_path=next_path,
        is_refused=status != 200,  # noqa: PLR2004 - shown first
        wait=wait,
    )
