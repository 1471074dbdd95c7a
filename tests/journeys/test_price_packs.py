"""Data packs and sources of prices that are not as tidy as the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from catalog.loaders import prices as loader
from catalog.loading import Load
from catalog.pack import Pack
from connectors import registry
from connectors.kinds.sql import Database, open_engine
from connectors.memory.prices import MemoryPrices
from connectors.ports.common import Money, Origin, ScopedId, SourceQuality, must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.ports.prices import Commodity, Price
from connectors.store.base import metadata
from connectors.store.markets import markets
from connectors.store.prices import commodities, prices
from connectors.switchboard import Source, Switchboard
from resolvers import prices as resolve
from resolvers.context import Context
from tests.cities import City

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def binding(key: str, *serves: str) -> Binding:
    return Binding(key, must_text(key), ConnectorKind.SQL, serves, "store.prices")


def write(folder: Path, files: dict[str, str]) -> Pack:
    (folder / "city.toml").write_text(
        'code = "36.71"\nname = "Kota Tangerang"\nzone = "Asia/Jakarta"\n'
    )
    (folder / "villages.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (folder / "districts.csv").write_text("code,name\n36.71.01,Tangerang\n")
    for name, content in files.items():
        (folder / name).write_text(content)
    return Pack(folder)


async def loaded(tmp_path: Path, files: dict[str, str]) -> tuple[Load, Database]:
    (tmp_path / "pack").mkdir()
    pack = write(tmp_path / "pack", files)
    engine = open_engine(f"sqlite:///{tmp_path}/city.db")
    keys = {key: binding(key, "prices") for key in (loader.CITY, loader.NATIONAL, loader.MARKETS)}
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        load = Load(pack, connection, NOW, keys, samples=True, unlicensed_coordinates=True)
        await loader.load(load)
    return load, Database(engine)


PRICE_COLUMNS = "date,market,scope,commodity,commodity_id,price_idr,low_idr,high_idr,previous_idr,unit,note,source\n"


async def test_bad_rows_are_reported_and_the_others_are_kept(tmp_path: Path) -> None:
    load, database = await loaded(
        tmp_path,
        {
            "commodities.csv": "id,feed,seq,name_id,name_en,unit,source\nberas,TPID,1,Beras,Rice,kg,\n",
            "markets.csv": "id,name,manager,district,level,note,source\n"
            "a,Pasar A,,Tangerang,,,\nb,Pasar B,,Atlantis,,,\nc,,,,,,\nd,Pasar D,,,HUGE,,\n",
            "prices.csv": PRICE_COLUMNS
            + "2026-02-18,Pasar A,market,Beras,beras,14000,,,,kg,,\n"
            + "2026-02-18,Pasar X,market,Beras,beras,0,,,,kg,,https://a.example/x | page 2\n"
            + "2026-02-18,Pasar A,market,Ketan,ketan,15000,,,,kg,,\n"
            + "18 Feb,Pasar A,market,Beras,beras,14000,,,,kg,,\n"
            + "2026-02-19,Pasar A,market,Beras,beras,murah,,,,kg,,\n"
            + "2026-02-20,Pasar A,market,,,14000,,,,kg,,\n",
        },
    )
    report = [(row["file"], row["row"], row["field"], row["kept"]) for row in load.rejected]
    assert report == [
        ("markets.csv", 3, "district", True),
        ("markets.csv", 4, None, False),
        ("markets.csv", 5, None, False),
        ("prices.csv", 3, "market", True),
        ("prices.csv", 4, "commodity_id", True),
        ("prices.csv", 5, None, False),
        ("prices.csv", 6, None, False),
        ("prices.csv", 7, None, False),
    ]
    kept = await database.rows(select(prices.c.local_id, prices.c.price, prices.c.url))
    assert {tuple(row) for row in kept} == {
        ("2026-02-18.pasar:a.beras", Decimal(14_000), None),
        ("2026-02-18.36.71.beras", None, "https://a.example/x"),
        ("2026-02-18.pasar:a.ketan", Decimal(15_000), None),
    }
    assert {row.local_id for row in await database.rows(select(commodities))} == {"beras", "ketan"}
    assert {row.local_id for row in await database.rows(select(markets))} == {"a", "b"}
    assert [document.title.pick("id") for document in load.documents] == ["Beras", "Ketan"]
    await database.engine.dispose()


async def test_a_city_without_prices_loads_none(tmp_path: Path) -> None:
    load, database = await loaded(tmp_path, {})
    assert (load.rejected, load.documents) == ([], [])
    assert set(load.counts.values()) == {0}
    load.bindings = {}
    async with database.engine.begin() as connection:
        load.connection = connection
        await loader.load(load)
    await database.engine.dispose()


# ------------------------------------------------------------------------------- other sources


def origin(local: str) -> Origin:
    return Origin("p", local, NOW, NOW, SourceQuality.PUBLISHED)


def city_of(commodities_: Sequence[Commodity], prices_: Sequence[Price]) -> City:
    source: Source[Any] = Source(binding("p", "prices"), MemoryPrices("p", commodities_, prices_))
    engine = open_engine("sqlite:///never-opened.db")
    return City(Database(engine), Switchboard([source], registry.PORTS))


def price(number: int, amount: int, ceiling: int | None = None) -> Price:
    return Price(
        origin(str(number)), ScopedId("p", "rawit"), date(2026, 11, 1 + number), "kg",
        price=Money(Decimal(amount)),
        ceiling=None if ceiling is None else Money(Decimal(ceiling)),
    )  # fmt: skip


GROUP = Commodity(origin("cabai"), must_text("Cabai", "Chilli"), "kg")
RAWIT = Commodity(origin("rawit"), must_text("Cabai Rawit"), "kg", parent="cabai", position=1)


async def test_a_commodity_may_belong_to_a_group() -> None:
    data = await city_of([GROUP, RAWIT], []).data(
        '{ commodities { name parent { name(lang: "en") } icon { url } } }'
    )
    assert data["commodities"] == [
        {"name": "Cabai", "parent": None, "icon": None},
        {"name": "Cabai Rawit", "parent": {"name": "Chilli"}, "icon": None},
    ]


async def test_prices_above_a_known_ceiling_are_found() -> None:
    city = city_of([RAWIT], [price(1, 50_000, 57_000), price(2, 60_000, 57_000), price(3, 99_000)])
    query = """query($above: Boolean) { prices(where: { from: "2026-11-01", aboveCeiling: $above }) {
        edges { node { date aboveCeiling ceiling { amount } previousDate changePercent } } } }"""
    above = (await city.data(query, above=True))["prices"]["edges"]
    assert [edge["node"] for edge in above] == [
        {"date": "2026-11-03", "aboveCeiling": True, "ceiling": {"amount": "57000"},
         "previousDate": "2026-11-02", "changePercent": 20.0}
    ]  # fmt: skip
    below = (await city.data(query, above=False))["prices"]["edges"]
    assert [edge["node"]["date"] for edge in below] == ["2026-11-02"]
    assert len((await city.data(query))["prices"]["edges"]) == 3


async def test_a_price_of_tomorrow_is_not_the_latest_yet() -> None:
    city = city_of([RAWIT], [price(21, 1), price(22, 2), price(23, 3)])
    data = await city.data("{ prices(where: {}) { edges { node { date } } } }")
    assert [edge["node"]["date"] for edge in data["prices"]["edges"]] == ["2026-11-23"]
    found = await resolve.latest(city.context(), 5)
    assert found is not None
    assert [edge.node.date for edge in found.edges] == [date(2026, 11, 23)]


async def test_more_prices_than_an_answer_may_hold_are_refused() -> None:
    days = (date(2000, 1, 1) + timedelta(days=number) for number in range(10_001))
    city = city_of([RAWIT], [replace(price(1, 5), date=day) for day in days])
    result = await city.ask(
        '{ commodities { name prices(from: "2000-01-01", to: "2030-01-01") { date } } }'
    )
    assert result.data == {"commodities": [{"name": "Cabai Rawit", "prices": None}]}
    assert result.errors is not None
    assert "more than 10000 records: ask for a shorter time" in str(result.errors[0])


async def test_a_city_without_prices_says_that_no_source_is_configured() -> None:
    city = City(Database(open_engine("sqlite:///never-opened.db")), Switchboard([], registry.PORTS))
    context: Context = city.context()
    result = await city.ask(
        "{ commodities { id } markets { totalCount } prices(where: {}) { edges { cursor } } }",
        context=context,
    )
    assert result.data == {"commodities": None, "markets": None, "prices": None}
