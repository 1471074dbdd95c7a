"""The Authorization header: one bearer token, or none, or a refusal with a challenge (RFC 6750)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.ports.common import ErrorCode
from gateway.transport.refusals import HttpRefusal

REALM = "tangerang-live"
LONGEST = 8192
"""Characters of a token; those of OpenID Connect are long."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)


def bearer(headers: Sequence[str]) -> str | None:
    """The token of a request, None when it comes without one. Raises HttpRefusal.

    A header that cannot be read is never taken for none: who sends one wants to be somebody.
    """
    if not headers:
        return None
    if len(headers) > 1:
        raise unauthenticated("The request has several Authorization headers; send one.")
    scheme, _, token = headers[0].strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer":
        raise unauthenticated("Only `Authorization: Bearer <key>` is read; other schemes are not.")
    if len(token) > LONGEST or _TOKEN.fullmatch(token) is None:
        raise unauthenticated("The Authorization header holds no key: write `Bearer <key>`.")
    return token


def unauthenticated(message: str) -> HttpRefusal:
    """Status 401 with a challenge, to be raised. The message must hold nothing of the token."""
    challenge = f'Bearer realm="{REALM}", error="invalid_token", error_description="{message}"'
    return HttpRefusal(
        401,
        message,
        code=ErrorCode.UNAUTHENTICATED,
        headers={"WWW-Authenticate": challenge.replace("`", "'"), "Cache-Control": "no-store"},
    )
