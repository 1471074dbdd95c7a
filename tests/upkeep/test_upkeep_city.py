"""What weak sources do to whole answers: changed shapes, an area that hangs, a worse second try."""

import asyncio
import json

import pytest

from connectors import errors, registry
from connectors.memory.emergency import MemoryEmergency
from connectors.ports.common import GeoPoint
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.switchboard import Switchboard
from connectors.upkeep.asking import asking, within
from resolvers.home import HomeSection, home
from resolvers.problems import Refusal
from tests import builders
from tests.kinds.told import told

# ------------------------------------------------------------------------------- changed shapes


def feature(**properties):
    where = {"type": "Point", "coordinates": [106.64, -6.17]}
    return {"type": "Feature", "id": 1, "geometry": where, "properties": properties}


def features(**properties):
    return json.dumps({"type": "FeatureCollection", "features": [feature(**properties)]})


def calendar(start):
    lines = ("BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "SUMMARY:Pasar", start, "END:VEVENT")
    return "\r\n".join((*lines, "END:VCALENDAR", ""))


JOB = {
    "@context": "https://schema.org", "@type": "JobPosting", "identifier": "1", "title": "Juru masak",
    "datePosted": "2026-11-01", "hiringOrganization": {"@type": "Organization", "name": "Dapur"},
    "description": "Memasak",
}  # fmt: skip
SHAPES = {
    "geojson.places": (features(name="Taman"), features(naam="Taman")),
    "ical.events": (calendar("DTSTART:20261201T020000Z"), calendar("STARTS:tomorrow")),
    "jobposting.jobs": (json.dumps([JOB]), json.dumps([{**JOB, "title": {"kind": 7}}])),
}


@pytest.mark.parametrize("system", SHAPES)
async def test_a_document_that_changed_its_shape_takes_the_place_of_no_good_one(system):
    good, changed = SHAPES[system]
    source = await told(system, good, line={"upkeep": {"fresh_for": 0, "stale_for": 0}})
    assert len(await source.records()) == 1
    source.told[""] = changed
    with asking() as noted:
        (record,) = await source.records()
    assert record.origin.stale
    assert isinstance(noted.trouble, errors.Unreadable)
    source.told[""] = good
    source.clock.move(60)
    await source.records()
    assert [record.origin.stale for record in await source.records()] == [False]


# ------------------------------------------------------------------------------- home


class Hangs:
    """A source whose every method hangs."""

    def __getattr__(self, name):
        async def asked(*_args, **_more):
            await asyncio.Event().wait()

        return asked


def request(**connectors):
    sources = [builders.source(port, one, serves=(port,)) for port, one in connectors.items()]
    context = builders.context()
    context.switchboard = Switchboard(sources, registry.PORTS)
    return context


@pytest.mark.parametrize("area", [None, "36.71"])
async def test_an_area_that_hangs_leaves_the_sections_their_time(area):
    context = request(areas=Hangs(), emergency=MemoryEmergency("e", []), alerts=Hangs())
    at = GeoPoint(-6.17, 106.64) if area is None else None
    with within(0.4):
        screen = await home(
            context, at=at, area=area, sections=[HomeSection.EMERGENCY, HomeSection.ALERTS]
        )
    assert screen.area is None
    assert screen.section(HomeSection.EMERGENCY) == []
    assert screen.section(HomeSection.ALERTS) is None
    states = {status.connector: status.state for status in screen.sources}
    assert states == {
        "alerts": SourceState.TIMEOUT,
        "emergency": SourceState.OK,
        "areas": SourceState.TIMEOUT,
    }


async def test_an_area_that_is_none_is_refused_whatever_the_sources_do():
    with pytest.raises(Refusal):
        await home(request(areas=Hangs()), at=None, area="nowhere", sections=[])


def test_the_worst_a_source_did_is_what_its_status_says():
    context = builders.context()
    order = (SourceState.OK, SourceState.STALE, SourceState.PARTIAL, SourceState.DOWN)
    for state in (*order, *reversed(order)):
        context.note(SourceStatus("luar", state))
    assert context.statuses["luar"].state is SourceState.DOWN
