"""A source goes down: the city answers with what it knew last, and says so everywhere."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors import errors, registry
from connectors.ports.common import ScopedId, must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.documents import Answer
from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.upkeep import Services
from resolvers.ids import global_id
from tests import builders
from tests.cities import City
from tests.upstream import MovedClock, SaidWeb

NINE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LIST = """{ emergencyContacts {
  name source { asOf fetchedAt stale connector { key } }
} }"""
PLACES = """{ places { totalCount sources { state code message(lang: "en") asOf retryAfter }
  edges { node { name source { fetchedAt stale } } } } }"""


class Town:
    """A city of one feed, whose upstream a test controls."""

    def __init__(self, port, url="http://luar.example/data", keep=None, **rows):
        self.rows = [rows]
        self.failure = None
        self.clock = MovedClock(NINE)
        self.keep = keep or MemoryKeep()
        self.binding = Binding(
            "luar", must_text("Luar"), ConnectorKind.REST_JSON, (port,), f"feed.{port}",
            options={"from": "http", "url": url},
        )  # fmt: skip

    def _answer(self, _request):
        return self.failure or Answer(200, {}, json.dumps(self.rows).encode())

    async def open(self):
        services = Services(SaidWeb(self._answer), clock=self.clock, keep=self.keep)
        tools = builders.tools(services=services)
        self.upkeep = registry.upkeep_of(self.binding, tools)
        connector = await registry.open_source(self.binding, replace(tools, own=self.upkeep))
        source: Source[Any] = Source(self.binding, connector, self.upkeep)
        nowhere: Any = None  # no database is needed
        return City(nowhere, Switchboard([source], registry.PORTS), now=NINE)


@pytest.fixture
def places():
    return Town("places", id="1", name="Taman Contoh", kind="PARK")


async def test_a_list_of_last_good_records_says_since_when_why_and_when_to_come_back(places):
    city = await places.open()
    well = (await city.data(PLACES))["places"]
    assert well["sources"] == [
        {"state": "OK", "code": None, "message": None, "asOf": "2026-11-23T09:00:00+07:00",
         "retryAfter": None}
    ]  # fmt: skip
    places.failure = errors.Unreachable("a secret address")
    places.clock.move(2 * 86_400)
    result = await city.ask(PLACES)
    assert result.errors is None
    down = result.data["places"]
    assert down["totalCount"] == 1
    assert down["edges"][0]["node"] == {
        "name": "Taman Contoh",
        "source": {"fetchedAt": "2026-11-23T09:00:00+07:00", "stale": True},
    }
    assert down["sources"] == [
        {"state": "STALE", "code": "UPSTREAM_DOWN", "asOf": "2026-11-23T09:00:00+07:00",
         "message": "The source cannot be reached. What is shown is the last good data.",
         "retryAfter": "PT5S"}
    ]  # fmt: skip
    assert "secret" not in str(result)


async def test_an_empty_last_good_list_is_marked_as_well(places):
    places.rows = []
    city = await places.open()
    await city.data(PLACES)
    places.failure = errors.TimedOut()
    places.clock.move(2 * 86_400)
    (status,) = (await city.data(PLACES))["places"]["sources"]
    assert (status["state"], status["code"]) == ("STALE", "UPSTREAM_TIMEOUT")


async def test_any_answer_that_rests_on_last_good_data_tells_it_in_its_extensions(places):
    city = await places.open()
    await city.data(PLACES)
    places.failure = errors.Paused("at night", retry_after=60)
    places.clock.move(2 * 86_400)
    context = city.context()
    id_ = global_id("Place", ScopedId("luar", "1"))
    result = await city.ask(f'{{ place(id: "{id_}") {{ name }} }}', context=context)
    assert result.data == {"place": {"name": "Taman Contoh"}}
    assert context.problem_sources == [
        {"connector": "luar", "state": "STALE", "code": "UPSTREAM_DOWN",
         "message": "Sumber data sedang dalam jam tenang atau pemeliharaan."
                    " Yang ditampilkan adalah data baik yang terakhir.",
         "asOf": "2026-11-23T09:00:00+07:00", "retryAfter": 60.0}
    ]  # fmt: skip


async def test_emergency_numbers_are_given_for_ever_and_prices_are_not():
    contact = {"id": "112", "name": "Darurat", "kind": "GENERAL", "dial": "112", "priority": 1}
    emergency = Town("emergency", **contact)
    city = await emergency.open()
    await city.data(LIST)
    emergency.failure = errors.Unreachable()
    emergency.clock.move(5 * 365 * 86_400)
    (found,) = (await city.data(LIST))["emergencyContacts"]
    assert found["source"]["stale"] is True
    price = {"date": "2026-11-22", "commodity_name": "Beras", "unit": "kg", "price": 14_000}
    prices = Town("prices", **price, level="CONSUMER")
    city = await prices.open()
    ask = "{ prices(where: {}) { edges { node { source { stale } } } sources { state } } }"
    await city.data(ask)
    prices.failure = errors.Unreachable()
    prices.clock.move(3 * 86_400 - 1)
    assert (await city.data(ask))["prices"]["sources"] == [{"state": "STALE"}]
    prices.clock.move(10)
    result = await city.ask(ask)
    assert result.data == {"prices": None}


async def test_a_source_that_gives_last_good_answers_is_degraded_and_one_without_is_down(places):
    ask = """{ connectors { state health { up breaker } }
      health { connectors { state code } } }"""
    city = await places.open()
    await city.data(PLACES)
    assert (await city.data(ask))["connectors"][0]["state"] == "ENABLED"
    places.failure = errors.Broken()
    places.clock.move(2 * 86_400)
    await city.data(PLACES)
    (line,) = (await city.data(ask))["connectors"]
    assert line["state"] == "DEGRADED"
    assert line["health"] == {"up": False, "breaker": "CLOSED"}
    (status,) = (await city.data(ask))["health"]["connectors"]
    assert status == {"state": "STALE", "code": "UPSTREAM_DOWN"}
    alone = Town("places")
    alone.failure = errors.Broken()
    city = await alone.open()
    await city.ask(PLACES)
    assert (await city.data(ask))["connectors"][0]["state"] == "DOWN"


async def test_after_a_restart_in_an_outage_the_city_still_answers(places):
    await (await places.open()).data(PLACES)
    again = Town("places", keep=places.keep)
    again.clock.move(3_600 * 30)
    again.failure = errors.Unreachable()
    found = (await (await again.open()).data(PLACES))["places"]
    assert found["edges"][0]["node"]["source"]["stale"] is True
