"""The way of OpenID Connect: tokens that identity providers signed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.ports.common import ErrorCode
from connectors.upkeep.clock import Clock
from gateway.identity.bearer import unauthenticated
from gateway.identity.oidc.claims import Subjects, caller_of
from gateway.identity.oidc.jwks import Key
from gateway.identity.oidc.keyring import KeysUnknown
from gateway.identity.oidc.providers import Provider
from gateway.identity.oidc.tokens import (
    Untrue,
    check_claims,
    check_signature,
    looks_like_one,
    read_token,
)
from gateway.transport.refusals import HttpRefusal
from resolvers.context import Caller

log = logging.getLogger(__name__)


class Keys(Protocol):
    """The keys of one provider."""

    async def find(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key to check a token by, None when there is none. Raises KeysUnknown."""
        ...


@dataclass(frozen=True, slots=True)
class Trusted:
    """A provider and its keys."""

    provider: Provider
    keys: Keys


class OpenIdTokens:
    """The way of tokens with a signature. Nothing of a token is kept or written down."""

    def __init__(self, trusted: Sequence[Trusted], subjects: Subjects, clock: Clock) -> None:
        self._trusted: Mapping[str, Trusted] = {one.provider.issuer: one for one in trusted}
        self._subjects = subjects
        self._clock = clock

    def knows(self, token: str) -> bool:
        """Whether it has the three parts of a signed token."""
        return looks_like_one(token)

    async def caller(self, token: str) -> Caller | None:
        """Who the token is about.

        Raises HttpRefusal: status 401 for a token that does not hold, saying why, and 503 when
        the keys of its provider are not to be had.
        """
        try:
            return await self._caller(token)
        except Untrue as untrue:
            raise unauthenticated(str(untrue)) from None
        except KeysUnknown as unknown:
            log.warning("identity_not_checked", extra={"provider": str(unknown)})
            raise HttpRefusal(
                503,
                "Tokens cannot be checked now, their issuer does not answer; ask again in a moment, "
                "or without a token.",
                code=ErrorCode.INTERNAL,
                headers={"Retry-After": "5"},
            ) from None

    async def _caller(self, token: str) -> Caller:
        written = read_token(token)
        trusted = self._trusted.get(written.issuer)
        if trusted is None:
            raise Untrue("The token is of an issuer that is not trusted here.")
        provider = trusted.provider
        if written.algorithm not in provider.algorithms:
            raise Untrue("The token is not signed in a way that is accepted here.")
        key = await trusted.keys.find(written.key_id, written.algorithm)
        if key is None:
            raise Untrue("The token is signed by a key that its issuer does not have.")
        check_signature(written, key)
        ends = check_claims(written, provider, self._clock.now())
        return caller_of(written.claims, provider, self._subjects, ends)
