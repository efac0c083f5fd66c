"""The section of identity providers in the settings file."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.identity_providers import identity_providers
from kalenderkoppling.domain.errors import InvalidValueError
from kalenderkoppling.settings import settings_from
from kalenderkoppling.surfaces.web.oidc.provider import Provider

ENTRA = {
    "name": "entra",
    "title": "Microsoft",
    "issuer": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
    "client_id": "id",
    "client_secret": {"env": "KK_TEST_SECRET"},
    "entra_tenants": ["11111111-1111-1111-1111-11111111111A"],
}


def providers(folder: Path, *sections: Mapping[str, object]) -> dict[str, Provider]:
    section = settings_from({"sign_in": {"providers": list(sections)}}, folder).sign_in
    assert section is not None
    return dict(identity_providers(section, SystemClock()))


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KK_TEST_SECRET", "hush")


def test_a_provider_is_read(tmp_path: Path) -> None:
    options = providers(tmp_path, ENTRA)["entra"].options
    assert (options.title, options.client_secret, options.scopes) == ("Microsoft", "hush", ("openid", "profile"))
    assert options.entra_tenants == {"11111111-1111-1111-1111-11111111111a"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "Entra ID"}, "a name is made of"),
        ({"issuer": "http://idp.example"}, "must be an https address"),
        ({"client_id": ""}, "client_id must not be empty"),
        ({"scopes": ["profile"]}, "scopes must have openid"),
        ({"client_secret": None}, "either client_secret or certificate"),
        ({"certificate": {"env": "KK_TEST_SECRET"}}, "either client_secret or certificate"),
        ({"client_secret": None, "certificate": {"env": "KK_TEST_SECRET"}}, "must be a PEM file"),
        ({"entra_tenants": []}, "entra_tenants must name whose people may sign in"),
        ({"entra_tenants": ["common"]}, "is no id of an organisation"),
        ({"ca_file": "nowhere.pem"}, "there is no file"),
        ({"client_secret": {"env": "KK_TEST_NOT_SET"}}, "cannot be read"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, change: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidValueError, match=told):
        providers(tmp_path, {**ENTRA, **change})


def test_two_providers_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="there twice"):
        providers(tmp_path, ENTRA, ENTRA)
