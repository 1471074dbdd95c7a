"""Loads complaint categories, and sample complaints where samples are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete

from catalog.loaders.complaint_samples import Neighbourhood, Sample, make_samples
from catalog.loaders.departments import code_of
from connectors.errors import Unreadable
from connectors.memory.complaint_rows import read_category
from connectors.ports import geometry
from connectors.ports.common import Licence, Origin, ScopedId, SourceQuality, Text, TriState
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaints import Visibility
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document
from connectors.store.complaint_tables import (
    CHILDREN,
    categories,
    category_values,
    comment_values,
    comments,
    complaint_values,
    complaints,
    event_values,
    events,
    media,
    media_values,
    particulars,
    particulars_values,
)

if TYPE_CHECKING:
    from catalog.loading import Load
    from catalog.pack import CsvRow

SOURCE = "laksa"
SAMPLE = SourceQuality.SAMPLE
LICENCE = Licence("CC0-1.0", "Data contoh; sample data", TriState.YES)
"""Terms of the samples: nobody wrote them."""


async def load(load: Load) -> None:
    """Put the categories into the store, and new sample complaints in the place of older ones.

    Complaints that are not samples stay as they are.
    """
    known = list(_categories(load))
    await load.replace(categories, SOURCE, map(category_values, known))
    for table in (complaints, *CHILDREN):
        await _forget_samples(load, table)
    if load.samples and known:
        await _add(load, list(_samples(load, known)), {one.code: one.name for one in known})


async def _forget_samples(load: Load, table: Table) -> None:
    await load.connection.execute(
        delete(table).where(table.c.source == SOURCE, table.c.quality == SAMPLE.value)
    )


def _categories(load: Load) -> Iterator[ComplaintCategory]:
    offices = {code_of(row.need("abbreviation")) for row in load.pack.rows("agencies.csv")}
    for row in load.pack.rows("complaints_categories.csv"):
        try:
            yield _category(load, row, offices)
        except Unreadable as error:
            load.reject(SOURCE, row, str(error))


def _category(load: Load, row: CsvRow, offices: set[str]) -> ComplaintCategory:
    agency = row.get("likely_agency")
    department = code_of(agency) if agency else None
    if department is not None and department not in offices:
        reason = f"no department {agency!r} in agencies.csv"
        load.reject(SOURCE, row, reason, field="likely_agency", kept=True)
        department = None
    ours = (row.get("likely_agency_basis") or "").startswith("our")
    quality = SourceQuality.ESTIMATED if ours else SourceQuality.PUBLISHED

    def origin(code: str) -> Origin:
        return load.origin(SOURCE, code, quality=quality)

    return read_category({**row.values, "department": department}, origin)


def _samples(load: Load, known: Sequence[ComplaintCategory]) -> Iterator[Sample]:
    def origin(local: str, as_of: Any) -> Origin:
        return load.origin(SOURCE, local, as_of=as_of, quality=SAMPLE, licence=LICENCE)

    return make_samples(
        load.rng("complaints"),
        now=load.now,
        neighbourhoods=list(_neighbourhoods(load)),
        at=load.pack.kelurahan.at,
        categories=known,
        origin=origin,
        source=SOURCE,
    )


def _neighbourhoods(load: Load) -> Iterator[Neighbourhood]:
    boxes = {
        feature["properties"]["code"]: geometry.bounds(geometry.read_polygons(feature["geometry"]))
        for feature in load.pack.json("villages.geojson")["features"]
    }
    for row in load.pack.rows("villages.csv"):
        code = row.need("code")
        if code in boxes:
            yield Neighbourhood(
                code=code,
                name=row.need("name"),
                kecamatan=row.need("district_code"),
                kecamatan_name=row.need("district_name"),
                postal_code=row.get("postal_code"),
                box=boxes[code],
            )


async def _add(load: Load, samples: Sequence[Sample], names: dict[str, Text]) -> None:
    shown = [sample.complaint for sample in samples]
    await load.add(complaints, map(complaint_values, shown), SOURCE)
    await load.add(
        events, (event_values(one, SAMPLE) for sample in samples for one in sample.events), SOURCE
    )
    await load.add(
        comments,
        (comment_values(one, SAMPLE) for sample in samples for one in sample.comments),
        SOURCE,
    )
    await load.add(
        media, (media_values(one, SAMPLE) for sample in samples for one in sample.media), SOURCE
    )
    await load.add(
        particulars,
        (
            particulars_values(ScopedId(SOURCE, one.complaint.origin.local_id), one.told, SAMPLE)
            for one in samples
        ),
        SOURCE,
    )
    for complaint in shown:
        if complaint.visibility is not Visibility.PRIVATE:
            load.index(
                Document(
                    type=SearchType.COMPLAINT,
                    id=ScopedId(SOURCE, complaint.origin.local_id),
                    title=Text({"id": complaint.title or complaint.tracking_id}),
                    body=(complaint.tracking_id, complaint.description, names[complaint.category]),
                    point=complaint.point,
                    area=complaint.area,
                    sample=True,
                )
            )
