"""The catalogue of apps is loaded as its register says, whatever the rows look like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings
from catalog.loaders import apps, facts
from catalog.loaders.citations import Citations
from catalog.loading import Load
from catalog.pack import CITIES, Pack
from connectors.kinds.sql import Database, open_engine
from connectors.ports.apps import AppCriteria, CityApp
from connectors.ports.common import Page
from connectors.store.apps import StoreApps
from connectors.store.base import metadata
from connectors.store.facts import StoreFacts

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = (
    "id,name,full_name,category,category_basis,owner,description_id,description_en,"
    "description_basis,in_live_portal,kind,year_seen,host,note,topic,status,android_package,"
    "version,released_on,source"
)
LINES = {line.key: line for line in bindings.read_folder(CITIES / "kota_tangerang" / "sources")}


def row(slug: str, **cells: str) -> str:
    known = {
        "id": slug,
        "name": slug.upper(),
        "category": "public_service",
        "category_basis": "stated",
        "description_basis": "source",
        "source": "a page",
        **cells,
    }
    return ",".join(known.get(column, "") for column in HEADER.split(","))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "city.toml").write_text('zone = "Asia/Makassar"\n')
    (tmp_path / "apps_register.toml").write_text(
        "as_of = 2019-02-28\npublic_service = 3\ngovernment_management = 2\nin_portal = 2\n"
    )
    (tmp_path / "agencies.csv").write_text("abbreviation\nDINKES\nUPT PRKK\n")
    return tmp_path


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = open_engine(f"sqlite:///{tmp_path}/city.db")
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


async def loaded(engine: AsyncEngine, folder: Path, *rows: str) -> tuple[list[CityApp], Load]:
    (folder / "apps.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    async with engine.begin() as connection:
        load = Load(Pack(folder), connection, NOW, LINES, samples=True, unlicensed_coordinates=True)
        await apps.load(load)
    found = await StoreApps("katalog", Database(engine)).find_apps(AppCriteria(), None, Page(99))
    return [hit.record for hit in found.hits], load


async def test_every_slot_that_no_row_fills_is_an_unclaimed_entry(
    engine: AsyncEngine, folder: Path
) -> None:
    found, load = await loaded(
        engine,
        folder,
        row("laksa", in_live_portal="yes", owner="UPT PRKK"),
        row("sikda", category="government_management"),
    )
    assert [(app.slug, app.slot, app.claimed, app.in_portal) for app in found] == [
        ("laksa", 1, True, True),
        ("layanan-publik-002", 2, False, True),
        ("layanan-publik-003", 3, False, None),
        ("sikda", 4, True, None),
        ("pengelolaan-pemerintahan-002", 5, False, None),
    ]
    assert found[0].department == "upt-prkk"
    assert load.rejected == []
    assert [str(document.id) for document in load.documents] == ["katalog:laksa", "katalog:sikda"]


async def test_a_row_that_cannot_be_read_is_reported_and_its_slot_stays_unclaimed(
    engine: AsyncEngine, folder: Path
) -> None:
    found, load = await loaded(
        engine,
        folder,
        row("a", in_live_portal="perhaps"),
        row("b", category="others"),
        row("c", year_seen="lately"),
        row("d", released_on="2026-02-30"),
        row("e", owner="NOBODY"),
    )
    assert [app.slug for app in found if app.claimed] == ["e"]
    assert len(found) == 5
    assert [(one["row"], one["kept"]) for one in load.rejected] == [
        (2, False),
        (3, False),
        (4, False),
        (5, False),
        (6, True),
    ]
    assert "in_portal must be yes or no" in load.rejected[0]["reason"]
    assert load.rejected[2]["reason"] == "year_seen must be a year, not 'lately'"
    assert "no department 'NOBODY'" in load.rejected[4]["reason"]


async def test_more_named_rows_than_slots_are_all_kept(engine: AsyncEngine, folder: Path) -> None:
    found, _ = await loaded(engine, folder, *map(row, "abcd"))
    assert sorted(app.slug for app in found if app.claimed) == ["a", "b", "c", "d"]
    assert sum(1 for app in found if not app.claimed) == 2


async def test_loading_twice_leaves_the_same_catalogue(engine: AsyncEngine, folder: Path) -> None:
    first, _ = await loaded(engine, folder, row("laksa", topic="complaints"))
    again, _ = await loaded(engine, folder, row("laksa", topic="complaints"))
    assert first == again


async def test_an_entry_first_seen_after_the_register_is_marked(
    engine: AsyncEngine, folder: Path
) -> None:
    found, _ = await loaded(
        engine, folder, row("old", year_seen="2019"), row("new", year_seen="2020", topic="tax")
    )
    known = {app.slug: app for app in found}
    assert known["old"].categories == ()
    assert known["new"].categories == ("tax", "assumed-slot")
    assert known["new"].description is not None
    assert known["new"].description.pick("en") == (
        "First seen in 2020, after the register of 2019: its slot among the 5 entries is an "
        "assumption."
    )


async def test_a_city_without_a_register_has_no_catalogue(
    engine: AsyncEngine, folder: Path
) -> None:
    (folder / "apps_register.toml").unlink()
    found, load = await loaded(engine, folder, row("laksa"))
    assert found == []
    assert load.counts == {}


async def test_a_fact_without_a_date_is_reported_and_the_others_are_kept(
    engine: AsyncEngine, folder: Path
) -> None:
    (folder / "city_facts.csv").write_text(
        "topic,name_id,name_en,value,as_of,note,source\n"
        "t,Satu,,1,2019,,a page\n"
        "t,Dua,,2,,,a page\n"
        "t,,Three,3,2020,see there,a page\n"
    )
    async with engine.begin() as connection:
        load = Load(Pack(folder), connection, NOW, LINES, samples=True, unlicensed_coordinates=True)
        await facts.load(load)
    found = await StoreFacts("fakta-kota", Database(engine)).list_facts("t")
    assert [(fact.value, fact.citation) for fact in found] == [
        ("1", "a page"),
        ("3", "a page (note: see there)"),
    ]
    (reported,) = load.rejected
    assert (reported["row"], reported["reason"]) == (3, "fact: as_of is empty")


def test_a_citation_tells_its_day_and_an_address_that_opens(folder: Path) -> None:
    (folder / "sources.csv").write_text(
        "citation,published\n"
        "https://a.example,2024\n"
        '"https://b.example (commit 1, file)",2024-06\n'
        "c,2017 to 2024\n"
        "d,\n"
    )
    citations = Citations(Pack(folder))
    both = "https://b.example (commit 1, file) | https://a.example"
    found = citations.published(both)
    assert found is not None
    assert found.isoformat() == "2024-06-01T00:00:00+08:00"
    assert citations.page(both) == "https://a.example"
    assert citations.published("c | d | unknown") is None
    assert citations.page(None) is None
