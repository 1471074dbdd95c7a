"""The way to the web: guarded, pooled, with limits; the seam `Web` of the upkeep."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urljoin

from connectors.errors import Broken, Rejected, TimedOut
from connectors.kinds.web.addresses import Origin, Target, listed, read_url
from connectors.kinds.web.dialing import Dialer
from connectors.kinds.web.faults import FOREIGN, translated
from connectors.kinds.web.names import Resolver, SystemResolver
from connectors.kinds.web.packing import unpacked
from connectors.kinds.web.pool import Bounds, Pool
from connectors.kinds.web.proxy import Proxy
from connectors.kinds.web.questions import REPEATABLE, Heard, question_of
from connectors.upkeep.documents import Answer, Limits, Request
from connectors.upkeep.policy import FOREVER

AGENT = "tangerang-live-gateway"
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class GuardedWeb:
    """Fulfils `Web`; made by `open_web`."""

    def __init__(self, pool: Pool, agent: str, own: SystemResolver | None) -> None:
        self._pool = pool
        self._agent = agent
        self._own = own

    async def send(self, request: Request, limits: Limits) -> Answer:
        try:
            if limits.total_timeout == FOREVER:
                return await self._answer(request, limits)
            async with asyncio.timeout(limits.total_timeout):
                return await self._answer(request, limits)
        except TimeoutError as error:
            raise TimedOut("no whole answer in time") from error
        except FOREIGN as error:
            raise translated(error) from error

    async def aclose(self) -> None:
        self._pool.close()
        await asyncio.sleep(0)  # the loop hangs up in its next round, which may be its last
        if self._own is not None:
            self._own.close()

    @property
    def connections(self) -> int:
        """Connections there are now, in use or kept."""
        return self._pool.open

    async def _answer(self, request: Request, limits: Limits) -> Answer:
        url = request.url
        target = read_url(url)
        for _ in range(MOST_REDIRECTS + 1):
            heard = await self._heard(request, target, limits)
            place = heard.headers.get("location", "")
            if heard.status not in REDIRECTS or not place or request.method not in REPEATABLE:
                packed, most = heard.headers.get("content-encoding"), limits.max_bytes
                if packed is None and len(heard.body) <= most:
                    return Answer(heard.status, heard.headers, bytes(heard.body))
                body = await unpacked(heard.body, packed or "", most)
                return Answer(heard.status, heard.headers, body)
            url, target = _next(url, target, place)
        raise Broken(f"redirects more than {MOST_REDIRECTS} times")

    async def _heard(self, request: Request, target: Target, limits: Limits) -> Heard:
        origin = target.origin
        if not listed(origin.host, origin.port, limits.hosts):
            raise Rejected("the host is not among those the source may be reached at")
        private = listed(origin.host, origin.port, limits.private_hosts)
        question = question_of(request, target, limits, self._agent)
        return await self._pool.ask(question, private=private)


def _next(url: str, target: Target, place: str) -> tuple[str, Target]:
    """Where a redirect leads. Raises Broken for another host, also for the same without TLS."""
    try:
        onward = urljoin(url, place)
        found = read_url(onward)
    except (Rejected, ValueError) as error:
        raise Broken("redirects to an address that is not allowed") from error
    if found.origin != target.origin and not _secured(target.origin, found.origin):
        raise Broken("redirects to another host or port, or away from https")
    return onward, found


def _secured(before: Origin, after: Origin) -> bool:
    """Whether the same host is asked again, only safer."""
    both = ((before.scheme, before.port), (after.scheme, after.port))
    return before.host == after.host and both == (("http", 80), ("https", 443))


def open_web(
    *,
    resolver: Resolver | None = None,
    tls: ssl.SSLContext | None = None,
    proxy: str = "",
    bounds: Bounds | None = None,
    agent: str = AGENT,
) -> GuardedWeb:
    """The way to the web, to be opened once and closed with `aclose`.

    `resolver` answers the addresses of a host (the system is asked), `tls` says whom to trust (the
    system's authorities), `proxy` is the address of an HTTP proxy (none, the environment is not
    read), `bounds` are those of the connections, `agent` is the User-Agent. Raises ValueError for
    a proxy that cannot be read.
    """
    own = None
    if resolver is None:
        resolver = own = SystemResolver()
    dialer = Dialer(resolver, context=tls, proxy=Proxy.of(proxy) if proxy else None)
    return GuardedWeb(Pool(dialer, bounds or Bounds()), agent, own)
