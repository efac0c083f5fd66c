"""Signing in at an identity provider: the good way, and everything that must not get in."""

import asyncio
import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.ports.store.identities import Identity
from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.web.app import create_app
from kalenderkoppling.surfaces.web.configured_sign_in import ConfiguredSignIn
from kalenderkoppling.surfaces.web.oidc.id_token import proven_by
from kalenderkoppling.surfaces.web.oidc.provider import Metadata, Provider, ProviderOptions, Tokens
from kalenderkoppling.surfaces.web.oidc.refusals import SignInFailedError, Why
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.usecases.sign_in.identities import MOST_WAITING, Proven, link_sign_in, person_who_is
from kalenderkoppling.usecases.sign_in.local_administrators import make_administrator
from kktest.identity_provider import (
    CLIENT,
    SECRET,
    IdentityProvider,
    identity_provider,
    signed_by_public_key,
    signing_key,
    unsigned,
)
from kktest.web import ANNA, BO, NOW, PEOPLE, SAME_ORIGIN, TENANT, Company, SetClock, somebody_else, visiting

Visitor = TestClient[Litestar]
ENTRA = "11111111-1111-1111-1111-111111111111"
OTHER_ENTRA = "22222222-2222-2222-2222-222222222222"
OID = "aaaaaaaa-0000-0000-0000-000000000001"
BEGIN = "/sign-in/with/idp"
CALLBACK = f"{BEGIN}/callback"


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with identity_provider() as running:
        yield running


def app_with(company: Company, idp: IdentityProvider, **options: object) -> Litestar:
    """The directory with sign-in at the provider."""
    given = {"name": "idp", "title": "Inloggningen", "issuer": idp.url, "client_id": CLIENT, "client_secret": SECRET}
    provider = Provider(ProviderOptions(**{**given, **options}), company.clock)  # type: ignore[arg-type] # tests set it
    sign_in = ConfiguredSignIn({"idp": provider})
    return create_app(company.core, WebOptions(tenant=TENANT), sign_in=sign_in, surfaces=[directory_surface()])


@pytest.fixture
async def visitor(company: Company, idp: IdentityProvider) -> Visitor:  # type: ignore[misc] # closed by the next
    identity = Identity(issuer=idp.url, subject="sub-anna")
    await link_sign_in(company.core, TENANT, "command line", identity, ANNA)
    with visiting(app_with(company, idp)) as client:
        yield client


def begin(visitor: Visitor, query: str = "") -> dict[str, str]:
    """Go to the provider; returns what it was asked."""
    answer = visitor.get(f"{BEGIN}{query}")
    assert answer.status_code == 303, answer.text
    return {name: value for name, [value] in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def come_back(visitor: Visitor, asked: dict[str, str], code: str = "code", **others: str) -> Response:
    return visitor.get(CALLBACK, params={"state": asked["state"], "code": code, **others})


def sign_in(
    company: Company, visitor: Visitor, idp: IdentityProvider, query: object = "", **claims: object
) -> Response:
    """The whole way, with other claims than the good ones."""
    asked = begin(visitor, str(query))
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now(), **claims)))
    return come_back(visitor, asked)


def name_of_whoever(visitor: Visitor) -> str:
    """Who is signed in, by the account button; empty for nobody."""
    page = visitor.get("/sessions").text
    return page.split("<strong>")[1].split("</strong>")[0].strip("\u2068\u2069") if 'id="account"' in page else ""


# ── the good way ────────────────────────────────────────────────────────────────────────────────


def test_who_is_linked_is_signed_in_and_comes_to_the_wanted_page(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    answer = sign_in(company, visitor, idp, "?next=/people/bo")
    assert (answer.status_code, answer.headers["location"]) == (303, "/people/bo")
    assert "Anna Berg" in name_of_whoever(visitor)
    assert "Inloggningen" in visitor.get("/sign-in").text


def test_the_provider_is_asked_with_pkce_nonce_and_state(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    asked = begin(visitor)
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT, "openid profile")
    assert asked["redirect_uri"] == f"http://127.0.0.1{CALLBACK}"
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    come_back(visitor, asked)
    form, authorization = idp.forms[0]
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert asked["code_challenge_method"] == "S256"
    assert (form["grant_type"], form["redirect_uri"]) == ("authorization_code", asked["redirect_uri"])
    assert authorization.startswith("Basic ")
    again = begin(visitor)
    assert {asked[name] for name in ("state", "nonce", "code_challenge")}.isdisjoint(again.values())


def test_metadata_and_keys_are_read_once(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    for _ in range(3):
        assert sign_in(company, visitor, idp).status_code == 303
    assert (idp.asked.count("/.well-known/openid-configuration"), idp.asked.count("/keys")) == (1, 1)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_to_another_host(company: Company, visitor: Visitor, idp: IdentityProvider, wanted: str) -> None:
    asked = {name: value for name, value in begin(visitor, f"?next={wanted}").items() if name != "next"}
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    assert come_back(visitor, asked, next=wanted).headers["location"] == "/"


# ── the request: once, in time, by the same browser ─────────────────────────────────────────────


def test_a_callback_that_is_replayed_is_refused(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    asked = begin(visitor)
    token = idp.sign(idp.claims(asked["nonce"], company.clock.now()))
    idp.give("code", token)
    assert come_back(visitor, asked).status_code == 303
    with somebody_else(visitor) as other:
        idp.give("code", token)
        assert come_back(other, asked).status_code == 400
        assert name_of_whoever(other) == ""


def test_another_browser_cannot_finish_a_sign_in(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    asked = begin(visitor)
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    with somebody_else(visitor) as victim:
        begin(victim)
        assert come_back(victim, asked).status_code == 400
        assert name_of_whoever(victim) == ""


def test_a_sign_in_that_takes_too_long_is_refused(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    asked = begin(visitor)
    assert isinstance(company.clock, SetClock)
    company.clock.at = NOW + timedelta(minutes=10)
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    assert come_back(visitor, asked).status_code == 400


@pytest.mark.parametrize("query", ["", "?state=&code=x", "?state=made-up&code=x", "?state=a&state=b&code=x"])
def test_a_callback_that_nobody_asked_for_is_refused(visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"{CALLBACK}{query}")
    assert answer.status_code == 400
    assert "Inloggningen lyckades inte" in answer.text


def test_two_pages_of_one_browser_can_both_be_finished(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    first, second = begin(visitor), begin(visitor)
    for asked in (first, second):
        idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
        if asked is first:
            assert come_back(visitor, asked).status_code == 303


def test_the_providers_refusal_is_a_page_and_nothing_of_it_is_shown(visitor: Visitor) -> None:
    asked = begin(visitor)
    answer = visitor.get(
        CALLBACK, params={"state": asked["state"], "error": "access_denied", "error_description": "<b>"}
    )
    assert (answer.status_code, "släppte inte in" in answer.text, "<b>" in answer.text) == (403, True, False)


def test_the_answer_of_another_provider_is_refused(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    asked = begin(visitor)
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    assert come_back(visitor, asked, iss="https://evil.example").status_code == 400
    assert not idp.forms


def test_a_provider_that_promises_its_name_in_the_answer_has_to_give_it(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    idp.metadata["authorization_response_iss_parameter_supported"] = True
    assert sign_in(company, visitor, idp).status_code == 400
    asked = begin(visitor)
    idp.give("code", idp.sign(idp.claims(asked["nonce"], company.clock.now())))
    assert come_back(visitor, asked, iss=idp.url).status_code == 303


# ── the proof ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 300},
        {"exp": None},
        {"iat": None},
        {"exp": "soon"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_proof_that_is_not_for_us_is_refused(
    company: Company, visitor: Visitor, idp: IdentityProvider, claims: dict[str, object]
) -> None:
    answer = sign_in(company, visitor, idp, **claims)
    assert answer.status_code == 400, answer.headers
    assert name_of_whoever(visitor) == ""


def _tampered(idp: IdentityProvider, claims: dict[str, object]) -> str:
    head, _, signature = idp.sign({**claims, "sub": "sub-bo"}).split(".")
    body = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


_FORGERIES: dict[str, Callable[[IdentityProvider, dict[str, object]], str]] = {
    "unsigned": lambda _, claims: unsigned(claims),
    "tampered": _tampered,
    "hmac by the public key": lambda idp, claims: signed_by_public_key(claims, idp.key),
    "another key of the same name": lambda idp, claims: idp.sign(claims, signing_key("evil"), kid=idp.key.kid),
    "another key": lambda idp, claims: idp.sign(claims, signing_key("evil"), kid="evil"),
    "another algorithm": lambda idp, claims: idp.sign(claims, alg="RS512"),
    "no token": lambda *_: "",
    "no parts": lambda *_: "a.b",
    "no base64": lambda *_: "å.b.c",
}


@pytest.mark.parametrize("forgery", _FORGERIES)
def test_a_forged_proof_is_refused(company: Company, visitor: Visitor, idp: IdentityProvider, forgery: str) -> None:
    asked = begin(visitor)
    idp.give("code", _FORGERIES[forgery](idp, idp.claims(asked["nonce"], company.clock.now())))
    assert come_back(visitor, asked).status_code == 400
    assert name_of_whoever(visitor) == ""


@pytest.mark.parametrize("seconds", [-299, 299])
def test_a_clock_that_is_nearly_five_minutes_off_does_no_harm(
    company: Company, visitor: Visitor, idp: IdentityProvider, seconds: int
) -> None:
    at = int(company.clock.now().timestamp()) + seconds
    assert sign_in(company, visitor, idp, iat=at, nbf=at, exp=at + 1).status_code == 303


@pytest.mark.parametrize(
    "claims", [{"iat": 330, "exp": 900}, {"nbf": 330, "exp": 900}, {"iat": -900, "exp": -330}], ids=str
)
def test_a_clock_that_is_further_off_is_told(
    company: Company, visitor: Visitor, idp: IdentityProvider, claims: dict[str, int]
) -> None:
    now = int(company.clock.now().timestamp())
    answer = sign_in(company, visitor, idp, **{name: now + seconds for name, seconds in claims.items()})
    assert (answer.status_code, "klockorna" in answer.text) == (400, True)


def test_after_a_change_of_keys_the_new_ones_are_read(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    assert sign_in(company, visitor, idp).status_code == 303
    idp.key = signing_key("two")
    assert isinstance(company.clock, SetClock)
    company.clock.at = NOW + timedelta(minutes=1)
    assert sign_in(company, visitor, idp).status_code == 303
    assert idp.asked.count("/keys") == 2


def test_made_up_key_ids_make_us_ask_once_a_minute(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    for number in range(5):
        asked = begin(visitor)
        claims = idp.claims(asked["nonce"], company.clock.now())
        idp.give("code", idp.sign(claims, signing_key("evil"), kid=f"made-up-{number}"))
        assert come_back(visitor, asked).status_code == 400
    assert idp.asked.count("/keys") == 1


# ── the provider is down ────────────────────────────────────────────────────────────────────────


async def test_a_provider_that_is_down_is_told_sessions_go_on_and_the_local_administrator_gets_in(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    await make_administrator(company.core, TENANT, "command line", "karin", "correct horse battery")
    sign_in(company, visitor, idp)
    idp.is_down = True
    assert isinstance(company.clock, SetClock)
    company.clock.at = NOW + timedelta(minutes=25)
    assert visitor.get("/").status_code == 200
    company.clock.at = NOW + timedelta(minutes=61)
    with somebody_else(visitor) as other:
        answer = other.get(BEGIN)
        assert (answer.status_code, "svarar inte" in answer.text) == (502, True)
        form = {"name": "karin", "password": "correct horse battery"}
        assert other.post("/sign-in/administrator", data=form, headers=SAME_ORIGIN).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_metadata_that_cannot_be_right_is_not_used(
    visitor: Visitor, idp: IdentityProvider, metadata: dict[str, object]
) -> None:
    idp.metadata = metadata
    assert visitor.get(BEGIN).status_code == 502


def test_an_unknown_provider_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/sign-in/with/nobody").status_code == 404
    assert visitor.get("/sign-in/with/nobody/callback").status_code == 404


# ── whom one becomes ────────────────────────────────────────────────────────────────────────────


def test_an_unknown_identity_gets_nowhere_and_waits_for_an_administrator(
    company: Company, visitor: Visitor, idp: IdentityProvider
) -> None:
    answer = sign_in(company, visitor, idp, sub="sub-new", name="Ny\u202eNamn", email=PEOPLE[0].mailbox)
    assert (answer.status_code, "inte kopplat" in answer.text) == (403, True)
    assert name_of_whoever(visitor) == ""
    with company.store.read(TENANT) as tx:
        [waiting] = tx.identities.waiting()
    assert waiting.identity == Identity(issuer=idp.url, subject="sub-new")
    assert waiting.shown_name == "NyNamn"


def test_no_more_than_so_many_wait(company: Company) -> None:
    for number in range(MOST_WAITING + 3):
        identity = Identity(issuer="i", subject=f"{number:03}")
        asyncio.run(person_who_is(company.core, TENANT, Proven(identity=identity)))
        assert isinstance(company.clock, SetClock)
        company.clock.at += timedelta(seconds=1)
    with company.store.read(TENANT) as tx:
        found = [each.identity.subject for each in tx.identities.waiting()]
    assert (len(found), found[0]) == (MOST_WAITING, f"{MOST_WAITING + 2:03}")


def test_who_has_no_role_is_told_so(company: Company, visitor: Visitor, idp: IdentityProvider) -> None:
    company.write(lambda tx: tx.people.put([replace(PEOPLE[0], roles=frozenset())]))
    answer = sign_in(company, visitor, idp)
    assert (answer.status_code, "ingen roll" in answer.text) == (403, True)
    assert name_of_whoever(visitor) == ""


@pytest.fixture
def entra(company: Company, idp: IdentityProvider) -> Iterator[Visitor]:
    """Entra ID's ways: the issuer is a template, and people are found by the object id of the people file."""
    idp.metadata["issuer"] = f"{idp.url}/{{tenantid}}/v2.0"
    company.write(lambda tx: tx.people.put([replace(PEOPLE[0], entra_oid=OID)]))
    with visiting(app_with(company, idp, entra_tenants=frozenset({ENTRA}))) as client:
        yield client


def entra_sign_in(
    company: Company, visitor: Visitor, idp: IdentityProvider, tenant: object = ENTRA, **claims: object
) -> Response:
    given = {"iss": f"{idp.url}/{tenant}/v2.0", "tid": tenant, "oid": OID, "sub": "pairwise", **claims}
    return sign_in(company, visitor, idp, **given)


def test_entra_finds_a_person_by_the_object_id_that_the_people_file_told(
    company: Company, entra: Visitor, idp: IdentityProvider
) -> None:
    assert entra_sign_in(company, entra, idp, oid=OID.upper()).status_code == 303
    assert "Anna Berg" in name_of_whoever(entra)


def test_another_organisation_of_entra_is_refused(company: Company, entra: Visitor, idp: IdentityProvider) -> None:
    answer = entra_sign_in(company, entra, idp, tenant=OTHER_ENTRA)
    assert (answer.status_code, "organisation" in answer.text) == (403, True)
    assert name_of_whoever(entra) == ""


@pytest.mark.parametrize(
    "claims", [{"tid": OTHER_ENTRA}, {"tid": None}, {"oid": None}, {"oid": ""}, {"oid": 7}], ids=str
)
def test_entra_has_to_tell_tenant_and_object_id_of_its_issuer(
    company: Company, entra: Visitor, idp: IdentityProvider, claims: dict[str, object]
) -> None:
    assert entra_sign_in(company, entra, idp, **claims).status_code == 400
    assert name_of_whoever(entra) == ""


def test_an_object_id_that_two_people_have_is_nobodys(company: Company, entra: Visitor, idp: IdentityProvider) -> None:
    company.write(lambda tx: tx.people.put([replace(PEOPLE[1], entra_oid=OID)]))
    assert entra_sign_in(company, entra, idp).status_code == 403


async def test_what_an_administrator_linked_counts_before_the_people_file(
    company: Company, entra: Visitor, idp: IdentityProvider
) -> None:
    identity = Identity(issuer=f"{idp.url}/{ENTRA}/v2.0", subject=f"{ENTRA}/{OID}")
    await link_sign_in(company.core, TENANT, "command line", identity, BO)
    entra_sign_in(company, entra, idp)
    assert "Bo Åberg" in name_of_whoever(entra)


class _Known:
    """A provider whose metadata and keys are known; nothing is asked."""

    def __init__(self, tenants: frozenset[str]) -> None:
        self.idp = IdentityProvider(url="https://idp.example")
        self.options = ProviderOptions(
            name="idp", title="", issuer=self.idp.url, client_id=CLIENT, entra_tenants=tenants
        )

    async def metadata(self) -> Metadata:
        url = self.idp.url
        return Metadata(issuer=url, authorization_endpoint=url, token_endpoint=url, jwks_uri=url)

    async def keys(self, key_id: str | None) -> KeySet:
        return KeySet([self.idp.key])


_WORDS = st.one_of(st.text(max_size=20), st.sampled_from([each.mailbox or each.id for each in PEOPLE]), st.booleans())
_OTHER_CLAIMS = st.dictionaries(
    st.one_of(
        st.sampled_from(
            ["email", "email_verified", "upn", "preferred_username", "unique_name", "name", "groups", "roles"]
        ),
        st.text(min_size=1, max_size=8),
    ).filter(
        lambda name: name not in {"iss", "sub", "aud", "azp", "exp", "nbf", "iat", "nonce", "at_hash", "tid", "oid"}
    ),
    _WORDS,
    max_size=6,
)


@pytest.mark.parametrize("tenants", [frozenset(), frozenset({ENTRA})], ids=["any provider", "entra"])
@given(others=_OTHER_CLAIMS)
@settings(max_examples=40, deadline=None)
def test_no_claim_but_issuer_subject_tenant_and_object_id_ever_says_who_somebody_is(
    tenants: frozenset[str], others: dict[str, object]
) -> None:
    provider = _Known(tenants)
    claims = provider.idp.claims("nonce", NOW, tid=ENTRA, oid=OID)

    def proven(told: dict[str, object]) -> tuple[Identity, str] | Why:
        tokens = Tokens(id_token=provider.idp.sign({**told, **claims}))
        try:
            found = asyncio.run(proven_by(provider, tokens, "nonce", NOW))  # type: ignore[arg-type] # stands in for one
        except SignInFailedError as error:
            return error.why
        return found.identity, found.entra_oid

    # `amr` and `auth_time` may be refused for their form; they never say who it is.
    assert proven(others) in {proven({}), Why.REFUSED}
