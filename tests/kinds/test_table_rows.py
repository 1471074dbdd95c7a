"""Tables of other people's databases: read, never written, bounded, and only where one may go."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InternalError

from connectors import errors
from connectors.kinds import tables
from connectors.kinds.sql import open_engine
from connectors.kinds.tables import TableWay
from connectors.upkeep.documents import Document, Stamp
from connectors.upkeep.http import named_hosts
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep
from tests.upstream import MovedClock, SaidWeb, nowhere

LOOPBACK = frozenset({"127.0.0.1"})
PASAR = (
    "CREATE TABLE pasar (kode VARCHAR(9) PRIMARY KEY, nama TEXT, harga NUMERIC(12, 2))",
    "INSERT INTO pasar VALUES ('a', 'Pasar Anyar', 14000.5), ('b', NULL, NULL)",
    "CREATE VIEW nama_pasar AS SELECT nama FROM pasar WHERE nama IS NOT NULL",
)


class Held:
    """Secrets of a test."""

    def find(self, source: str, name: str) -> str | None:
        return {"db/kunci": "geheim"}.get(f"{source}/{name}")


def rows(document: Document, _stamp: Stamp) -> Any:
    return json.loads(document.body)


async def run(address: str, *statements: str) -> None:
    """Somebody else changes their database."""
    theirs = open_engine(address)
    async with theirs.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await theirs.dispose()


class Theirs:
    """Ways to tables of one database, closed in the end."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.clock = MovedClock()
        self.opened: list[TableWay] = []
        self.private = LOOPBACK

    def way(
        self, table: str, *, address: str = "", resolver: Any = None, **values: Any
    ) -> TableWay:
        said = address or self.address
        most = {name: values.pop(name) for name in ("most_rows", "paths") if name in values}
        policy = Policy(**{"fresh_for": 10.0, "stale_for": 0.0, "max_retries": 0, **values})
        services = Services(
            SaidWeb(nowhere), clock=self.clock, private_hosts=self.private, secrets=Held()
        )
        upkeep = Upkeep("db", policy, services, hosts=named_hosts({"url": said}))
        made = TableWay(said, table, upkeep, resolver=resolver, **most)
        self.opened.append(made)
        return made

    async def rows(self, table: str, **more: Any) -> Any:
        return await self.way(table, **more).read(rows)

    async def run(self, *statements: str) -> None:
        await run(self.address, *statements)


@pytest.fixture
async def theirs(database_url: str) -> AsyncIterator[Theirs]:
    """A database of somebody else with one table and one view."""
    await run(database_url, *PASAR)
    made = Theirs(database_url)
    yield made
    for way in made.opened:
        await way.aclose()


@pytest.fixture
async def server(postgres_url: str) -> AsyncIterator[Theirs]:
    """The same on PostgreSQL alone."""
    await run(postgres_url, *PASAR)
    made = Theirs(postgres_url)
    yield made
    for way in made.opened:
        await way.aclose()


async def test_the_columns_are_looked_up_and_the_rows_come(theirs: Theirs) -> None:
    found = await theirs.rows("pasar")
    assert [(r["kode"], r["nama"], float(r["harga"] or 0)) for r in found] == [
        ("a", "Pasar Anyar", 14000.5), ("b", None, 0.0),
    ]  # fmt: skip
    assert await theirs.rows("nama_pasar") == [{"nama": "Pasar Anyar"}]


async def test_columns_that_change_between_two_calls_are_seen(theirs: Theirs) -> None:
    way = theirs.way("nama_pasar")
    assert await way.read(rows) == [{"nama": "Pasar Anyar"}]
    await theirs.run("DROP VIEW nama_pasar", "CREATE VIEW nama_pasar AS SELECT 1 AS satu, 2 AS dua")
    theirs.clock.move(11)
    assert await way.read(rows) == [{"satu": 1, "dua": 2}]


async def test_a_table_that_goes_is_told_and_the_last_rows_stand_in(theirs: Theirs) -> None:
    way = theirs.way("nama_pasar")
    before = await way.read(rows)
    await theirs.run("DROP VIEW nama_pasar")
    theirs.clock.move(11)
    assert await way.read(rows) == before
    with pytest.raises(errors.Rejected, match="no table 'nama_pasar'"):
        await theirs.rows("nama_pasar")


async def test_too_many_rows_and_too_many_bytes_are_refused(theirs: Theirs) -> None:
    assert len(await theirs.rows("pasar", most_rows=2)) == 2
    with pytest.raises(errors.Unreadable, match="pasar has more than 1 rows"):
        await theirs.rows("pasar", most_rows=1)
    with pytest.raises(errors.Unreadable, match="take more than 20 bytes"):
        await theirs.rows("pasar", max_bytes=20)


async def test_an_empty_table_is_empty_and_many_parts_are_one_list(theirs: Theirs) -> None:
    await theirs.run("CREATE TABLE kosong (a INTEGER)", "CREATE TABLE banyak (n INTEGER)")
    assert await theirs.rows("kosong") == []
    await theirs.run(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1201) "
        "INSERT INTO banyak SELECT x FROM n"
        if "sqlite" in theirs.address
        else "INSERT INTO banyak SELECT generate_series(1, 1201)"
    )
    assert [row["n"] for row in await theirs.rows("banyak")] == list(range(1, 1202))


async def test_columns_that_nobody_maps_do_not_leave_the_database(theirs: Theirs) -> None:
    await theirs.run('CREATE TABLE warga (id INTEGER, nik TEXT, "a.b" TEXT, "Nama Jalan" TEXT)',
                     "INSERT INTO warga VALUES (1, '3671', 'x', 'y')")  # fmt: skip
    paths = ("id", "a.b", "Nama Jalan", "nama.lengkap")
    assert await theirs.rows("warga", paths=paths) == [{"id": 1, "a.b": "x", "Nama Jalan": "y"}]
    with pytest.raises(errors.Unreadable, match="none of the columns that `fields` names"):
        await theirs.rows("warga", paths=("kode",))


async def test_a_name_is_a_name_and_no_statement(theirs: Theirs) -> None:
    for name in ('pasar"; DROP TABLE pasar; --', "pasar; DELETE FROM pasar", "pasar WHERE 1=1"):
        with pytest.raises(errors.Rejected, match="no table"):
            await theirs.rows(name)
    await theirs.run(
        'CREATE TABLE "Pasar Besar" (a INTEGER)', 'INSERT INTO "Pasar Besar" VALUES (5)'
    )
    assert await theirs.rows("Pasar Besar") == [{"a": 5}]
    assert len(await theirs.rows("pasar")) == 2


# ------------------------------------------------------------------------------- PostgreSQL


async def test_values_that_json_does_not_know_become_text(server: Theirs) -> None:
    await server.run(
        "CREATE TABLE macam (a UUID, b DATE, c TIMESTAMPTZ, d BYTEA, e TEXT[], f JSONB, "
        "g INTERVAL, h INET, i INT4RANGE, j NUMERIC, k BOOLEAN, l BIGINT, m BYTEA, n JSON)",
        "INSERT INTO macam VALUES ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', '2026-09-30', "
        "'2026-09-30 08:00+07', '\\x414243', '{satu,dua}', '{\"jalan\": [1]}', '90 minutes', "
        "'10.0.0.1', '[1,5)', 'NaN', true, 9007199254740993, '\\xff00', '[5]')",
    )
    (row,) = await server.rows("macam")
    assert row["a"] == "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    assert (row["b"], row["c"]) == ("2026-09-30", "2026-09-30T01:00:00+00:00")
    assert (row["d"], row["m"], row["e"]) == ("ABC", "\\xff00", ["satu", "dua"])
    assert (row["f"], row["n"], row["g"]) == ({"jalan": [1]}, [5], "1:30:00")
    assert (row["h"], row["j"], row["k"], row["l"]) == ("10.0.0.1", "NaN", True, 9007199254740993)


async def test_schemas_and_materialised_views_are_reached_by_name(server: Theirs) -> None:
    await server.run(
        "CREATE SCHEMA dinas", "CREATE TABLE dinas.pasar (x INTEGER)",
        "INSERT INTO dinas.pasar VALUES (7)",
        "CREATE MATERIALIZED VIEW dinas.ringkas AS SELECT count(*) AS n FROM pasar",
    )  # fmt: skip
    assert await server.rows("dinas.pasar") == [{"x": 7}]
    assert await server.rows("dinas.ringkas") == [{"n": 2}]


async def test_nothing_can_be_written_not_even_by_a_view(server: Theirs) -> None:
    await server.run(
        "CREATE FUNCTION tulis() RETURNS integer LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM pasar; RETURN 1; END $$",
        "CREATE VIEW jahat AS SELECT tulis() AS n",
        "CREATE VIEW batas AS SELECT current_setting('transaction_read_only') AS ro, "
        "current_setting('statement_timeout') AS lama",
    )
    with pytest.raises(errors.Broken, match="database: "):
        await server.rows("jahat")
    assert len(await server.rows("pasar")) == 2
    assert await server.rows("batas", total_timeout=4.0) == [{"ro": "on", "lama": "3800ms"}]


async def test_a_failure_in_the_middle_of_the_rows_is_the_databases(server: Theirs) -> None:
    await server.run("CREATE VIEW nol AS SELECT 1 / (n - 700) AS n FROM generate_series(1, 900) n")
    with pytest.raises(errors.Rejected, match="database: DivisionByZeroError"):
        await server.rows("nol")


async def test_what_takes_too_long_is_stopped_in_the_database_too(server: Theirs) -> None:
    await server.run("CREATE VIEW lama AS SELECT 1 AS n FROM pg_sleep(60)")
    with pytest.raises(errors.TimedOut):
        await server.rows("lama", total_timeout=0.5)
    await server.run("CREATE VIEW masih AS SELECT count(*) AS n FROM pg_stat_activity "
                     "WHERE state = 'active' AND query LIKE '%FROM lama%' "
                     "AND pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip
    assert await server.rows("masih") == [{"n": 0}]


async def test_a_server_that_hangs_up_in_the_middle_is_told_and_asked_again(server: Theirs) -> None:
    await server.run("CREATE VIEW lama AS SELECT 1 AS n FROM pg_sleep(60)")
    asked = asyncio.ensure_future(server.way("lama", total_timeout=30.0).read(rows))
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' "
        "AND query LIKE '%FROM lama%' AND pid <> pg_backend_pid() AND datname = current_database()"
    )
    engine = open_engine(server.address)
    gone: Sequence[Any] = ()
    while not gone:
        async with engine.connect() as connection:
            gone = (await connection.execute(text(ended))).all()
    await engine.dispose()
    with pytest.raises(errors.Unreachable):
        await asked
    way = server.way("pasar")
    assert len(await way.read(rows)) == 2
    await server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    server.clock.move(11)
    assert len(await way.read(rows)) == 2


def test_a_driver_that_lost_its_place_has_lost_the_connection() -> None:
    lost = asyncpg.InternalClientError(
        "cannot switch to state 14; another operation is in progress"
    )
    wrapped = InternalError("SELECT", {}, Exception("adapted"))
    wrapped.__cause__ = Exception("adapted")
    assert not tables._is_gone(wrapped)
    wrapped.__cause__.__cause__ = lost
    assert tables._is_gone(wrapped)


async def test_a_user_who_may_not_read_is_refused(server: Theirs) -> None:
    await server.run(
        "DO $$ BEGIN CREATE ROLE tamu LOGIN PASSWORD 'geheim'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    url = make_url(server.address).set(username="tamu", password="KUNCI")
    guest = url.render_as_string(hide_password=False).replace("KUNCI", "{secret:kunci}")
    with pytest.raises(errors.Refused) as caught:
        await server.rows("pasar", address=guest)
    assert "geheim" not in repr(caught.value)
    missing = guest.replace("kunci", "lain")
    with pytest.raises(errors.Refused, match="no secret 'lain'"):
        await server.rows("pasar", address=missing)
    await server.run("GRANT SELECT ON pasar TO tamu")
    assert len(await server.rows("pasar", address=guest)) == 2


# ------------------------------------------------------------------------------- where one may go


def names(*found: str) -> Callable[[str, int], Any]:
    async def look_up(_host: str, _port: int) -> Sequence[str]:
        return found

    return look_up


async def test_a_private_address_is_refused_unless_the_host_is_allowed(server: Theirs) -> None:
    server.private = frozenset()
    with pytest.raises(errors.Rejected, match="private, local or reserved"):
        await server.rows("pasar")
    server.private = frozenset({f"127.0.0.1:{make_url(server.address).port}"})
    assert len(await server.rows("pasar")) == 2


async def test_encryption_is_asked_for_as_everybody_writes_it(server: Theirs) -> None:
    assert len(await server.rows("pasar", address=f"{server.address}?sslmode=disable")) == 2
    with pytest.raises(errors.Unreachable):  # this server has no certificate
        await server.rows("pasar", address=f"{server.address}?sslmode=require")


async def test_a_name_that_leads_to_a_private_address_is_refused(server: Theirs) -> None:
    named = server.address.replace("127.0.0.1", "data.example")
    with pytest.raises(errors.Rejected, match="private, local or reserved"):
        await server.rows("pasar", address=named, resolver=names("127.0.0.1"))
    server.private = frozenset({"data.example"})
    assert len(await server.rows("pasar", address=named, resolver=names("127.0.0.1"))) == 2
    with pytest.raises(errors.Unreachable, match="has no address"):
        await server.rows("pasar", address=named, resolver=names())


async def test_no_message_and_no_key_holds_a_password(server: Theirs) -> None:
    address = "postgresql://orang:rahasia@127.0.0.1:1/kota"
    way = server.way("pasar", address=address)
    with pytest.raises(errors.Unreachable) as caught:
        await way.read(rows)
    assert "rahasia" not in f"{caught.value!r} {way.__dict__}"


@pytest.mark.parametrize(
    ("address", "table", "reason"),
    [
        ("not an address", "a", "not a database address"),
        ("sqlite://", "a", "needs a file"),
        ("postgresql:///kota", "a", "must name one host"),
        ("postgresql://a/kota?host=b", "a", "must name one host"),
        ("postgresql://a/kota?sslmode=maybe", "a", "takes sslmode, one of disable"),
        ("postgresql://a/kota?options=-c", "a", "takes sslmode, one of disable"),
        ("mysql://a/kota", "a", "only postgresql and sqlite"),
        ("sqlite:///a.db", "dinas.", "`table` must be the name"),
    ],
)
async def test_an_address_that_is_none_is_refused(address: str, table: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Theirs(address).way(table)


# ------------------------------------------------------------------------------- SQLite


async def test_a_file_that_is_not_there_is_unreachable_and_not_made(tmp_path: Path) -> None:
    theirs = Theirs(f"sqlite:///{tmp_path}/theirs.db")
    way = theirs.way("pasar")
    with pytest.raises(errors.Unreachable):
        await way.read(rows)
    await way.aclose()
    await workers_end()
    assert is_empty(tmp_path)


async def workers_end() -> None:
    """aiosqlite ends the thread of a connection it gave up without waiting for it."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 10)


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def test_a_view_without_end_is_stopped(tmp_path: Path) -> None:
    theirs = Theirs(f"sqlite:///{tmp_path}/theirs.db")
    await theirs.run(
        "CREATE VIEW lama AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT count(*) AS n FROM n"
    )
    way = theirs.way("lama", total_timeout=0.2)
    with pytest.raises(errors.TimedOut):
        await way.read(rows)
    await way.aclose()
    await workers_end()


async def test_an_open_file_cannot_be_written(tmp_path: Path) -> None:
    theirs = Theirs(f"sqlite:///{tmp_path}/theirs.db")
    await theirs.run(*PASAR)
    way = theirs.way("pasar")
    await way.read(rows)
    async with way.engine.connect() as connection:
        with pytest.raises(Exception, match="readonly"):
            await connection.execute(text("DELETE FROM pasar"))
    await way.aclose()
    await workers_end()
