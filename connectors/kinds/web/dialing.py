"""Makes connections: to checked addresses only, with TLS, for the protocol agreed on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar, cast

from connectors.errors import TimedOut, Unreachable
from connectors.kinds.web.addresses import Origin
from connectors.kinds.web.faults import FOREIGN, translated
from connectors.kinds.web.names import Resolver, addresses_of
from connectors.kinds.web.proxy import Proxy, Tunnel
from connectors.kinds.web.reader import Reader
from connectors.kinds.web.streams import Streams

PROTOCOLS = ["h2", "http/1.1"]
AnyLine: TypeAlias = Reader | Streams
Ended: TypeAlias = Callable[[AnyLine], None]
P = TypeVar("P", bound=asyncio.Protocol)


class Dial(Protocol):
    """The way a pool gets a connection."""

    async def __call__(
        self, origin: Origin, ended: Ended, *, private: bool, timeout: float
    ) -> AnyLine:
        """A connection that is ready to be asked.

        `ended` is called when it is over. Raises Unreachable, TimedOut, Rejected.
        """
        ...


class Dialer:
    """Makes connections. TLS is the standard library's, which checks certificate and name.

    A context that is given is told which protocols there are, otherwise it is taken as it is.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self._resolver = resolver
        self._context = context
        self._proxy = proxy
        if context is not None:
            context.set_alpn_protocols(PROTOCOLS)

    async def __call__(
        self, origin: Origin, ended: Ended, *, private: bool, timeout: float
    ) -> AnyLine:
        ends = asyncio.get_running_loop().time() + timeout
        try:
            async with asyncio.timeout(timeout):
                if self._proxy is not None:
                    return await self._through(self._proxy, origin, ended, ends, private=private)
                return await self._straight(origin, ended, ends, private=private)
        except TimeoutError as error:
            raise TimedOut("no connection in time") from error
        except FOREIGN as error:
            raise translated(error) from error

    async def _straight(
        self, origin: Origin, ended: Ended, ends: float, *, private: bool
    ) -> AnyLine:
        addresses = await addresses_of(origin, self._resolver, private=private)
        if origin.scheme == "http":
            return await _first(addresses, origin.port, ends, lambda: Reader(ended))
        choice = await _first(
            addresses, origin.port, ends, lambda: _Choice(ended), tls=self._tls(), name=origin.host
        )
        return choice.line()

    async def _through(
        self, proxy: Proxy, origin: Origin, ended: Ended, ends: float, *, private: bool
    ) -> AnyLine:
        if origin.address is not None:
            await addresses_of(origin, self._resolver, private=private)
        addresses = await addresses_of(proxy.origin, self._resolver, private=True)
        port = proxy.origin.port
        if origin.scheme == "http":
            return await _first(addresses, port, ends, lambda: Reader(ended, proxy=proxy))
        tunnel = await _first(addresses, port, ends, Tunnel)
        try:
            raw = await tunnel.dug(origin, proxy.authorization)
            choice = _Choice(ended)
            loop = asyncio.get_running_loop()
            secured = await loop.start_tls(raw, choice, self._tls(), server_hostname=origin.host)
        except BaseException:  # whatever it was, also being cancelled: nobody else would hang up
            tunnel.close()
            raise
        if secured is None:
            raise Unreachable("hung up while a secure connection was agreed on")
        choice.connection_made(secured)
        return choice.line()

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            # Reading the authorities takes a while; a city without https does not wait for it.
            self._context = ssl.create_default_context()
            self._context.set_alpn_protocols(PROTOCOLS)
        return self._context


class _Choice(asyncio.Protocol):
    """Stands at the end of a connection until TLS has agreed on what will be spoken."""

    def __init__(self, ended: Ended) -> None:
        self._ended = ended
        self._line: AnyLine | None = None
        self._early = b""

    def line(self) -> AnyLine:
        """What was chosen."""
        if self._line is None:
            raise Unreachable("hung up while a secure connection was agreed on")
        return self._line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        tls = transport.get_extra_info("ssl_object")
        agreed = tls.selected_alpn_protocol() if tls is not None else None
        line = Streams(self._ended) if agreed == "h2" else Reader(self._ended)
        self._line = line
        cast("asyncio.Transport", transport).set_protocol(line)  # a stream, of whichever loop
        line.connection_made(transport)
        if self._early:
            line.data_received(self._early)

    def data_received(self, data: bytes) -> None:
        # The other side may speak first, before start_tls came back to who called it.
        if self._line is not None:
            self._line.data_received(data)
        else:
            self._early += data


async def _first(
    addresses: Sequence[str],
    port: int,
    ends: float,
    made: Callable[[], P],
    *,
    tls: ssl.SSLContext | None = None,
    name: str | None = None,
) -> P:
    """The first address that answers; each has its part of the time that is left."""
    loop = asyncio.get_running_loop()
    last: Exception = Unreachable("the name of the host has no address")
    for place, address in enumerate(addresses):
        part = (ends - loop.time()) / (len(addresses) - place)
        try:
            async with asyncio.timeout(part):
                # An address is not looked up again, so this is the one that was checked.
                _, protocol = await loop.create_connection(
                    made, address, port, ssl=tls, server_hostname=name
                )
        except ssl.SSLError:
            raise
        except OSError as error:  # among them a TimeoutError
            last = error
        else:
            return protocol
    raise last
