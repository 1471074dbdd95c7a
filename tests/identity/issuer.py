"""An identity provider of one's own: it signs what it is told to, and answers for its keys."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors.errors import ConnectorError, Unreachable
from connectors.ports.roles import Role
from connectors.upkeep.documents import Answer, Request
from gateway.identity.oidc.claims import Subjects
from gateway.identity.oidc.keyring import KeyRing, fetching
from gateway.identity.oidc.providers import Provider
from gateway.identity.oidc.way import OpenIdTokens, Trusted
from tests.upstream import MovedClock, SaidWeb

ISSUER = "https://sso.example.go.id/realms/kota"
AUDIENCE = "tangerang-live-gateway"
PROVIDER = Provider(
    name="sso-kota",
    issuer=ISSUER,
    audience=frozenset({AUDIENCE}),
    roles_claim=("realm_access", "roles"),
    roles={
        "petugas": Role.OFFICER,
        "staf": Role.OPD_STAFF,
        "kepala": Role.OPD_HEAD,
        "walikota": Role.MAYOR,
        "operator": Role.ADMIN,
        "tim": Role.APP_TEAM,
    },
    departments_claim=("opd",),
    departments={"/opd/perhubungan": "dishub"},
    team_claim=("team",),
    apps_claim=("apps",),
)
SUBJECTS = Subjects(b"k" * 32)


class Issuer:
    """Its keys by name, what it says of itself, and who asked it."""

    def __init__(self, clock: MovedClock | None = None) -> None:
        self.clock = clock or MovedClock()
        self.private: dict[str, Any] = {}
        self.published: list[dict[str, Any]] = []
        self.says: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": ISSUER + "/certs"}
        self.down = False
        self.web = SaidWeb(self._answer)
        self.add("key-1")

    def add(self, name: str, kind: str = "RSA", **more: Any) -> None:
        """Make a key and publish it."""
        made: Any
        if kind == "RSA":
            made = rsa.generate_private_key(65537, more.pop("bits", 2048))
            told = jwt.algorithms.RSAAlgorithm.to_jwk(made.public_key(), as_dict=True)
        else:
            made = ec.generate_private_key(ec.SECP256R1())
            told = jwt.algorithms.ECAlgorithm.to_jwk(made.public_key(), as_dict=True)
        self.private[name] = made
        self.published.append({**told, "kid": name, "use": "sig", "key_ops": ["verify"], **more})

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a token that holds; None takes one away."""
        now = int(self.clock.now().timestamp())
        told = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": "3671012345678901", "iat": now, "exp": now + 300,
            "name": "Siti Rahayu", "locale": "id-ID",
        }  # fmt: skip
        return {key: value for key, value in {**told, **changes}.items() if value is not None}

    def token(self, key: str = "key-1", algorithm: str = "RS256", /, **changes: Any) -> str:
        """A token of one of its keys."""
        head = {"kid": key, **changes.pop("head", {})}
        return jwt.encode(self.claims(**changes), self.private[key], algorithm, headers=head)

    def way(self, provider: Provider = PROVIDER, **more: Any) -> OpenIdTokens:
        """What believes its tokens."""
        return OpenIdTokens([Trusted(provider, self.ring(provider, **more))], SUBJECTS, self.clock)

    def ring(self, provider: Provider = PROVIDER, *, production: bool = True) -> KeyRing:
        """Its keys as a gateway has them."""
        fetch = fetching(provider, self.web, private_hosts=frozenset(), production=production)
        return KeyRing(provider.name, fetch, self.clock, offline=provider.offline_seconds)

    @property
    def asked(self) -> int:
        """How often somebody asked for its keys."""
        return sum(request.url.endswith("/certs") for request in self.web.asked)

    def _answer(self, request: Request) -> Answer | ConnectorError:
        if self.down:
            return Unreachable("nobody there")
        if request.url == ISSUER + "/.well-known/openid-configuration":
            return Answer(200, {}, json.dumps(self.says).encode())
        if request.url == ISSUER + "/certs":
            return Answer(200, {}, json.dumps({"keys": self.published}).encode())
        return Answer(404, {}, b"")


def part(told: Any) -> str:
    """One part of a token, as text."""
    written = told if isinstance(told, bytes) else json.dumps(told).encode()
    return base64.urlsafe_b64encode(written).rstrip(b"=").decode()
