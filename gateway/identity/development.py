"""The development issuer: ready tokens of every role, signed by a key of this folder alone.

There is none in production. Its tokens are trusted by gateways that were started with the same
DATA_DIR in MODE=development, and by nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.ports.roles import Role
from gateway.identity.oidc.claims import written_once
from gateway.identity.oidc.jwks import Key, KeySet
from gateway.identity.oidc.providers import Provider
from gateway.identity.oidc.way import Trusted
from gateway.settings import Mode, Settings

ISSUER = "urn:tangerang-live:development"
AUDIENCE = "tangerang-live-gateway"
LONGEST_HOURS = 24 * 31
DEPARTMENT = "dishub"
"""Whom staff and head act for, where nobody says otherwise."""
TEAM, APP = "dishub", "layanan-publik-070"

PROVIDER = Provider(
    name="development",
    issuer=ISSUER,
    audience=frozenset({AUDIENCE}),
    algorithms=frozenset({"ES256"}),
    longest_seconds=LONGEST_HOURS * 3600.0,
    roles_claim=("roles",),
    roles={role.value: role for role in Role},
    otherwise=Role.PUBLIC,
    departments_claim=("departments",),
    team_claim=("team",),
    apps_claim=("apps",),
)
PEOPLE: dict[Role, str] = {
    Role.CITIZEN: "Warga Contoh",
    Role.OFFICER: "Petugas Contoh",
    Role.OPD_STAFF: "Staf Contoh",
    Role.OPD_HEAD: "Kepala Contoh",
    Role.MAYOR: "Wali Kota Contoh",
    Role.APP_TEAM: "Tim Contoh",
    Role.ADMIN: "Operator Contoh",
}
"""The made-up people that get a token at the start, one for each role."""


class DevelopmentIssuer:
    """Signs tokens. Opened with `opened`; never in production."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        public = private.public_key()
        written = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._key_id = hashlib.sha256(written).hexdigest()[:16]
        self._keys = KeySet((Key(self._key_id, frozenset({"ES256"}), public),))

    @classmethod
    def opened(cls, settings: Settings) -> DevelopmentIssuer:
        """The issuer of DATA_DIR, its key made where there is none.

        Raises ValueError in production, and for a key that cannot be read.
        """
        if settings.mode is Mode.PRODUCTION:
            raise ValueError("the development issuer is for MODE=development only")
        file = key_file(settings.data_dir)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            made = ec.generate_private_key(ec.SECP256R1())
            written_once(
                file,
                made.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )
        try:
            private = serialization.load_pem_private_key(file.read_bytes(), None)
        except ValueError as error:
            raise ValueError(f"{file}: is no key; remove it, and another is made") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file}: is another kind of key; remove it, and another is made")  # noqa: TRY004 - of a file
        return cls(private)

    def token(
        self,
        role: Role,
        now: datetime,
        *,
        subject: str = "",
        name: str | None = None,
        departments: Iterable[str] | None = None,
        hours: float = 12,
    ) -> str:
        """A token of one role; staff and heads are of `dishub` unless departments are given."""
        staff = role in {Role.OPD_STAFF, Role.OPD_HEAD}
        codes = list(departments) if departments is not None else [DEPARTMENT] if staff else []
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject or f"contoh-{role.value.lower()}",
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp() + hours * 3600),
            "name": name or PEOPLE.get(role, "Contoh"),
            "roles": [role.value],
            "departments": codes,
            **({"team": TEAM, "apps": [APP]} if role is Role.APP_TEAM else {}),
        }
        return jwt.encode(claims, self._private, "ES256", headers={"kid": self._key_id})

    def trusted(self) -> Trusted:
        """For the gateway that believes its tokens."""
        return Trusted(PROVIDER, _Held(self._keys))


class _Held:
    """Keys that are at hand and never change."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def find(self, key_id: str | None, algorithm: str) -> Key | None:
        return self._keys.suiting(key_id, algorithm)


def key_file(data_dir: Path) -> Path:
    """Where the signing key of the development issuer is."""
    return data_dir / "development" / "issuer.pem"
