"""The development issuer: a token for each role at hand, and none of them in production."""

import re
import stat
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.ports.roles import Role
from gateway.identity.development import LONGEST_HOURS, DevelopmentIssuer, key_file
from gateway.identity.oidc.claims import Subjects
from gateway.identity.oidc.way import OpenIdTokens
from gateway.settings import Mode, Settings
from gateway.transport.refusals import HttpRefusal
from tests.commands import run, served
from tests.doors.gate import gate
from tests.upstream import NOON, MovedClock

WHO = "{ viewer { id name roles departments { code } } }"


@pytest.fixture
def issuer(tmp_path):
    return DevelopmentIssuer.opened(Settings(data_dir=tmp_path))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
async def test_a_token_of_each_role_gives_that_role(issuer, role):
    way = OpenIdTokens([issuer.trusted()], Subjects(b"k" * 32), MovedClock())
    caller: Any = await way.caller(issuer.token(role, NOON))
    assert caller.roles == {Role.PUBLIC, role}
    assert caller.departments == ({"dishub"} if role.value.startswith("OPD") else set())
    assert bool(caller.apps) == (role is Role.APP_TEAM)


async def test_a_token_ends(issuer):
    clock = MovedClock()
    way = OpenIdTokens([issuer.trusted()], Subjects(b"k" * 32), clock)
    token = issuer.token(Role.OFFICER, NOON, hours=1)
    assert await way.caller(token)
    clock.move(3600 + 60)
    with pytest.raises(HttpRefusal, match="expired"):
        await way.caller(token)


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path, issuer):
    file = key_file(tmp_path)
    made = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    DevelopmentIssuer.opened(Settings(data_dir=tmp_path))
    assert file.read_bytes() == made
    assert [one.name for one in file.parent.iterdir()] == ["issuer.pem"]


def test_a_key_that_cannot_be_read_is_named(tmp_path, issuer):
    key_file(tmp_path).write_text("no key")
    with pytest.raises(ValueError, match=r"issuer\.pem"):
        DevelopmentIssuer.opened(Settings(data_dir=tmp_path))


def test_there_is_none_in_production(tmp_path):
    with pytest.raises(ValueError, match="development only"):
        DevelopmentIssuer.opened(Settings(data_dir=tmp_path, mode=Mode.PRODUCTION))
    assert not key_file(tmp_path).exists()
    asked = run("token", "--role", "OFFICER", MODE="production", DATA_DIR=tmp_path)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "development only" in asked.stderr


async def test_a_gateway_in_production_does_not_believe_its_tokens(tmp_path, issuer):
    token = issuer.token(Role.ADMIN, datetime.now(UTC))
    async with gate(tmp_path, city="kota_tangerang") as door:
        assert (await door.post(WHO, token=f"Bearer {token}")).status_code == 200
    async with gate(tmp_path, city="kota_tangerang", mode=Mode.PRODUCTION) as door:
        assert (await door.post(WHO, token=f"Bearer {token}")).status_code == 401
        assert (await door.post(WHO)).status_code == 200


async def test_a_gateway_of_another_folder_does_not_believe_them(tmp_path, issuer):
    other = tmp_path / "other"
    other.mkdir()
    async with gate(other) as door:
        token = issuer.token(Role.ADMIN, datetime.now(UTC))
        assert (await door.post(WHO, token=f"Bearer {token}")).status_code == 401


def test_a_gateway_that_is_started_prints_a_ready_token_of_each_role(tmp_path):
    with served(DATA_DIR=tmp_path) as server:
        told = dict(re.findall(r"^  ([A-Z_]+) +(ey\S+)$", server.greeting, re.MULTILINE))
        assert set(told) == {role.value for role in Role} - {"PUBLIC"}
        asked = run(
            *[
                "token",
                "--role",
                "OPD_HEAD",
                "--department",
                "dlh",
                "--name",
                "Kepala",
                "--subject",
                "k1",
            ],
            DATA_DIR=tmp_path,
        )
        told["made"] = asked.stdout.strip()
        seen = {}
        for name, token in told.items():
            answer = server.client.post(
                "/graphql", json={"query": WHO}, headers={"Authorization": f"Bearer {token}"}
            )
            seen[name] = answer.json()["data"]["viewer"]
    assert {name: each["roles"][-1] for name, each in seen.items()} == {
        **{name: name for name in told},
        "made": "OPD_HEAD",
    }
    assert (seen["made"]["name"], seen["made"]["departments"]) == ("Kepala", [{"code": "dlh"}])
    assert len({each["id"] for each in seen.values()}) == len(seen)


@pytest.mark.parametrize("hours", ["0", "-1", str(LONGEST_HOURS + 1), "nan"])
def test_hours_that_are_no_hours_are_refused(tmp_path, hours):
    asked = run("token", "--role", "OFFICER", f"--hours={hours}", DATA_DIR=tmp_path)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "--hours" in asked.stderr


def test_pseudonyms_are_made_by_a_key_that_stays(tmp_path):
    file = tmp_path / "secrets" / ".subject-key"
    first = Subjects.kept_in(file)
    assert first.of("a", "b") == Subjects.kept_in(file).of("a", "b")
    assert first.of("a", "b") != Subjects(b"another").of("a", "b")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("no key")
    with pytest.raises(ValueError, match="subject-key"):
        Subjects.kept_in(file)
