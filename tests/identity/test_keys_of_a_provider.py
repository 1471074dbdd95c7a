"""Keys of an identity provider: found, renewed, rotated, and used on while nobody answers."""

import asyncio
import logging
from dataclasses import replace

import pytest

from connectors.upkeep.documents import Answer
from gateway.identity.oidc.jwks import KEYS_MOST, read_keys
from gateway.identity.oidc.keyring import AGAIN_SECONDS, FRESH_SECONDS, SOON_SECONDS
from gateway.transport.refusals import HttpRefusal
from tests.identity.issuer import ISSUER, PROVIDER, Issuer

DAY = 24 * 3600


@pytest.fixture
def issuer():
    return Issuer()


async def status(way, token):
    """With which status a token is turned away; 200 for one that is let in."""
    try:
        await way.caller(token)
    except HttpRefusal as refusal:
        return refusal.status
    return 200


async def landed(ring):
    """Wait for what is being fetched behind."""
    if ring._flight is not None:
        await asyncio.wait([ring._flight])


# ------------------------------------------------------------------------------- found


async def test_nobody_asks_a_provider_before_a_token_comes(issuer):
    issuer.way()
    assert issuer.web.asked == []


async def test_keys_are_found_by_the_discovery_document_and_fetched_once(issuer):
    way = issuer.way()
    for _ in range(3):
        assert await status(way, issuer.token()) == 200
    assert [request.url for request in issuer.web.asked] == [
        ISSUER + "/.well-known/openid-configuration",
        ISSUER + "/certs",
    ]


async def test_an_address_of_the_settings_needs_no_discovery(issuer):
    way = issuer.way(replace(PROVIDER, jwks_uri=ISSUER + "/certs"))
    assert await status(way, issuer.token()) == 200
    assert [request.url for request in issuer.web.asked] == [ISSUER + "/certs"]


async def test_many_tokens_at_once_ask_once(issuer):
    way = issuer.way()
    found = await asyncio.gather(*(status(way, issuer.token()) for _ in range(20)))
    assert set(found) == {200}
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://other.example", "jwks_uri": ISSUER + "/certs"},
        {"issuer": ISSUER + "/", "jwks_uri": ISSUER + "/certs"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": "http://sso.example.go.id/realms/kota/certs"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {},
    ],
)
async def test_a_discovery_document_that_is_not_its_own_is_not_followed(issuer, says):
    issuer.says = says
    assert await status(issuer.way(), issuer.token()) == 503
    assert issuer.asked == 0


async def test_only_the_host_that_is_asked_may_be_reached(issuer):
    await issuer.way().caller(issuer.token())
    assert {limits.hosts for limits in issuer.web.limits} == {frozenset({"sso.example.go.id"})}
    assert {limits.private_hosts for limits in issuer.web.limits} == {frozenset()}


# ------------------------------------------------------------------------------- rotated


async def test_a_new_key_is_fetched_when_a_token_names_it(issuer):
    way = issuer.way()
    assert await status(way, issuer.token()) == 200
    issuer.clock.move(AGAIN_SECONDS)
    issuer.add("key-2")
    assert await status(way, issuer.token("key-2")) == 200
    assert await status(way, issuer.token("key-1")) == 200
    assert issuer.asked == 2


async def test_a_key_that_was_taken_away_lets_nobody_in_any_more(issuer):
    way = issuer.way()
    old = issuer.token(exp=int(issuer.clock.now().timestamp()) + 3600)
    assert await status(way, old) == 200
    issuer.add("key-2")
    del issuer.published[0]
    issuer.clock.move(AGAIN_SECONDS)
    assert await status(way, issuer.token("key-2")) == 200
    assert await status(way, old) == 401


async def test_invented_keys_make_nobody_ask_more_than_once_in_half_a_minute(issuer):
    way = issuer.way()
    assert await status(way, issuer.token()) == 200
    issuer.clock.move(AGAIN_SECONDS)
    for number in range(50):
        assert await status(way, issuer.token(head={"kid": f"invented-{number}"})) == 401
    assert issuer.asked == 2
    issuer.clock.move(AGAIN_SECONDS)
    assert await status(way, issuer.token(head={"kid": "invented"})) == 401
    assert issuer.asked == 3


async def test_keys_are_renewed_behind_while_the_old_ones_serve(issuer):
    ring = issuer.ring()
    assert await ring.find("key-1", "RS256") is not None
    issuer.clock.move(FRESH_SECONDS)
    assert await ring.find("key-1", "RS256") is not None
    await landed(ring)
    assert issuer.asked == 2


async def test_a_token_that_names_no_key_is_checked_by_the_only_one_there_is(issuer):
    unnamed = issuer.ring()
    assert await unnamed.find(None, "RS256") is not None
    issuer.add("key-2")
    two = issuer.ring()
    assert await two.find(None, "RS256") is None


# ------------------------------------------------------------------------------- offline


async def test_without_any_keys_nobody_is_told_who_is_who_and_it_is_asked_again_soon(
    issuer, caplog
):
    issuer.down = True
    way = issuer.way()
    with pytest.raises(HttpRefusal) as met:
        await way.caller(issuer.token())
    assert (met.value.status, met.value.headers["Retry-After"]) == (503, "5")
    for _ in range(10):
        assert await status(way, issuer.token()) == 503
    assert len(issuer.web.asked) == 1
    issuer.down = False
    issuer.clock.move(SOON_SECONDS)
    assert await status(way, issuer.token()) == 200
    token = issuer.token()
    assert not [record for record in caplog.records if token in record.getMessage()]


async def test_the_last_keys_serve_for_a_day_while_the_provider_is_away(issuer, caplog):
    caplog.set_level(logging.WARNING)
    ring = issuer.ring()
    assert await ring.find("key-1", "RS256") is not None
    issuer.down = True
    for _ in range(23):
        issuer.clock.move(3600)
        assert await ring.find("key-1", "RS256") is not None
        await landed(ring)
    told = [record.message for record in caplog.records]
    assert told == ["identity_keys_not_fetched"]
    issuer.clock.move(3600)
    way = issuer.way()
    way._trusted[ISSUER] = replace(way._trusted[ISSUER], keys=ring)
    assert await status(way, issuer.token()) == 503
    issuer.down = False
    issuer.clock.move(SOON_SECONDS)
    assert await status(way, issuer.token()) == 200
    assert caplog.records[-1].message == "identity_keys_back"


async def test_a_new_key_of_a_provider_that_is_away_is_not_called_a_forgery(issuer):
    way = issuer.way()
    assert await status(way, issuer.token()) == 200
    issuer.add("key-2")
    issuer.down = True
    issuer.clock.move(AGAIN_SECONDS)
    assert await status(way, issuer.token("key-2")) == 503
    assert await status(way, issuer.token("key-1")) == 200


async def test_who_hangs_up_does_not_take_the_keys_from_the_others(issuer):
    ring = issuer.ring()
    first = asyncio.create_task(ring.find("key-1", "RS256"))
    second = asyncio.create_task(ring.find("key-1", "RS256"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None


async def test_a_ring_that_is_closed_leaves_nothing_behind(issuer):
    ring = issuer.ring()
    waiting = asyncio.create_task(ring.find("key-1", "RS256"))
    await asyncio.sleep(0)
    await ring.aclose()
    await asyncio.gather(waiting, return_exceptions=True)
    assert ring._flight is not None
    assert ring._flight.done()


# ------------------------------------------------------------------------------- what is a key


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b"<html>", b"[" * 100_000]
)
async def test_what_is_no_key_set_is_none(issuer, body):
    with pytest.raises(ValueError, match="key set"):
        read_keys(body)
    issuer.web._answer = lambda _: Answer(200, {}, body)
    assert await status(issuer.way(), issuer.token()) == 503


def keys_of(*told):
    import json

    return read_keys(json.dumps({"keys": told}).encode())


def test_keys_of_other_kinds_and_uses_are_passed_over(issuer):
    (good,) = issuer.published
    others = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "key-1", "alg": "HS256"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "key-1", "alg": "RS256"},
        {**good, "use": "enc"},
        {**good, "key_ops": ["encrypt"]},
        {**good, "alg": "RSA-OAEP"},
        {**good, "n": "!!"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        "key",
        None,
    ]
    assert len(keys_of(*others, good).keys) == 1
    with pytest.raises(ValueError, match="no key to check"):
        keys_of(*others)


def test_short_keys_are_passed_over():
    short = Issuer()
    short.add("short", bits=1024)
    assert [key.id for key in keys_of(*short.published).keys] == ["key-1"]


def test_a_key_checks_the_signatures_it_is_for_alone(issuer):
    issuer.add("curve", "EC")
    issuer.add("narrow", alg="RS256")
    found = keys_of(*issuer.published)
    assert found.suiting("curve", "ES256") is not None
    assert found.suiting("curve", "RS256") is None
    assert found.suiting("key-1", "ES256") is None
    assert found.suiting("key-1", "PS512") is not None
    assert found.suiting("narrow", "PS256") is None


def test_two_keys_of_one_name_are_no_answer(issuer):
    issuer.published.append(dict(issuer.published[0]))
    assert keys_of(*issuer.published).suiting("key-1", "RS256") is None


def test_a_set_of_very_many_keys_is_refused(issuer):
    with pytest.raises(ValueError, match="too many"):
        keys_of(*issuer.published * (KEYS_MOST + 1))


def test_what_is_published_of_a_private_key_is_not_taken_over(issuer):
    (good,) = issuer.published
    (key,) = keys_of({**good, "d": "AQAB"}).keys
    assert not hasattr(key.public, "private_numbers")
