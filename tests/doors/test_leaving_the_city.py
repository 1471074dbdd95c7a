"""A connector that is withdrawn leaves the graph, and leaves its names and its entry to others."""

import pytest

from tests.doors.gate import gate
from tests.doors.parking import parking
from tests.doors.test_registering_in_the_graph import APPROVE, REGISTER, done

APP = "layanan-publik-070"
WITHDRAW = """mutation($reason: String!) {
  done: withdrawConnector(key: "parkir", reason: $reason) {
    connector { key } errors { code path } } }"""
LOTS = "{ parkirSemua { id } }"


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


async def test_an_operator_takes_a_connector_out_and_another_team_takes_its_place(tmp_path, team):
    hosts = frozenset({team.host})
    async with gate(tmp_path, city="kota_tangerang", private_hosts=hosts) as door:
        await door.make_key("dishub", apps=(APP,))
        await door.make_key("lain", apps=(APP,))
        await door.make_key("operator")
        await done(door, REGISTER, "dishub", input=team.input())
        await done(door, APPROVE, "operator", key="parkir", version=1)
        assert len((await door.data(LOTS))["parkirSemua"]) == 2
        other = team.input(key="parkir-baru")
        taken = await done(door, REGISTER, "lain", input=other)
        assert taken["errors"]
        assert await door.code(WITHDRAW, "dishub", reason="selesai") == "FORBIDDEN"
        assert await door.code(WITHDRAW, "operator", reason=" ") == "BAD_INPUT"
        gone = await done(door, WITHDRAW, "operator", reason="tim bubar")
        assert gone == {"connector": None, "errors": []}
        assert await door.code(LOTS) == "BAD_INPUT"
        assert (await done(door, REGISTER, "lain", input=other))["errors"] == []
        approved = await done(door, APPROVE, "operator", key="parkir-baru", version=1)
        assert approved["errors"] == []
        assert len((await door.data(LOTS))["parkirSemua"]) == 2
