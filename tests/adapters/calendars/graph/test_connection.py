"""What an administrator fills in, and what is refused."""

import msgspec
import pytest

from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.domain.errors import InvalidValueError


def test_a_tenant_an_application_and_one_credential_are_enough() -> None:
    connection = Connection(tenant_id="contoso.example", client_id="app", secret="s")
    assert connection.base_url == "https://graph.microsoft.com/v1.0"
    assert connection.authority_url == "https://login.microsoftonline.com/contoso.example"


def test_the_secret_is_never_shown() -> None:
    assert "hush" not in repr(Connection(tenant_id="contoso.example", client_id="app", secret="hush"))


@pytest.mark.parametrize("credentials", [{}, {"secret": "s", "certificate_path": "c.pem"}])
def test_one_credential_and_only_one_is_named(credentials: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError):
        Connection(tenant_id="contoso.example", client_id="app", **credentials)


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com/v1.0", "ftp://127.0.0.1", "https://", "graph.microsoft.com", "http://127.0.0.1.evil.example",
        "https://user@graph.microsoft.com", "https://graph.microsoft.com/v1.0?x=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["base_url", "authority"])
def test_F_34_only_https_is_taken_but_on_loopback(field: str, url: str) -> None:
    with pytest.raises(InvalidValueError):
        Connection(tenant_id="contoso.example", client_id="app", secret="s", **{field: url})


@pytest.mark.parametrize("tenant_id", ["", "..", "a/b", "a?b", "a" * 200])
def test_a_tenant_is_a_name_and_no_path(tenant_id: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tenant_id": tenant_id, "client_id": "app", "secret": "s"}, Connection)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tenant_id": "abc", "client_id": "app", "secret": "s", "write": True}, Connection)
