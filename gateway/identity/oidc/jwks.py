"""The public keys of an identity provider, as its JSON Web Key Set has them (RFC 7517)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.identity.oidc.providers import ALGORITHMS

KEYS_MOST = 64
"""Keys of a set that are read; a provider has two or three."""
RSA_BITS = (2048, 8192)
"""Shorter ones can be broken, longer ones keep us busy."""

_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


@dataclass(frozen=True, slots=True)
class Key:
    """One public key, and the signatures that it may be asked for."""

    id: str | None
    algorithms: frozenset[str]
    public: Any = field(repr=False)
    """As the library of signatures takes it."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one provider at one time."""

    keys: tuple[Key, ...]

    def suiting(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key that a token names, for signatures of this kind.

        A token that names none is checked by the only key there is for it, if there is one.
        """
        found = [
            key
            for key in self.keys
            if algorithm in key.algorithms and (key_id is None or key.id == key_id)
        ]
        return found[0] if len(found) == 1 else None


def read_keys(body: bytes) -> KeySet:
    """The keys that can check signatures. Raises ValueError when it is no set, or has none.

    A key of another use or of a kind that nobody here knows is passed over, as the standard
    says; a shared secret is never a key to check by.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("the key set is no JSON") from error
    listed = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(listed, list) or len(listed) > KEYS_MOST:
        raise ValueError("the key set has no list of keys, or too many of them")
    keys = tuple(key for one in listed if (key := _key(one)) is not None)
    if not keys:
        raise ValueError("the key set has no key to check signatures by")
    return KeySet(keys)


def _key(told: Any) -> Key | None:
    if not isinstance(told, dict) or told.get("use", "sig") != "sig":
        return None
    uses = told.get("key_ops", ["verify"])
    if not isinstance(uses, list) or "verify" not in uses:
        return None
    able = _able(told)
    if "alg" in told:
        able &= {told["alg"]} if isinstance(told["alg"], str) else set()
    if not able:
        return None
    try:
        # Of a key that may do several, the library wants to hear one; its kind is the same.
        public = jwt.PyJWK(_public_part(told), algorithm=min(able)).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if not _sound(public):
        return None
    name = told.get("kid")
    return Key(name if isinstance(name, str) else None, frozenset(able), public)


def _able(told: Mapping[str, Any]) -> set[str]:
    kind, curve = told.get("kty"), told.get("crv")
    if kind == "RSA":
        return {name for name in ALGORITHMS if name[:2] in {"RS", "PS"}}
    if kind == "EC" and isinstance(curve, str) and curve in _CURVES:
        return {_CURVES[curve]}
    if kind == "OKP" and curve == "Ed25519":
        return {"EdDSA"}
    return set()


def _public_part(told: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a careless provider publishes of the private key."""
    return {name: told[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in told}


def _sound(public: Any) -> bool:
    if isinstance(public, rsa.RSAPublicKey):
        return RSA_BITS[0] <= public.key_size <= RSA_BITS[1]
    return isinstance(public, (ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey))
