"""The keys of one provider: fetched when needed, renewed in time, kept while it cannot be asked.

| the keys at hand | a token comes |
|--|--|
| younger than `FRESH_SECONDS` | they are used |
| older | they are used, newer ones are fetched behind |
| the token's key is not among them | they are fetched anew, at most once in `AGAIN_SECONDS` |
| older than the provider's `offline_seconds`, or none | they are fetched, and without them nobody is told who is who |
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from connectors.errors import ConnectorError
from connectors.upkeep.clock import Clock
from connectors.upkeep.documents import Limits, Request, Web
from gateway.identity.oidc.jwks import Key, KeySet, read_keys
from gateway.identity.oidc.providers import Provider

log = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
AGAIN_SECONDS = 30.0
"""Tokens with invented keys make nobody ask a provider more often than this."""
SOON_SECONDS = 5.0
"""After so many a provider that did not answer is asked again."""
FETCH_SECONDS = 4.0
MOST_BYTES = 256 * 1024
DISCOVERY = "/.well-known/openid-configuration"


class KeysUnknown(Exception):
    """Nobody can say now by which keys a token is to be checked."""


FetchKeys = Callable[[], Awaitable[KeySet]]
"""Fetches the keys. Raises ConnectorError, and ValueError for what is no key set."""


class KeyRing:
    """See the module. One for each provider, shared by all requests of a worker."""

    def __init__(self, name: str, fetch: FetchKeys, clock: Clock, *, offline: float) -> None:
        self._name = name
        self._fetch = fetch
        self._clock = clock
        self._offline = offline
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._failed = False
        self._flight: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key a token is to be checked by, None when the provider has none. Raises KeysUnknown."""
        held = self._held()
        if held is not None:
            found = held.suiting(key_id, algorithm)
            if found is not None:
                if self._clock.monotonic() - self._fetched_at >= FRESH_SECONDS:
                    self._begin()
                return found
        await self._renewed(AGAIN_SECONDS if held is not None else SOON_SECONDS)
        held = self._held()
        found = None if held is None else held.suiting(key_id, algorithm)
        if found is None and (held is None or self._failed):
            raise KeysUnknown(self._name)
        return found

    async def aclose(self) -> None:
        """Give up what is being fetched."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    def _held(self) -> KeySet | None:
        """The keys at hand, unless they are too old."""
        age = self._clock.monotonic() - self._fetched_at
        return self._keys if age < self._offline or age < FRESH_SECONDS else None

    async def _renewed(self, pause: float) -> None:
        """Wait for newer keys, where it is time to ask for them."""
        if self._begin(pause) is not None and self._flight is not None:
            # Who hangs up does not take the keys from the others who wait for them.
            await asyncio.shield(self._flight)

    def _begin(self, pause: float = SOON_SECONDS) -> asyncio.Task[None] | None:
        """The fetch that runs, or a new one; None where one was tried just now."""
        if self._flight is not None and not self._flight.done():
            return self._flight
        now = self._clock.monotonic()
        if self._tried_at is not None and now - self._tried_at < (
            SOON_SECONDS if self._failed else pause
        ):
            return None
        self._tried_at = now
        self._flight = asyncio.create_task(self._fetch_once())
        return self._flight

    async def _fetch_once(self) -> None:
        try:
            self._keys = await self._fetch()
        except (ConnectorError, ValueError) as error:
            # Only the first of many failures is news.
            (log.debug if self._failed else log.warning)(
                "identity_keys_not_fetched",
                extra={"provider": self._name, "error": type(error).__name__},
            )
            self._failed = True
            return
        if self._failed:
            log.warning("identity_keys_back", extra={"provider": self._name})
        self._failed = False
        self._fetched_at = self._clock.monotonic()


def fetching(
    provider: Provider, web: Web, *, private_hosts: frozenset[str], production: bool
) -> FetchKeys:
    """Fetches a provider's keys over the guarded way to the web, by its discovery document."""

    async def document(address: str) -> bytes:
        parts = urlsplit(address)
        if parts.scheme != "https" and (production or parts.scheme != "http"):
            raise ValueError("the keys are not at an address with https")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "")
        limits = Limits(
            total_timeout=FETCH_SECONDS,
            max_bytes=MOST_BYTES,
            hosts=frozenset({host if parts.port is None else f"{host}:{parts.port}"}),
            private_hosts=private_hosts,
        )
        answer = await web.send(Request(address, headers={"accept": "application/json"}), limits)
        if answer.status != 200:
            raise ValueError("the identity provider answered with another status than 200")
        return answer.body

    async def fetch() -> KeySet:
        address = provider.jwks_uri
        if address is None:
            address = _keys_of(
                await document(provider.issuer.rstrip("/") + DISCOVERY), provider.issuer
            )
        return read_keys(await document(address))

    return fetch


def _keys_of(body: bytes, issuer: str) -> str:
    """Where the keys are. Raises ValueError for the document of another issuer."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("the discovery document is no JSON") from error
    if not isinstance(told, dict) or told.get("issuer") != issuer:
        # Else who can answer at one address could speak for another issuer.
        raise ValueError("the discovery document is that of another issuer")
    address = told.get("jwks_uri")
    if not isinstance(address, str):
        raise ValueError("the discovery document does not say where the keys are")  # noqa: TRY004
    return address
