"""The two questions of whoever runs the gateway: does it live, is it ready?"""

from __future__ import annotations

import logging

import httpx
import pytest
from starlette.applications import Starlette

from gateway.health import health_routes
from tests.front.small_city import SECRET


async def _get(path: str, result: dict[str, bool] | Exception) -> httpx.Response:
    async def checks() -> dict[str, bool]:
        if isinstance(result, Exception):
            raise result
        return result

    transport = httpx.ASGITransport(app=Starlette(routes=health_routes(checks)))
    async with httpx.AsyncClient(transport=transport, base_url="http://kota.test") as http:
        return await http.get(path)


async def test_a_process_that_answers_lives_whatever_it_lacks() -> None:
    response = await _get("/health/live", {"catalogue": False})
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


async def test_it_is_ready_when_every_check_is_fulfilled() -> None:
    response = await _get("/health/ready", {"catalogue": True, "cache": True})
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"catalogue": True, "cache": True}}
    assert response.headers["cache-control"] == "no-store"


async def test_one_failed_check_makes_it_unready() -> None:
    response = await _get("/health/ready", {"catalogue": True, "cache": False})
    assert response.status_code == 503
    assert response.json() == {"status": "unready", "checks": {"catalogue": True, "cache": False}}


async def test_a_check_that_breaks_says_nothing_to_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await _get("/health/ready", RuntimeError(SECRET))
    assert response.status_code == 503
    assert response.json() == {"status": "unready", "checks": {"checks": False}}
    assert SECRET not in response.text + caplog.text
    assert "RuntimeError" in caplog.text
