"""The caller of a request: one token, tried by the ways that know tokens of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import HTTPConnection

from gateway.identity.bearer import bearer, unauthenticated
from resolvers.context import Caller

ANONYMOUS = Caller()


class Way(Protocol):
    """One way to prove who one is: keys of our own, tokens of an OpenID provider."""

    def knows(self, token: str) -> bool:
        """Whether a token has the shape of this way, so that no other needs to be asked."""
        ...

    async def caller(self, token: str) -> Caller | None:
        """Who it belongs to; None for a token that is wrong, expired or revoked."""
        ...


class Identity:
    """Tells who asks. Without a header anonymous; with one that is not valid, never that."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = tuple(ways)

    async def caller(self, connection: HTTPConnection) -> Caller:
        """Who sends this request. Raises HttpRefusal, status 401, for a token that is not valid."""
        token = bearer(connection.headers.getlist("authorization"))
        if token is None:
            return ANONYMOUS
        for way in self._ways:
            if way.knows(token):
                found = await way.caller(token)
                if found is not None:
                    return found
                break
        raise unauthenticated(
            "The key is wrong, expired or revoked; ask the operator of the gateway for a new one."
        )
