"""A team that changes its connector without end makes the city no new graph every second."""

import pytest

from gateway.registrar import CHANGES_SECONDS, OWN_CHANGES
from tests.doors.gate import gate
from tests.doors.parking import parking
from tests.doors.test_registering_in_the_graph import APPROVE, REGISTER, done

APP = "layanan-publik-070"
ROLLBACK = """mutation($key: String!, $version: Int!) {
  done: rollbackConnector(key: $key, version: $version) { errors { code } } }"""


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


async def test_after_very_many_changes_a_key_has_to_wait_and_nobody_else_has(tmp_path, team):
    hosts = frozenset({team.host})
    async with gate(tmp_path, city="kota_tangerang", private_hosts=hosts) as door:
        await door.make_key("dishub", apps=(APP,))
        await door.make_key("rekan", apps=(APP,), team="dishub")
        await door.make_key("operator")
        await done(door, REGISTER, "dishub", input=team.input())
        await done(door, APPROVE, "operator", key="parkir", version=1)
        back = {"key": "parkir", "version": 1}
        registrar = door.city.registrar
        mine = registrar._own_changes[door.ids["dishub"]]
        assert len(mine) == 1
        mine.extend([mine[0]] * (OWN_CHANGES - 1))
        assert await door.code(ROLLBACK, "dishub", **back) == "RATE_LIMITED"
        assert await door.code(REGISTER, "dishub", input=team.input()) == "RATE_LIMITED"
        for other in ("rekan", "operator"):
            assert (await done(door, ROLLBACK, other, **back))["errors"] == []
        # It waits until its first ones are long ago.
        old = [moment - CHANGES_SECONDS for moment in mine]
        mine.clear()
        mine.extend(old)
        assert (await done(door, ROLLBACK, "dishub", **back))["errors"] == []
