"""The token endpoint: secrets and certificates, asked by Microsoft's own msal and by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kalenderkoppling.sandbox import Application, Mailbox, PretendGraph
from kalenderkoppling.sandbox.tokens import ASSERTION_TYPE, DEMO_SECRET
from kktest.pretend import WEEK, PlainClient, StandingClock

SCOPES = ["https://graph.microsoft.com/.default"]
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey = KEY, days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kalenderkoppling")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(days=60))
    return builder.not_valid_after(now + timedelta(days=days)).sign(key, hashes.SHA256())


CERTIFICATE = certificate()
PEM = CERTIFICATE.public_bytes(Encoding.PEM)
KEY_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def ask_msal(graph: PretendGraph, credential: object) -> dict[str, Any]:
    """Ask as the product does; in a thread, since msal is synchronous."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(graph.ca_file)
        app = msal.ConfidentialClientApplication(
            graph.application.client_id,
            client_credential=credential,
            authority=graph.authority_url,
            instance_discovery=False,
            http_client=session,
        )
        answer: dict[str, Any] = app.acquire_token_for_client(SCOPES)
        return answer


async def ask(graph: PretendGraph, **changed: str) -> tuple[int, dict[str, Any]]:
    form = {
        "client_id": graph.application.client_id,
        "client_secret": DEMO_SECRET,
        "grant_type": "client_credentials",
        "scope": SCOPES[0],
        **changed,
    }
    async with aiohttp.ClientSession() as session, session.post(graph.token_url, data=form) as answer:
        return answer.status, await answer.json()


async def test_msal_gets_a_token_by_secret_and_the_token_opens_the_door(
    graph: PretendGraph, client: PlainClient, kim: Mailbox
) -> None:
    answer = await asyncio.to_thread(ask_msal, graph, DEMO_SECRET)
    client.headers = {"Authorization": f"Bearer {answer['access_token']}"}

    assert (await client.get(f"/users/{kim.user_id}/calendarView", WEEK)).status == 200


@pytest.mark.parametrize("with_sha1", [False, True])
async def test_msal_gets_a_token_by_certificate(graph: PretendGraph, *, with_sha1: bool) -> None:
    graph.application.certificate = PEM
    sha1 = CERTIFICATE.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - what older clients send
    credential = {"private_key": KEY_PEM, "public_certificate": PEM.decode()}
    if with_sha1:
        credential = {"private_key": KEY_PEM, "thumbprint": sha1}

    assert "access_token" in await asyncio.to_thread(ask_msal, graph, credential)


async def test_msal_tells_what_was_wrong_with_a_secret(graph: PretendGraph) -> None:
    answer = await asyncio.to_thread(ask_msal, graph, "wrong")

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])


@pytest.mark.parametrize(
    ("changed", "status", "number"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_id": "11111111-1111-1111-1111-111111111111"}, 400, 700016),
        ({"grant_type": "password"}, 400, 70003),
        ({"scope": "Calendars.Read"}, 400, 1002012),
    ],
)
async def test_a_wrong_request_is_refused_with_entras_number(
    graph: PretendGraph, changed: dict[str, str], status: int, number: int
) -> None:
    answer_status, body = await ask(graph, **changed)

    assert (answer_status, body["error_codes"]) == (status, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")


async def test_another_tenant_is_not_found(graph: PretendGraph) -> None:
    url = graph.token_url.replace(graph.world.tenant_id, "contoso.example")
    async with aiohttp.ClientSession() as session, session.post(url, data={}) as answer:
        assert (answer.status, (await answer.json())["error_codes"]) == (400, [90002])


async def test_F_19_an_expired_secret_is_refused(graph: PretendGraph, clock: StandingClock) -> None:
    graph.application.secret_expires = clock.now + timedelta(days=1)
    before, _ = await ask(graph)
    clock.advance(days=1)
    after, body = await ask(graph)

    assert (before, after, body["error_codes"]) == (200, 401, [7000222])


def assertion(graph: PretendGraph, *, key: rsa.RSAPrivateKey = KEY, header: bool = True, **changed: object) -> str:
    now = datetime.now(UTC)
    client_id = graph.application.client_id
    claims = {"aud": graph.token_url, "iss": client_id, "sub": client_id, "exp": now + timedelta(minutes=5), **changed}
    print_s256 = jwt.utils.base64url_encode(CERTIFICATE.fingerprint(hashes.SHA256())).decode()
    headers = {"x5t#S256": print_s256} if header else {}
    return jwt.encode(claims, key, algorithm="PS256", headers=headers)


async def ask_by_assertion(graph: PretendGraph, text: str) -> tuple[int, list[int]]:
    status, body = await ask(graph, client_assertion_type=ASSERTION_TYPE, client_assertion=text)
    return status, body.get("error_codes", [])


async def test_a_certificate_assertion_made_by_hand_is_taken(graph: PretendGraph) -> None:
    graph.application.certificate = PEM

    assert await ask_by_assertion(graph, assertion(graph)) == (200, [])


async def test_an_assertion_that_is_wrong_in_any_way_is_refused(graph: PretendGraph) -> None:
    assert await ask_by_assertion(graph, assertion(graph)) == (401, [700027])
    graph.application.certificate = PEM
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    past = datetime.now(UTC) - timedelta(minutes=1)
    wrong = {
        assertion(graph, key=stranger): 700027,
        assertion(graph, header=False): 700027,
        assertion(graph, aud="https://elsewhere.example/token"): 700023,
        assertion(graph, iss="somebody"): 700021,
        assertion(graph, exp=past): 700024,
        "no.jwt": 700027,
    }
    for text, number in wrong.items():
        assert await ask_by_assertion(graph, text) == (401, [number])


async def test_F_19_an_expired_certificate_is_refused(graph: PretendGraph) -> None:
    graph.application.certificate = PEM
    graph.tokens.assertion_clock = lambda: datetime.now(UTC) + timedelta(days=31)
    late = datetime.now(UTC) + timedelta(days=32)

    assert await ask_by_assertion(graph, assertion(graph, exp=late)) == (401, [700027])


async def test_a_token_expires_by_the_clock(
    graph: PretendGraph, client: PlainClient, kim: Mailbox, clock: StandingClock
) -> None:
    clock.advance(seconds=3598)
    before = await client.get(f"/users/{kim.user_id}")
    clock.advance(seconds=1)
    after = await client.get(f"/users/{kim.user_id}")

    assert (before.status, after.status) == (200, 401)
    assert after.body["error"]["code"] == "InvalidAuthenticationToken"
    assert after.headers["WWW-Authenticate"].startswith("Bearer ")


async def test_unknown_revoked_and_missing_tokens_are_refused(
    graph: PretendGraph, client: PlainClient, kim: Mailbox
) -> None:
    graph.tokens.revoke_all()
    statuses = [(await client.get(f"/users/{kim.user_id}")).status]
    for value in ("", "Bearer ", "Bearer made-up", "Basic x"):
        client.headers = {"Authorization": value} if value else {}
        statuses.append((await client.get(f"/users/{kim.user_id}")).status)

    assert statuses == [401] * 5


async def test_another_application_has_its_own_scope(graph: PretendGraph, client: PlainClient, kim: Mailbox) -> None:
    other = graph.tokens.register(Application(client_id="other", secret="s", mailboxes=set()))
    client.headers = {"Authorization": f"Bearer {graph.tokens.issue(other.client_id)}"}

    assert (await client.get(f"/users/{kim.user_id}/events")).status == 403


async def test_instance_discovery_points_to_the_tenant(graph: PretendGraph, client: PlainClient) -> None:
    reply = await client.get(f"{graph.origin}/common/discovery/instance")

    found = await client.get(reply.body["tenant_discovery_endpoint"])
    assert found.body["token_endpoint"] == graph.token_url
