"""`city load`: a data pack goes into the database, all of it or nothing, as often as one likes."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog import bindings, tables
from catalog.loaded import alone, mark, weigh
from catalog.loaders import (
    apps,
    areas,
    complaints,
    departments,
    emergency,
    events,
    facts,
    jobs,
    places,
    prices,
    tours,
    transit,
)
from catalog.pack import CsvRow, Pack
from catalog.workflow.tables import intakes
from connectors.ports.common import Licence, Origin, SourceQuality
from connectors.ports.connectors import Binding
from connectors.ports.search import Document
from connectors.store import search
from connectors.store.base import metadata

log = logging.getLogger(__name__)

BATCH = 1_000


@dataclass
class Load:
    """One load of one city, handed to every loader."""

    pack: Pack
    connection: AsyncConnection
    now: datetime
    bindings: Mapping[str, Binding]
    samples: bool
    """False in production: no SAMPLE record is made."""
    unlicensed_coordinates: bool
    """False: coordinates without a known licence are left out."""
    counts: dict[str, int] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    added: frozenset[str] = frozenset()
    """Keys of sources that a command has filled since; what they hold is not the pack's."""

    def rng(self, name: str) -> random.Random:
        """Chance that falls the same way in every load, for sample records."""
        return random.Random(f"{self.pack.folder.name}/{name}")  # noqa: S311 - samples, not secrets

    def index(self, document: Document) -> None:
        """Make a record findable by `search` and `suggest`."""
        self.documents.append(document)

    def origin(
        self,
        source: str,
        local_id: str,
        *,
        as_of: datetime | None = None,
        quality: SourceQuality | None = None,
        licence: Licence | None = None,
        url: str | None = None,
    ) -> Origin:
        """The origin of a record of a source; what is not said is as its catalogue line says."""
        binding = self.bindings[source]
        return Origin(
            connector=source,
            local_id=local_id,
            as_of=as_of or self.now,
            fetched_at=self.now,
            quality=quality or binding.quality,
            licence=licence or binding.licence,
            url=url,
        )

    def reject(
        self,
        source: str,
        row: CsvRow,
        reason: str,
        *,
        field: str | None = None,
        kept: bool = False,
    ) -> None:
        """Put a row into the report: refused, or `kept` with the value of `field` left out."""
        self.rejected.append(
            {
                "source": source, "file": row.file, "row": row.number, "field": field,
                "reason": reason, "kept": kept,
            }
        )  # fmt: skip

    async def replace(self, table: Table, source: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Put these rows in the place of all rows a source has in a table; returns how many."""
        await self.connection.execute(delete(table).where(table.c.source == source))
        return await self.add(table, rows, source)

    async def add(self, table: Table, rows: Iterable[Mapping[str, Any]], source: str) -> int:
        """Add rows in batches, counted for the source."""
        batch: list[Mapping[str, Any]] = []
        count = 0
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                await self.connection.execute(insert(table), batch)
                count += len(batch)
                batch = []
        if batch:
            await self.connection.execute(insert(table), batch)
            count += len(batch)
        name = f"{table.name}/{source}"
        self.counts[name] = self.counts.get(name, 0) + count
        return count


LOADERS: tuple[Callable[[Load], Awaitable[None]], ...] = (
    areas.load,
    departments.load,
    complaints.load,
    apps.load,
    facts.load,
    prices.load,
    places.load,
    emergency.load,
    events.load,
    tours.load,
    jobs.load,
    transit.load,
)
"""Every domain's loader, in the order they run."""


async def load_city(
    engine: AsyncEngine,
    pack: Pack,
    *,
    now: datetime,
    samples: bool = True,
    unlicensed_coordinates: bool = True,
) -> Load:
    """Load a pack in one transaction. Loading twice leaves the same rows.

    The operator's switches are kept. Raises ValueError when the pack itself is broken; single
    bad rows go to the report (`rejected_rows`).
    """
    async with alone(engine) as connection:
        return await load_pack(
            connection,
            pack,
            now=now,
            samples=samples,
            unlicensed_coordinates=unlicensed_coordinates,
        )


async def load_pack(
    connection: AsyncConnection,
    pack: Pack,
    *,
    now: datetime,
    samples: bool = True,
    unlicensed_coordinates: bool = True,
) -> Load:
    """Like `load_city`, within the transaction of a connection that is `alone`."""
    added = await bindings.added(connection)
    lines = bindings.read_folder(pack.folder / "sources")
    by_key = {line.key: line for line in lines} | added
    lines = list(by_key.values())
    load = Load(
        pack, connection, now, by_key, samples, unlicensed_coordinates, added=frozenset(added)
    )
    await _keep_bindings(connection, lines)
    await _forget_others(connection)
    for loader in LOADERS:
        await loader(load)
    load.counts["search_documents"] = await search.index(
        connection,
        load.documents,
        now=now,
        sources=[line.key for line in lines if line.key not in added],
    )
    await connection.execute(
        delete(tables.rejected_rows).where(tables.rejected_rows.c.source.not_in(added))
    )
    if load.rejected:
        await connection.execute(insert(tables.rejected_rows), load.rejected)
    await connection.execute(delete(tables.loads))
    await connection.execute(
        insert(tables.loads).values(
            city=pack.folder.name,
            fingerprint=mark(pack, samples=samples, unlicensed=unlicensed_coordinates),
            loaded_at=now,
            counts=load.counts,
        )
    )
    await weigh(connection)
    log.info("city_loaded", extra={"city": pack.folder.name, "rejected": len(load.rejected)})
    return load


async def _forget_others(connection: AsyncConnection) -> None:
    """Remove what belonged to sources the city no longer has: of an older pack, of another city.

    What citizens sent to the gateway stays, whatever the catalogue says.
    """
    keys = select(tables.sources.c.key).union(select(intakes.c.home))
    for table in reversed(metadata.sorted_tables):
        if "source" in table.c:
            await connection.execute(delete(table).where(table.c.source.not_in(keys)))


async def _keep_bindings(connection: AsyncConnection, lines: list[Binding]) -> None:
    switches = await bindings.switches(connection)
    await connection.execute(delete(tables.sources))
    if not lines:
        message = "the pack has no sources: its folder `sources` holds no [[source]]"
        raise ValueError(message)
    await connection.execute(
        insert(tables.sources),
        [
            {
                "key": line.key,
                "position": position,
                "binding": bindings.written(line),
                "enabled": switches.get(line.key, True),
            }
            for position, line in enumerate(lines)
        ],
    )
