"""Loading a city: all or nothing, as often as one likes, nothing lost silently."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select, text

from catalog import bindings, database, loaded, loading, tables
from catalog.everything import metadata
from catalog.loaders.areas import SOURCE as AREAS
from catalog.pack import Pack
from connectors.kinds.sql import open_engine
from connectors.ports.common import SourceQuality
from connectors.store.areas import areas
from tests.builders import binding

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CITY = "kota_tangerang"


@pytest.fixture
async def engine(database_url):
    made = open_engine(database_url)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


@pytest.fixture
async def sqlite(tmp_path):
    made = open_engine(f"sqlite:///{tmp_path}/city.db")
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


async def contents(engine):
    """Every row of every table, without the numbers the database itself gives."""
    found = {}
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            counted = [c.name for c in table.primary_key if c.autoincrement is True]
            columns = [column for column in table.c if column.name not in counted]
            rows = await connection.execute(select(*columns))
            found[table.name] = sorted(map(repr, rows))
    return found


async def test_loading_twice_leaves_the_same_rows_in_every_table(engine):
    first = await loading.load_city(engine, Pack.of(CITY), now=NOW)
    before = await contents(engine)
    second = await loading.load_city(engine, Pack.of(CITY), now=NOW)
    assert second.counts == first.counts
    assert second.rejected == first.rejected
    after = await contents(engine)
    assert {name for name in after if after[name] != before[name]} == set()
    assert before["areas"]
    assert len(before["areas"]) == 1 + 13 + 104


async def test_an_operators_switch_survives_a_new_load(sqlite):
    await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    async with sqlite.begin() as connection:
        await bindings.switch(connection, "wilayah", on=False)
    await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    async with sqlite.connect() as connection:
        switches = await bindings.switches(connection)
    assert [key for key, on in switches.items() if not on] == ["wilayah"]


async def test_a_source_that_was_added_by_hand_survives_a_new_load_with_its_switch(sqlite):
    added = binding("trans-baru", serves=("transit",), options={bindings.ADDED: "gtfs load"})
    await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    async with sqlite.begin() as connection:
        await connection.execute(
            insert(tables.sources).values(
                key=added.key, position=99, binding=bindings.written(added), enabled=False
            )
        )
    await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    async with sqlite.connect() as connection:
        lines = {line.key: (line, on) for line, on in await bindings.stored(connection)}
    assert lines[added.key] == (added, False)


async def test_without_samples_no_sample_record_is_in_any_table(sqlite):
    load = await loading.load_city(sqlite, Pack.of(CITY), now=NOW, samples=False)
    async with sqlite.connect() as connection:
        for table in metadata.sorted_tables:
            if "quality" in table.c:
                count = await connection.scalar(
                    select(func.count())
                    .select_from(table)
                    .where(table.c.quality == SourceQuality.SAMPLE.value)
                )
                assert count == 0, table.name
    assert not any(document.sample for document in load.documents)


async def test_without_unlicensed_coordinates_none_of_them_is_in_the_city(sqlite):
    whole = await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    with_points = {table.name: await placed(sqlite, table) for table in geographic()}
    less = await loading.load_city(sqlite, Pack.of(CITY), now=NOW, unlicensed_coordinates=False)
    without = {table.name: await placed(sqlite, table) for table in geographic()}
    assert sum(without.values()) < sum(with_points.values())
    # The records themselves stay, only their points go.
    assert {k: v for k, v in less.counts.items() if k.startswith("places/")} == {
        k: v for k, v in whole.counts.items() if k.startswith("places/")
    }
    async with sqlite.connect() as connection:
        for table in geographic():
            unknown = await connection.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.lat.is_not(None), table.c.redistribution == "UNKNOWN")
            )
            assert unknown == 0, table.name


def geographic():
    return [t for t in metadata.sorted_tables if "lat" in t.c and "redistribution" in t.c]


async def placed(engine, table):
    async with engine.connect() as connection:
        return await connection.scalar(
            select(func.count()).select_from(table).where(table.c.lat.is_not(None))
        )


async def test_the_report_keeps_file_row_and_reason_of_every_rejected_row(sqlite):
    load = await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    async with sqlite.connect() as connection:
        stored = (await connection.execute(select(tables.rejected_rows))).all()
    assert len(stored) == len(load.rejected)
    for row in stored:
        assert row.reason
        assert Pack.of(CITY).has(row.file), row.file


async def test_a_load_that_fails_leaves_the_city_as_it_was(engine, tmp_path, small_pack):
    await loading.load_city(engine, small_pack(), now=NOW)
    before = await contents(engine)
    broken = small_pack(villages="code,name,district_code\n36.71.01.1001,X\n")
    with pytest.raises(ValueError, match=r"villages\.csv, line 2"):
        await loading.load_city(engine, broken, now=NOW)
    assert await contents(engine) == before


async def test_sources_that_a_city_no_longer_has_leave_no_rows(sqlite, small_pack):
    await loading.load_city(sqlite, Pack.of(CITY), now=NOW)
    await loading.load_city(sqlite, small_pack(), now=NOW)
    async with sqlite.connect() as connection:
        for table in metadata.sorted_tables:
            if "source" in table.c:
                left = await connection.scalars(select(table.c.source).distinct())
                assert set(left) <= {AREAS, "opd"}, table.name
        rows = (await connection.execute(select(areas.c.local_id))).scalars().all()
    assert sorted(rows) == ["99.01", "99.01.01", "99.01.01.1001"]


async def test_a_pack_without_sources_is_refused(sqlite, small_pack):
    with pytest.raises(ValueError, match="no sources"):
        await loading.load_city(sqlite, small_pack(sources=False), now=NOW)


async def test_a_city_is_filled_once_and_again_when_a_choice_changes(engine):
    pack = Pack.of(CITY)
    choices = {"samples": False, "unlicensed_coordinates": True}
    assert await database.fill(engine, pack, **choices) is not None
    assert await database.fill(engine, pack, **choices) is None
    choices["unlicensed_coordinates"] = False
    assert await database.fill(engine, pack, **choices) is not None


async def test_of_two_gateways_that_start_together_one_fills_the_city(database_url, engine):
    pack = Pack.of(CITY)
    other = open_engine(database_url)
    choices = {"samples": False, "unlicensed_coordinates": True}
    loads = await asyncio.gather(
        database.fill(engine, pack, **choices), database.fill(other, pack, **choices)
    )
    await other.dispose()
    assert sorted(load is None for load in loads) == [False, True]


async def test_a_load_waits_until_nobody_else_changes_tables(engine):
    async with loaded.alone(engine) as first:
        second = asyncio.create_task(_alone(engine))
        await first.execute(text("SELECT 1"))
        assert not second.done()
    assert await second


async def _alone(engine):
    async with loaded.alone(engine):
        return True


def outline():
    ring = [[106.0, -6.0], [107.0, -6.0], [107.0, -7.0], [106.0, -6.0]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def small_pack(tmp_path):
    """A city of one kelurahan, with no data besides its areas."""
    import json

    def write(
        villages="code,name,district_code\n99.01.01.1001,Kelurahan,99.01.01\n", *, sources=True
    ):
        folder = tmp_path / "kota_kecil"
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        (folder / "city.toml").write_text(
            'code = "99.01"\nname = "Kota Kecil"\nzone = "Asia/Jakarta"\n'
            "centre = { lat = -6.2, lng = 106.6 }\n"
        )
        features = {
            "city_boundary": "99.01",
            "districts": "99.01.01",
            "villages": "99.01.01.1001",
        }
        for name, code in features.items():
            feature = {"type": "Feature", "properties": {"code": code}, "geometry": outline()}
            (folder / f"{name}.geojson").write_text(
                json.dumps({"type": "FeatureCollection", "features": [feature]})
            )
        (folder / "districts.csv").write_text("code,name,parent_code\n99.01.01,Kecamatan,99.01\n")
        (folder / "villages.csv").write_text(villages)
        original = Pack.of(CITY).folder / "sources"
        for name in ("areas.toml", "departments.toml") if sources else ():
            (folder / "sources" / name).write_text((original / name).read_text(encoding="utf-8"))
        return Pack(folder)

    return write
