"""The settings of sign-in."""

from __future__ import annotations

from kalenderkoppling.settings.part import FilePath, Part, Secret


class IdentityProvider(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider of sign-in by OpenID Connect.

    `name` is in our redirect address (`<pages_url>/sign-in/with/<name>/callback`), `title` on the button. Either
    `client_secret`, or `certificate`: a PEM file with private key and certificate (private_key_jwt). `entra_tenants`
    are the ids of the organisations in Entra ID whose people may sign in; with Entra ID it is needed.
    """

    name: str
    issuer: str
    client_id: str
    title: str = ""
    client_secret: Secret | None = None
    certificate: Secret | None = None
    entra_tenants: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile")
    ca_file: FilePath = ""


class SignIn(Part, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people sign in. Where the section is there, nobody can choose whom to be, and the pages may leave loopback.

    Local administrators (`kalenderkoppling administrator`) can always sign in.
    """

    providers: tuple[IdentityProvider, ...] = ()
