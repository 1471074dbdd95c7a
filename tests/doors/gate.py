"""A gateway with keys, asked over HTTP as teams and operators ask it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from catalog.registrations import keys
from gateway.app import create_app
from gateway.lifespan import City, prepare
from gateway.settings import Settings


@dataclass
class Gate:
    """A gateway and the keys that were made for it, by name."""

    city: City
    client: httpx.AsyncClient
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    async def make_key(
        self,
        name: str,
        *,
        apps: Iterable[str] = (),
        team: str | None = None,
        expires: timedelta | None = None,
        now: datetime | None = None,
    ) -> str:
        """A key of an app team; without apps one of an operator."""
        slugs = tuple(apps)
        role = keys.KeyRole.APP_TEAM if slugs else keys.KeyRole.ADMIN
        moment = now or self.now()
        async with self.city.engine.begin() as connection:
            number, text = await keys.create_key(
                connection,
                role=role,
                label=f"kunci {name}",
                team=team or (name if slugs else None),
                apps=slugs,
                now=moment,
                expires_at=moment + expires if expires else None,
            )
        self.keys[name], self.ids[name] = text, number
        return text

    async def post(
        self, query: str, by: str | None = None, *, token: str | None = None, **variables: Any
    ) -> httpx.Response:
        """The response to an operation, sent with a key by its name, or with any token."""
        sent = token if token is not None else f"Bearer {self.keys[by]}" if by else None
        headers = {"Authorization": sent} if sent is not None else {}
        body = {"query": query, "variables": variables}
        return await self.client.post("/graphql", json=body, headers=headers)

    async def ask(self, query: str, by: str | None = None, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation."""
        found: dict[str, Any] = (await self.post(query, by, **variables)).json()
        return found

    async def data(self, query: str, by: str | None = None, **variables: Any) -> Any:
        """The data of an operation that must not have errors."""
        said = await self.ask(query, by, **variables)
        assert "errors" not in said, said["errors"]
        return said["data"]

    async def code(self, query: str, by: str | None = None, **variables: Any) -> str:
        """The code of the only error of an operation."""
        (error,) = (await self.ask(query, by, **variables))["errors"]
        found: str = error["extensions"]["code"]
        return found

    def now(self) -> datetime:
        """The moment it is for the gateway."""
        return self.city.board._tools.services.clock.now()


@asynccontextmanager
async def gate(folder: Path, **settings: Any) -> AsyncIterator[Gate]:
    """A gateway over a small made-up city in a folder of its own."""
    chosen: dict[str, Any] = {"city": "synthetic", "watch_seconds": 3600, "graphiql": False}
    told = Settings(data_dir=folder, **{**chosen, **settings})
    if not told.database_url:
        await furnish(folder, told.city)
    app = create_app(told)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kota") as client:
            yield Gate(app.state.city, client)


_PREPARED: dict[str, Path] = {}
"""Databases of cities that were loaded in this run; loading again takes seconds."""


async def furnish(folder: Path, city: str) -> None:
    """Put the loaded database of a city into a folder."""
    if city not in _PREPARED:
        made = Path(tempfile.mkdtemp(prefix="gate-"))
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        settings = Settings(data_dir=made, city=city)
        await prepare(settings)
        _PREPARED[city] = made / f"{city}.db"
    shutil.copyfile(_PREPARED[city], folder / f"{city}.db")
