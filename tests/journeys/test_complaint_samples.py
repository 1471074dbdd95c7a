"""Sample complaints: made up, saying so, in real places, the same at every load, and replaceable."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings
from catalog.loaders import complaints
from catalog.loaders.complaint_samples import (
    Neighbourhood,
    Sample,
    make_samples,
    near_in,
    point_in,
)
from catalog.loading import Load
from catalog.pack import Pack
from connectors.kinds.sql import open_engine
from connectors.ports import geometry
from connectors.ports.common import BBox, GeoPoint, Origin, SourceQuality, must_text
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaints import (
    PROOF_ROLES,
    ComplaintStatus,
    Visibility,
)
from connectors.store import complaint_tables as tables
from connectors.store.base import metadata
from gateway.media import NAME
from tests.cities import NOW, opened_city
from tests.complaint_records import complaint, event_of, origin

TRIANGLE = geometry.read_polygons(
    {"type": "Polygon", "coordinates": [[[0, 0], [0.01, 0], [0, 0.01], [0, 0]]]}
)
PLACE = Neighbourhood("36.71.01.1001", "Contoh", "36.71.01", "Uji", "15111", BBox(0, 0, 0.01, 0.01))


def at(point: GeoPoint) -> str | None:
    return PLACE.code if geometry.in_polygons(TRIANGLE, point) else None


LAMP = ComplaintCategory(origin("lampu"), "lampu", must_text("Lampu padam"), department="dishub")
CRIME = ComplaintCategory(origin("kriminalitas"), "kriminalitas", must_text("Kriminalitas"))


TABLES = (tables.categories, tables.complaints, *tables.CHILDREN)


def rng_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - samples, not secrets


def samples(seed: int = 1, many: int = 400) -> list[Sample]:
    return list(
        make_samples(
            rng_of(seed),
            now=NOW,
            neighbourhoods=[PLACE],
            at=at,
            categories=[LAMP, CRIME],
            origin=lambda local, as_of: Origin("laksa", local, as_of, NOW, SourceQuality.SAMPLE),
            source="laksa",
            many=many,
        )
    )


SAMPLES = samples()
MANY = samples(seed=3, many=3_000)
"""Enough for the rare: a life that is cut off at every step."""


def test_the_same_chance_makes_the_same_samples() -> None:
    assert samples() == SAMPLES
    assert samples(seed=2) != SAMPLES


def test_every_sample_says_that_it_is_one() -> None:
    for number, sample in enumerate(SAMPLES, start=1):
        one = sample.complaint
        assert one.origin.quality is SourceQuality.SAMPLE
        assert one.tracking_id.startswith("CONTOH-LAKSA-2026-")
        assert one.title is not None
        assert one.notice is not None
        assert one.status_note is not None
        told = [one.title, one.description, one.notice.pick("id"), one.status_note.pick("id")]
        told += [comment.text for comment in sample.comments]
        assert all(words.startswith("[CONTOH]") for words in told)
        assert all(
            event.note and event.note.pick("en").startswith("[SAMPLE]") for event in sample.events
        )
        reporter = sample.told.reporter
        if one.visibility is Visibility.ANONYMOUS:
            assert reporter is None
        else:
            assert reporter is not None
            assert reporter.display_name == f"Warga Contoh {number}"
            assert (reporter.phone, reporter.email, reporter.nik) == (None, None, None)
        actors = {event.actor for event in sample.events} | {c.author for c in sample.comments}
        assert actors <= {"Warga", "Petugas LAKSA", "DISHUB"}


def test_every_life_is_consistent_and_lies_before_now() -> None:
    seen: Counter[ComplaintStatus] = Counter()
    for sample in MANY:
        one, events = sample.complaint, sample.events
        seen[one.status] += 1
        assert NOW - timedelta(days=180) <= one.created_at <= NOW
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert [e.to for e in events[:-1]] == [e.before for e in events[1:]]
        assert (events[0].at, events[0].to) == (one.created_at, ComplaintStatus.RECEIVED)
        assert (events[-1].at, events[-1].to) == (one.updated_at, one.status)
        assert one.updated_at == one.origin.as_of <= NOW
        forwarded = [event.at for event in events if event.to is ComplaintStatus.FORWARDED]
        assert one.forwarded_at == (forwarded[0] if forwarded else None)
        assert (one.department is not None) == bool(forwarded)
        finished = one.status is ComplaintStatus.RESOLVED
        assert one.resolved_at == (one.updated_at if finished else None)
        proof = [item for item in sample.media if item.media.role in PROOF_ROLES]
        assert one.has_proof == bool(proof)
        assert not finished or proof
        assert (one.reject_reason is not None) == (
            one.status in {ComplaintStatus.REJECTED, ComplaintStatus.DUPLICATE}
        )
        assert (one.duplicate_of is not None) == (one.status is ComplaintStatus.DUPLICATE)
        assert one.rating is None or (finished and one.updated_at < one.rating.at <= NOW)
        assert all(one.created_at < comment.at <= NOW for comment in sample.comments)
        for item in sample.media:
            name = item.media.url.removeprefix("/media/contoh/").removesuffix(".png")
            assert NAME.fullmatch(name)
            assert name == item.media.id.local
    assert seen[ComplaintStatus.RESOLVED] > 300
    assert seen[ComplaintStatus.RECEIVED] > 15  # some wait, whatever the hour of the loading
    assert set(seen) == set(ComplaintStatus) - {ComplaintStatus.UNKNOWN}


def test_a_duplicate_lies_near_what_it_repeats_and_is_of_its_category() -> None:
    known = {sample.complaint.origin.local_id: sample.complaint for sample in SAMPLES}
    repeats = [one for one in known.values() if one.duplicate_of]
    assert repeats
    for one in repeats:
        original = known[one.duplicate_of or ""]
        assert original.category == one.category
        assert original.created_at <= one.created_at
        assert original.point is not None
        assert one.point is not None
        assert geometry.distance_m(original.point, one.point) < 100


def test_a_point_lies_inside_also_beside_a_corner() -> None:
    rng = rng_of(1)
    for _ in range(200):
        point = point_in(rng, PLACE, at)
        assert at(point) == PLACE.code
        assert at(near_in(rng, PLACE, point, at)) == PLACE.code


def test_a_point_that_has_no_neighbour_inside_is_its_own() -> None:
    corner = GeoPoint(0.005, 0.004)
    near = near_in(rng_of(1), PLACE, corner, lambda _: None)
    assert near == corner


def test_an_outline_that_holds_nothing_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(ValueError, match="no point can be found inside the outline of 36"):
        point_in(rng_of(1), PLACE, lambda _: None)


# ------------------------------------------------------------------------------- in the city


async def test_two_thousand_samples_lie_in_the_kelurahan_they_name(tmp_path: Path) -> None:
    index = Pack.of("kota_tangerang").kelurahan
    async with opened_city(f"sqlite:///{tmp_path}/city.db") as city:
        rows = await city.database.rows(select(tables.complaints))
        offices = await city.data("{ departments(first: 100) { edges { node { code } } } }")
    shown = [tables.read_complaint(row) for row in rows]
    assert len(shown) == 2_000
    assert {one.origin.quality for one in shown} == {SourceQuality.SAMPLE}
    assert all(index.at(one.point) == one.area for one in shown)
    assert len({one.area for one in shown}) > 95
    assert len({one.category for one in shown}) == 22
    codes = {edge["node"]["code"] for edge in offices["departments"]["edges"]}
    assert {one.department for one in shown} - {None} <= codes
    assert {one.visibility for one in shown} == set(Visibility)
    assert len({one.channel for one in shown}) > 6
    assert all(re.fullmatch(r"CONTOH-LAKSA-\d{4}-\d{6}", one.tracking_id) for one in shown)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty database with the tables of complaints."""
    opened = open_engine(database_url)
    async with opened.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=TABLES)
    yield opened
    await opened.dispose()


async def loaded(engine: AsyncEngine, folder: Path, *, samples: bool = True) -> Load:
    """The complaints of a pack, put into the database."""
    lines = bindings.read_folder(folder / "sources")
    async with engine.begin() as connection:
        known = {line.key: line for line in lines}
        load = Load(Pack(folder), connection, NOW, known, samples, unlicensed_coordinates=True)
        await complaints.load(load)
    return load


async def test_loading_again_replaces_samples_and_nothing_else(engine: AsyncEngine) -> None:
    real = complaint("4711", description="Bukan contoh")
    step = event_of("4711", 1, ComplaintStatus.RECEIVED)
    folder = Pack.of("kota_tangerang").folder
    await loaded(engine, folder)
    before = await _all_rows(engine)
    assert len(before["complaints"]) == 2_000
    async with engine.begin() as connection:
        official = SourceQuality.OFFICIAL
        await connection.execute(insert(tables.complaints), [tables.complaint_values(real)])
        await connection.execute(insert(tables.events), [tables.event_values(step, official)])
    await loaded(engine, folder)
    after = await _all_rows(engine)
    assert len(after["complaints"]) == 2_001
    for name, rows in before.items():
        assert set(after[name]) >= set(rows)

    await loaded(engine, folder, samples=False)
    assert {name: len(rows) for name, rows in (await _all_rows(engine)).items()} == {
        "complaint_categories": 22,
        "complaints": 1,
        "complaint_events": 1,
        "complaint_comments": 0,
        "complaint_media": 0,
        "complaint_particulars": 0,
    }


async def test_rows_of_categories_that_cannot_be_read_are_reported(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    there = Pack.of("kota_tangerang").folder
    (tmp_path / "sources").mkdir()
    for name in ("agencies.csv", "sources/complaints.toml"):
        shutil.copy(there / name, tmp_path / name)
    header, *_ = (there / "complaints_categories.csv").read_text().splitlines()
    rows = ("a,Jalan,,GONE,our assignment,,x", "b,,,DLH,,,x", "c,Sampah,,DLH,stated,,x")
    (tmp_path / "complaints_categories.csv").write_text("\n".join([header, *rows]))
    load = await loaded(engine, tmp_path, samples=False)
    told = [(one["row"], one["field"], one["kept"], one["reason"]) for one in load.rejected]
    assert told == [
        (2, "likely_agency", True, "no department 'GONE' in agencies.csv"),
        (3, None, False, "complaint category: name is empty"),
    ]
    async with engine.connect() as connection:
        kept = [
            tables.read_category(row) for row in await connection.execute(select(tables.categories))
        ]
    assert {(one.code, one.department, one.origin.quality.value) for one in kept} == {
        ("a", None, "ESTIMATED"),
        ("c", "dlh", "PUBLISHED"),
    }


async def test_production_has_categories_and_no_complaint(tmp_path: Path) -> None:
    async with opened_city(f"sqlite:///{tmp_path}/city.db", samples=False) as city:
        data = await city.data(
            "{ complaints { totalCount edges { cursor } sources { state } } "
            "complaintCategories { code } complaintStats(groupBy: [STATUS]) { total rows { keys } } }"
        )
        assert city.load is not None
        assert not [one for one in city.load.documents if one.type.value == "COMPLAINT"]
    assert data["complaints"] == {"totalCount": 0, "edges": [], "sources": [{"state": "OK"}]}
    assert len(data["complaintCategories"]) == 22
    assert data["complaintStats"] == {"total": 0, "rows": []}


async def _all_rows(engine: AsyncEngine) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    async with engine.connect() as connection:
        for table in TABLES:
            columns = [column for column in table.c if column.name in _COMPARED]
            rows = await connection.execute(select(*columns).order_by(table.c.local_id))
            found[table.name] = [tuple(row) for row in rows]
    return found


_COMPARED = {
    "source", "local_id", "quality", "status", "created_at", "updated_at", "lat", "lng", "category",
    "at", "to", "actor", "text", "url", "role", "complaint", "visibility", "duplicate_of",
}  # fmt: skip
