"""Every source of apps and of facts keeps the same promises; the store equals a plain look."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.errors import Unreadable
from connectors.kinds.sql import Database
from connectors.memory.apps import MemoryApps, read_app
from connectors.memory.facts import MemoryFacts, read_fact
from connectors.ports.apps import (
    FACETS,
    AppAudience,
    AppCriteria,
    AppOrderField,
    AppStatus,
    CityApp,
    Replication,
)
from connectors.ports.common import Order, Origin, Page, SourceQuality, Text, must_text, text
from connectors.ports.facts import CityFact
from connectors.store import apps as store
from connectors.store import facts as fact_store
from connectors.testing.apps import ORDERS, AppSourcePromises
from connectors.testing.facts import FactSourcePromises
from tests.kept import keep

WHEN = datetime(2026, 11, 23, tzinfo=UTC)


def origin(local: str, quality: SourceQuality = SourceQuality.PUBLISHED) -> Origin:
    return Origin("katalog", local, WHEN, WHEN, quality)


def app(slug: str, slot: int, name: str | Text, **rest: Any) -> CityApp:
    made = CityApp(
        origin(slug),
        slug,
        slot,
        name if isinstance(name, Text) else must_text(name),
        AppAudience.PUBLIC_SERVICE,
    )
    return replace(made, **rest)


APPS = [
    app("laksa", 2, "LAKSA", in_portal=True, categories=("complaints",), department="diskominfo",
        summary=text("Pengaduan warga", "Complaints"), status=AppStatus.STABLE, version="7.3.4",
        url="https://laksa.example", released_on=date(2026, 2, 4), platforms=("web", "android"),
        replicable_by=Replication.FREE, used_by=("Poso",), languages=("id",)),
    app("pajak", 1, "Pajak Online", categories=("tax", "assumed-slot"), in_portal=True,
        summary=text("Pajak daerah"), released_on=date(2022, 1, 1)),
    app("sapa-sehat", 3, "sapa Sehat", categories=("health",), department="dinkes",
        in_portal=False, status=AppStatus.OBSOLETE, released_on=date(2022, 1, 1)),
    app("seratus", 5, must_text("Aplikasi 100%_pasti", "App"), replicable_by=Replication.NO),
    app("layanan-005", 4, must_text("Aplikasi no. 005", "App no. 005"), claimed=False),
    app("e-audit", 6, "E-Audit", audience=AppAudience.GOVERNMENT_MANAGEMENT,
        description=text(en="Audit of PAJAK DAERAH"), ios_url="https://apple.example"),
]  # fmt: skip
FACTS = [
    CityFact("replication", must_text("Kota"), "17", "2016", "a page"),
    CityFact("app_totals", must_text("Jumlah", "Total"), "174", "2019-02", "a page"),
    CityFact("app_totals", must_text("Jumlah"), "about 200", "2022", "another page"),
    CityFact("Z", must_text("Huruf besar dahulu"), "1", "2022", "code points"),
]


async def kept(engine: AsyncEngine, apps: Sequence[CityApp]) -> None:
    """Put records in the place of all that are there."""
    rows: dict[Table, list[dict[str, Any]]] = {
        store.apps: [store.app_values(one) for one in apps],
        store.app_categories: [row for one in apps for row in store.category_values(one)],
    }
    await keep(engine, rows)


class WithKnownApps(AppSourcePromises):
    @pytest.fixture
    def apps(self) -> Sequence[CityApp]:
        return APPS


class TestAppsInMemory(WithKnownApps):
    @pytest.fixture
    def source(self) -> MemoryApps:
        return MemoryApps("katalog", APPS)


class TestAppsInTheStore(WithKnownApps):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StoreApps:
        await kept(engine, APPS)
        return store.StoreApps("katalog", Database(engine))


class WithKnownFacts(FactSourcePromises):
    @pytest.fixture
    def facts(self) -> Sequence[CityFact]:
        return FACTS


class TestFactsInMemory(WithKnownFacts):
    @pytest.fixture
    def source(self) -> MemoryFacts:
        return MemoryFacts("fakta", FACTS)


class TestFactsInTheStore(WithKnownFacts):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> fact_store.StoreFacts:
        rows = [fact_store.fact_values(fact, "fakta", n) for n, fact in enumerate(FACTS)]
        async with engine.begin() as connection:
            await connection.execute(insert(fact_store.city_facts), rows)
        return fact_store.StoreFacts("fakta", Database(engine))


# ------------------------------------------------------------------------------- worked by hand


async def slugs(source: Any, order: Order[AppOrderField] | None, **criteria: Any) -> list[str]:
    page = Page(99, descending=bool(order and order.descending))
    found = await source.find_apps(AppCriteria(**criteria), order, page)
    return [hit.record.slug for hit in found.hits]


async def test_apps_come_by_slot_name_or_release_and_undated_ones_last() -> None:
    source = MemoryApps("katalog", APPS)
    by_name, by_release = AppOrderField.NAME, AppOrderField.RELEASED_ON
    assert await slugs(source, None) == [
        "pajak", "laksa", "sapa-sehat", "layanan-005", "seratus", "e-audit",
    ]  # fmt: skip
    assert await slugs(source, Order(by_name)) == [
        "seratus", "layanan-005", "e-audit", "laksa", "pajak", "sapa-sehat",
    ]  # fmt: skip
    undated = ["e-audit", "layanan-005", "seratus"]
    assert await slugs(source, Order(by_release)) == ["pajak", "sapa-sehat", "laksa", *undated]
    falling = Order(by_release, descending=True)
    assert await slugs(source, falling) == ["laksa", "pajak", "sapa-sehat", *undated]
    assert await slugs(source, Order(AppOrderField.POPULARITY)) == sorted(a.slug for a in APPS)


async def test_words_are_found_in_any_text_and_signs_are_only_signs() -> None:
    source = MemoryApps("katalog", APPS)
    assert await slugs(source, None, text="pajak daerah") == ["pajak", "e-audit"]
    assert await slugs(source, None, text="100%_") == ["seratus"]
    assert await slugs(source, None, in_portal=False) == ["sapa-sehat"]


async def test_nobody_said_is_a_bucket_of_its_own() -> None:
    source = MemoryApps("katalog", APPS)

    async def counts(field: str) -> dict[str, int]:
        return {b.key: b.count for b in await source.app_buckets(AppCriteria(), field)}

    assert await counts("inPortal") == {"true": 2, "false": 1, "unknown": 3}
    assert await counts("department") == {"diskominfo": 1, "dinkes": 1, "unknown": 4}
    assert await counts("claimed") == {"true": 5, "false": 1}
    assert await counts("category") == {
        "assumed-slot": 1, "complaints": 1, "health": 1, "tax": 1,
    }  # fmt: skip


async def test_sample_apps_are_not_shown_in_production(engine: AsyncEngine) -> None:
    sample = replace(APPS[0], origin=origin("laksa", SourceQuality.SAMPLE))
    await kept(engine, [sample, APPS[1]])
    production = store.StoreApps("katalog", Database(engine), samples=False)
    assert await slugs(production, None) == ["pajak"]
    assert await production.count_apps(AppCriteria()) == 1
    assert list(await production.apps_by_id(["laksa"])) == [None]
    assert {b.key for b in await production.app_buckets(AppCriteria(), "category")} == {
        "tax",
        "assumed-slot",
    }


# ------------------------------------------------------------------------------- properties

WORDS = ["pajak", "Sehat", "LAPOR", "e-audit", "100%", "a_b", "Ärzte", "ß", "'", "İ"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
RANDOM_APPS = st.builds(
    lambda **fields: app("x", **fields),
    slot=st.integers(1, 3),
    name=st.builds(must_text, TEXTS, st.none() | TEXTS),
    audience=st.sampled_from(AppAudience),
    claimed=st.booleans(),
    summary=st.none() | st.builds(must_text, TEXTS),
    in_portal=st.sampled_from([None, True, False]),
    categories=st.lists(st.sampled_from(["tax", "health"]), unique=True).map(tuple),
    department=st.sampled_from([None, "dinkes"]),
    released_on=st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 3)),
    status=st.none() | st.sampled_from(AppStatus),
    replicable_by=st.sampled_from(Replication),
)
QUESTIONS = st.tuples(
    st.builds(
        AppCriteria,
        audience=st.none() | st.sampled_from(AppAudience),
        in_portal=st.sampled_from([None, None, True, False]),
        categories=st.sampled_from([(), (), ("tax",), ("tax", "health")]),
        department=st.sampled_from([None, None, "dinkes"]),
        status=st.sampled_from([(), (), (AppStatus.STABLE, AppStatus.BETA)]),
        replicable=st.sampled_from([None, None, Replication.FREE]),
        text=st.none() | TEXTS,
    ),
    st.sampled_from(ORDERS),
    st.integers(0, 4),
    st.booleans(),
)


async def test_the_store_answers_exactly_what_a_plain_look_answers(engine: AsyncEngine) -> None:
    drawn: list[CityApp] = []
    asked: list[Any] = []

    @given(st.lists(RANDOM_APPS, max_size=2), QUESTIONS)
    def collect(some: list[CityApp], question: Any) -> None:
        drawn.extend(some)
        asked.append(question)

    collect()
    every = [replace(one, origin=origin(f"a{n}"), slug=f"a{n}") for n, one in enumerate(drawn[:80])]
    await kept(engine, every)
    kept_, plain = store.StoreApps("katalog", Database(engine)), MemoryApps("katalog", every)
    for criteria, order, size, backward in asked[:40]:
        descending = bool(order and order.descending)
        whole = await plain.find_apps(criteria, order, Page(500, descending=descending))
        middle = whole.hits[len(whole.hits) // 2].position if whole.hits else None
        page = Page(size, middle, descending, backward)
        ours = await kept_.find_apps(criteria, order, page)
        assert ours == await plain.find_apps(criteria, order, page)
        assert await kept_.count_apps(criteria) == len(whole.hits)
        for field in FACETS:
            assert list(await kept_.app_buckets(criteria, field)) == list(
                await plain.app_buckets(criteria, field)
            )


# ------------------------------------------------------------------------------- rows

ROW = {
    "slug": "laksa", "slot": "2", "name_id": "LAKSA", "audience": "public_service",
    "in_portal": "yes", "platforms": "web|android", "released_on": "2026-02-04",
    "url": "https://laksa.example", "status": "stable",
}  # fmt: skip


def test_a_row_of_texts_becomes_an_app() -> None:
    found = read_app(ROW, origin)
    assert (found.slug, found.slot, found.claimed, found.in_portal) == ("laksa", 2, True, True)
    assert found.platforms == ("web", "android")
    assert (found.released_on, found.status) == (date(2026, 2, 4), AppStatus.STABLE)
    assert found.replicable_by is Replication.ON_REQUEST


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("slug", " ", "slug is empty"),
        ("slot", "0", "slot must be from 1"),
        ("slot", "two", "slot must be a whole number"),
        ("audience", "citizens", "audience must be one of PUBLIC_SERVICE, GOVERNMENT_MANAGEMENT"),
        ("in_portal", "maybe", "in_portal must be yes or no"),
        ("released_on", "2026-02-30", "released_on must be YYYY-MM-DD"),
        ("url", "javascript:alert(1)", "url must begin with http"),
        ("name_id", "a\x00b", "name_id holds characters that no text has"),
        ("platforms", 7, "platforms must be a list"),
    ],
)
def test_a_wrong_cell_is_refused_by_name(column: str, value: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason.replace("(", r"\(")):
        read_app({**ROW, column: value}, origin)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["yes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*ROW, "summary", "categories"]), GARBAGE))
def test_no_row_of_an_app_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_app({**ROW, **row}, origin), CityApp)


@given(st.dictionaries(st.sampled_from(["topic", "name", "value", "as_of", "source"]), GARBAGE))
def test_no_row_of_a_fact_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_fact(row), CityFact)
