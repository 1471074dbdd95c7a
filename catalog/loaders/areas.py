"""Loads areas: the city, its kecamatan and kelurahan, with their outlines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from connectors.ports import geometry
from connectors.ports.areas import AreaLevel
from connectors.store.areas import areas
from connectors.store.base import origin_values

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = "wilayah"


async def load(load: Load) -> None:
    """Put all areas of the pack into the store."""
    await load.replace(areas, SOURCE, _rows(load))


def _rows(load: Load) -> Iterator[dict[str, Any]]:
    city = load.pack.city
    outline = load.pack.json("city_boundary.geojson")["features"][0]["geometry"]
    yield _row(load, city["code"], AreaLevel.CITY, name=city["name"], parent=None, outline=outline)
    for file, geo, level, parent in (
        ("districts.csv", "districts.geojson", AreaLevel.KECAMATAN, "parent_code"),
        ("villages.csv", "villages.geojson", AreaLevel.KELURAHAN, "district_code"),
    ):
        outlines = {
            feature["properties"]["code"]: feature["geometry"]
            for feature in load.pack.json(geo)["features"]
        }
        for row in load.pack.rows(file):
            code = row.need("code")
            yield _row(
                load,
                code,
                level,
                name=row.need("name"),
                parent=row.need(parent),
                outline=outlines.get(code),
            )


def _row(
    load: Load, code: str, level: AreaLevel, *, name: str, parent: str | None, outline: Any
) -> dict[str, Any]:
    box = geometry.bounds(geometry.read_polygons(outline)) if outline else None
    return {
        **origin_values(load.origin(SOURCE, code)),
        "level": level.value,
        "name": name,
        "parent": parent,
        "boundary": outline,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
    }
