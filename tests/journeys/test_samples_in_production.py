"""In production nothing made up is shown: a source of samples only is then not there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connectors import registry
from connectors.ports.connectors import ConnectorState
from connectors.switchboard import Source
from tests.builders import binding, tools
from tests.cities import opened_city

KEYS = ("acara", "tur", "pemandu-wisata", "lowongan")


async def test_lists_of_samples_are_null_and_say_that_no_source_is_configured(
    tmp_path: Path,
) -> None:
    async with opened_city(f"sqlite:///{tmp_path}/city.db", samples=False) as city:
        context = city.context()
        result = await city.ask(
            "{ events { totalCount } tours { totalCount } guides { sources { state } } "
            "jobs { totalCount } }",
            context=context,
        )
        assert result.errors is None
        assert result.data == {"events": None, "tours": None, "guides": None, "jobs": None}
        told = {one["connector"]: (one["state"], one["code"]) for one in context.problem_sources}
        assert told == dict.fromkeys(KEYS, ("DISABLED", None))
        states = {key: source.state for key in KEYS if (source := city.board.get(key))}
        assert states == dict.fromkeys(KEYS, ConnectorState.PENDING)
        assert city.load is not None
        tables = [name for name in city.load.counts if name.split("/")[-1] in KEYS]
        assert all(city.load.counts[name] == 0 for name in tables)


async def test_a_source_of_samples_is_opened_while_samples_are_shown() -> None:
    line = binding("x", system="store.jobs", serves=("jobs",), options={"samples_only": True})
    hidden: Source[Any] = Source(line, await registry.open_source(line, tools(samples_shown=False)))
    assert (hidden.connector, hidden.state) == (None, ConnectorState.PENDING)
    shown: Source[Any] = Source(line, await registry.open_source(line, tools()))
    assert shown.state is ConnectorState.ENABLED
