"""A citizen reads the complaints of a city whose system speaks Open311, through the graph."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from connectors.kinds.sql import Database, open_engine
from connectors.ports.connectors import ConnectorKind
from connectors.registry import PORTS
from connectors.switchboard import Source, Switchboard
from tests.builders import NOON, binding
from tests.cities import City
from tests.georeport import GeoReport, opened, row

HOUR = timedelta(hours=1)
QUERY = """{ complaints(first: 2, orderBy: { field: CREATED_AT }) { totalCount
    sources { connector { key } state }
    edges { node { trackingId description status light sourceStatus dueAt createdAt updatedAt
      channel category { code name(lang: "id") intake fields { code kind required } }
      point { lat lng } media { url kind } proof { url }
      history { edges { node { to actor note(lang: "id") } } }
      comments { totalCount } source { connector { key } quality } } } } }"""


async def test_the_newest_complaints_come_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    rows = [
        row("007", NOON - HOUR, service_code="001", lat="-6.17", long="106.64",
            media_url="https://foto.example/7.mp4"),
        row("8", NOON - 2 * HOUR, status="closed", updated_datetime=NOON.isoformat(),
            service_code="099", service_name="Ayunan", status_notes="Sudah &amp; rapi",
            extended_attributes={"photos": [{"media_url": "https://a.id/8", "title": "Bukti"}]}),
        row("9", NOON - 3 * HOUR),
    ]  # fmt: skip
    source = await opened(GeoReport(rows))
    line = binding(
        "kota", kind=ConnectorKind.OPEN311, serves=("complaints",), system="open311.complaints"
    )
    database = Database(open_engine(f"sqlite:///{tmp_path}/never.db"))
    city = City(database, Switchboard([Source(line, source)], PORTS), now=NOON)
    found = (await city.data(QUERY))["complaints"]
    assert found["totalCount"] == 3
    assert found["sources"] == [{"connector": {"key": "kota"}, "state": "OK"}]
    first, second = (edge["node"] for edge in found["edges"])
    assert (first["trackingId"], first["status"], first["light"]) == ("007", "RECEIVED", "RED")
    assert first["media"] == [{"url": "https://foto.example/7.mp4", "kind": "VIDEO"}]
    assert first["point"] == {"lat": -6.17, "lng": 106.64}
    assert first["category"]["name"] == "Jalan rusak"
    assert first["category"]["fields"][1] == {
        "code": "DALAM",
        "kind": "SINGLE_VALUE_LIST",
        "required": True,
    }
    assert (second["status"], second["light"], second["sourceStatus"]) == (
        "RESOLVED",
        "GREEN",
        "closed",
    )
    assert second["category"] == {
        "code": "099",
        "name": "Ayunan",
        "intake": "REALTIME",
        "fields": [],
    }
    assert second["proof"] == [{"url": "https://a.id/8"}]
    steps = [edge["node"] for edge in second["history"]["edges"]]
    assert [(one["to"], one["note"]) for one in steps] == [
        ("RECEIVED", None),
        ("RESOLVED", "Sudah & rapi"),
    ]
    await database.engine.dispose()
