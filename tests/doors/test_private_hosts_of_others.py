"""A private host that is allowed for one team is nobody else's to try."""

import pytest

from connectors.declarative.app import read_app
from connectors.declarative.submission import Submission
from gateway.reach import reachable
from tests.doors.gate import gate
from tests.doors.parking import parking
from tests.doors.test_registering_in_the_graph import APPROVE, REGISTER, done

PARKING, CLINIC = "layanan-publik-070", "layanan-publik-071"
TEST = """mutation($input: ConnectorInput!) {
  done: testConnector(input: $input) { ok sample problems { code severity } } }"""


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


async def test_the_host_of_another_team_is_reached_after_approval_only(tmp_path, team):
    hosts = frozenset({team.host})
    async with gate(tmp_path, city="kota_tangerang", private_hosts=hosts) as door:
        await door.make_key("dishub", apps=(PARKING,))
        await door.make_key("dinkes", apps=(CLINIC,))
        await door.make_key("operator")
        # As long as it is nobody's, whoever begins with it may try it.
        assert (await done(door, TEST, "dishub", input=team.input()))["sample"]
        await done(door, REGISTER, "dishub", input=team.input())
        await done(door, APPROVE, "operator", key="parkir", version=1)
        other = team.input(key="klinik", app=CLINIC, prefix="Klinik")
        asked = len(team.heard)
        tried = await done(door, TEST, "dinkes", input=other)
        assert tried["sample"] == []
        assert "LIVE_UNREACHABLE" in {one["code"] for one in tried["problems"]}
        handed_in = await done(door, REGISTER, "dinkes", input=other)
        assert handed_in["connector"]["state"] == "PENDING"
        assert len(team.heard) == asked
        # Its own team goes on trying it, and so does an operator.
        assert (await done(door, TEST, "dishub", input=team.input()))["sample"]
        assert (await done(door, TEST, "operator", input=other))["sample"]
        await done(door, APPROVE, "operator", key="klinik", version=1)
        assert (await done(door, TEST, "dinkes", input=other))["sample"]
        assert await door.data("{ klinikSemua { id } }") == {
            "klinikSemua": [{"id": "L1"}, {"id": "L2"}]
        }


@pytest.mark.parametrize(
    ("allowed", "others", "expected"),
    [
        ({"10.0.0.5:81"}, set(), {"10.0.0.5:81"}),
        ({"10.0.0.5"}, set(), {"10.0.0.5:81"}),
        ({"10.0.0.5"}, {"10.0.0.5:82"}, set()),
        ({"10.0.0.5:81"}, {"10.0.0.5:82"}, {"10.0.0.5:81"}),
        ({"10.0.0.5:81"}, {"10.0.0.5:81"}, set()),
        ({"10.0.0.6"}, set(), set()),
    ],
)
def test_a_bare_name_belongs_to_who_uses_it_with_all_its_ports(allowed, others, expected):
    sdl = 'extend schema @source(name: "p", http: {baseURL: "http://10.0.0.5:81/api"})'
    app = read_app(Submission("k", "a", sdl, "", ()))
    assert reachable(app, frozenset(allowed), frozenset(others)) == expected
