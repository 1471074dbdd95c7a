"""Whatever happens to a city, a kept answer is one it gave itself within the promised time."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front.kept_city import FRESH, KeptCity

QUERIES = (
    "{ air }",
    "{ listrik }",
    "{ both }",
    "{ notes }",
    '{ record(id: "1") }',
    '{ record(id: "2") }',
    "{ greeting }",
    "{ time }",
    "{ air time }",
    "{ mine }",
    "{ sent air }",
    "{ listrik fault }",
    "{ __typename }",
)
METERS = st.sampled_from(sorted(FRESH))
ASK = st.tuples(
    st.just("ask"),
    st.integers(0, 1),
    st.sampled_from(["id", "id", "id", "en"]),
    st.sampled_from(["", "", "", "", "ani", "budi"]),
    st.sampled_from(["GET", "POST", "POST"]),
)
CHANGE = st.one_of(
    st.tuples(st.just("move"), st.sampled_from([0.5, 0.9, 3.0, 6.5, 9.0, 31.0])),
    st.tuples(st.sampled_from(["change", "change", "fail", "switch", "purge"]), METERS),
    st.tuples(st.just("write")),
)
STEPS = st.lists(st.one_of(ASK, CHANGE), min_size=8, max_size=40)


LEFT_ALONE = 5.0
"""Seconds for which a source that failed is not asked again."""


class Chronicle:
    """What the sources said at which time, and what was answered without keeping anything."""

    def __init__(self, city: KeptCity) -> None:
        self.city = city
        self.number = 0
        self.mended: dict[str, float] = {}
        """When a source stopped failing."""
        self.said: dict[str, list[tuple[float, str]]] = {
            name: [(city.clock.passed, meter.value)] for name, meter in city.meters.items()
        }

    def suffers(self, name: str) -> bool:
        """Whether a source fails, or did so lately and is not asked yet."""
        since = self.city.clock.passed - self.mended.get(name, -LEFT_ALONE)
        return self.city.meters[name].fails or since < LEFT_ALONE

    def true_within(self, name: str, seconds: float) -> set[str]:
        """All that a source said in the last so many seconds."""
        since = self.city.clock.passed - seconds
        said = self.said[name]
        first = max((at for at, _ in said if at <= since), default=since)
        return {value for at, value in said if at >= first}


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(st.sampled_from(QUERIES), st.sampled_from(QUERIES)), STEPS)
def test_a_kept_answer_was_true_within_its_time_for_its_caller(
    queries: tuple[str, str], steps: list[tuple[Any, ...]]
):
    asyncio.run(_live(queries, steps))


async def _live(queries: tuple[str, str], steps: list[tuple[Any, ...]]) -> None:
    city = KeptCity(max_bytes=12_000)
    story = Chronicle(city)
    async with city.client() as http, city.client(bare=True) as bare:
        for what, *how in steps:
            if what == "ask":
                await _asked(story, http, bare, queries[how[0]], *how[1:])
            elif what == "move":
                city.clock.move(how[0])
            elif what == "change":
                story.number += 1
                city.meters[how[0]].value = f"{how[0]} {story.number}"
                story.said[how[0]].append((city.clock.passed, city.meters[how[0]].value))
            elif what == "fail":
                city.meters[how[0]].fails ^= True
                story.mended[how[0]] = city.clock.passed
            elif what == "switch":
                city.switch(how[0])
            elif what == "write":
                story.number += 1
                query = f'mutation {{ write(text: "catatan {story.number}") }}'
                await http.post("/graphql", json={"query": query})
            elif what == "purge":
                city.cache.purge(how[0])


async def _asked(
    story: Chronicle,
    http: httpx.AsyncClient,
    bare: httpx.AsyncClient,
    query: str,
    lang: str,
    name: str,
    method: str,
) -> None:
    city = story.city
    headers = {"Accept-Language": lang, "X-Own": name, **({"Authorization": name} if name else {})}
    if method == "GET":
        answer = await http.get("/graphql", params={"query": query}, headers=headers)
    else:
        answer = await http.post("/graphql", json={"query": query}, headers=headers)
    body = answer.json()
    age = float(answer.headers.get("age", 0))
    promise = re.search(r"max-age=(\d+)", answer.headers.get("cache-control", ""))
    assert age <= (int(promise[1]) if promise else 0)
    if name or "fault" in query:
        assert promise is None
    data = body.get("data") or {}
    _check_sources(story, data)
    if "time" in data:
        told = city.clock.now() - datetime.fromisoformat(data["time"])
        assert timedelta(0) <= told < timedelta(seconds=age + 1)
    if data.get("mine") is not None:
        assert data["mine"].startswith(f"{name} ")
    if "sent" in data:
        assert data["sent"] == name
    if "greeting" in data:
        assert data["greeting"].startswith(f"{lang} ")
    if "record" in data:
        id_ = query[query.index('"') + 1]
        assert data["record"] == f"{id_}: {city.notes.value}"
    if "notes" in data:
        assert data["notes"] == city.notes.value
    if age == 0 and not promise:
        # It was worked out now, so it is what a gateway without kept answers says now.
        fresh = await bare.post("/graphql", json={"query": query}, headers=headers)
        assert _without_numbers(fresh.json()) == _without_numbers(body)


def _check_sources(story: Chronicle, data: dict[str, Any]) -> None:
    """Each source's value is one it had while that was fresh, none if it is switched off."""
    told = {name: data[name] for name in FRESH if name in data}
    told |= dict(zip(FRESH, data.get("both", ()), strict=False))
    for name, value in told.items():
        source = story.city.board.get(name)
        assert source is not None
        if not source.enabled:
            assert value is None
        elif value is not None:
            assert value in story.true_within(name, FRESH[name])
        else:
            # It failed lately, or within the second for which that is said again.
            assert story.suffers(name) or story.city.cache.counts.hits


def _without_numbers(body: Any) -> Any:
    """An answer without what differs each time: the number of a mistake, and pauses."""
    return re.sub(r"'(errorId|retryAfter)': [^,}]+", r"'\1'", str(body))
