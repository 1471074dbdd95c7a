"""The servers of the tests serve, can be taken down, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest
import redis.asyncio
from redis.exceptions import ConnectionError as RedisGone
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.servers import Postgres, Redis, Server, ServerMissing, first_with, reachable

if TYPE_CHECKING:
    from collections.abc import Callable


# ------------------------------------------------------------------------------------ PostgreSQL


async def ask(url: str, statement: str) -> object:
    """The first value PostgreSQL answers with."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return (await connection.execute(text(statement))).scalar()
    finally:
        await engine.dispose()


async def test_postgresql_answers_through_sqlalchemy(postgres_url: str) -> None:
    assert await ask(postgres_url, "SELECT 1") == 1


async def test_postgresql_speaks_utf8(postgres_url: str) -> None:
    assert await ask(postgres_url, "SELECT length('Cipondoh · é')") == 12


async def test_every_test_has_an_empty_database(postgres: Postgres, postgres_url: str) -> None:
    count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    other = postgres.create_database()
    engine = create_async_engine(postgres.url(other))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE halte (name text)"))
    await engine.dispose()

    assert await ask(postgres_url, count) == 0
    assert await ask(postgres.url(other), count) == 1
    assert await ask(postgres.url(postgres.create_database(template=other)), count) == 1


async def test_a_module_can_make_databases_for_all_its_tests(
    postgres_database: Callable[[], str],
) -> None:
    first, second = postgres_database(), postgres_database()

    assert first != second
    assert await ask(second, "SELECT 1") == 1


async def test_a_dropped_database_throws_out_who_is_still_connected(postgres: Postgres) -> None:
    name = postgres.create_database()
    connection = await asyncpg.connect(postgres.url(name, driver="postgresql"))

    postgres.drop_database(name)

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):
        await connection.execute("SELECT 1")
    connection.terminate()


async def test_postgresql_asks_for_the_password_of_this_run(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:wrong@127.0.0.1:{postgres.port}/postgres")


def test_programs_in_a_closed_folder_are_copied_to_where_everybody_can_run_them(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    programs = closed / "package" / "installed" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch(mode=0o700)
    (closed / "package.libs").mkdir(mode=0o700)
    (closed / "package.libs" / "libpq.so").touch(mode=0o600)
    closed.chmod(0o700)
    target = tmp_path / "target"

    found = reachable(programs, target)

    assert found == target / "programs" / "package" / "installed" / "bin"
    libraries = found.parents[2] / "package.libs"
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in (*found.parents[:3], found, *found.iterdir(), libraries, *libraries.iterdir())
    }
    assert modes == {
        "programs": 0o755,
        "package": 0o755,
        "installed": 0o755,
        "bin": 0o755,
        "postgres": 0o755,
        "package.libs": 0o755,
        "libpq.so": 0o644,
    }


# ------------------------------------------------------------------------------------ Redis


async def test_redis_keeps_what_it_is_told(redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.ping()
        assert await client.set("halte", "Cipondoh")
        assert await client.get("halte") == b"Cipondoh"


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_every_test_has_an_empty_redis(turn: str, redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set(turn, "seen")


async def test_redis_can_be_taken_down_and_comes_back_at_the_same_address(
    redis_server: Redis,
) -> None:
    address = redis_server.url
    async with redis.asyncio.Redis.from_url(address) as client:
        await client.set("halte", "Cipondoh")

        redis_server.stop()
        assert not redis_server.running
        with pytest.raises(RedisGone):
            await client.get("halte")

        redis_server.start()
        assert redis_server.url == address
        assert await client.get("halte") is None


def test_a_redis_that_was_left_down_is_up_for_the_next_test(redis_server: Redis) -> None:
    redis_server.stop()
    redis_server.start()
    redis_server.start()

    assert redis_server.running


# ------------------------------------------------------------------------------------ any server


def test_a_server_that_does_not_start_fails_the_test_with_its_own_words() -> None:
    server = Server("clerk", "ready")
    try:
        with pytest.raises(ServerMissing, match=r"clerk did not start[^z]*no desk is free"):
            server.launch(["/bin/sh", "-c", "echo no desk is free; exit 3"])
        assert not server.running
    finally:
        server.close()


def test_a_closed_server_leaves_neither_process_nor_folder() -> None:
    server = Redis()
    server.start()
    (child,) = processes_of(server)

    server.close()

    assert not child.is_running()
    assert not server.folder.exists()


def test_a_server_ends_when_its_test_run_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent("""
            import sys
            from tests.servers import Redis
            server = Redis()
            server.start()
            print(server.guard.pid, server.folder, flush=True)
            sys.stdin.read()
        """)
    )
    root = Path(__file__).parents[1]
    run = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    with run:
        assert run.stdout is not None
        guard, _, folder = run.stdout.readline().strip().partition(" ")
        started = [psutil.Process(int(guard)), *psutil.Process(int(guard)).children()]
        run.send_signal(signal.SIGKILL)

    gone, alive = psutil.wait_procs(started, timeout=20)
    assert len(gone) == 2
    assert not alive
    assert not Path(folder).exists()


def processes_of(server: Server) -> list[psutil.Process]:
    """The programs a server's guard looks after."""
    assert server.guard is not None
    return psutil.Process(server.guard.pid).children()


# ------------------------------------------------------------------------------------ programs


def test_programs_are_found_in_the_first_folder_that_holds_them_all(tmp_path: Path) -> None:
    half, whole = tmp_path / "half", tmp_path / "whole"
    for folder, programs in ((half, ["postgres"]), (whole, ["postgres", "initdb"])):
        folder.mkdir()
        for program in programs:
            (folder / program).touch(mode=0o755)

    assert first_with([tmp_path, half, whole], "postgres", "initdb") == whole
    assert first_with([tmp_path, half], "postgres", "initdb") is None


def test_a_linked_program_is_found_where_its_files_are(tmp_path: Path) -> None:
    real, linked = tmp_path / "real", tmp_path / "linked"
    real.mkdir()
    linked.mkdir()
    (real / "postgres").touch(mode=0o755)
    (linked / "postgres").symlink_to(real / "postgres")

    assert first_with([linked], "postgres") == real
