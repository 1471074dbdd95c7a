"""Who asks: keys over HTTP, and never somebody else by mistake."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import HTTPConnection

from catalog.registrations import keys
from gateway.identity.bearer import bearer
from gateway.identity.callers import ANONYMOUS, Identity
from gateway.identity.keys import REMEMBERED_KEYS, ApiKeys, caller_of, holder_of
from gateway.transport.refusals import HttpRefusal
from resolvers.context import Caller, Role
from tests.doors.gate import gate
from tests.upstream import MovedClock

ANYBODY = "{ health { ready } }"


@pytest.fixture
async def door(tmp_path):
    async with gate(tmp_path) as one:
        yield one


# ------------------------------------------------------------------------------- over HTTP


async def test_without_a_header_everybody_is_anonymous_and_may_read(door):
    assert await door.data(ANYBODY) == {"health": {"ready": True}}


async def test_a_good_key_is_let_in(door):
    await door.make_key("operator")
    assert await door.data(ANYBODY, "operator") == {"health": {"ready": True}}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer tlg_000000000000_" + "A" * 43,
        "Bearer tlg_x",
        "Bearer eyJhbGciOi.J9.x",
        "Bearer tlg_\x00",
        "Bearer " + "a" * 9000,
        "Bearer a b",
    ],
)
async def test_a_wrong_key_is_refused_with_a_challenge_and_never_anonymous(door, token):
    answer = await door.post(ANYBODY, token=token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="tangerang-live"')
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer.json()


async def test_two_authorization_headers_are_refused(door):
    key = await door.make_key("operator")
    answer = await door.client.post(
        "/graphql",
        json={"query": ANYBODY},
        headers=[("Authorization", f"Bearer {key}"), ("Authorization", "Bearer other")],
    )
    assert answer.status_code == 401


async def test_a_key_works_for_questions_by_get_too(door):
    await door.make_key("operator")
    headers = {"Authorization": f"Bearer {door.keys['operator']}"}
    good = await door.client.get("/graphql", params={"query": ANYBODY}, headers=headers)
    bad = await door.client.get(
        "/graphql", params={"query": ANYBODY}, headers={"Authorization": "Bearer tlg_no"}
    )
    assert (good.status_code, bad.status_code) == (200, 401)


async def test_an_expired_key_is_refused(door):
    long_ago = datetime.now(UTC) - timedelta(days=3)
    await door.make_key("old", expires=timedelta(days=1), now=long_ago)
    assert (await door.post(ANYBODY, "old")).status_code == 401


async def test_a_secret_with_another_keys_number_is_refused(door):
    one, other = await door.make_key("a"), await door.make_key("b")
    mixed = one[: len("tlg_") + 12] + other[len("tlg_") + 12 :]
    assert (await door.post(ANYBODY, token=f"Bearer {mixed}")).status_code == 401


async def test_no_part_of_a_key_is_told_or_logged(door, caplog):
    key = await door.make_key("a")
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    with caplog.at_level("DEBUG"):
        answer = await door.post(ANYBODY, token=f"Bearer {wrong}")
        await door.post(ANYBODY, "a")
    secret = key.rpartition("_")[2][:20]
    assert secret not in answer.text + str(answer.headers) + caplog.text


# ------------------------------------------------------------------------------- remembering


class Looking:
    """Looks up keys from a table, and counts."""

    def __init__(self, **known):
        self.known = known
        self.asked = []

    async def __call__(self, token):
        self.asked.append(token)
        found = self.known.get(token)
        if isinstance(found, Exception):
            raise found
        return found


ALICE = Caller(frozenset({Role.APP_TEAM}), name="kunci")


async def test_a_look_up_is_remembered_for_two_seconds_and_not_longer():
    clock, look = MovedClock(), Looking(tlg_a=ALICE)
    way = ApiKeys(look, clock, prefix="tlg_")
    assert [await way.caller("tlg_a") for _ in range(3)] == [ALICE] * 3
    assert len(look.asked) == 1
    look.known.clear()
    clock.move(1.9)
    assert await way.caller("tlg_a") == ALICE
    clock.move(0.2)
    assert await way.caller("tlg_a") is None


async def test_a_wrong_key_is_remembered_too_so_that_guessing_asks_the_database_less():
    clock, look = MovedClock(), Looking()
    way = ApiKeys(look, clock, prefix="tlg_")
    assert [await way.caller("tlg_no") for _ in range(5)] == [None] * 5
    assert len(look.asked) == 1


async def test_what_is_remembered_is_bounded_and_holds_no_text_of_a_key():
    clock, look = MovedClock(), Looking()
    way = ApiKeys(look, clock, prefix="tlg_")
    for number in range(REMEMBERED_KEYS + 50):
        await way.caller(f"tlg_{number}")
    assert len(way._seen) == REMEMBERED_KEYS
    assert not any(b"tlg_" in mark for mark in way._seen)


async def test_while_keys_cannot_be_looked_up_nobody_becomes_anonymous():
    lost = OperationalError("SELECT secret", {}, Exception("tlg_a"))
    way = ApiKeys(Looking(tlg_a=lost), MovedClock(), prefix="tlg_")
    with pytest.raises(HttpRefusal) as refusal:
        await way.caller("tlg_a")
    assert refusal.value.status == 503
    assert "tlg_a" not in refusal.value.message


async def test_ways_stand_beside_each_other_by_the_shape_of_a_token():
    class Tokens:
        def knows(self, token):
            return token.count(".") == 2

        async def caller(self, token):
            return Caller(frozenset({Role.CITIZEN})) if token == "a.b.c" else None

    def sent(*values):
        headers = [(b"authorization", f"Bearer {value}".encode()) for value in values]
        return HTTPConnection({"type": "http", "headers": headers})

    ways = Identity([ApiKeys(Looking(tlg_a=ALICE), MovedClock(), prefix="tlg_"), Tokens()])
    assert await ways.caller(sent()) is ANONYMOUS
    assert await ways.caller(sent("tlg_a")) is ALICE
    assert (await ways.caller(sent("a.b.c"))).roles == {Role.CITIZEN}
    for wrong in ("a.b.d", "tlg_b", "else"):
        with pytest.raises(HttpRefusal):
            await ways.caller(sent(wrong))


def test_a_token_is_read_whatever_the_case_of_its_scheme():
    assert bearer(["bEaReR tlg_x"]) == "tlg_x"
    assert bearer([]) is None


def test_a_holder_becomes_a_caller_and_a_caller_its_holder_again():
    holder = keys.KeyHolder("abc", "kunci", keys.KeyRole.APP_TEAM, "tim", ("a", "b"))
    assert holder_of(caller_of(holder)) == holder
    assert caller_of(holder).roles == {Role.PUBLIC, Role.APP_TEAM}
