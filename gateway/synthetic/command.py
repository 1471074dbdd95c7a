"""`synthetic-city`: the servers until Ctrl-C; and the same beside a gateway, for as long as it runs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence

from catalog.pack import Pack
from gateway.synthetic.city import (
    MOST_PORT,
    PORT,
    SOURCES,
    TEAMS,
    SyntheticCity,
    opened_servers,
    ports,
)
from gateway.synthetic.faults import Setting, read_setting
from gateway.synthetic.server import HOST
from gateway.synthetic.town import Town

CITY = "synthetic"
READY = "Dial: "


def run(port: int, seed: int, faults: Sequence[str], *, with_parent: bool) -> int:
    """Serve until a signal comes, or until `stdin` ends, when a parent holds the other end of it.

    Raises ValueError for a fault that there is not, or a port that is taken.
    """
    if not 0 <= port <= MOST_PORT:
        raise ValueError(f"--port must be from 0 to {MOST_PORT}")
    asyncio.run(_serve(port, seed, dict(map(_read_fault, faults)), with_parent=with_parent))
    return 0


def _read_fault(said: str) -> tuple[str, Setting]:
    name, equals, fault = said.partition("=")
    if not equals or name not in {**SOURCES, **TEAMS}:
        there = ", ".join((*SOURCES, *TEAMS))
        raise ValueError(f"--fault takes SOURCE=FAULT, not {said!r}; the sources are: {there}")
    return name, read_setting({"fault": fault})


async def _serve(port: int, seed: int, faults: dict[str, Setting], *, with_parent: bool) -> None:
    end = _told_to_end(with_parent=with_parent)
    town = Town(Pack.of(CITY), seed=seed)
    async with contextlib.AsyncExitStack() as stack:
        try:
            city = await stack.enter_async_context(opened_servers(town, port=port))
        except OSError as error:
            message = (
                f"the ports {port} to {max(ports(port).values())} are not all free ({error.strerror}): "
                "choose others with --port"
            )
            raise ValueError(message) from error
        for name, setting in faults.items():
            await city.servers[name].dial(setting)
        sys.stdout.write(_greeting(city) + "\n")
        sys.stdout.flush()
        await end.wait()


def _told_to_end(*, with_parent: bool) -> asyncio.Event:
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, end.set)
    # Ctrl-C in a terminal reaches us too; it is for the parent, which then ends us in order.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if with_parent else end.set)
    if with_parent:
        # Whatever becomes of the parent, its end of the pipe is closed with it.
        loop.add_reader(sys.stdin.fileno(), end.set)
    return end


def _greeting(city: SyntheticCity) -> str:
    lines = ["The synthetic city: made-up data (CONTOH), on this machine only", ""]
    lines += [f"  {name:20} {server.url}" for name, server in city.servers.items()]
    lines += [
        "",
        f"{READY}{city.dial.url}/dial",
        f'Try: curl -X PUT {city.dial.url}/dial/wisata -d \'{{"fault": "hang"}}\'',
    ]
    return "\n".join(lines)


@contextlib.contextmanager
def beside() -> Iterator[str]:
    """The servers in a process of their own, ended at the end; gives the address of the dial.

    Where the city is there already, that one is used, and stays. Raises ValueError when its ports
    are taken by something else.
    """
    dial = f"http://{HOST}:{PORT}/dial"
    if _is_there():
        yield dial
        return
    child = subprocess.Popen(
        [sys.executable, "-m", "gateway", "synthetic-city", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None  # noqa: S101 - as asked for
    assert child.stdout is not None  # noqa: S101
    try:
        said = iter(child.stdout.readline, "")
        if not any(line.startswith(READY) for line in said):
            raise ValueError("the servers of the synthetic city did not start")
        yield dial
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


def _is_there() -> bool:
    """Whether somebody started the city before."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, PORT), timeout=2) as asking:
        asking.sendall(f"GET /dial HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode())
        return asking.recv(4096).startswith(b"HTTP/1.1 200")
    return False
