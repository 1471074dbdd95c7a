"""Whole connectors in the style of community schemas: no wrong errors, and the right answers."""

from __future__ import annotations

from typing import Any

from connectors.declarative.app import read_app
from connectors.declarative.findings import blocking
from connectors.declarative.lint import lint
from tests.composing import foreign, foreign_first, foreign_second, foreign_system, teams
from tests.composing.foreign import Foreign
from tests.composing.teams import House


async def test_foreign_connectors_are_taken_as_they_are_and_answer(tmp_path: Any):
    halves = (foreign_first, foreign_second)
    assert len(foreign.ALL) > 20, halves
    async with teams.system(foreign_system.system) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            wrong = {
                one.key: told
                for one in foreign.ALL.values()
                if (told := [each async for each in _wrong(house, server.url, one)])
            }
    assert wrong == {}


async def _wrong(house: House, address: str, one: Foreign) -> Any:
    """What is not as it should be with one connector."""
    sdl = one.sdl.replace("BASE", address)
    more = f"{foreign.claims(sdl)}upkeep: {{max_retries: 0}}\n{one.more}"
    submission = teams.submission(one.key, one.key.capitalize(), sdl, more)
    findings = lint(read_app(submission), house.city.graphs.composition.schema)
    if blocking(findings):
        yield [str(each) for each in findings]
    await house.register(submission)
    if house.city.graphs.composition.left_out:
        yield house.city.graphs.composition.left_out
    for query, expected in one.asks:
        said = await house.ask(query)
        has_errors = "errors" in said
        if has_errors != (expected is None) or (expected and said["data"] != expected):
            yield query, said
