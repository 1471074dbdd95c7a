"""A real OpenID provider of another house, and a gateway over HTTP that believes it."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.identity.oidc.keyring import AGAIN_SECONDS
from tests.doors.gate import gate
from tests.tools import installed

HERE = Path(__file__).parent
WHO = "{ viewer { name roles language departments { code } } }"
SECRETS = "{ departments(first: 1) { edges { node { stats { total } } } } }"


class Provider:
    """The provider as a process; ended when its input closes."""

    def __init__(self, folder, algorithm):
        self._process: Any = subprocess.Popen(
            ["node", "provider.js", algorithm],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.issuer = self._line()

    def _line(self):
        for line in self._process.stdout:
            if line.startswith("> "):
                return line[2:].strip()
        raise AssertionError("the provider ended")

    def tell(self, command):
        """Let it change its keys."""
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._line()

    def token(self, who, audience="https://gateway.example.go.id"):
        """An access token, by the grant of client credentials."""
        form = {"grant_type": "client_credentials", "resource": audience}
        secret = (who, "only-for-the-tests")
        answer = httpx.post(self.issuer + "/token", data=form, auth=secret, timeout=60)
        return answer.json()["access_token"]

    def end(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(params=["RS256", "ES256"])
def provider(request):
    one = Provider(installed(HERE), request.param)
    yield one
    one.end()


@pytest.fixture
async def door(provider, tmp_path):
    file = tmp_path / "oidc.toml"
    file.write_text(f"""
        [[provider]]
        name = "sso-kota"
        issuer = "{provider.issuer}"
        audience = "https://gateway.example.go.id"
        roles_claim = "realm_access.roles"
        departments_claim = "opd"
        [provider.roles]
        petugas-live = "OFFICER"
        staf-opd = "OPD_STAFF"
        [provider.departments]
        "/opd/perhubungan" = "dishub"
    """)
    async with gate(
        tmp_path, oidc_file=file, private_hosts=frozenset({"127.0.0.1"}), city="kota_tangerang"
    ) as one:
        yield one


async def asked(door, token, question=WHO):
    return await door.post(question, token=f"Bearer {token}")


def later(door, seconds):
    """Let time pass for the keys that the gateway has fetched."""
    (ring,) = [
        one.keys
        for one in door.city.identity._ways[1]._trusted.values()
        if hasattr(one.keys, "_tried_at")
    ]
    if ring._tried_at is not None:
        ring._tried_at -= seconds


async def test_people_of_a_real_provider_are_let_in_with_what_they_are(provider, door):
    citizen = (await asked(door, provider.token("warga"))).json()["data"]["viewer"]
    assert citizen == {
        "name": "Siti Rahayu", "roles": ["PUBLIC", "CITIZEN"], "language": "id", "departments": [],
    }  # fmt: skip
    staff = (await asked(door, provider.token("staf"))).json()["data"]["viewer"]
    assert staff["roles"] == ["PUBLIC", "OPD_STAFF"]
    assert staff["departments"] == [{"code": "dishub"}]
    refused = (await asked(door, provider.token("warga"), SECRETS)).json()
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}
    figures = (await asked(door, provider.token("staf"), SECRETS)).json()
    assert "errors" not in figures


async def test_tokens_that_were_changed_or_are_for_others_are_turned_away(provider, door):
    good = provider.token("petugas")
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["realm_access"] = {"roles": ["staf-opd"]}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    bare = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for token in (
        f"{head}.{forged}.{signature}",
        f"{bare}.{body}.",
        provider.token("petugas", "https://another.example.go.id"),
    ):
        answer = await asked(door, token)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert "data" not in answer.json()
    assert (await asked(door, good)).status_code == 200


async def test_a_provider_that_changes_its_keys_is_followed(provider, door):
    old = provider.token("petugas")
    assert (await asked(door, old)).status_code == 200
    provider.tell("both")
    later(door, AGAIN_SECONDS)
    assert (await asked(door, provider.token("petugas"))).status_code == 200
    assert (await asked(door, old)).status_code == 200
    provider.tell("rotate")
    later(door, AGAIN_SECONDS)
    assert (await asked(door, provider.token("petugas"))).status_code == 200
    assert (await asked(door, old)).status_code == 401


async def test_a_provider_that_went_away_is_not_missed_by_those_who_have_a_token(provider, door):
    token = provider.token("petugas")
    assert (await asked(door, token)).status_code == 200
    provider.end()
    assert (await asked(door, token)).status_code == 200
    assert (await door.post("{ viewer { id } }")).json() == {"data": {"viewer": None}}


async def test_a_provider_that_was_never_there_is_told_from_a_wrong_token(provider, door):
    token = provider.token("petugas")
    provider.end()
    answer = await asked(door, token)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await door.post("{ viewer { id } }")).json() == {"data": {"viewer": None}}
