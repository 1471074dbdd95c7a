"""A page far down a list costs what the first one costs, in every order, on both databases.

What the stores ask is put to tables of made-up rows: one in four has no value to sort by where
that may be, and two in five share one value where the code says that many do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Executable,
    Float,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.kinds.sql import Database
from connectors.memory.base import slice_of as slice_in_memory
from connectors.ports.apps import AppCriteria, AppOrderField
from connectors.ports.common import Order, Origin, Page, Position, Text, Window
from connectors.ports.complaints import ComplaintCriteria, ComplaintOrderField, Viewer
from connectors.ports.events import EventCriteria, EventOrderField
from connectors.ports.jobs import JobCriteria, JobOrderField
from connectors.ports.places import PlaceCriteria, PlaceOrderField
from connectors.ports.prices import MarketCriteria, MarketOrderField, PriceCriteria
from connectors.ports.tours import GuideCriteria, TourCriteria
from connectors.ports.transit import LineCriteria, StopCriteria, StopOrder
from connectors.store.apps import StoreApps, apps
from connectors.store.base import LOCAL, Instant, Words, metadata, paged, rows_of, slice_of
from connectors.store.complaint_tables import complaints
from connectors.store.complaints import StoreComplaints
from connectors.store.departments import StoreDepartments, departments
from connectors.store.events import StoreEvents, events
from connectors.store.jobs import StoreJobs, jobs
from connectors.store.markets import StoreMarkets, markets
from connectors.store.places import StorePlaces, places
from connectors.store.prices import Amount, StorePrices, price_series, prices
from connectors.store.tours import StoreGuides, StoreTours, guides, tours
from connectors.store.transit import StoreTransit
from connectors.store.transit_tables import lines, stops
from tests import builders

NOON = builders.NOON
SOURCE = "laksa"
ROWS = 2_000
FIRST = 10
SHARED = 500
"""What those have that share a value, somewhere in the middle of all values."""

Ask = Callable[[Database, bool, Page], Awaitable[Any]]


@dataclass(frozen=True)
class Listed:
    """One order of one list: how it is asked for, and the column it is sorted by."""

    name: str
    table: Table
    ask: Ask
    column: Column[Any] | None = None
    shared: bool = False
    """Many records have one value: then each direction has an index of its own."""
    tables: tuple[Table, ...] = field(default=())

    @property
    def kept(self) -> tuple[Table, ...]:
        """The tables that are asked."""
        return (self.table, *self.tables)


def _complaints(by: ComplaintOrderField, **criteria: Any) -> Ask:
    asked = ComplaintCriteria(visible_to=Viewer(), now=NOON, **criteria)
    return lambda db, down, page: StoreComplaints(SOURCE, db).find_complaints(
        asked, Order(by, down), page
    )


def _jobs(by: JobOrderField, **criteria: Any) -> Ask:
    return lambda db, down, page: StoreJobs(SOURCE, db).find_jobs(
        JobCriteria(**criteria), Order(by, down), page
    )


def _places(by: PlaceOrderField, **criteria: Any) -> Ask:
    return lambda db, down, page: StorePlaces(SOURCE, db).find_places(
        PlaceCriteria(**criteria), Order(by, down), page
    )


def _events(by: EventOrderField) -> Ask:
    return lambda db, down, page: StoreEvents(SOURCE, db).find_events(
        EventCriteria(), Order(by, down), page
    )


def _apps(by: AppOrderField | None) -> Ask:
    return lambda db, down, page: StoreApps(SOURCE, db).find_apps(
        AppCriteria(), None if by is None else Order(by, down), page
    )


def _prices(**criteria: Any) -> Ask:
    return lambda db, _, page: StorePrices(SOURCE, db).find_prices(PriceCriteria(**criteria), page)


def _stops(db: Database, down: bool, page: Page) -> Awaitable[Any]:  # noqa: FBT001 - as the others
    order = Order(StopOrder.NAME, down)
    return StoreTransit(SOURCE, db).find_stops(StopCriteria(), order, page)


def _markets(db: Database, down: bool, page: Page) -> Awaitable[Any]:  # noqa: FBT001 - as the others
    order = Order(MarketOrderField.NAME, down)
    return StoreMarkets(SOURCE, db).find_markets(MarketCriteria(), order, page)


BY_COMPLAINT = {
    ComplaintOrderField.CREATED_AT: complaints.c.created_at,
    ComplaintOrderField.UPDATED_AT: complaints.c.updated_at,
    ComplaintOrderField.DUE_AT: complaints.c.due_at,
    ComplaintOrderField.FOLLOWERS: complaints.c.follower_count,
}
BY_JOB = {
    JobOrderField.POSTED_AT: jobs.c.posted_at,
    JobOrderField.CLOSES_AT: jobs.c.closes_at,
    JobOrderField.SALARY: jobs.c.monthly_salary,
}
BY_PLACE = {PlaceOrderField.NAME: places.c.sort_name, PlaceOrderField.UPDATED_AT: places.c.as_of}
BY_EVENT = {
    EventOrderField.STARTS_AT: events.c.starts_at,
    EventOrderField.UPDATED_AT: events.c.as_of,
    EventOrderField.NAME: events.c.name_sort,
}
BY_APP = {
    AppOrderField.NAME: apps.c.sort_name,
    AppOrderField.RELEASED_ON: apps.c.released_on,
    AppOrderField.POPULARITY: None,
}
BY_STOP = {StopOrder.NAME: stops.c.sort_name}
BY_MARKET = {MarketOrderField.NAME: markets.c.name_sort}
MANY_SHARE = {
    ComplaintOrderField.FOLLOWERS,
    JobOrderField.SALARY,
    PlaceOrderField.UPDATED_AT,
    EventOrderField.UPDATED_AT,
}
WORKED_OUT = {"DISTANCE", "RELEVANCE"}
"""Worked out for each question and record: no index can hold them."""

WINDOW = Window(start=NOON - timedelta(days=1), end=NOON + timedelta(days=ROWS))


def _listed() -> Iterator[Listed]:
    for by, column in BY_COMPLAINT.items():
        yield Listed(f"complaints {by.name}", complaints, _complaints(by), column, by in MANY_SHARE)
    created = ComplaintOrderField.CREATED_AT
    yield Listed(
        "complaints of a time",
        complaints,
        _complaints(created, created=WINDOW),
        complaints.c.created_at,
    )
    posted = JobOrderField.POSTED_AT
    yield Listed("jobs of a time", jobs, _jobs(posted, posted_since=WINDOW.start), jobs.c.posted_at)
    for job, column in BY_JOB.items():
        yield Listed(f"jobs {job.name}", jobs, _jobs(job), column, job in MANY_SHARE)
    yield Listed(
        "places updated since",
        places,
        _places(PlaceOrderField.UPDATED_AT, updated_since=WINDOW.start),
        places.c.as_of,
        shared=True,
    )
    for place, column in BY_PLACE.items():
        yield Listed(f"places {place.name}", places, _places(place), column, place in MANY_SHARE)
    for one, column in BY_EVENT.items():
        yield Listed(f"events {one.name}", events, _events(one), column, one in MANY_SHARE)
    for app, some in BY_APP.items():
        yield Listed(f"apps {app.name}", apps, _apps(app), some)
    yield Listed("apps in the portal's order", apps, _apps(None), apps.c.slot)
    yield Listed("stops NAME", stops, _stops, stops.c.sort_name)
    yield Listed("markets NAME", markets, _markets, markets.c.name_sort)
    yield Listed(
        "tours",
        tours,
        lambda db, _, page: StoreTours(SOURCE, db).find_tours(TourCriteria(), page),
        tours.c.name_sort,
    )
    yield Listed(
        "guides",
        guides,
        lambda db, _, page: StoreGuides(SOURCE, db).find_guides(GuideCriteria(), page),
        guides.c.name_sort,
    )
    yield Listed(
        "lines",
        lines,
        lambda db, _, page: StoreTransit(SOURCE, db).find_lines(LineCriteria(), page),
        lines.c.sort_name,
    )
    yield Listed(
        "departments",
        departments,
        lambda db, _, page: StoreDepartments(SOURCE, db).find_departments(page),
    )
    yield Listed(
        "prices of a time",
        prices,
        _prices(since=NOON.date() - timedelta(days=1), until=NOON.date() + timedelta(days=ROWS)),
        prices.c.date,
        shared=True,
        tables=(price_series,),
    )


LISTED = list(_listed())
DIRECTIONS = [(down, back) for down in (False, True) for back in (False, True)]


@pytest.mark.parametrize(
    ("orders", "known"),
    [
        (ComplaintOrderField, BY_COMPLAINT),
        (JobOrderField, BY_JOB),
        (PlaceOrderField, BY_PLACE),
        (EventOrderField, BY_EVENT),
        (AppOrderField, BY_APP),
        (StopOrder, BY_STOP),
        (MarketOrderField, BY_MARKET),
    ],
)
def test_every_order_is_tried(orders: type[Enum], known: Mapping[Any, Any]) -> None:
    assert set(known) == {order for order in orders if order.name not in WORKED_OUT}


# ------------------------------------------------------------------------------- made-up rows


def place_of(listed: Listed, number: int) -> tuple[Any, str]:
    """The value a made-up row is sorted by, and its local id; ids rise with the numbers."""
    column, local = listed.column, f"{number:05}"
    if column is None or (column.nullable and number % 4 == 0):
        return None, local
    shared = listed.shared and number % 5 in {1, 3}
    return _valued(column, SHARED if shared else number // 2), local


def _valued(column: Column[Any], number: int) -> Any:
    match column.type:
        case Instant() | DateTime():
            return NOON + timedelta(hours=number)
        case Date():
            return NOON.date() + timedelta(days=number)
        case Integer():
            return number
        case _:
            return f"{number:05}"


def _plain(column: Column[Any]) -> Any:
    """A value for a column that is not asked about."""
    match column.type:
        case Amount():
            return Decimal(1)
        case Words():
            return None if column.nullable else Text({"id": "x"})
        case Instant() | DateTime():
            return NOON
        case Date():
            return NOON.date()
        case Boolean():
            return False
        case Integer():
            return 1
        case Float():
            return None
        case String():
            return "PUBLIC" if column.name == "visibility" else "x"
        case _:
            return None if column.nullable else []


def _row(listed: Listed, number: int) -> dict[str, Any]:
    row = {column.name: _plain(column) for column in listed.table.columns}
    row["source"] = SOURCE
    value, row["local_id"] = place_of(listed, number)
    if listed.column is not None:
        row[listed.column.name] = value
    return row


class Recorder(Database):
    """Notes what is asked, and knows nothing: then all ranges of a page are asked for."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self.asked: list[Executable] = []

    async def rows(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | None = None,  # noqa: ARG002 - the signature of all
    ) -> Sequence[Row[Any]]:
        self.asked.append(statement)
        return []


def pages(listed: Listed) -> Iterator[tuple[bool, Page]]:
    """Both ways and from both ends: the first page, and those after a value and after none."""
    numbers = (ROWS - 101, ROWS - 100, ROWS // 2 + 1, 100, 101)
    for down, back in DIRECTIONS:
        for number in (None, *numbers):
            after = None
            if number is not None:
                value, local = place_of(listed, number)
                after = Position(value, SOURCE, local)
            yield down, Page(FIRST, after, descending=down, backward=back)


async def _statements(listed: Listed, database: Database) -> list[tuple[Page, list[Executable]]]:
    found = []
    for down, page in pages(listed):
        recorder = Recorder(database)
        await listed.ask(recorder, down, page)
        found.append((page, recorder.asked))
    return found


# ------------------------------------------------------------------------------- how it is planned


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return [one for one in metadata.sorted_tables if one.name != "search_documents"]


async def fill(database: Database, listed: Listed) -> None:
    """Put the made-up rows of one list into its tables, and nothing else."""
    async with database.engine.begin() as connection:
        for table in listed.kept:
            await connection.execute(table.delete())
        rows = [_row(listed, number) for number in range(ROWS)]
        for start in range(0, ROWS, 200):
            await connection.execute(insert(listed.table), rows[start : start + 200])
        for table in listed.tables:
            row = {column.name: _plain(column) for column in table.columns}
            await connection.execute(insert(table), [{**row, "source": SOURCE}])
        if connection.dialect.name == "postgresql":  # SQLite keeps no statistics here
            await connection.execute(text(f"ANALYZE {listed.table.name}"))


@pytest.mark.parametrize("listed", LISTED, ids=lambda listed: listed.name)
def test_every_page_is_read_from_its_place_in_an_index(
    listed: Listed, database: Database, run: Callable[[Any], Any]
) -> None:
    run(fill(database, listed))
    look = _in_sqlite if database.dialect == "sqlite" else _in_postgresql
    for page, asked in run(_statements(listed, database)):
        assert asked, page
        assert len(asked) <= 3, page
        for statement in asked:
            run(look(database, statement, listed))


async def _in_sqlite(database: Database, statement: Executable, listed: Listed) -> None:
    """Looks the plan over, and counts the instructions: a look at every row takes 15,000 or more."""
    async with database.engine.connect() as connection:
        sent = _sent(connection)
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.set_progress_handler(count, 1)
        (await connection.execute(statement)).all()
        await driver.set_progress_handler(None, 1)
        sql, parameters = sent[0]
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        told = [str(row[-1]) for row in plan]
    assert any(step.startswith(f"SEARCH {listed.table.name} USING") for step in told), told
    assert not any(step.startswith(f"SCAN {listed.table.name}") for step in told), told
    assert steps < 3_000, told


async def _in_postgresql(database: Database, statement: Executable, listed: Listed) -> None:
    """Counts the rows that are visited; a table of so few rows PostgreSQL would rather scan."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        await connection.execute(text("SET LOCAL enable_sort = off"))
        sent = _sent(connection)
        (await connection.execute(statement)).all()
        sql, parameters = sent[0]
        told = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        (plan,) = told.scalar_one()
    visits = [
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in _nodes(plan["Plan"])
        if node.get("Relation Name") == listed.table.name
    ]
    assert visits, plan
    assert max(visits) < 150, plan


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _sent(connection: AsyncConnection) -> list[tuple[str, Any]]:
    """What goes to the database from now on."""
    sent: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        sent.append((sql, parameters))

    event.listen(connection.sync_connection, "before_cursor_execute", keep)
    return sent


# ------------------------------------------------------------------------------- what is found


THINGS = Table(
    "things",
    MetaData(),
    Column("source", String(64), primary_key=True),
    Column("local_id", LOCAL, primary_key=True),
    Column("size", Integer),
)


@dataclass(frozen=True)
class Thing:
    """A record with nothing but an origin and a size."""

    origin: Origin
    size: int | None


def thing(local: str, size: int | None) -> Thing:
    """A thing of our source."""
    return Thing(builders.origin(SOURCE, local), size)


SIZES = st.one_of(st.none(), st.integers(0, 3))
LOCALS = st.text("aB~\u00e9\U0001f600", min_size=1, max_size=2)
POSITIONS = st.builds(Position, SIZES, st.sampled_from(["a", SOURCE, "z"]), LOCALS)
PAGES = st.builds(
    Page,
    st.integers(1, 4),
    st.one_of(st.none(), POSITIONS),
    descending=st.booleans(),
    backward=st.booleans(),
)


@settings(max_examples=150)
@given(sizes=st.dictionaries(LOCALS, SIZES, max_size=12), page=PAGES)
def test_a_page_in_ranges_is_the_page_in_memory(
    database: Database,
    run: Callable[[Any], Any],
    sizes: Mapping[str, int | None],
    page: Page,
) -> None:
    async def in_store() -> Any:
        async with database.engine.begin() as connection:
            await connection.run_sync(THINGS.metadata.create_all)
            await connection.execute(THINGS.delete())
            rows = [{"source": SOURCE, "local_id": key, "size": sizes[key]} for key in sizes]
            if rows:
                await connection.execute(insert(THINGS), rows)
        ranges = paged(select(THINGS), THINGS, page, THINGS.c.size, source=SOURCE)
        found = await rows_of(database, ranges, page)
        return await slice_of(found, page, lambda row: thing(row.local_id, row.size))

    things = [thing(local, size) for local, size in sizes.items()]
    assert run(in_store()) == slice_in_memory(things, page, lambda one: one.size)


async def test_a_record_that_moves_while_ranges_are_read_is_shown_once(engine: AsyncEngine) -> None:
    """It was equal when the first range was read, and had more followers at the second."""
    async with engine.begin() as connection:
        await connection.run_sync(THINGS.metadata.create_all)
        rows = [("a", 1), ("b", 1), ("c", 2), ("d", 3)]
        await connection.execute(
            insert(THINGS),
            [{"source": SOURCE, "local_id": local, "size": size} for local, size in rows],
        )

    class Moving(Database):
        async def rows(
            self, statement: Executable, parameters: Mapping[str, Any] | None = None
        ) -> Sequence[Row[Any]]:
            found = await super().rows(statement, parameters)
            async with engine.begin() as connection:
                moved = update(THINGS).where(THINGS.c.local_id == "b").values(size=0)
                await connection.execute(moved)
            return found

    page = Page(2, Position(1, SOURCE, "a"), descending=True)
    ranges = paged(select(THINGS), THINGS, page, THINGS.c.size, source=SOURCE)
    assert [row.local_id for row in await rows_of(Moving(engine), ranges, page)] == ["b"]
