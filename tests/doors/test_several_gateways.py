"""Several gateways over one database: keys, registrations and decisions hold for all of them."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.doors.gate import gate
from tests.doors.parking import parking
from tests.doors.test_registering_in_the_graph import APPROVE, LOTS, REGISTER, done

APP = "layanan-publik-070"


@pytest.fixture
async def team():
    async with parking() as one:
        yield one


async def test_with_postgresql_and_redis_a_decision_reaches_the_other_gateway_by_itself(
    tmp_path, team, postgres_url, redis_url
):
    settings = {
        "city": "kota_tangerang",
        "database_url": postgres_url,
        "redis_url": redis_url,
        "private_hosts": frozenset({team.host}),
        # Too long to be waited for: only news can be in time.
        "watch_seconds": 3600,
    }
    async with AsyncExitStack() as open_:
        one = await open_.enter_async_context(gate(tmp_path / "1", **settings))
        other = await open_.enter_async_context(gate(tmp_path / "2", **settings))
        await asyncio.wait_for(other.city.bulletin.listening.wait(), 60)
        await one.make_key("dishub", apps=(APP,))
        await one.make_key("operator")
        other.keys = one.keys
        assert (await done(one, REGISTER, "dishub", input=team.input()))["errors"] == []
        # The operator sits at the other gateway.
        approved = await done(other, APPROVE, "operator", key="parkir", version=1)
        assert approved["connector"]["state"] == "ENABLED"
        lots = [{"id": "L1", "nama": "Alun-alun", "kosong": 12}]
        team.lots = team.lots[:1]
        async with asyncio.timeout(60):
            while "data" not in await one.ask(LOTS):
                """It heard nothing yet."""
        for door in (one, other):
            assert await door.data(LOTS) == {"parkirSemua": lots}


async def test_two_operators_who_decide_at_once_decide_once(tmp_path, team, postgres_url):
    settings = {
        "city": "kota_tangerang",
        "database_url": postgres_url,
        "private_hosts": frozenset({team.host}),
    }
    async with gate(tmp_path, **settings) as door:
        await door.make_key("dishub", apps=(APP,))
        await door.make_key("operator")
        registered = await asyncio.gather(
            *(
                done(door, REGISTER, by, input=team.input())
                for by in ("dishub", "dishub", "operator")
            )
        )
        assert {one["connector"]["version"] for one in registered if one["connector"]} == {1}
        decided = await asyncio.gather(
            *(done(door, APPROVE, "operator", key="parkir", version=1) for _ in range(3))
        )
        codes = sorted(error["code"] for one in decided for error in one["errors"])
        assert codes == ["CONFLICT", "CONFLICT"]


async def test_a_key_that_is_revoked_is_refused_by_the_other_gateway_within_seconds(
    tmp_path, postgres_url
):
    from catalog.registrations import keys

    settings = {"database_url": postgres_url, "city": "synthetic"}
    async with AsyncExitStack() as open_:
        one = await open_.enter_async_context(gate(tmp_path / "1", **settings))
        other = await open_.enter_async_context(gate(tmp_path / "2", **settings))
        await one.make_key("operator")
        other.keys = one.keys
        ask = "{ health { ready } }"
        assert (await other.post(ask, "operator")).status_code == 200
        async with one.city.engine.begin() as connection:
            await keys.revoke_key(connection, one.ids["operator"], now=one.now())
        async with asyncio.timeout(30):
            while (await other.post(ask, "operator")).status_code == 200:
                """It remembers the key for a moment."""
        assert (await other.post(ask, "operator")).status_code == 401
