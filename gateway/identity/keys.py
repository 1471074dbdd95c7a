"""Keys of our own: who a key belongs to, looked up in the catalogue and remembered for seconds."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.registrations import keys as stored
from connectors.ports.common import ErrorCode
from connectors.upkeep.clock import Clock
from gateway.transport.refusals import HttpRefusal
from resolvers.context import Caller, Role

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 2.0
"""So long a revoked or expired key may still be taken for a good one by a worker."""
REMEMBERED_KEYS = 1024
KEY_PREFIX = "tlg_"
"""How our keys begin, see `catalog.registrations.keys`."""


FindHolder = Callable[[str], Awaitable[Caller | None]]
"""Looks a key up by its text; None for one that is wrong, expired or revoked."""


class ApiKeys:
    """The way of our own keys.

    A look-up is remembered for a short time under a mark that only this process can make: the
    text of a key is kept nowhere.
    """

    def __init__(
        self, find: FindHolder, clock: Clock, *, prefix: str, seconds: float = REMEMBERED_SECONDS
    ) -> None:
        self._find = find
        self._clock = clock
        self._prefix = prefix
        self._seconds = seconds
        self._salt = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, tuple[float, Caller | None]] = OrderedDict()

    def knows(self, token: str) -> bool:
        """Whether it begins as our keys do."""
        return token.startswith(self._prefix)

    async def caller(self, token: str) -> Caller | None:
        """Who the key belongs to. Raises HttpRefusal, status 503, when nobody can look it up."""
        mark = hashlib.blake2b(token.encode(), key=self._salt, digest_size=32).digest()
        now = self._clock.monotonic()
        seen = self._seen.get(mark)
        if seen is None or now - seen[0] >= self._seconds:
            seen = (now, await self._looked_up(token))
            self._seen[mark] = seen
            self._seen.move_to_end(mark)
            while len(self._seen) > REMEMBERED_KEYS:
                self._seen.popitem(last=False)
        return seen[1]

    async def _looked_up(self, token: str) -> Caller | None:
        try:
            return await self._find(token)
        except (SQLAlchemyError, OSError) as error:
            # A key that cannot be looked up makes nobody anonymous, and nobody somebody.
            log.warning("keys_not_read", extra={"error": type(error).__name__})
            raise HttpRefusal(
                503,
                "Keys cannot be looked up now; ask again in a moment, or without a key.",
                code=ErrorCode.INTERNAL,
                headers={"Retry-After": "5"},
            ) from None


def holders(engine: AsyncEngine, clock: Clock) -> FindHolder:
    """Looks keys up in the catalogue."""

    async def find(token: str) -> Caller | None:
        async with engine.connect() as connection:
            holder = await stored.find_key(connection, token, now=clock.now())
        return None if holder is None else caller_of(holder)

    return find


def caller_of(holder: stored.KeyHolder) -> Caller:
    """The caller a key stands for."""
    return Caller(
        roles=frozenset({Role.PUBLIC, Role(holder.role.value)}),
        name=holder.label,
        team=holder.team,
        apps=frozenset(holder.apps),
        key_id=holder.id or None,
    )


def holder_of(caller: Caller) -> stored.KeyHolder:
    """Whom the registry writes into its histories for a caller that was let in."""
    return stored.KeyHolder(
        id=caller.key_id or "",
        label=caller.name,
        role=stored.KeyRole.ADMIN if Role.ADMIN in caller.roles else stored.KeyRole.APP_TEAM,
        team=caller.team,
        apps=tuple(sorted(caller.apps)),
    )
