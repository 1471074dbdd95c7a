"""What a watcher is told of a process: figures, and nothing of questions or callers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from gateway.app import create_app
from gateway.settings import Settings

AREAS = "{ areas(level: KECAMATAN) { name } }"
LINE = re.compile(r'(live_[a-z_]+)(?:\{([a-z]+)="((?:[^"\\]|\\.)*)"\})? ([0-9.]+)')


@pytest_asyncio.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(city="synthetic", data_dir=tmp_path, drift_seconds=0))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://city.test") as client,
    ):
        yield client


async def figures(http: httpx.AsyncClient) -> dict[tuple[str, str], float]:
    said = await http.get("/metrics")
    assert said.status_code == 200
    assert said.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert said.headers["cache-control"] == "no-store"
    found = {}
    for line in said.text.splitlines():
        if not line.startswith("#"):
            read = LINE.fullmatch(line)
            assert read, line
            found[read[1], read[3] or ""] = float(read[4])
    return found


async def ask(http: httpx.AsyncClient, query: str) -> dict[str, object]:
    said = await http.post("/graphql", json={"query": query})
    answer: dict[str, object] = said.json()
    assert "errors" not in answer, answer
    return answer


async def test_kept_answers_are_counted(http: httpx.AsyncClient):
    before = await figures(http)
    for _ in range(3):
        await ask(http, AREAS)
    after = await figures(http)
    assert after["live_answers_total", "miss"] - before["live_answers_total", "miss"] == 1
    assert after["live_answers_total", "hit"] - before["live_answers_total", "hit"] == 2
    assert after["live_answers_bytes", ""] > before["live_answers_bytes", ""] == 0


async def test_what_is_not_compiled_is_counted_by_its_reason(http: httpx.AsyncClient):
    name = "live_execution_fallbacks_total", "condition without a value"
    before = (await figures(http)).get(name, 0)
    query = "query ($on: Boolean = true) { areas(level: KECAMATAN) { name @include(if: $on) } }"
    for _ in range(3):  # compiled, if it can be, from the second time on
        said = await http.post("/graphql", json={"query": query, "variables": {"on": None}})
        assert said.json()["errors"]
    assert (await figures(http))[name] > before


async def test_the_teams_connectors_in_the_graph_are_counted(http: httpx.AsyncClient):
    told = await figures(http)
    assert told["live_graph_connectors", "joined"] == 0
    assert told["live_graph_connectors", "left_out"] == 0


async def test_nothing_of_a_question_is_told(http: httpx.AsyncClient):
    await ask(http, AREAS.replace("name", "rahasia: name"))
    assert "rahasia" not in (await http.get("/metrics")).text
