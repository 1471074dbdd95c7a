"""Keys open the door to their own apps, and are written down nowhere."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from catalog.registrations import keys
from catalog.registrations.keys import KeyHolder, KeyRole
from catalog.registrations.tables import api_keys
from connectors.ports.common import ErrorCode
from tests.registrations.office import NOW, refused

TEAM = {"role": KeyRole.APP_TEAM, "label": "parking", "team": "dishub", "apps": ["laksa"]}


async def made(office, **changes):
    async with office.engine.begin() as connection:
        return await keys.create_key(connection, **{**TEAM, "now": NOW, **changes})


async def found(office, text, *, later=timedelta()):
    async with office.looking() as connection:
        return await keys.find_key(connection, text, now=NOW + later)


async def test_a_key_is_known_by_its_text_and_by_nothing_less(office):
    number, text = await made(office)
    holder = await found(office, text)
    assert holder == KeyHolder(number, "parking", KeyRole.APP_TEAM, "dishub", ("laksa",))
    assert [holder.may("laksa"), holder.may("other"), holder.is_operator] == [True, False, False]
    changed = text[:-1] + ("A" if text[-1] != "A" else "B")
    for wrong in (changed, text[:-1], text + "A", text.upper(), "", f"tlg_{number}_", "é" * 40):
        assert await found(office, wrong) is None


async def test_the_secret_is_nowhere_in_the_database(office):
    number, text = await made(office)
    secret = text.removeprefix(f"tlg_{number}_")
    async with office.looking() as connection:
        (row,) = await connection.execute(select(api_keys))
    assert secret not in repr(tuple(row))
    assert len(row.digest) == 64


async def test_revoked_and_expired_keys_open_nothing(office):
    day = timedelta(days=1)
    number, text = await made(office, expires_at=NOW + day)
    assert await found(office, text, later=day / 2) is not None
    assert await found(office, text, later=day) is None
    async with office.engine.begin() as connection:
        await keys.revoke_key(connection, number, now=NOW)
    assert await found(office, text) is None
    async with office.engine.begin() as connection:
        await refused(ErrorCode.NOT_FOUND, keys.revoke_key(connection, number, now=NOW))
        await refused(ErrorCode.NOT_FOUND, keys.revoke_key(connection, "nobody", now=NOW))


async def test_operators_reach_every_app(office):
    _, text = await made(office, role=KeyRole.ADMIN, team=None, apps=[])
    holder = await found(office, text)
    assert [holder.may("anything"), holder.is_operator] == [True, True]


async def test_all_keys_are_listed_and_none_alike(office):
    numbers = {(await made(office))[0] for _ in range(5)}
    async with office.looking() as connection:
        lines = await keys.listed_keys(connection)
    assert {line.holder.id for line in lines} == numbers
    assert len(numbers) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": " "}, "label"),
        ({"team": None}, "apps"),
        ({"team": "a b"}, "team"),
        ({"apps": []}, "apps"),
        ({"apps": [str(n) for n in range(201)]}, "apps"),
        ({"expires_at": NOW}, "expires"),
    ],
)
async def test_a_key_for_nothing_is_not_made(office, changes, field):
    told = await refused(ErrorCode.BAD_INPUT, made(office, **changes))
    assert told.field == field


@given(st.text(max_size=100))
def test_hardly_any_text_is_a_key(text):
    assert keys._KEY.fullmatch(text) is None
