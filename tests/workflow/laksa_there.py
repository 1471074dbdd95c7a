"""A LAKSA of its own on loopback: Open311 over real connections, failing in every way it is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from connectors.kinds.web import open_web
from connectors.ports.complaint_desk import ComplaintDesk
from connectors.ports.complaints import ComplaintSource
from connectors.switchboard import Source, Switchboard
from connectors.systems.open311.desk import open_complaints
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep
from tests.builders import binding, tools
from tests.georeport import KEY, GeoReport, row
from tests.workflow.town import DESK

REASONS = {200: "OK", 201: "Created", 400: "Bad", 403: "No", 404: "None", 429: "Many", 500: "Sick"}
FAST = Policy(
    calls_per_minute=1e9, max_retries=0, fresh_for=0.0, stale_for=0.0, read_timeout=0.5,
    total_timeout=1.0, breaker_failures=1_000, breaker_rate=1.0,
)  # fmt: skip


class LateClock:
    """The clock of the machine, and as much later as a test likes."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.ahead = seconds

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def move(self, seconds: float) -> None:
        self.ahead += seconds


class Keys:
    """The key of the server."""

    def find(self, source: str, name: str) -> str | None:
        return KEY if (source, name) == (DESK, "kunci") else None


@dataclass
class Laksa:
    """An Open311 server. `faults` befall the next new requests, one each."""

    faults: list[str] = field(default_factory=list)
    city: GeoReport = field(
        default_factory=lambda: GeoReport(
            services=(
                {
                    "service_code": "jalan", "service_name": "Jalan", "description": None,
                    "metadata": False, "type": "realtime", "keywords": "", "group": None,
                },
            ),
            definitions={},
        )
    )  # fmt: skip
    hears: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def taken(self) -> list[str]:
        """The descriptions of what it took."""
        return [dict(fields)["description"] for fields in self.city.taken]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answered(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the gateway hung up
        finally:
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.split("\r\n")
        method, path, _ = line.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (h.partition(":") for h in rest)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = Request(f"http://kota{path}", method, headers, body)
        fault = self.faults.pop(0) if method == "POST" and self.faults else ""
        if fault == "hangs up":
            return False
        if fault == "is silent":
            self.hears.set()
            await self.over.wait()
            return False
        if fault == "sick":
            return await self._say(writer, Answer(500, {"content-type": "text/plain"}, b"sick"))
        if fault == "busy":
            said = {"content-type": "text/plain", "retry-after": "120"}
            return await self._say(writer, Answer(429, said, b""))
        if fault == "wrong key":
            return await self._say(writer, self.city.error(403, "Invalid api_key", "json"))
        answer = self._city(request)
        if fault == "takes and hangs up":
            return False
        if fault == "takes and is silent":
            self.hears.set()
            await self.over.wait()
            return False
        if fault == "takes and talks nonsense":
            kind = {"content-type": "application/json"}
            return await self._say(writer, Answer(200, kind, b'{"ok": [tru'))
        return await self._say(writer, answer)

    def _city(self, request: Request) -> Answer:
        before = len(self.city.taken)
        answer = self.city(request)
        for fields in self.city.taken[before:]:
            told = dict(fields)
            self.city.rows.append(
                row(
                    f"{len(self.city.taken):05}",
                    datetime.now(UTC),
                    description=told["description"],
                    service_code=told["service_code"],
                    service_name="Jalan",
                    lat=float(told["lat"]),
                    long=float(told["long"]),
                )
            )
        return answer

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines += [f"content-length: {len(answer.body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + answer.body)
        await writer.drain()
        return True


@asynccontextmanager
async def listening(laksa: Laksa) -> AsyncIterator[int]:
    """The port it listens at until the end of the block."""
    server = await asyncio.start_server(laksa.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        laksa.over.set()
        server.close()


@asynccontextmanager
async def reached(port: int, clock: LateClock) -> AsyncIterator[Switchboard]:
    """A switchboard with the Open311 connector that reaches it, over the guarded web."""
    web = open_web()
    place = f"127.0.0.1:{port}"
    services = Services(web=web, clock=clock, secrets=Keys(), private_hosts=frozenset({place}))
    upkeep = Upkeep(DESK, FAST, services, hosts=(place,))
    said = {"url": f"http://{place}/open311/v2/", "format": "json", "api_key": "{secret:kunci}"}
    line = binding(DESK, options=said, serves=("complaints", "complaint_desk"))
    connector = await open_complaints(line, replace(tools(), own=upkeep, now=clock.now))
    ports = {"complaints": ComplaintSource, "complaint_desk": ComplaintDesk}
    board = Switchboard([Source(line, connector, upkeep)], ports)
    try:
        yield board
    finally:
        await board.aclose()
        await web.aclose()
