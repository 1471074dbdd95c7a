"""Any SQL database: addresses, drivers, and the translation of what goes wrong."""

import asyncio
import threading

import pytest
from sqlalchemy import exc, text
from sqlalchemy.engine import make_url

from connectors import errors
from connectors.kinds.sql import (
    SQL_STATES,
    SQLITE_CODES,
    TRANSLATIONS,
    Database,
    async_url,
    open_engine,
    translate,
)


@pytest.fixture
async def engine(database_url):
    made = open_engine(database_url)
    yield made
    await made.dispose()


# ------------------------------------------------------------------------------- translation


def leaves(kind):
    below = kind.__subclasses__()
    return [kind, *(leaf for child in below for leaf in leaves(child))]


@pytest.mark.parametrize("kind", leaves(exc.SQLAlchemyError), ids=lambda kind: kind.__name__)
def test_every_error_of_sqlalchemy_has_a_translation(kind):
    assert any(issubclass(kind, foreign) for foreign, _ in TRANSLATIONS)


def test_the_table_goes_from_the_exact_to_the_general():
    kinds = [foreign for foreign, _ in TRANSLATIONS]
    for earlier, later in ((a, b) for n, a in enumerate(kinds) for b in kinds[n + 1 :]):
        assert not issubclass(later, earlier), f"{later} is never reached"


def test_the_tables_lead_to_errors_of_ours():
    found = {ours for _, ours in (*TRANSLATIONS, *SQL_STATES, *SQLITE_CODES.items())}
    assert all(issubclass(one, errors.ConnectorError) for one in found)


def test_a_translation_names_its_source_and_says_nothing_of_the_statement():
    error = exc.DataError("SELECT secret", {"nik": "3671"}, Exception("secret"))
    ours = translate(error, source="laksa")
    assert type(ours) is errors.Rejected
    assert (str(ours), ours.source) == ("database: DataError", "laksa")


def test_what_nobody_knows_is_broken():
    assert type(translate(ZeroDivisionError())) is errors.Broken


# ------------------------------------------------------------------------------- real failures


async def workers_end():
    """aiosqlite ends the thread of a file it could not open without waiting for it."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 10)


async def failure(address, statement="SELECT 1", **options):
    engine = open_engine(address)
    try:
        with pytest.raises(errors.ConnectorError) as caught:
            await Database(engine, source="laksa", **options).rows(text(statement))
    finally:
        await engine.dispose()
        await workers_end()
    assert caught.value.source == "laksa"
    return type(caught.value)


def changed(address, **parts):
    return make_url(address).set(**parts).render_as_string(hide_password=False)


async def test_a_host_that_is_not_there_is_unreachable(postgres_url):
    assert await failure(changed(postgres_url, port=1)) is errors.Unreachable
    assert await failure(changed(postgres_url, host="no-such-host.invalid")) is errors.Unreachable


async def test_a_wrong_password_is_refused(postgres_url):
    assert await failure(changed(postgres_url, password="wrong")) is errors.Refused


async def test_a_database_that_is_not_there_is_unreachable(postgres_url, tmp_path):
    assert await failure(changed(postgres_url, database="nowhere")) is errors.Unreachable
    assert await failure(f"sqlite:///{tmp_path}/no/such/folder.db") is errors.Unreachable


async def test_a_file_that_is_no_database_is_broken(tmp_path):
    (tmp_path / "letter.db").write_text("Yth. Bapak Wali Kota, " * 100)
    address = f"sqlite:///{tmp_path}/letter.db"
    assert await failure(address, "SELECT name FROM sqlite_master") is errors.Broken


async def test_a_missing_table_and_a_wrong_statement_are_broken(database_url):
    assert await failure(database_url, "SELECT * FROM nothing") is errors.Broken
    assert await failure(database_url, "SELEKT") is errors.Broken


async def test_a_value_the_database_cannot_take_is_rejected(postgres_url):
    assert await failure(postgres_url, "SELECT 1 / 0") is errors.Rejected


async def test_a_statement_that_takes_too_long_is_timed_out(postgres_url):
    assert await failure(postgres_url, "SELECT pg_sleep(60)", seconds=0.2) is errors.TimedOut


async def test_when_no_connection_becomes_free_the_database_is_overloaded(database_url):
    engine = open_engine(database_url, pool_size=1)
    engine.pool._max_overflow = 0  # type: ignore[attr-defined]
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    async with engine.connect():
        with pytest.raises(errors.Overloaded):
            await Database(engine).rows(text("SELECT 1"))
    assert await Database(engine).value(text("SELECT 1")) == 1
    await engine.dispose()


async def test_a_database_that_shuts_down_and_returns_is_used_again(postgres, postgres_url):
    engine = open_engine(postgres_url)
    database = Database(engine)
    assert await database.value(text("SELECT 1")) == 1
    other = open_engine(postgres_url)
    async with other.connect() as connection:
        # What the connections of the pool see when the server ends them.
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert await database.value(text("SELECT 1")) == 1
    await other.dispose()
    await engine.dispose()


# ------------------------------------------------------------------------------- reading


async def test_rows_and_values_are_read(engine):
    database = Database(engine)
    rows = await database.rows(text("SELECT 1 AS n UNION SELECT 2 ORDER BY n"))
    assert [row.n for row in rows] == [1, 2]
    assert await database.value(text("SELECT 7")) == 7
    assert await database.value(text("SELECT 7 WHERE 1 = 0")) is None
    assert [row.n for row in await database.rows(text("SELECT :n AS n"), {"n": "x"})] == ["x"]


async def test_readers_of_sqlite_do_not_wait_for_the_writer(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/city.db")
    async with engine.begin() as writer:
        await writer.execute(text("CREATE TABLE things (n INTEGER)"))
    async with engine.begin() as writer:
        await writer.execute(text("INSERT INTO things VALUES (1)"))
        assert await Database(engine).value(text("SELECT count(*) FROM things")) == 0
    assert await Database(engine).value(text("SELECT count(*) FROM things")) == 1
    await engine.dispose()


async def test_many_questions_at_once_share_the_pool(engine):
    database = Database(engine)
    answers = await asyncio.gather(*(database.value(text(f"SELECT {n}")) for n in range(40)))
    assert answers == list(range(40))


# ------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://u@h/d", "postgresql+asyncpg"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_an_address_without_a_driver_gets_ours(address, driver):
    assert async_url(address).drivername == driver


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("nonsense", "not a database address"),
        ("postgresql://u:geheim@h:port/d", "not a database address"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://u:geheim@h/d", "no asynchronous driver for 'mysql'"),
        ("postgresql+psycopg2://u:geheim@h/d", "no asynchronous driver"),
        ("frodo://u:geheim@h/d", "no asynchronous driver for 'frodo'"),
    ],
)
def test_an_address_nobody_can_open_is_refused_without_its_password(address, fault):
    with pytest.raises(ValueError, match=fault) as failure:
        open_engine(address)
    assert "geheim" not in str(failure.value)
