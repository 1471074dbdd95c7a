"""Every index keeps the same promises, and finds what a plain look at all documents finds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kinds.sql import Database, open_engine
from connectors.memory.search import MemorySearch
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Page, ScopedId, must_text
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document, SearchCriteria
from connectors.store import search
from connectors.store.base import metadata
from connectors.store.search import StoreSearch
from connectors.testing.search import SearchSourcePromises

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VOCABULARY = [
    "jalan", "rusak", "berjalan", "lampu", "taman", "pasar", "museum", "market", "markets",
    "puskesmas", "kesehatan", "sehat", "112", "k1", "halte", "café", "Pasar-Lama", "o'brien",
]  # fmt: skip


def document(n, title, body=(), *, kind=SearchType.PLACE, point=None, area=None):
    return Document(kind, ScopedId("s", str(n)), title, tuple(body), point=point, area=area)


DOCUMENTS = [
    document(1, must_text("Jalan rusak", "Damaged road"), kind=SearchType.COMPLAINT),
    document(2, must_text("Taman Jalan Veteran"), ["dekat pasar"], area="36.71.01.1001"),
    document(3, must_text("Pasar Anyar", "Anyar market"), ["jalan besar"], area="36.71.05.1001"),
    document(4, must_text("Jalan-jalan sore"), point=GeoPoint(-6.17, 106.64)),
    document(5, must_text("Museum Benteng"), ["berjalan kaki"]),
    document(6, must_text("Café Kenanga")),
]


@pytest.fixture
async def store(database_url):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await search.index(connection, DOCUMENTS, now=NOW, sources=["s"])
    yield StoreSearch("indeks", Database(engine))
    await engine.dispose()


class TestMemory(SearchSourcePromises):
    @pytest.fixture
    def source(self):
        return MemorySearch("indeks", DOCUMENTS, NOW)


class TestStore(SearchSourcePromises):
    @pytest.fixture
    def source(self, store):
        return store


async def found(source, q, **criteria):
    answer = await source.find(SearchCriteria(q, **criteria), Page(100, descending=True))
    return {hit.record.id.local for hit in answer.hits}


async def test_stems_accents_and_beginnings_find_what_people_mean(store):
    assert "5" in await found(store, "jalan kaki")
    assert await found(store, "cafe") == {"6"}
    assert await found(store, "mus") == {"5"}
    assert await found(store, "markets") == {"3"}
    assert await found(store, "road") == {"1"}


async def test_types_and_places_narrow_the_search(store):
    assert await found(store, "jalan", types=(SearchType.COMPLAINT,)) == {"1"}
    assert await found(store, "pasar", where=InArea("36.71.05")) == {"3"}
    near = Near(GeoPoint(-6.17, 106.641), 500)
    answer = await store.find(SearchCriteria("jalan", where=near), Page(5, descending=True))
    (hit,) = answer.hits
    assert hit.record.id.local == "4"
    assert hit.distance_m == pytest.approx(110.6, abs=0.5)


async def test_titles_come_before_bodies(store):
    answer = await store.find(SearchCriteria("pasar"), Page(5, descending=True))
    assert answer.hits[0].record.id.local == "3"


async def test_highlights_are_escaped_and_mark_the_words(database_url):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        evil = document(9, must_text("<b>jalan</b> & pasar"), ["tanpa kata"])
        await search.index(connection, [evil], now=NOW, sources=["s"])
    answer = await StoreSearch("i", Database(engine)).find(
        SearchCriteria("jalan"), Page(5, descending=True)
    )
    assert answer.hits[0].record.highlights == ("<em>&lt;b&gt;jalan&lt;/b&gt;</em> &amp; pasar",)
    await engine.dispose()


async def test_counts_by_type_and_by_kecamatan(store):
    by_type = await store.buckets(SearchCriteria("jalan"), "type")
    assert {b.key: b.count for b in by_type} == {"COMPLAINT": 1, "PLACE": 4}
    by_area = await store.buckets(SearchCriteria("jalan"), "area")
    assert {b.key: b.count for b in by_area} == {"36.71.01": 1, "36.71.05": 1}


async def test_samples_are_not_found_in_production(database_url):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        sample = Document(SearchType.JOB, ScopedId("s", "1"), must_text("Contoh"), sample=True)
        await search.index(connection, [sample], now=NOW, sources=["s"])
    database = Database(engine)
    assert await found(StoreSearch("i", database), "contoh") == {"1"}
    assert await found(StoreSearch("i", database, samples=False), "contoh") == set()
    await engine.dispose()


async def test_indexing_again_replaces_the_documents_of_these_sources_only(database_url):
    engine = open_engine(database_url)
    other = Document(SearchType.STOP, ScopedId("feed", "1"), must_text("Halte Jalan"))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await search.index(connection, [*DOCUMENTS, other], now=NOW, sources=["s", "feed"])
        await search.index(connection, DOCUMENTS[:1], now=NOW, sources=["s"])
    source = StoreSearch("i", Database(engine))
    answer = await source.find(SearchCriteria("jalan"), Page(9, descending=True))
    assert {str(hit.record.id) for hit in answer.hits} == {"s:1", "feed:1"}
    await engine.dispose()


async def test_the_store_finds_exactly_what_a_plain_look_finds(database_url):
    words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join)
    places = st.one_of(
        st.none(), st.builds(GeoPoint, st.floats(-6.3, -6.0), st.floats(106.5, 106.8))
    )
    documents = st.builds(
        lambda n, title, body, point, kind: document(n, must_text(title), [body], point=point, kind=kind),
        st.just(0), words, words, places, st.sampled_from(list(SearchType)),
    )  # fmt: skip
    questions = st.builds(
        SearchCriteria,
        st.lists(st.sampled_from([*VOCABULARY, "ja", "mar", "x"]), min_size=1, max_size=2).map(
            " ".join
        ),
        types=st.sampled_from([(), (SearchType.PLACE, SearchType.JOB)]),
        where=st.sampled_from([None, BBox(106.6, -6.2, 106.7, -6.1)]),
    )
    drawn, asked = [], []

    @given(st.lists(documents, min_size=1, max_size=3), questions)
    def collect(some, question):
        drawn.extend(some)
        asked.append(question)

    collect()
    numbered = [
        Document(d.type, ScopedId("s", str(n)), d.title, d.body, d.point)
        for n, d in enumerate(drawn)
    ]
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await search.index(connection, numbered, now=NOW, sources=["s"])
    store, plain = StoreSearch("i", Database(engine)), MemorySearch("i", numbered, NOW)
    for question in asked[:60]:
        page = Page(1000, descending=True)
        one, other = await store.find(question, page), await plain.find(question, page)
        assert {h.record.id for h in one.hits} == {h.record.id for h in other.hits}, question
        assert await store.count(question) == len(one.hits)
    await engine.dispose()
