"""Tokens of an identity provider: who is let in as whom, and every way in which nobody is."""

import hashlib
import hmac
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ports.roles import Role
from gateway.transport.refusals import HttpRefusal
from tests.identity.issuer import AUDIENCE, ISSUER, SUBJECTS, Issuer, part

CITIZEN = "3671012345678901"


@pytest.fixture(scope="module")
def issuer():
    return Issuer()


async def refused(issuer, token, **provider):
    """The refusal a token meets: always with status 401 and a challenge that names no token."""
    with pytest.raises(HttpRefusal) as met:
        await issuer.way(**provider).caller(token)
    assert met.value.status == 401
    challenge = met.value.headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in challenge
    said = challenge + met.value.message
    assert CITIZEN not in said
    assert "Siti" not in said
    assert not any(piece and piece in said for piece in token.split(".") if len(piece) > 5)
    return met.value.message


# ------------------------------------------------------------------------------- let in


async def test_a_token_that_holds_lets_a_citizen_in(issuer):
    caller = await issuer.way().caller(issuer.token())
    assert caller.roles == {Role.PUBLIC, Role.CITIZEN}
    assert caller.person == "Siti Rahayu"
    assert caller.language == "id"
    assert caller.expires_at.timestamp() == issuer.clock.now().timestamp() + 300 + 60


async def test_a_caller_is_known_by_a_pseudonym_that_is_the_same_every_time(issuer):
    first = await issuer.way().caller(issuer.token())
    again = await issuer.way().caller(issuer.token(name="Siti R.", iat=None))
    other = await issuer.way().caller(issuer.token(sub="3671012345678902"))
    assert first.subject == again.subject == SUBJECTS.of(ISSUER, CITIZEN)
    assert first.subject != other.subject
    assert first.name == f"sso-kota:{first.mark}"
    assert first.mark not in first.subject
    shown = repr(first)
    assert CITIZEN not in shown
    assert "Siti" not in shown
    assert first.subject not in shown


@pytest.mark.parametrize(
    ("told", "roles"),
    [
        (["petugas"], {Role.OFFICER}),
        (["staf", "kepala", "anything"], {Role.OPD_STAFF, Role.OPD_HEAD}),
        (["walikota", "petugas"], {Role.MAYOR}),
        (["operator", "petugas"], {Role.ADMIN}),
        (["OFFICER"], {Role.CITIZEN}),
        ("petugas", {Role.OFFICER}),
        ([], {Role.CITIZEN}),
        ([7, None, ["petugas"]], {Role.CITIZEN}),
        ({"petugas": True}, {Role.CITIZEN}),
        (None, {Role.CITIZEN}),
    ],
)
async def test_roles_come_from_the_claim_by_the_mapping_alone(issuer, told, roles):
    caller = await issuer.way().caller(issuer.token(realm_access={"roles": told}, roles=["ADMIN"]))
    assert caller.roles == {Role.PUBLIC, *roles}


async def test_departments_are_those_the_mapping_knows(issuer):
    token = issuer.token(realm_access={"roles": ["staf"]}, opd=["/opd/perhubungan", "dlh"])
    assert (await issuer.way().caller(token)).departments == {"dishub"}


async def test_an_app_team_has_its_apps_and_nobody_else_has_any(issuer):
    team = await issuer.way().caller(
        issuer.token(realm_access={"roles": ["tim"]}, team="parkir", apps=["parkir", "karcis"])
    )
    assert (team.team, team.apps) == ("parkir", {"parkir", "karcis"})
    officer = await issuer.way().caller(
        issuer.token(realm_access={"roles": ["petugas"]}, team="parkir", apps=["parkir"])
    )
    assert (officer.team, officer.apps) == (None, frozenset())


async def test_one_of_several_audiences_is_enough(issuer):
    assert await issuer.way().caller(issuer.token(aud=["other", AUDIENCE]))


async def test_clocks_may_differ_by_a_minute(issuer):
    now = int(issuer.clock.now().timestamp())
    way = issuer.way()
    assert await way.caller(issuer.token(iat=now - 400, exp=now - 59))
    assert await way.caller(issuer.token(iat=now + 59, nbf=now + 59))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
async def test_a_key_serves_the_signatures_that_are_allowed(issuer, algorithm):
    assert await issuer.way().caller(issuer.token("key-1", algorithm))


async def test_a_key_of_a_curve_is_believed_too(issuer):
    curved = Issuer()
    curved.add("curve", "EC")
    assert await curved.way().caller(curved.token("curve", "ES256"))


# ------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": [{"x": AUDIENCE}]}, "audience"),
        ({"iss": "https://sso.example.go.id/realms/lain"}, "not trusted"),
        ({"iss": ISSUER + "/"}, "not trusted"),
        ({"iss": None}, "who issued"),
        ({"iss": [ISSUER]}, "who issued"),
        ({"sub": None}, "whom"),
        ({"sub": ""}, "whom"),
        ({"sub": 7}, "whom"),
        ({"exp": None}, "when it ends"),
        ({"exp": "soon"}, "no moment"),
        ({"exp": True}, "no moment"),
        ({"exp": 10**300}, "no moment"),
        ({"exp": -1}, "no moment"),
        ({"nbf": "x"}, "no moment"),
        ({"cnf": {"jkt": "x"}}, "bound to a key"),
    ],
)
async def test_a_token_with_odd_claims_lets_nobody_in(issuer, changes, why):
    claims = {**issuer.claims(), **changes}
    body = {key: value for key, value in claims.items() if value is not None}
    key = issuer.private["key-1"]
    signed = jwt.api_jws.encode(json.dumps(body).encode(), key, "RS256", headers={"kid": "key-1"})
    assert why in await refused(issuer, signed)


@pytest.mark.parametrize(
    ("moments", "why"),
    [
        ({"iat": -900, "exp": -60}, "expired"),
        ({"nbf": 61}, "does not hold yet"),
        ({"iat": 61}, "future"),
        ({"exp": 24 * 3600 + 1}, "longer than is accepted"),
    ],
)
async def test_a_token_holds_between_its_moments_alone(issuer, moments, why):
    now = int(issuer.clock.now().timestamp())
    token = issuer.token(**{name: now + seconds for name, seconds in moments.items()})
    assert why in await refused(issuer, token)


async def test_a_signature_of_another_key_lets_nobody_in(issuer):
    other = Issuer(issuer.clock)
    assert "signature is wrong" in await refused(issuer, other.token())


async def test_changed_claims_break_the_signature(issuer):
    head, _, signature = issuer.token().split(".")
    forged = part(issuer.claims(realm_access={"roles": ["operator"]}))
    assert "signature is wrong" in await refused(issuer, f"{head}.{forged}.{signature}")


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "ES256K"])
async def test_a_signature_of_no_kind_that_is_allowed_lets_nobody_in(issuer, name):
    token = f"{part({'alg': name, 'kid': 'key-1'})}.{part(issuer.claims())}."
    assert "not signed in a way" in await refused(issuer, token)
    assert "not signed in a way" in await refused(issuer, token + "AAAA")


async def test_the_public_key_is_no_shared_secret(issuer):
    public = issuer.private["key-1"].public_key()
    for form in (serialization.Encoding.PEM, serialization.Encoding.DER):
        secret = public.public_bytes(form, serialization.PublicFormat.SubjectPublicKeyInfo)
        signed = f"{part({'alg': 'HS256', 'kid': 'key-1'})}.{part(issuer.claims())}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        assert "not signed in a way" in await refused(issuer, f"{signed}.{part(mac)}")


async def test_a_token_brings_no_keys_of_its_own(issuer):
    thief = Issuer(issuer.clock)
    brought = {"jwk": thief.published[0], "jku": "https://thief.example/keys", "x5u": "https://x"}
    assert "signature is wrong" in await refused(issuer, thief.token(head=brought))
    assert not [each for each in issuer.web.asked if "thief" in each.url]


async def test_an_algorithm_that_the_settings_do_not_allow_is_refused(issuer):
    token = issuer.token("key-1", "RS512")
    assert "not signed in a way" in await refused(issuer, token)


@pytest.mark.parametrize(
    "head", [{"typ": "logout+jwt"}, {"typ": "dpop+jwt"}, {"crit": ["x"], "x": 1}, {"zip": "DEF"}]
)
async def test_tokens_of_other_kinds_let_nobody_in(issuer, head):
    key = issuer.private["key-1"]
    written = f"{part({'alg': 'RS256', 'kid': 'key-1', **head})}.{part(issuer.claims())}"
    made = jwt.get_algorithm_by_name("RS256").sign(written.encode(), key)
    message = await refused(issuer, f"{written}.{part(made)}")
    assert "kind" in message or "extension" in message


async def test_a_claim_that_stands_twice_lets_nobody_in(issuer):
    body = json.dumps(issuer.claims())[:-1].encode() + b', "sub": "somebody"}'
    key = issuer.private["key-1"]
    signed = jwt.api_jws.encode(body, key, "RS256", headers={"kid": "key-1"})
    assert "cannot be read" in await refused(issuer, signed)


async def test_a_deep_token_lets_nobody_in(issuer):
    body = b'{"a":' * 900 + b"1" + b"}" * 900
    assert "cannot be read" in await refused(issuer, f"{part({'alg': 'RS256'})}.{part(body)}.AAAA")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_changed_in_a_token_nobody_is_let_in(issuer, data):
    token = issuer.token()
    at = data.draw(st.integers(0, len(token) - 1))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    instead = data.draw(st.sampled_from(alphabet))
    changed = token[:at] + instead + token[at + 1 :]
    way = issuer.way()
    if changed == token or not way.knows(changed):
        return
    with pytest.raises(HttpRefusal) as met:
        await way.caller(changed)
    assert met.value.status == 401


@given(st.binary(max_size=60), st.binary(max_size=200), st.binary(max_size=60))
async def test_three_parts_of_anything_let_nobody_in(head, body, signature):
    with pytest.raises(HttpRefusal) as met:
        await OPEN.caller(f"{part(head)}.{part(body)}.{part(signature)}")
    assert met.value.status == 401


OPEN = Issuer().way()
