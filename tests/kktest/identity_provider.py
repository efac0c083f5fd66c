"""An identity provider on loopback that does what a test says, also what no provider should."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

CLIENT = "kalenderkoppling"
SECRET = "s3cret: with/odd chars"


@cache
def signing_key(key_id: str) -> RSAKey:
    """Make the key of an id once: making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig"})


@dataclass(slots=True)
class IdentityProvider:
    """What the provider tells: `tokens` by code, `metadata` over the usual, and what it was asked."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: signing_key("one"))
    tokens: dict[str, dict[str, object]] = field(default_factory=dict)
    metadata: dict[str, object] = field(default_factory=dict)
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    forms: list[tuple[Mapping[str, str], str]] = field(default_factory=list)

    def claims(self, nonce: str, now: datetime, /, **others: object) -> dict[str, object]:
        """Return good claims about `sub-anna`, with others over them; None leaves one out."""
        at = int(now.timestamp())
        good = {"iss": self.url, "aud": CLIENT, "sub": "sub-anna", "nonce": nonce, "iat": at, "exp": at + 300}
        return {name: value for name, value in {**good, **others}.items() if value is not None}

    def sign(self, claims: Mapping[str, object], key: RSAKey | None = None, **header: object) -> str:
        """Sign claims, in RS256 by the provider's key unless told otherwise."""
        signer = key or self.key
        headed = {"alg": "RS256", "kid": self.key.kid, **header}
        return jws.serialize_compact(headed, json.dumps(claims), signer, algorithms=[str(headed["alg"])])

    def give(self, code: str, id_token: str, **others: object) -> None:
        """Let a code be exchanged for a token, once."""
        self.tokens[code] = {"id_token": id_token, "access_token": "access", "token_type": "Bearer", **others}

    def answer(self, method: str, path: str, form: Mapping[str, str], authorization: str) -> tuple[int, object]:
        """Answer a request."""
        self.asked.append(path)
        if self.is_down:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            usual = {"issuer": self.url, "authorization_endpoint": f"{self.url}/authorize"}
            usual |= {"token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys"}
            return 200, {**usual, **self.metadata}
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/token" and method == "POST":
            self.forms.append((form, authorization))
            found = self.tokens.pop(form.get("code", ""), None)
            return (200, found) if found else (400, {"error": "invalid_grant"})
        return 404, {}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Run a provider in a thread; stopped at the end."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer("POST", dict(parse_qsl(body)))

        def _answer(self, method: str, form: Mapping[str, str]) -> None:
            path = urlsplit(self.path).path
            status, told = provider.answer(method, path, form, self.headers.get("Authorization", ""))
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def unsigned(claims: Mapping[str, object]) -> str:
    """Return claims as a token with the algorithm `none`."""
    return f"{_content({'alg': 'none'}, claims)}."


def signed_by_public_key(claims: Mapping[str, object], key: RSAKey) -> str:
    """Return claims signed in HS256, with the public key as the secret that it is not (RFC 8725 section 2.1)."""
    content = _content({"alg": "HS256", "kid": key.kid}, claims)
    signature = hmac.new(key.as_pem(private=False), content.encode(), hashlib.sha256).digest()
    return f"{content}.{base64url(signature)}"


def base64url(content: bytes) -> str:
    """Encode as tokens do (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _content(header: Mapping[str, object], claims: Mapping[str, object]) -> str:
    return ".".join(base64url(json.dumps(each).encode()) for each in (header, claims))
