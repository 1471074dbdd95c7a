"""What the city hands to every system it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from connectors.errors import Unreachable
from connectors.kinds.sql import Database
from connectors.upkeep.documents import Answer, Limits, Request
from connectors.upkeep.upkeep import Services, Upkeep


class NoWeb:
    """A city that was opened without a way to the web."""

    async def send(self, request: Request, limits: Limits) -> Answer:  # noqa: ARG002 - as promised
        """Raises Unreachable."""
        raise Unreachable("no way to the web is open")

    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the city hands to every system it opens."""

    database: Database
    city_folder: Path
    """Folder of the city's data pack."""
    data_folder: Path
    """Folder the gateway may write to."""
    now: Callable[[], datetime]
    plugins: frozenset[str] = frozenset()
    """Installed packages, or single systems of them, that an operator allows to be run."""
    samples_shown: bool = True
    """False in production: records of quality SAMPLE are then invisible."""
    services: Services = field(default_factory=lambda: Services(NoWeb()))
    """What the upkeep of all sources shares."""
    own: Upkeep | None = None
    """The upkeep of the source that is being opened."""

    @property
    def upkeep(self) -> Upkeep:
        """The upkeep of the source that is being opened; every call to its upstream goes there."""
        if self.own is None:
            raise RuntimeError("open a source with `registry.open_source`: it makes the upkeep")
        return self.own
