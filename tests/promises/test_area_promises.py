"""Every source of areas keeps the same promises: from memory and from both databases."""

import json

import pytest

from catalog.pack import Pack
from connectors.kinds.sql import Database
from connectors.memory.areas import MemoryAreas
from connectors.ports import geometry
from connectors.ports.areas import Area, AreaLevel, ancestry
from connectors.ports.common import GeoPoint
from connectors.store.areas import StoreAreas, areas
from connectors.store.base import origin_values
from connectors.testing.areas import AreaSourcePromises
from tests.builders import origin
from tests.kept import keep

PACK = Pack.of("kota_tangerang")


def outlines():
    """The real outlines of the city and of one kecamatan, by code."""
    found = {}
    for name in ("city_boundary", "districts", "villages"):
        for feature in PACK.json(f"{name}.geojson")["features"]:
            code = feature["properties"].get("code", PACK.city["code"])
            found[code] = feature["geometry"]
    return {
        code: outline for code, outline in found.items() if code.startswith(("36.71.0", "36.71.1"))
    }


BOUNDARIES = outlines()
LEVELS = {1: AreaLevel.CITY, 2: AreaLevel.KECAMATAN, 3: AreaLevel.KELURAHAN}


def area(code, *, parent=True):
    return Area(
        origin("wilayah", code),
        code,
        LEVELS[code.count(".")],
        f"Wilayah {code}",
        ancestry(code)[1] if parent else None,
    )


AREAS = [area("36.71", parent=False), *map(area, BOUNDARIES)]


@pytest.fixture(scope="module")
def tables():
    return [areas]


@pytest.fixture
async def store(engine):
    await keep(engine, {areas: [values(one) for one in AREAS]})
    return StoreAreas("wilayah", Database(engine))


def values(one):
    outline = BOUNDARIES.get(one.kode)
    box = geometry.bounds(geometry.read_polygons(outline)) if outline else None
    edges = {side: getattr(box, side, None) for side in ("west", "south", "east", "north")}
    return {
        **origin_values(one.origin),
        "level": one.level.value,
        "name": one.name,
        "parent": one.parent,
        "boundary": outline,
        **edges,
    }


def memory():
    return MemoryAreas("wilayah", AREAS, BOUNDARIES)


class TestMemory(AreaSourcePromises):
    @pytest.fixture
    def source(self):
        return memory()


class TestStore(AreaSourcePromises):
    @pytest.fixture
    def source(self, store):
        return store


async def test_the_store_finds_around_any_point_what_memory_finds(store):
    reference = memory()
    # A net over the whole city and beyond its edges.
    for row in range(12):
        for column in range(12):
            point = GeoPoint(-6.30 + row * 0.02, 106.55 + column * 0.02)
            question = {"level": None, "parent": None, "containing": point}
            assert await store.find_areas(**question) == await reference.find_areas(**question)


async def test_the_store_gives_an_outline_as_it_was_loaded(store):
    code = min(BOUNDARIES)
    (outline,) = await store.boundaries_by_id([code])
    assert json.dumps(outline) == json.dumps(BOUNDARIES[code])
