"""The tables are made by migrations, and what migrations make is what the code expects."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from catalog import database
from catalog.everything import metadata
from connectors.kinds.sql import open_engine


@pytest.fixture
async def engine(database_url):
    made = open_engine(database_url)
    yield made
    await made.dispose()


def ours(_object, name, kind, _reflected, _compare_to):
    # Indexes are compared by the test after this one, as the database itself tells them: a falling
    # one cannot be read back from every database, and the text index is made by a statement.
    return kind != "index" and not name.startswith("search_words")


def test_head_is_the_newest_migration_in_the_folder():
    scripts = ScriptDirectory(str(database.MIGRATIONS))
    assert scripts.get_heads() == [database.HEAD]


async def test_migrating_twice_does_nothing_the_second_time(engine):
    assert await database.migrate(engine)
    assert not await database.migrate(engine)


async def test_migrated_tables_are_the_tables_of_the_code(engine):
    await database.migrate(engine)

    def differences(connection):
        options = {"include_object": ours, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


LISTED = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT indexname AS name, indexdef AS sql FROM pg_indexes "
    "WHERE schemaname = 'public'",
}


async def test_migrated_indexes_are_the_indexes_of_the_code(engine, tmp_path, request):
    """And so is what the code makes by statements of its own, and metadata does not list."""
    address = f"sqlite:///{tmp_path}/other.db"
    if engine.dialect.name == "postgresql":
        address = request.getfixturevalue("postgres_database")()
    other = open_engine(address)
    async with other.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.migrate(engine)
    migrated, created = await _listed(engine), await _listed(other)
    await other.dispose()
    assert {name for name in migrated if not name.startswith("alembic")} == set(created)
    indexes = {
        name: sql for name, sql in created.items() if " INDEX " in sql or "search_words" in name
    }
    assert indexes.keys() >= {"ix_complaints_due", "ix_complaints_followed"}
    assert {name: migrated[name] for name in indexes} == indexes


async def _listed(engine):
    async with engine.connect() as connection:
        found = await connection.execute(text(LISTED[engine.dialect.name]))
        return {row.name: row.sql for row in found}


async def test_gateways_that_start_together_make_the_tables_once(database_url, engine):
    other = open_engine(database_url)
    await asyncio.gather(database.migrate(engine), database.migrate(other))
    await other.dispose()
    async with engine.connect() as connection:
        versions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert [row.version_num for row in versions] == [database.HEAD]
    assert {"sources", "areas"} <= set(tables)


async def test_a_migration_that_fails_leaves_nothing_behind(engine):
    async with engine.begin() as connection:
        # A table in the way of one that comes late.
        await connection.execute(text("CREATE TABLE sources (other INTEGER)"))
    with pytest.raises(Exception, match="sources"):
        await database.migrate(engine)
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["sources"]
