"""A city's data pack: a folder of CSV, JSON and TOML files, read row by row."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from connectors.ports import geometry
from connectors.ports.common import GeoPoint

CITIES = Path(__file__).parent / "cities"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a file; empty cells read as None."""

    file: str
    number: int
    """Line of the spreadsheet, the header being 1."""
    values: Mapping[str, str | None]

    def get(self, name: str) -> str | None:
        """A cell, None when it is empty. Raises LookupError for a column the file does not have."""
        try:
            return self.values[name]
        except KeyError:
            there = ", ".join(self.values)
            message = f"{self.file} has no column {name!r}; it has: {there}"
            raise LookupError(message) from None

    def need(self, name: str) -> str:
        """A cell that must not be empty. Raises ValueError naming it."""
        found = self.get(name)
        if found is None:
            message = f"{name} is empty"
            raise ValueError(message)
        return found


@dataclass
class Pack:
    """The files of one city."""

    folder: Path
    _read: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, name: str) -> Pack:
        """The pack of a city. Raises LookupError naming the cities there are."""
        there = sorted(path.parent.name for path in CITIES.glob("*/city.toml"))
        if name not in there:
            message = f"no city {name!r}; there are: {', '.join(there)}"
            raise LookupError(message)
        return cls(CITIES / name)

    @cached_property
    def city(self) -> dict[str, Any]:
        """`city.toml`: code, name, zone, centre."""
        return tomllib.loads((self.folder / "city.toml").read_text(encoding="utf-8"))

    def has(self, name: str) -> bool:
        """Whether the pack has a file."""
        return (self.folder / name).is_file()

    def rows(self, name: str) -> Iterator[CsvRow]:
        """The rows of a CSV file; none when the pack does not have it.

        Raises ValueError, naming file and row, when the file is no CSV in UTF-8 or a row has not
        as many cells as the header: then nobody knows which cell is which.
        """
        if not self.has(name):
            return
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                header = next(reader, [])
                for number, cells in enumerate(reader, start=2):
                    if cells:
                        yield CsvRow(name, number, _cells(header, cells))
            except (csv.Error, ValueError) as error:
                message = f"{name}, line {reader.line_num}: {error}"
                raise ValueError(message) from error

    def json(self, name: str) -> Any:
        """A JSON file."""
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @cached_property
    def fingerprint(self) -> str:
        """A mark that changes with any file of the pack."""
        mark = hashlib.blake2b(digest_size=16)
        for file in sorted(self.folder.rglob("*")):
            if file.is_file():
                mark.update(str(file.relative_to(self.folder)).encode())
                mark.update(file.read_bytes())
        return mark.hexdigest()

    @cached_property
    def kelurahan(self) -> KelurahanIndex:
        """Which kelurahan a point is in."""
        return KelurahanIndex(self.json("villages.geojson"))


def _cells(header: list[str], cells: list[str]) -> dict[str, str | None]:
    if len(cells) != len(header):
        message = f"{len(cells)} cells under a header of {len(header)}: is a comma unquoted?"
        raise ValueError(message)
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}


class KelurahanIndex:
    """The outlines of all kelurahan, for loading."""

    def __init__(self, collection: Mapping[str, Any]) -> None:
        self._areas = []
        for feature in collection["features"]:
            area = geometry.read_polygons(feature["geometry"])
            self._areas.append((feature["properties"]["code"], geometry.bounds(area), area))

    def at(self, point: GeoPoint | None) -> str | None:
        """Code of the kelurahan around a point, None outside the city."""
        if point is None:
            return None
        for code, box, area in self._areas:
            if geometry.in_box(box, point) and geometry.in_polygons(area, point):
                return code  # type: ignore[no-any-return]
        return None
