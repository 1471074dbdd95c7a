"""What the big city is asked: how long each answer takes, what it holds up, how its SQL is planned."""

from __future__ import annotations

import asyncio
import gc
import re
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database
from connectors.ports.common import Order, Page
from connectors.ports.complaints import ComplaintCriteria, ComplaintOrderField, Viewer
from connectors.store.complaint_tables import complaints
from connectors.store.complaints import StoreComplaints
from gateway.app import create_app
from gateway.lifespan import City
from gateway.settings import Settings

AT = "{ lat: -6.1783, lng: 106.6319 }"
ROUNDS = 5
BEAT = 0.002
"""Seconds between two beats of the heart that shows when the event loop was held up."""
WALKED = 200
"""Complaints on each page when all are read."""
LARGE = 5_000
"""Rows from which on reading a whole table is worth a remark."""

HOME = f"""{{ home(at: {AT}) {{ generatedAt area {{ name }} alerts {{ headline }}
 complaintSummary {{ total rows {{ keys count overdue }} }}
 departures {{ departures {{ leavesAt headsign line {{ shortName }} stop {{ name }} }} }}
 prices {{ commodity {{ name }} price {{ amount }} trend date }} jobs {{ title employer }}
 events {{ name startsAt }} places {{ name kind distanceM(from: {AT}) }} apps {{ name }}
 emergency {{ name dial }} sources {{ connector {{ key }} state }} }} }}"""
COMPLAINT = "id trackingId title light createdAt category {{ name }} area {{ name }}"
COMPLAINTS = (
    "{{ complaints({args}) {{ pageInfo {{ endCursor }} edges {{ distanceM node {{ id trackingId"
    " light category {{ name department {{ id name }} }} area {{ name }} source {{ quality }}"
    " }} }} }} }}"
)
PLACES = (
    "{{ places({args}) {{ pageInfo {{ endCursor }} edges {{ distanceM node {{ id name kind"
    " area {{ name }} source {{ quality }} }} }} }} }}"
)
RING = ", ".join(
    f"[{lng}, {lat}]"
    for lat, lng in (
        (-6.19, 106.62), (-6.19, 106.65), (-6.16, 106.66), (-6.15, 106.62), (-6.19, 106.62)
    )
)  # fmt: skip
DISTANCE = f"orderBy: {{ field: DISTANCE, from: {AT}, direction: ASC }}"
NEAR = f"geo: {{ near: {{ point: {AT}, radiusM: 800 }} }}"
BOX = "geo: { bbox: { south: -6.18, west: 106.63, north: -6.17, east: 106.64 } }"
POLYGON = f'geo: {{ within: {{ type: "Polygon", coordinates: [[{RING}]] }} }}'
AREA = 'geo: { area: "36.71.01" }'


def _jobs(args: str) -> str:
    return f"{{ jobs({args}) {{ edges {{ node {{ id title employer postedAt }} }} }} }}"


def _events(args: str) -> str:
    return f"{{ events({args}) {{ edges {{ node {{ id name startsAt }} }} }} }}"


def _prices(args: str) -> str:
    return (
        f"{{ prices({args}) {{ edges {{ node {{ commodity {{ name }} date price {{ amount }}"
        " previous { amount } trend } } } }"
    )


def _search(args: str, more: str = "") -> str:
    return (
        f"{{ search({args}) {{ {more} edges {{ score node {{ ... on Node {{ id }} }} }}"
        " pageInfo { endCursor } } }"
    )


def _board(args: str) -> str:
    return (
        f"{{ departures(board: {{ {args} }}) {{ nextCursor departures {{ leavesAt headsign"
        " line { shortName } stop { name } } } }"
    )


QUESTIONS: dict[str, str] = {
    "home": HOME,
    "complaints, newest 20": COMPLAINTS.format(args="first: 20"),
    "complaints, 100": COMPLAINTS.format(args="first: 100"),
    "complaints, by due date": COMPLAINTS.format(
        args="first: 20, orderBy: { field: DUE_AT, direction: ASC }"
    ),
    "complaints, most followed": COMPLAINTS.format(args="first: 20, orderBy: { field: FOLLOWERS }"),
    "complaints, nearest": COMPLAINTS.format(args=f"first: 20, {DISTANCE}"),
    "complaints, near, nearest": COMPLAINTS.format(
        args=f"first: 20, where: {{ {NEAR} }}, {DISTANCE}"
    ),
    "complaints, box": COMPLAINTS.format(args=f"first: 20, where: {{ {BOX} }}"),
    "complaints, polygon": COMPLAINTS.format(args=f"first: 20, where: {{ {POLYGON} }}"),
    "complaints, area": COMPLAINTS.format(args=f"first: 20, where: {{ {AREA} }}"),
    "complaints, red": COMPLAINTS.format(args="first: 20, where: { lights: [RED] }"),
    "complaints, a status few have": COMPLAINTS.format(
        args="first: 20, where: { statuses: [REOPENED] }"
    ),
    "complaints, overdue": COMPLAINTS.format(args="first: 20, where: { overdue: true }"),
    "complaints, text nobody wrote": COMPLAINTS.format(
        args='first: 20, where: { text: "xyzzyplugh" }'
    ),
    "complaints, counted": "{ complaints(first: 1) { totalCount } }",
    "complaints, facets": "{ complaints(first: 1) { facets { field buckets { key count } } } }",
    "complaints, histories of 50": (
        "{ complaints(first: 50) { edges { node { history(first: 3) { edges { node"
        " { at to } } } comments(first: 2) { totalCount edges { node { text } } } proof { url } } } } }"
    ),
    "complaintStats, 2 dimensions": (
        "{ complaintStats(groupBy: [DEPARTMENT, LIGHT]) { rows { keys count overdue"
        " medianTimeToResolve slaMetRatio } } }"
    ),
    "complaintStats, weeks of a year": (
        '{ complaintStats(where: { createdFrom: "2025-11-23T00:00:00+07:00" },'
        " groupBy: [KECAMATAN], interval: WEEK) { rows { keys periodStart count } } }"
    ),
    "places, 20 by name": PLACES.format(args="first: 20"),
    "places, 500 by name": PLACES.format(args="first: 500"),
    "places, by kind": PLACES.format(args="first: 20, where: { kinds: [ATTRACTION] }"),
    "places, nearest": PLACES.format(args=f"first: 20, {DISTANCE}"),
    "places, near": PLACES.format(args=f"first: 20, where: {{ {NEAR} }}"),
    "places, box": PLACES.format(args=f"first: 20, where: {{ {BOX} }}"),
    "places, polygon": PLACES.format(args=f"first: 20, where: {{ {POLYGON} }}"),
    "places, area": PLACES.format(args=f"first: 20, where: {{ {AREA} }}"),
    "places, text": PLACES.format(args='first: 20, where: { text: "museum" }'),
    "places, recently updated": PLACES.format(args="first: 20, orderBy: { field: UPDATED_AT }"),
    "places, counted": "{ places(first: 1) { totalCount } }",
    "places, facets": "{ places(first: 1) { facets { field buckets { key count } } } }",
    "places, open": PLACES.format(
        args=f'first: 20, where: {{ openAt: "2026-11-23T09:00:00+07:00", {NEAR} }}'
    ),
    "jobs, newest": _jobs("first: 20"),
    "jobs, text": _jobs('first: 20, where: { text: "operator" }'),
    "jobs, by pay": _jobs("first: 20, orderBy: { field: SALARY }"),
    "jobs, facets": "{ jobs(first: 1) { totalCount facets { field buckets { key count } } } }",
    "events, next": _events("first: 20"),
    "events, a week": _events(
        'first: 20, where: { from: "2026-11-23T00:00:00+07:00", to: "2026-11-30T00:00:00+07:00" }'
    ),
    "events, going on": _events("first: 20, where: { ongoing: true }"),
    "prices, latest": _prices("where: {}"),
    "prices, of a day": _prices('where: { date: "2026-10-01" }'),
    "prices, three months": _prices('where: { from: "2026-08-01", to: "2026-10-31" }, first: 500'),
    "commodities with prices": (
        '{ commodities { name prices(from: "2026-11-18", to: "2026-11-20") { date } } }'
    ),
    "search, common word": _search('q: "sampah", first: 20'),
    "search, two words": _search('q: "jalan rusak", first: 20'),
    "search, places": _search('q: "masjid", types: [PLACE], first: 20'),
    "search, near": _search(f'q: "sampah", {NEAR}, first: 20'),
    "search, counted with facets": _search(
        'q: "sampah", first: 20', "totalCount facets { field buckets { key count } }"
    ),
    "suggest, two letters": '{ suggest(prefix: "sa") { label count } }',
    "suggest, five letters": '{ suggest(prefix: "sampa") { label count } }',
    "stops, 500": "{ stops(first: 500) { edges { node { name lines { shortName } } } } }",
    "stops, near": f"{{ stops(where: {{ {NEAR} }}, first: 20) {{ edges {{ node {{ name }} }} }} }}",
    "stops with departures": (
        "{ stops(first: 50) { edges { node { name departures(first: 3) { leavesAt } } } } }"
    ),
    "board, near": _board(f"near: {{ point: {AT}, radiusM: 1000 }}, first: 50"),
    "board, near, a week": _board(
        f'near: {{ point: {AT}, radiusM: 5000 }}, within: "P7D", first: 500'
    ),
    "board, first per line": _board(f"near: {{ point: {AT}, radiusM: 2000 }}, perLine: 2"),
    "lines with ways and spans": (
        "{ lines(first: 50) { edges { node { shortName directions { headsign stops { name } }"
        " } } } }"
    ),
    "emergency contacts": f"{{ emergencyContacts(near: {AT}) {{ name dial }} }}",
    "connectors": "{ connectors { key state health { p95Ms } } }",
}
"""Every question, by the name it is printed under."""


class Beats:
    """The longest time the event loop did not come round, in milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Runs until it is cancelled."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(BEAT)
            now = time.perf_counter()
            self.longest = max(self.longest, (now - last - BEAT) * 1000)
            last = now


class Statements:
    """The SQL that was sent since the last look."""

    def __init__(self, city: City) -> None:
        self.sent: list[tuple[str, Any]] = []
        event.listen(city.engine.sync_engine, "before_cursor_execute", self._keep)

    def _keep(
        self, _connection: Any, _cursor: Any, statement: str, parameters: Any, _ctx: Any, _m: Any
    ) -> None:
        self.sent.append((statement, parameters))


class Client:
    """Asks the gateway in this process, over ASGI."""

    def __init__(self, http: httpx.AsyncClient, city: City) -> None:
        self._http = http
        self.city = city
        self.statements = Statements(city)

    async def ask(self, query: str) -> Any:
        """The data; an error in the answer stops the measuring."""
        answer = (await self._http.post("/graphql", json={"query": query})).json()
        if answer.get("errors"):
            raise SystemExit(f"{query}\n{answer['errors']}")
        return answer["data"]

    async def timed(self, query: str, rounds: int = ROUNDS) -> tuple[float, float, int]:
        """Median ms, longest gap of the event loop in ms, number of SQL statements."""
        await self.ask(query)
        beats, took = Beats(), []
        heart = asyncio.create_task(beats.beat())
        for _ in range(rounds):
            self.statements.sent.clear()
            began = time.perf_counter()
            await self.ask(query)
            took.append((time.perf_counter() - began) * 1000)
        heart.cancel()
        return statistics.median(took), beats.longest, len(self.statements.sent)


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[Client]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        gc.freeze()  # as `gateway.cli.served` does
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", timeout=60
        ) as http:
            yield Client(http, app.state.city)


async def ask_all(settings: Settings, *, plans: bool = False, only: str = "") -> None:
    """Ask every question, and print one row for each; then how answers grow with their length."""
    async with _client(settings) as client:
        path = Path(client_path) if (client_path := _sqlite_file(settings)) else None
        print("\n| question | ms | held up ms | statements |\n|---|--:|--:|--:|")
        for name, query in QUESTIONS.items():
            if not re.search(only, name):
                continue
            took, gap, number = await client.timed(query)
            print(f"| {name} | {took:.0f} | {gap:.0f} | {number} |", flush=True)
            if plans and path:
                for remark in remarks(path, client.statements.sent):
                    print(f"    {remark}")
        await _deep(client)
        await _growth(client)
        await walks(client.city.engine)


async def _deep(client: Client) -> None:
    """Pages far down a list must cost what the first one costs."""
    print("\n| page of 100 | first ms | 50th ms |\n|---|--:|--:|")
    for name, form in (("complaints", COMPLAINTS), ("places", PLACES)):
        for order in ("", DISTANCE):
            args = ", ".join(filter(None, ("first: 100", order)))
            first, _, _ = await client.timed(form.format(args=args), 3)
            last = ""
            for _ in range(50):
                after = ", ".join(filter(None, (args, last)))
                page = (await client.ask(form.format(args=after)))[name]["pageInfo"]
                if page["endCursor"] is None:
                    break
                last = f'after: "{page["endCursor"]}"'
            deep, _, _ = await client.timed(form.format(args=f"{args}, {last}"), 3)
            print(f"| {name}{', nearest' if order else ''} | {first:.0f} | {deep:.0f} |")


async def _growth(client: Client) -> None:
    sizes = (10, 50, 100, 250, 500)
    print(f"\n| ms by length | {' | '.join(map(str, sizes))} |\n|---|{'--:|' * len(sizes)}")
    for name, form in (("complaints", COMPLAINTS), ("places", PLACES)):
        row = [(await client.timed(form.format(args=f"first: {size}"), 3))[0] for size in sizes]
        print(f"| {name} | {' | '.join(f'{took:.0f}' for took in row)} |")


async def walks(engine: AsyncEngine) -> None:
    """From the first complaint to the last in every order, read from the store alone."""
    database = Database(engine, seconds=60)
    counted = (
        select(complaints.c.source).group_by(complaints.c.source).order_by(func.count().desc())
    )
    source = StoreComplaints(await database.value(counted), database)
    criteria = ComplaintCriteria(visible_to=Viewer(), now=datetime.now(UTC))
    print("\n| complaints, all | found | s | first page ms | last page ms |\n|---|--:|--:|--:|--:|")
    for field in ComplaintOrderField:
        if field is ComplaintOrderField.DISTANCE:
            continue
        for descending in (False, True):
            order: Order[ComplaintOrderField] = Order(field, descending)
            after, found, took = None, 0, list[float]()
            while True:
                began = time.perf_counter()
                page = Page(WALKED, after, descending=descending)
                part = await source.find_complaints(criteria, order, page)
                took.append(time.perf_counter() - began)
                found += len(part.hits)
                if not part.more:
                    break
                after = part.hits[-1].position
            way = "falling" if descending else "rising"
            ends = f"{took[0] * 1000:.0f} | {took[-1] * 1000:.0f}"
            print(f"| {field.name}, {way} | {found:,} | {sum(took):.1f} | {ends} |", flush=True)


# ------------------------------------------------------------------------------- plans


def _sqlite_file(settings: Settings) -> str:
    return settings.database_address.partition("///")[2] if not settings.database_url else ""


def remarks(path: Path, sent: list[tuple[str, Any]]) -> list[str]:
    """Steps of the plans that read a whole large table."""
    with sqlite3.connect(path) as connection:
        sizes: dict[str, int] = {}
        found = []
        for statement, parameters in sent:
            names = dict(re.findall(r"(\w+) AS (\w+)", statement))
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for *_, step in plan:
                scanned = re.match(r"SCAN (\w+)", step)
                if scanned is None:
                    continue
                real = {alias: name for name, alias in names.items()}
                table = str(real.get(scanned[1], scanned[1]))
                if table not in sizes:
                    sizes[table] = _size(connection, table)
                if sizes[table] >= LARGE:
                    found.append(f"{step} ({sizes[table]:,} rows): {statement[-160:]!r}")
        return list(dict.fromkeys(found))


def _size(connection: sqlite3.Connection, table: str) -> int:
    try:
        found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608 - a name from a plan
    except sqlite3.Error:
        return 0  # a step's own table, not one of ours
    return int(found[0])
