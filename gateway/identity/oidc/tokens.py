"""One token: its three parts, its signature, and the claims that say whether it holds now.

The library checks the signature; the rules about time, issuer and audience are ours, so that they
go by the gateway's clock and refuse what is merely odd. No message says anything of the token.
"""

from __future__ import annotations

import json
import math
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
from jwt.api_jws import PyJWS

from gateway.identity.oidc.jwks import Key
from gateway.identity.oidc.providers import ALGORITHMS, Provider

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What a token may call itself; a token of another kind (for a logout, a proof) lets nobody in."""
DEEPEST = 8
LONGEST_TEXT = 255

_SIGNATURES = PyJWS(algorithms=list(ALGORITHMS))


class Untrue(Exception):
    """A token that lets nobody in; the message says why, in words that are safe to send."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a token says of itself, before anybody has checked it."""

    text: str = field(repr=False)
    algorithm: str
    key_id: str | None = field(repr=False)
    issuer: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def looks_like_one(token: str) -> bool:
    """Whether a text has the three parts of a signed token."""
    return token.count(".") == 2


def read_token(token: str) -> Written:
    """The parts of a token. Raises Untrue."""
    try:
        head, body, _ = token.split(".")
        header, claims = _object(head), _object(body)
    except (ValueError, RecursionError):
        raise Untrue("The token cannot be read.") from None
    algorithm, kind, key_id = header.get("alg"), header.get("typ"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Untrue("The token is not signed in a way that is accepted here.")
    if "crit" in header or "b64" in header or "zip" in header:
        raise Untrue("The token asks for an extension that is not known here.")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES):
        raise Untrue("The token is of another kind than those that let people in.")
    if key_id is not None and not _is_text(key_id):
        raise Untrue("The token cannot be read.")
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise Untrue("The token does not say who issued it.")
    return Written(token, algorithm, key_id, issuer, claims)


def check_signature(token: Written, key: Key) -> None:
    """Raises Untrue unless the token was signed by the owner of the key."""
    try:
        _SIGNATURES.decode_complete(token.text, key.public, algorithms=[token.algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Untrue("The token's signature is wrong.") from None


def check_claims(token: Written, provider: Provider, now: datetime) -> float:
    """When the token ends, in seconds since 1970. Raises Untrue unless it holds now, and here."""
    claims, moment, skew = token.claims, now.timestamp(), provider.skew_seconds
    heard = claims.get("aud")
    audience = heard if isinstance(heard, list) else [heard]
    if not any(isinstance(one, str) and one in provider.audience for one in audience):
        raise Untrue("The token is for another audience.")
    if not _is_text(claims.get("sub")):
        raise Untrue("The token does not say whom it is about.")
    if "cnf" in claims:
        raise Untrue("The token is bound to a key of its holder, which is not checked here.")
    ends, since = _moment(claims, "exp"), _moment(claims, "nbf")
    made = _moment(claims, "iat")
    if ends is None:
        raise Untrue("The token does not say when it ends.")
    if moment >= ends + skew:
        raise Untrue("The token has expired; sign in again.")
    if since is not None and moment < since - skew:
        raise Untrue("The token does not hold yet.")
    if made is not None and moment < made - skew:
        raise Untrue("The token was issued in the future.")
    begun = made if made is not None else moment
    if ends - begun > provider.longest_seconds:
        raise Untrue("The token holds for longer than is accepted here.")
    return ends


def claim(claims: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What a claim says, None when it is not there."""
    found: Any = claims
    for name in path:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def _object(part: str) -> dict[str, Any]:
    read = json.loads(
        urlsafe_b64decode(part + "=" * (-len(part) % 4)),
        object_pairs_hook=_once,
        parse_constant=_no_number,
    )
    if not isinstance(read, dict) or _deep(read) > DEEPEST:
        raise ValueError("no object, or a deep one")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may take two claims of one name differently; so nobody may say one twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(text)


def _deep(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_deep, inner), default=0)


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Untrue(f"The token's `{name}` is no moment.")
    if not math.isfinite(value) or not 0 <= value < 1e11:
        raise Untrue(f"The token's `{name}` is no moment.")
    return float(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
