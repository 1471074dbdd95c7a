"""What every test may ask for: servers of its own, and the way properties are tried."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import Postgres, Redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# A shared machine is slow now and then, which says nothing about a property: no deadline. In CI
# the examples are the same in every run, so that a red build is about the change.
settings.register_profile("here", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the whole run, started by the first test that asks."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database that is this test's alone."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def postgres_database(postgres: Postgres) -> Iterator[Callable[[], str]]:
    """Gives addresses of new empty databases; they go when the module's tests are done."""
    names: list[str] = []

    def create() -> str:
        names.append(postgres.create_database())
        return postgres.url(names[-1])

    yield create
    for name in names:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def redis_for_all() -> Iterator[Redis]:
    """A Redis for the whole run; ask for `redis_url` or `redis_server` instead."""
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def redis_server(redis_for_all: Redis) -> Redis:
    """An empty, running Redis that the test may stop and start."""
    redis_for_all.start()
    redis_for_all.flush()
    return redis_for_all


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """The address of an empty Redis."""
    return redis_server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once an SQLite file and once a PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/city.db"
    address: str = request.getfixturevalue("postgres_url")
    return address
