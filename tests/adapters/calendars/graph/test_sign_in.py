"""Signing in with certificate or secret through msal, against the pretend token endpoint."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kalenderkoppling.calendars.graph.connection import Connection
from kalenderkoppling.calendars.graph.sign_in import SignIn
from kalenderkoppling.domain.errors import InvalidValueError, PausedError, PauseScope, ReadFailedError, ReadProblem
from kalenderkoppling.sandbox import Application, FaultKind, PretendGraph, World
from kalenderkoppling.sandbox.faults import Door
from kktest.graph import SetClock, connection_to

ENDS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=90)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, ends: datetime = ENDS) -> tuple[bytes, bytes]:
    """Return a self-signed certificate and its key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kalenderkoppling")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=365))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
async def graph() -> AsyncIterator[PretendGraph]:
    async with PretendGraph(World(SetClock().now)) as started:
        yield started


def sign_in(connection: Connection, clock: SetClock | None = None) -> SignIn:
    return SignIn(connection, clock or SetClock(), lambda: 0.0)


async def detail_of(door: SignIn) -> str:
    with pytest.raises(ReadFailedError) as caught:
        await door.token()
    assert caught.value.problem is ReadProblem.SIGN_IN_REFUSED
    return caught.value.detail


async def test_a_secret_signs_in(graph: PretendGraph) -> None:
    token = await sign_in(connection_to(graph)).token()
    assert graph.tokens.application_of(f"Bearer {token}") is graph.application


async def test_a_certificate_signs_in_and_says_when_it_ends(
    graph: PretendGraph, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    certificate, private = pem(key)
    (tmp_path / "app.pem").write_bytes(private + certificate)
    graph.tokens.register(Application(client_id="with-certificate", certificate=certificate, secret=None))
    door = sign_in(
        connection_to(graph, client_id="with-certificate", secret=None, certificate_path=str(tmp_path / "app.pem"))
    )
    token = await door.token()
    assert graph.tokens.application_of(f"Bearer {token}").client_id == "with-certificate"
    assert door.credential_expires_at() == ENDS


async def test_a_secret_does_not_say_when_it_ends(graph: PretendGraph) -> None:
    assert sign_in(connection_to(graph)).credential_expires_at() is None


async def test_F_19_a_wrong_secret_is_told_by_entras_number_alone(graph: PretendGraph) -> None:
    assert await detail_of(sign_in(connection_to(graph, secret="wrong"))) == "AADSTS7000215"


async def test_F_19_an_expired_secret_is_told_by_entras_number_alone(graph: PretendGraph) -> None:
    graph.application.secret_expires = SetClock().now() - timedelta(days=1)
    assert await detail_of(sign_in(connection_to(graph))) == "AADSTS7000222"


async def test_F_19_an_expired_certificate_is_refused_and_a_new_file_is_read_without_a_restart(
    graph: PretendGraph, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    old, private = pem(key, datetime.now(UTC) - timedelta(days=1))
    new, _ = pem(key)
    path = tmp_path / "app.pem"
    path.write_bytes(private + old)
    application = graph.tokens.register(Application(client_id="c", certificate=old, secret=None))
    door = sign_in(connection_to(graph, client_id="c" * 3, secret=None, certificate_path=str(path)))
    graph.tokens.applications["ccc"] = application
    application.client_id = "ccc"
    assert await detail_of(door) == "AADSTS700027"
    application.certificate = new
    path.write_bytes(private + new)
    assert await door.token()


async def test_an_unknown_tenant_and_application_are_refused(graph: PretendGraph) -> None:
    assert await detail_of(sign_in(connection_to(graph, tenant_id="nobody"))) == "AADSTS90002"
    assert await detail_of(sign_in(connection_to(graph, client_id="nobody"))) == "AADSTS700016"


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
async def test_a_file_that_is_no_certificate_is_refused_in_our_words(
    graph: PretendGraph, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "app.pem"
    if content is not None:
        path.write_bytes(content)
    door = sign_in(connection_to(graph, secret=None, certificate_path=str(path)))
    assert "the certificate's file" in await detail_of(door)
    with pytest.raises(InvalidValueError):
        door.credential_expires_at()


async def test_a_certificate_without_key_or_with_a_key_that_entra_does_not_take_is_refused(
    graph: PretendGraph, key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    path = tmp_path / "app.pem"
    door = sign_in(connection_to(graph, secret=None, certificate_path=str(path)))
    path.write_bytes(pem(key)[0])
    assert "private key" in await detail_of(door)
    path.write_bytes(b"".join(pem(ec.generate_private_key(ec.SECP256R1()))))
    assert "RSA" in await detail_of(door)


async def test_a_token_is_fetched_once_and_renewed_before_it_ends(graph: PretendGraph) -> None:
    clock = SetClock()
    door = sign_in(connection_to(graph), clock)
    first = {*await asyncio.gather(*(door.token() for _ in range(5)))}
    assert len(first) == 1
    clock.advance(minutes=50)
    assert {await door.token()} == first
    clock.advance(minutes=6)
    assert {await door.token()} != first


async def test_only_the_token_that_is_given_out_can_be_forgotten(graph: PretendGraph) -> None:
    door = sign_in(connection_to(graph))
    first = await door.token()
    door.forget("another")
    assert await door.token() == first
    door.forget(first)
    assert await door.token() != first


async def test_F_05_throttling_at_sign_in_pauses_the_tenant(graph: PretendGraph) -> None:
    graph.faults.arm(FaultKind.THROTTLED, door=Door.TOKEN, retry_after=timedelta(seconds=30))
    with pytest.raises(PausedError) as caught:
        await sign_in(connection_to(graph)).token()
    assert (caught.value.scope, caught.value.retry_after) == (PauseScope.TENANT, timedelta(seconds=30))


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (FaultKind.THROTTLED, ReadProblem.THROTTLED),
        (FaultKind.UNAVAILABLE, ReadProblem.SERVER_ERROR),
        (FaultKind.SERVER_ERROR, ReadProblem.SERVER_ERROR),
        (FaultKind.HTML, ReadProblem.MALFORMED),
        (FaultKind.DEEP_NESTING, ReadProblem.MALFORMED),
        (FaultKind.RESET_BEFORE_ANSWER, ReadProblem.UNREACHABLE),
        (FaultKind.HALF_READ_BODY, ReadProblem.UNREACHABLE),
    ],
)
async def test_F_06_a_failing_sign_in_service_is_told_apart_and_tried_again(
    graph: PretendGraph, kind: FaultKind, problem: ReadProblem
) -> None:
    door = sign_in(connection_to(graph))
    graph.faults.arm(kind, door=Door.TOKEN)
    with pytest.raises(ReadFailedError) as caught:
        await door.token()
    assert caught.value.problem is problem
    assert await door.token()


async def test_a_sign_in_service_that_is_not_there_is_unreachable(graph: PretendGraph) -> None:
    door = sign_in(connection_to(graph, authority="https://127.0.0.1:9"))
    with pytest.raises(ReadFailedError) as caught:
        await door.token()
    assert caught.value.problem is ReadProblem.UNREACHABLE


async def test_a_sign_in_service_that_nobody_vouches_for_gets_no_credential(graph: PretendGraph) -> None:
    door = sign_in(connection_to(graph, ca_file=None))
    with pytest.raises(ReadFailedError) as caught:
        await door.token()
    assert caught.value.problem is ReadProblem.UNREACHABLE
    assert [asked for asked in graph.journal.requests if asked.method == "POST"] == []
