"""An Open311 server keeps the promises of a source of complaints, and of a desk for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from connectors.memory.complaint_desk import MemoryComplaintDesk
from connectors.memory.complaints import Records
from connectors.ports.common import Page
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.systems.open311.desk import Open311
from connectors.testing.complaint_desk import ComplaintDeskPromises
from connectors.testing.complaints import NOW, ComplaintSourcePromises
from tests.complaint_records import CATEGORIES
from tests.georeport import GeoReport, opened, row
from tests.upstream import MovedClock

DAY = timedelta(days=1)
AT = (NOW - 100 * DAY).isoformat()
NOTES = [
    {"datetime": AT, "type": "opened", "summary": "Diterima"},
    {"datetime": (NOW - 2 * DAY).isoformat(), "type": "activity", "summary": "Diperiksa"},
]
SAID = [
    {"datetime": AT, "comment": "Masih gelap"},
    {"datetime": AT, "comment": "Kami periksa", "official": True},
]
ROWS = [
    row("1", NOW - DAY, lat=-6.1705, long=106.6401, service_code="001", media_url="https://a.id/1"),
    row("02", NOW - DAY, lat=-6.1705, long=106.6401, description="100% _x\\ PADAM"),
    row("003", NOW - 100 * DAY, notes=NOTES, comments=SAID, lat=-6.18, long=106.63),
    row("4", NOW - 200 * DAY, status="closed", updated_datetime=NOW.isoformat(),
        agency_responsible="Dishub", expected_datetime=(NOW - DAY).isoformat(),
        extended_attributes={"photos": [{"media_url": "https://a.id/4", "title": "after"}]}),
    row("5", NOW - 200 * DAY, non_public=True, address="Jl. Merdeka"),
    row("6", NOW - 10 * DAY, status="duplicate", duplicate_of="1", service_code="003"),
    row("7", NOW - 9 * DAY, expected_datetime=(NOW - DAY).isoformat(),
        attributes=[{"code": "A", "label": "Apa", "value": "x"}]),
]  # fmt: skip


async def city(**changes: object) -> Open311:
    return await opened(
        GeoReport(ROWS), MovedClock(NOW), departments={"Dishub": "dishub"},
        api_key="{secret:kunci}", **changes,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["json", "xml"])
class TestOpen311Complaints(ComplaintSourcePromises):
    @pytest.fixture
    async def source(self, form: str) -> Open311:
        return await city(format=form)

    @pytest.fixture
    async def records(self, source: Open311) -> Records:
        ids = [one["service_request_id"] for one in ROWS]
        complaints = await source.complaints_by_id(ids)
        assert all(complaints)
        history = await source.history_by_complaint_id(ids, Page(99))
        comments = await source.comments_by_complaint_id(ids, Page(99))
        media = await source.media_by_complaint_id(ids)
        particulars = await source.particulars_by_complaint_id(ids)
        return Records(
            categories=await source.list_categories(),
            complaints=[one for one in complaints if one],
            events=[hit.record for one in history for hit in one.hits],
            comments=[hit.record for one in comments for hit in one.hits],
            media=[item for one in media for item in one],
            particulars={
                id_: one for id_, one in zip(ids, particulars, strict=True) if one is not None
            },
        )


@pytest.mark.parametrize("form", ["json", "xml"])
class TestOpen311Desk(ComplaintDeskPromises):
    @pytest.fixture
    async def source(self, form: str) -> Open311:
        return await city(format=form)

    @pytest.fixture
    async def categories(self, source: Open311) -> Sequence[ComplaintCategory]:
        return await source.list_categories()


class TestMemoryDesk(ComplaintDeskPromises):
    @pytest.fixture
    def source(self) -> MemoryComplaintDesk:
        return MemoryComplaintDesk("laksa", CATEGORIES)

    @pytest.fixture
    def categories(self) -> Sequence[ComplaintCategory]:
        return CATEGORIES
