"""A source over an upstream that says, address by address, what a test wants it to say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.errors import ConnectorError
from connectors.ports.common import Text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services
from tests import builders
from tests.upstream import MovedClock, SaidWeb

HOME = "https://luar.example/"
"""Where everything lies that a test says; `url` of the options unless it names another."""

Told = bytes | str | Answer | ConnectorError


class Source:
    """A system opened over what is told, its clock and what it was asked."""

    def __init__(self, told: Mapping[str, Told]) -> None:
        self.told = dict(told)
        self.clock = MovedClock(builders.NOON)
        self.web = SaidWeb(self._answer)
        self.connector: Any = None

    def _answer(self, request: Request) -> Answer | ConnectorError:
        said = self.told.get(request.url.removeprefix(HOME), Answer(404, {}))
        if isinstance(said, (Answer, ConnectorError)):
            return said
        return Answer(200, {}, said if isinstance(said, bytes) else said.encode())

    async def records(self) -> list[Any]:
        """All records, as they stand in the documents."""
        memory = await self.connector.current()
        held = next(v for k, v in vars(memory).items() if k in ("_places", "_events", "_jobs"))
        return [one[0] if isinstance(one, tuple) else one for one in held]

    @property
    def reasons(self) -> list[str]:
        """Why rows were rejected."""
        return [reason for _, reason in self.connector.rejected]


async def told(
    system: str,
    documents: Told | Mapping[str, Told],
    *,
    folder: Path = Path("/nowhere"),
    key: str = "luar",
    line: Mapping[str, Any] | None = None,
    city: Any = None,
    **options: Any,
) -> Source:
    """A source of a system; one document alone is what `HOME` says.

    `city` is the zone of the city, `line` what else the catalogue line says.
    """
    source = Source(documents if isinstance(documents, Mapping) else {"": documents})
    binding = Binding(
        key,
        Text({"id": key}),
        ConnectorKind.FILE,
        (system.partition(".")[2],),
        system,
        options={} if "path" in options else {"url": HOME},
        **(line or {}),
    )
    binding.options.update(options)  # type: ignore[attr-defined]
    more = {} if city is None else {"zone": city}
    services = Services(web=source.web, clock=source.clock, **more)
    tools = builders.tools(folder=folder, services=services)
    source.connector = await registry.open_source(binding, tools)
    return source
