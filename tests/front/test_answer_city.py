"""Kept answers in the whole city: real sources, switches, loads, other graphs, other workers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from catalog import tables
from gateway.app import create_app
from gateway.execution.answers import AnswerCache
from gateway.settings import Settings
from gateway.synthetic.exchange import Question
from tests.composing import teams
from tests.composing.teams import submission

OPERATIONS = Path(__file__).parents[2] / "examples" / "operations"
AREAS = "{ areas(level: KECAMATAN) { name kode } }"
OF_THE_MOMENT = {
    "asOf", "generatedAt", "fetchedAt", "minutes", "realtimeAge", "retryAfter",
    "cursor", "startCursor", "endCursor", "nextCursor",
}  # fmt: skip


class Gateway:
    """A gateway as its callers and its operator see it."""

    def __init__(self, app: Any, http: httpx.AsyncClient) -> None:
        self.city = app.state.city
        self.answers: AnswerCache = app.state.answers
        self.http = http

    async def ask(self, query: str, variables: Any = None, **headers: str) -> Any:
        body = {"query": query, "variables": variables}
        return (await self.http.post("/graphql", json=body, headers=headers)).json()

    async def look(self) -> None:
        """What the gateway does every few seconds."""
        await self.city.board.refresh()
        await self.city.graphs.follow(self.city.board.switchboard)


@asynccontextmanager
async def gateway(folder: Path, **more: Any) -> AsyncIterator[Gateway]:
    app = create_app(Settings(data_dir=folder, watch_seconds=3600, **more))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kota.test") as http:
            yield Gateway(app, http)


def steady(value: Any) -> Any:
    """What of an answer does not change by itself from one moment to the next."""
    if isinstance(value, dict):
        return {name: steady(each) for name, each in value.items() if name not in OF_THE_MOMENT}
    return [steady(each) for each in value] if isinstance(value, list) else value


async def test_example_operations_have_the_answers_they_have_without_a_cache(tmp_path):
    async with gateway(tmp_path) as kept, gateway(tmp_path, answer_bytes=0) as bare:
        for file in sorted(OPERATIONS.glob("*.graphql")):
            given = file.with_suffix(".json")
            variables = json.loads(given.read_text()) if given.exists() else None
            for lang in ("id", "en"):
                asked = (file.read_text(encoding="utf-8"), variables)
                before = await bare.ask(*asked, **{"Accept-Language": lang})
                first = await kept.ask(*asked, **{"Accept-Language": lang})
                again = await kept.ask(*asked, **{"Accept-Language": lang})
                after = await bare.ask(*asked, **{"Accept-Language": lang})
                # A bus may leave, or a counter close, while this is asked.
                for kept_one in (first, again):
                    assert steady(kept_one) in (steady(before), steady(after)), file.name
        hits = kept.answers.counts.hits
        assert hits > 5
        assert bare.answers.counts.hits == 0


async def test_a_switched_source_is_seen_as_soon_as_the_gateway_knows(tmp_path):
    async with gateway(tmp_path) as here:
        before = await here.ask(AREAS)
        assert await here.ask(AREAS) == before
        assert here.answers.counts.hits == 1
        keys = [source.key for source in here.city.board.switchboard if "areas" in source.binding.serves]  # fmt: skip
        for on in (False, True):
            async with here.city.engine.begin() as connection:
                await connection.execute(
                    update(tables.sources).where(tables.sources.c.key.in_(keys)).values(enabled=on)
                )
            await here.look()
            now = await here.ask(AREAS)
            assert (now == before) is on


async def test_a_city_that_was_loaded_again_is_asked_again(tmp_path):
    async with gateway(tmp_path) as here:
        await here.ask(AREAS)
        await here.look()
        assert len(here.answers) == 1
        async with here.city.engine.begin() as connection:
            await connection.execute(update(tables.loads).values(fingerprint="another"))
        await here.look()
        assert len(here.answers) == 0


async def test_what_is_told_of_sources_is_never_old(tmp_path):
    async with gateway(tmp_path) as here:
        await here.ask("{ health { ready connectors { state } } }")
        assert len(here.answers) == 0


async def test_another_graph_has_other_answers(tmp_path):
    number = {"value": 1}

    def said(_question: Question) -> Any:
        return {"n": number["value"]}

    def sdl(url: str, field: str) -> str:
        return teams.source("s", url) + (
            f'type Angka {{ n: Int }} type Query {{ angka: Angka @connect(source: "s",'
            f' http: {{GET: "/n"}}, selection: "n: {field}") }}'
        )

    async with teams.system(said) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            await house.register(submission("angka", "Angka", sdl(server.url, "n")))
            assert (await house.data("{ angka { n } }"))["angka"] == {"n": 1}
            number["value"] = 2
            assert (await house.data("{ angka { n } }"))["angka"] == {"n": 1}
            # The same graph for clients; what stands behind a field is another.
            await house.register(submission("angka", "Angka", sdl(server.url, "$(7)")))
            assert (await house.data("{ angka { n } }"))["angka"] == {"n": 7}


@pytest.mark.parametrize("redis", [True, False])
async def test_workers_share_answers_through_redis_alone(tmp_path, redis_url, redis):
    more = {"redis_url": redis_url if redis else ""}
    async with gateway(tmp_path, **more) as one, gateway(tmp_path, **more) as other:
        answer = await one.ask(AREAS)
        assert await other.ask(AREAS) == answer
        assert other.answers.counts.from_others == (1 if redis else 0)
        async with one.city.engine.begin() as connection:
            await connection.execute(update(tables.sources).values(enabled=False))
        await one.look()
        assert (await one.ask(AREAS))["data"] == {"areas": None}
        # The other one does not know yet, and what the first one puts there is not for it.
        assert await other.ask(AREAS) == answer
        await other.look()
        assert (await other.ask(AREAS))["data"] == {"areas": None}
