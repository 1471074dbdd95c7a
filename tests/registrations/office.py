"""A registry for tests: a database with a small catalogue, and people who act on it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings, tables
from catalog.everything import metadata
from catalog.loaded import alone
from catalog.registrations import entries, life, records
from catalog.registrations.declined import Declined
from catalog.registrations.facts import Facts
from catalog.registrations.keys import KeyHolder, KeyRole
from connectors.declarative.submission import RecordedFile, Submission
from connectors.ports.apps import AppAudience, CityApp
from connectors.ports.common import ErrorCode, Text, must_text
from tests.builders import binding, origin

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)

PARKING = KeyHolder("k1", "parking", KeyRole.APP_TEAM, "dishub", ("laksa", "slot-001"))
CLINIC = KeyHolder("k2", "clinic", KeyRole.APP_TEAM, "dinkes", ("slot-001", "slot-002"))
BOSS = KeyHolder("k3", "operator", KeyRole.ADMIN)

SDL = """extend schema @source(name: "p", http: {{ baseURL: "https://parkir.example/api" }})
type {prefix}Lot {{ id: ID! name: String }}
extend type Query {{
  {small}Lots: [{prefix}Lot] @connect(source: "p", http: {{ GET: "/lots" }}, selection: "id name")
}}
"""


def submission(
    key: str = "parkir", app: str = "slot-001", *, prefix: str = "Parkir", note: str = ""
) -> Submission:
    """A small connector that works; a `note` makes it another text."""
    settings = f"connector: {key}\napp: {app}\nname: {{id: Parkir}}\nprefix: {prefix}\n# {note}\n"
    sdl = SDL.format(prefix=prefix, small=prefix[0].lower() + prefix[1:])
    return Submission(key, app, sdl, settings, (RecordedFile("tests/all.yaml", "tests: []\n"),))


def facts(prefix: str = "Parkir", **changes: Any) -> Facts:
    """What that connector says of itself."""
    small = prefix[0].lower() + prefix[1:]
    made: dict[str, Any] = {
        "name": Text({"id": "Parkir Kota"}),
        "prefix": prefix,
        "types": (f"{prefix}Lot",),
        "fields": (f"Query.{small}Lots",),
        "hosts": ("https://parkir.example",),
    }
    return Facts(**{**made, **changes})


def slot(slug: str, number: int) -> CityApp:
    """An entry nobody has claimed."""
    return CityApp(
        origin=origin(entries.CATALOGUE, slug),
        slug=slug,
        slot=number,
        name=must_text(f"Aplikasi no. {number:03} (belum diklaim)", f"App no. {number:03}"),
        audience=AppAudience.PUBLIC_SERVICE,
        claimed=False,
    )


async def furnish(engine: AsyncEngine) -> None:
    """All tables, the line of the catalogue, one named entry and three slots."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        line = binding(entries.CATALOGUE, system="store.apps", serves=("apps",))
        await connection.execute(
            insert(tables.sources).values(
                key=line.key, position=0, binding=bindings.written(line), enabled=True
            )
        )
    async with alone(engine) as connection:
        named = replace(slot("laksa", 1), name=must_text("LAKSA", "LAKSA"), claimed=True)
        for app in (named, *(slot(f"slot-{n:03}", n + 1) for n in (1, 2, 3))):
            await entries.put(connection, app, now=NOW)


class Office:
    """What people do, each in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def submit(self, text=None, found=None, *, by=PARKING, **more):
        """A version is handed in."""
        text = text or submission()
        async with alone(self.engine) as connection:
            return await life.submit(
                connection,
                text,
                found or facts(),
                by=by,
                now=NOW,
                today=TODAY,
                **more,
            )

    async def approve(self, version, key="parkir", *, by=BOSS, note=None):
        """A waiting version is let in."""
        async with alone(self.engine) as connection:
            return await life.approve(connection, key, version, by=by, now=NOW, note=note)

    async def refuse(self, version, key="parkir", *, by=BOSS, reason="not yet"):
        """A waiting version is turned down."""
        async with alone(self.engine) as connection:
            return await life.refuse(connection, key, version, by=by, now=NOW, reason=reason)

    async def rollback(self, version, key="parkir", *, by=PARKING):
        """An earlier version serves again."""
        async with alone(self.engine) as connection:
            return await life.rollback(connection, key, version, by=by, now=NOW)

    async def withdraw(self, key="parkir", *, by=BOSS, reason="the team left"):
        """A connector leaves the city."""
        async with alone(self.engine) as connection:
            return await life.withdraw(connection, key, by=by, now=NOW, reason=reason)

    async def switch(self, state, key="parkir", *, by=BOSS, reason="repairs"):
        """The operator's switch."""
        async with alone(self.engine) as connection:
            return await life.set_state(
                connection, key, state, by=by, now=NOW, today=TODAY, reason=reason
            )

    async def served(self, text=None, found=None, *, by=PARKING, **more):
        """A version that was handed in and let in."""
        made = await self.submit(text, found, by=by, **more)
        if not made.serves:
            return await self.approve(made.version, made.registration.key)
        return made.registration

    @asynccontextmanager
    async def looking(self):
        """A connection to read with."""
        async with self.engine.connect() as connection:
            yield connection

    async def find(self, key="parkir"):
        """The registration."""
        async with self.looking() as connection:
            return await records.find(connection, key)

    async def verdicts(self, key="parkir"):
        """Number and verdict of every version, oldest first."""
        async with self.looking() as connection:
            return [(v.version, v.verdict.value) for v in await records.history(connection, key)][
                ::-1
            ]


async def refused(code: ErrorCode, doing: Any) -> Declined:
    """The refusal of something that must be declined with this code."""
    with pytest.raises(Declined) as told:
        await doing
    assert told.value.code is code, f"{told.value.code}: {told.value}"
    assert {"id", "en"} <= set(told.value.message.by_lang)
    return told.value
