"""A line of the catalogue is enough: rows of anybody become records of the city."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from catalog import bindings
from connectors import errors, registry
from connectors.base import NoWeb, Tools
from connectors.kinds.declared import read_options
from connectors.kinds.sql import Database, open_engine
from connectors.ports.common import (
    GeoPoint,
    Licence,
    Money,
    Order,
    Page,
    SourceQuality,
    must_text,
)
from connectors.ports.connectors import Binding, ConnectorKind, Fallback
from connectors.ports.prices import MarketCriteria, MarketOrderField, PriceCriteria
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.asking import asking
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services
from tests import builders
from tests.cities import City
from tests.upstream import MovedClock, SaidWeb

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def line(domain: str, **options: Any) -> Binding:
    return Binding(
        "luar", must_text("Luar"), ConnectorKind.FILE, (domain,), f"feed.{domain}", options=options
    )


class Said:
    """What an address says: rows, or an error."""

    def __init__(self, *rows: Any) -> None:
        self.rows: Any = list(rows)
        self.failure: errors.ConnectorError | None = None
        self.web = SaidWeb(self._answer)
        self.clock = MovedClock(NOW)

    def _answer(self, _request: Request) -> Answer | errors.ConnectorError:
        return self.failure or Answer(200, {}, json.dumps(self.rows).encode())

    async def markets(self) -> Any:
        """A feed of markets over this address."""
        binding = line("markets", **{"from": "http", "url": "http://luar.example/pasar"})
        tools = builders.tools(services=Services(self.web, clock=self.clock))
        self.upkeep = registry.upkeep_of(binding, tools)
        return await registry.open_source(binding, replace(tools, own=self.upkeep))


@pytest.fixture
async def tools(tmp_path: Path) -> AsyncIterator[Tools]:
    engine = open_engine(f"sqlite:///{tmp_path}/city.db")
    (tmp_path / "pack").mkdir()
    services = Services(NoWeb(), private_hosts=frozenset({"127.0.0.1"}))
    yield Tools(Database(engine), tmp_path / "pack", tmp_path, lambda: NOW, services=services)
    await engine.dispose()


ANYAR, LAMA = {"id": "a", "name": "Pasar Anyar"}, {"id": "l", "name": "Pasar Lama"}


async def names(feed: Any) -> list[tuple[str, bool]]:
    found = await feed.find_markets(MarketCriteria(), Order(MarketOrderField.NAME), Page(10))
    return [(hit.record.name, hit.record.origin.stale) for hit in found.hits]


# ------------------------------------------------------------------------------- a whole city


async def test_a_line_without_code_serves_places_end_to_end(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "taman.toml").write_text("""
[[source]]
key = "taman"
name = { id = "Taman kota", en = "City parks" }
kind = "FILE"
system = "feed.places"
serves = ["places"]
quality = "COMMUNITY"
licence = { spdx = "CC0-1.0", redistribution = "YES" }

[source.options]
from = "file"
path = "taman.csv"

[source.options.fields]
id = "kode"
name = ["nama", "nama_taman"]
name_en = "name"
kind = { path = "jenis", values = { taman = "PARK", pasar = "MARKET" } }
lat = "lintang"
lng = "bujur"
area = { value = "36.71.01" }
""")
    (tmp_path / "taman.csv").write_text(
        "kode;nama_taman;name;jenis;lintang;bujur\n"
        "t1;Taman Contoh;Sample Park;taman;-6.17;106.63\n"
        "t2;Contoh Pasar;;pasar;;\n"
        "t3;Tanpa Jenis;;kebun;;\n"
        ";Tanpa Kode;;taman;;\n",
        encoding="utf-8-sig",
    )
    (binding,) = bindings.read_folder(tmp_path / "sources")
    source: Source[Any] = Source(binding, await registry.open_source(binding, tools))
    city = City(tools.database, Switchboard([source], registry.PORTS))
    data = await city.data(
        """{ places(orderBy: { field: NAME }) { totalCount sources { state connector { key } }
             edges { node { name(lang: "en") kind point { lat lng }
               source { localId quality licence { spdx } connector { key } } } } } }"""
    )
    assert data["places"]["totalCount"] == 2
    assert data["places"]["sources"] == [{"state": "OK", "connector": {"key": "taman"}}]
    assert [edge["node"]["name"] for edge in data["places"]["edges"]] == [
        "Contoh Pasar", "Sample Park",
    ]  # fmt: skip
    assert data["places"]["edges"][1]["node"] == {
        "name": "Sample Park", "kind": "PARK", "point": {"lat": -6.17, "lng": 106.63},
        "source": {"localId": "t1", "quality": "COMMUNITY", "licence": {"spdx": "CC0-1.0"},
                   "connector": {"key": "taman"}},
    }  # fmt: skip
    data = await city.data("{ connectors { key health { recordsTotal rejectedRecords } } }")
    assert data["connectors"] == [
        {"key": "taman", "health": {"recordsTotal": 2, "rejectedRecords": 2}}
    ]
    feed: Any = source.connector
    assert [(row["nama_taman"], reason[:17]) for row, reason in feed.rejected] == [
        ("Tanpa Jenis", "place: kind must "), ("Tanpa Kode", "place: id is empt"),
    ]  # fmt: skip


async def test_prices_of_an_address_bring_their_commodities_and_markets(tools: Tools) -> None:
    rows = [
        {"tgl": "17/02/2026", "kom": "Cabai Rawit", "pasar": "Pasar Anyar", "rp": "80,000"},
        {"tgl": "18/02/2026", "kom": "Cabai Rawit", "pasar": "Pasar Anyar", "rp": "88,600"},
        {"tgl": "18/02/2026", "kom": "Beras", "pasar": None, "rp": 0},
    ]
    said = Said()
    said.rows = {"data": {"items": rows}}
    feed = await registry.open_source(
        line(
            "prices",
            **{"from": "http", "url": "http://luar.example/harga", "list": "data.items", "fields": {
                "date": "tgl", "commodity_name": "kom", "market_name": "pasar", "price": "rp",
                "unit": {"value": "kg"}, "level": {"value": "CONSUMER"},
            }},
        ),
        replace(tools, services=Services(said.web)),
    )  # fmt: skip
    assert [c.name.pick("id") for c in await feed.find_commodities([])] == [
        "Beras", "Cabai Rawit",
    ]  # fmt: skip
    found = await feed.find_prices(PriceCriteria(), Page(9, descending=True))
    beras, cabai = (hit.record for hit in found.hits)
    assert (beras.price, beras.market) == (None, None)
    assert (cabai.previous.amount, cabai.previous_date) == (80_000, date(2026, 2, 17))
    assert [m.name for m in await feed.markets_by_id([cabai.market.local])] == ["Pasar Anyar"]
    await feed.aclose()
    assert len(said.web.asked) == 1


async def test_a_table_of_another_database_is_a_feed(database_url: str, tools: Tools) -> None:
    theirs = open_engine(database_url)
    async with theirs.begin() as connection:
        await connection.execute(text("CREATE TABLE psr (kd INTEGER, nm TEXT, x REAL, y REAL)"))
        await connection.execute(text("INSERT INTO psr VALUES (7, 'Pasar Anyar', 106.5, -6.25)"))
    await theirs.dispose()
    feed = await registry.open_source(
        line(
            "markets",
            **{"from": "sql", "url": database_url, "table": "psr",
               "fields": {"id": "kd", "name": "nm", "lat": "y", "lng": "x"}},
        ),
        tools,
    )  # fmt: skip
    (market,) = await feed.markets_by_id(["7"])
    assert (market.name, market.point) == ("Pasar Anyar", GeoPoint(-6.25, 106.5))
    await feed.aclose()


async def test_times_and_amounts_of_a_database_are_read_as_they_are(
    postgres_url: str, tools: Tools
) -> None:
    theirs = open_engine(postgres_url)
    async with theirs.begin() as connection:
        await connection.execute(
            text("CREATE TABLE loker (id BIGINT, title TEXT, pt TEXT, at TIMESTAMPTZ, pay NUMERIC)")
        )
        await connection.execute(
            text(
                "INSERT INTO loker VALUES "
                "(9007199254740993, 'Kasir', 'PT A', '2026-11-20 08:00+07', 5400000.50)"
            )
        )
    await theirs.dispose()
    feed = await registry.open_source(
        line(
            "jobs",
            **{"from": "sql", "url": postgres_url, "table": "loker",
               "fields": {"id": "id", "title": "title", "employer": "pt", "posted_at": "at",
                          "salary_min": "pay"}},
        ),
        tools,
    )  # fmt: skip
    (job,) = await feed.jobs_by_id(["9007199254740993"])
    assert job.posted_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert job.salary_min == Money(Decimal("5400000.50"))
    await feed.aclose()


@pytest.mark.parametrize(
    "system", sorted(name for name in registry.SYSTEMS if name.startswith("feed."))
)
async def test_every_feed_keeps_the_methods_its_port_promises(system: str, tools: Tools) -> None:
    (tools.data_folder / "none.json").write_text("[]")
    domain = system.removeprefix("feed.")
    feed = await registry.open_source(line(domain, **{"from": "file", "path": "none.json"}), tools)
    assert not hasattr(feed, "no_such_method")
    assert not hasattr(feed, "_no_such_method")
    for method in registry.promises(registry.PORTS[domain]):
        assert callable(getattr(feed, method))


# ------------------------------------------------------------------------------- freshness


async def test_while_nothing_is_newer_nothing_is_put_together_again() -> None:
    said = Said(ANYAR)
    feed = await said.markets()
    before = await feed.current()
    assert await feed.current() is before
    said.rows = [LAMA]
    said.clock.move(3601)
    assert await names(feed) == [("Pasar Anyar", False)], "given at once, fetched behind"
    await said.upkeep.settled()
    assert await names(feed) == [("Pasar Lama", False)]


async def test_when_the_upstream_fails_the_last_good_rows_answer_marked_stale() -> None:
    said = Said(ANYAR)
    feed = await said.markets()
    await names(feed)
    said.failure = errors.TimedOut("slow")
    said.clock.move(2 * 86_400)
    with asking() as noted:
        assert await names(feed) == [("Pasar Anyar", True)]
    assert isinstance(noted.trouble, errors.TimedOut)
    (market,) = await feed.markets_by_id(["a"])
    assert market.origin.fetched_at == NOW
    said.failure = None
    said.clock.move(60)
    await names(feed)
    await said.upkeep.settled()
    assert await names(feed) == [("Pasar Anyar", False)]


async def test_a_feed_that_never_answered_fails_and_says_when_to_come_back() -> None:
    said = Said()
    said.failure = errors.Overloaded("busy", retry_after=30)
    feed = await said.markets()
    with pytest.raises(errors.Overloaded) as caught:
        await names(feed)
    assert caught.value.retry_after == 30


async def test_a_file_that_changed_is_read_again_and_one_that_went_away_is_remembered(
    tools: Tools,
) -> None:
    clock, file = MovedClock(NOW), tools.data_folder / "pasar.csv"
    file.write_text("id,name\na,Pasar Anyar\n")
    said = line("markets", **{"from": "file", "path": "pasar.csv"})
    services = replace(tools.services, clock=clock)
    feed = await registry.open_source(said, replace(tools, services=services))
    assert await names(feed) == [("Pasar Anyar", False)]
    clock.move(3)
    unchanged = await feed.current()
    file.write_text("id,name\nl,Pasar Lama\n")
    clock.move(3)
    assert await names(feed) == [("Pasar Lama", False)]
    assert await feed.current() is not unchanged
    file.unlink()
    clock.move(400 * 86_400)
    assert await names(feed) == [("Pasar Lama", True)]


async def test_where_a_source_cannot_answer_its_bundled_file_does_and_says_so(
    tools: Tools,
) -> None:
    (tools.city_folder / "pasar.csv").write_text("id,name\nl,Pasar Lama\n")
    said = Said(ANYAR)
    binding = replace(
        line("markets", **{"from": "http", "url": "http://luar.example/pasar"}),
        fallback=(
            Fallback(
                "feed.markets",
                {"from": "file", "path": "pasar.csv"},
                quality=SourceQuality.ESTIMATED,
                licence=Licence("CC0-1.0"),
            ),
        ),
    )
    services = Services(said.web, clock=said.clock)
    feed = await registry.open_source(binding, replace(tools, services=services))
    assert await names(feed) == [("Pasar Anyar", False)]
    said.failure = errors.Unreachable("gone")
    said.clock.move(2 * 86_400)
    assert await names(feed) == [("Pasar Anyar", True)], "the last good answer comes first"
    elsewhere = Said()
    elsewhere.failure = errors.Unreachable("gone")
    services = Services(elsewhere.web, clock=elsewhere.clock)
    feed = await registry.open_source(binding, replace(tools, services=services))
    with asking() as noted:
        (market,) = await feed.markets_by_id(["l"])
    assert isinstance(noted.trouble, errors.Unreachable)
    assert (market.origin.quality, market.origin.licence) == (
        SourceQuality.ESTIMATED,
        Licence("CC0-1.0"),
    )
    (tools.city_folder / "pasar.csv").unlink()
    services = Services(elsewhere.web, clock=elsewhere.clock)  # and nothing was ever kept
    feed = await registry.open_source(binding, replace(tools, services=services))
    with pytest.raises(errors.Unreachable, match="gone"):
        await names(feed)


# ------------------------------------------------------------------------------- rejected rows


async def test_a_row_that_cannot_be_read_is_kept_in_the_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = {"id": "b", "name": "", "lat": "x"}
    feed = await Said(ANYAR, bad, "not an object", ANYAR).markets()
    assert await names(feed) == [("Pasar Anyar", False)]
    assert [reason for _, reason in feed.rejected] == [
        "market: name is empty", "is not an object", "id: 'a' stands in an earlier row",
    ]  # fmt: skip
    assert feed.rejected[0][0] == bad
    assert (feed.records_total, "rows_rejected" in caplog.text) == (1, True)


async def test_a_feed_without_one_readable_row_does_not_pretend_to_be_empty() -> None:
    feed = await Said({"kode": "a"}, {"kode": "b"}).markets()
    with pytest.raises(
        errors.Unreadable, match="none of 2 rows could be read: market: id is empty"
    ):
        await names(feed)
    assert await names(await Said().markets()) == []


async def test_a_row_may_state_its_own_time_and_page() -> None:
    stated = {**ANYAR, "as_of": "2026-02-18T07:00:00+07:00", "source_url": "https://a.example/1"}
    wrong = {**LAMA, "as_of": "2026-02-18T07:00:00", "source_url": "javascript:alert(1)"}
    feed = await Said(stated, wrong, {**LAMA, "as_of": 5}).markets()
    (market,) = await feed.markets_by_id(["a"])
    assert market.origin.as_of == datetime(2026, 2, 18, tzinfo=UTC)
    assert market.origin.fetched_at == NOW
    assert market.origin.url == "https://a.example/1"
    assert market.origin.quality is SourceQuality.PUBLISHED
    assert [reason.partition(", ")[0] for _, reason in feed.rejected] == [
        "feed: as_of must be a time with offset"
    ] * 2


# ------------------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "`from` must be one of file, http, sql, not None"),
        ({"from": "ftp"}, "`from` must be one of"),
        ({"from": "file"}, "`path` is needed with from = 'file'"),
        ({"from": "http", "url": ""}, "`url` is needed"),
        ({"from": "sql", "table": "a"}, "`url` is needed with from = 'sql'"),
        ({"from": "file", "path": 5}, "`path` must be text"),
        ({"from": "file", "path": "a.csv", "pth": 1}, "unknown option 'pth'; there are: "),
        ({"from": "file", "path": "a", "format": "xml"}, "`format` must be one of csv, json"),
        ({"from": "file", "path": "a", "delimiter": ";;"}, "`delimiter` must be one character"),
        ({"from": "file", "path": "a", "encoding": "klingon"}, "'klingon' is not known"),
        ({"from": "sql", "url": "a", "table": "b", "most_rows": -1}, "`most_rows` must be"),
        ({"from": "file", "path": "a", "most_rows": True}, "`most_rows` must be a number"),
        ({"from": "file", "path": "a", "headers": 5}, "must be tables"),
        ({"from": "file", "path": "a", "fields": {"id": 5}}, "fields.id: must be the path"),
    ],
)
def test_a_wrong_option_says_what_it_takes(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_options(options)


async def test_a_feed_cannot_read_outside_of_its_folders(tools: Tools) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        await registry.open_source(line("places", **{"from": "file", "path": "/etc/passwd"}), tools)


def test_the_format_follows_the_name_of_the_file() -> None:
    for path, name in (
        ("a.CSV", "csv"),
        ("b.geojson", "geojson"),
        ("c", "json"),
        ("d.xml", "json"),
    ):
        assert read_options({"from": "file", "path": path}).how.name == name
