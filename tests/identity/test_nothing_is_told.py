"""Nothing of a token or of a person in logs, errors and answers of others."""

import logging
from datetime import UTC, datetime

import pytest

from connectors.ports.roles import Role
from gateway.identity.development import DevelopmentIssuer
from tests.doors.gate import gate
from tests.identity.issuer import Issuer

WHO = "{ viewer { id name roles } }"
WRONG = "{ viewer { id nothing } }"


@pytest.fixture
async def door(tmp_path):
    async with gate(tmp_path) as one:
        yield one


def token_of(door, **more):
    issuer = DevelopmentIssuer.opened(door.city.settings)
    more = {"subject": "3671012345678901", "name": "Siti Rahayu", **more}
    return issuer.token(Role.CITIZEN, datetime.now(UTC), **more)


async def test_neither_logs_nor_errors_repeat_a_token_or_who_it_is_about(door, caplog):
    caplog.set_level(logging.DEBUG)
    good, expired = token_of(door), token_of(door, hours=-2)
    head, body, signature = good.split(".")
    stranger = Issuer().token(sub="3671012345678901")
    said = ""
    for token in (good, expired, stranger, f"{head}.{body}.{signature[::-1]}"):
        for question in (WHO, WRONG):
            answer = await door.post(question, token=f"Bearer {token}")
            if token != good or question == WRONG:
                said += answer.text + str(answer.headers)
    said += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for private in (body, signature, expired, stranger, "3671012345678901", "Siti"):
        assert private not in said


async def test_the_caller_alone_is_shown_who_it_is_and_nobody_keeps_it(door):
    answer = await door.post(WHO, token=f"Bearer {token_of(door)}")
    assert answer.json()["data"]["viewer"]["name"] == "Siti Rahayu"
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await door.post(WHO)).json() == {"data": {"viewer": None}}
    other = token_of(door, subject="another", name="Budi")
    assert (await door.post(WHO, token=f"Bearer {other}")).json()["data"]["viewer"]["name"] == (
        "Budi"
    )


async def test_an_expired_token_is_told_so_and_is_never_anonymous(door):
    answer = await door.post(WHO, token=f"Bearer {token_of(door, hours=-2)}")
    assert answer.status_code == 401
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "expired" in error["message"]
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="tangerang-live", error="invalid_token", '
        'error_description="The token has expired; sign in again."'
    )
