"""From a host to the addresses one may connect to, checked before anything is sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from connectors.errors import Rejected, Unreachable
from connectors.kinds.web.addresses import Origin, is_public

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port, best first. Raises OSError if it has none."""

THREADS = 32
"""A name that hangs keeps one busy; they are begun only when needed."""
MOST_ADDRESSES = 16


class SystemResolver:
    """Asks the system. It has threads of its own: names that hang hold up nothing else.

    Who asks for a name that is being looked up waits for that answer.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        asked = self._asked.get((host, port))
        if asked is None:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, _look_up, host, port)
            self._asked[host, port] = asked
            asked.add_done_callback(lambda future: self._forget((host, port), future))
        return await asyncio.shield(asked)

    def close(self) -> None:
        """Forget what is still being looked up."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _forget(self, name: tuple[str, int], asked: asyncio.Future[list[str]]) -> None:
        self._asked.pop(name, None)
        if not asked.cancelled():
            asked.exception()  # seen, also when everybody who asked has left


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def addresses_of(origin: Origin, resolver: Resolver, *, private: bool) -> Sequence[str]:
    """The addresses to connect to, every one of them checked.

    Raises Unreachable if the host has none, Rejected if one is not public and `private` does not
    allow it. Whoever connects must take these: a second look-up may answer differently.
    """
    if origin.address is not None:
        found: Sequence[str] = [origin.host]
    else:
        try:
            found = await resolver(origin.host, origin.port)
        except UnicodeError as error:
            raise Rejected("the host is no name") from error
        except OSError as error:
            raise Unreachable("the name of the host is not known") from error
    if not found:
        raise Unreachable("the name of the host has no address")
    if not private and not all(is_public(address) for address in found):
        raise Rejected(
            "the host has a private, local or reserved address; allow it among the private hosts"
        )
    return found[:MOST_ADDRESSES]
