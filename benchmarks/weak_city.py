"""A synthetic city and a gateway over it, as processes of their own on free ports."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from catalog.tables import sources
from connectors.kinds.sql import open_engine
from gateway.lifespan import prepare
from gateway.settings import Settings
from gateway.synthetic.city import PORT, SOURCES
from gateway.synthetic.command import READY

ROOT = Path(__file__).parent.parent
BASES = {str(PORT + number): name for number, name in enumerate(SOURCES, start=1)}
"""The source of each port that the pack's lines name."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of a synthetic city."""

    dial: str
    urls: Mapping[str, str]

    def hang(self, source: str) -> None:
        """From now on a source takes questions and never answers."""
        self._said("PUT", f"/{source}", {"fault": "hang"})

    def well(self) -> None:
        """All sources answer again."""
        self._said("DELETE", "", None)

    def calls(self) -> dict[str, int]:
        """How often each source was asked since the start."""
        found = self._said("GET", "", None)
        return {name: source["calls"] for name, source in found["sources"].items()}

    def _said(self, method: str, path: str, said: Any) -> Any:
        body = None if said is None else json.dumps(said).encode()
        request = urllib.request.Request(self.dial + path, data=body, method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            return json.load(answer)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that runs."""

    pid: int
    port: int

    def ask(self, query: str) -> dict[str, Any]:
        """The whole answer to one operation."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found

    @property
    def processor(self) -> float:
        """Seconds of processor time it has used."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident(self) -> float:
        """MiB of memory it holds."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def servers() -> Iterator[Servers]:
    """The servers of a synthetic city, ended at the end, or when this process ends."""
    child = subprocess.Popen(
        [sys.executable, "-m", "gateway", "synthetic-city", "--port", "0", "--with-parent"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        said, dial = "", ""
        while not dial:
            line = child.stdout.readline()
            if not line:
                raise RuntimeError("the servers of the synthetic city did not start")
            said += line
            dial = line.removeprefix(READY).strip() if line.startswith(READY) else ""
        yield Servers(dial, dict(re.findall(r"^ +(\S+) +(http://\S+)$", said, re.MULTILINE)))
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


def filled(folder: Path, city: Servers, upkeep: Mapping[str, Mapping[str, Any]]) -> Path:
    """A DATA_DIR whose catalogue names these servers, with `upkeep` in the lines of some."""
    asyncio.run(_fill(folder, city, upkeep))
    return folder


async def _fill(folder: Path, city: Servers, upkeep: Mapping[str, Mapping[str, Any]]) -> None:
    settings = Settings(city="synthetic", data_dir=folder)
    await prepare(settings)
    engine = open_engine(settings.database_address)
    try:
        async with engine.begin() as connection:
            lines = list(await connection.execute(select(sources.c.key, sources.c.binding)))
            for key, line in lines:
                text = re.sub(
                    r"http://127\.0\.0\.1:(\d+)",
                    lambda found: city.urls[BASES[found[1]]],
                    json.dumps(line),
                )
                changed = json.loads(text)
                changed["upkeep"] = {**changed.get("upkeep", {}), **upkeep.get(key, {})}
                where = update(sources).where(sources.c.key == key)
                await connection.execute(where.values(binding=changed))
    finally:
        await engine.dispose()


@contextmanager
def gateway(folder: Path) -> Iterator[Gateway]:
    """A gateway with one worker over a DATA_DIR that was filled; ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # As `serve` does, without the servers it would start at the ports of the pack.
    command = [sys.executable, "-m", "uvicorn", "--factory", "gateway.cli:served"]
    command += ["--port", str(port), "--log-level", "critical", "--no-access-log"]
    environment = {**os.environ, "CITY": "synthetic", "DATA_DIR": str(folder.resolve())}
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(child, port)
        yield Gateway(child.pid, port)
    finally:
        child.terminate()
        try:
            child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_ready(child: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if child.poll() is not None or time.monotonic() > ends:
                raise RuntimeError("the gateway did not start") from None
            time.sleep(0.05)
