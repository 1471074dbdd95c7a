"""A timetable at an address: fetched when it changes, checked, loaded beside the one in use."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, Column, Date, MetaData, Table, insert, select, text

from connectors.base import Tools
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.gtfs.faults import FeedFault
from connectors.kinds.gtfs.feed import Feed as GtfsFeed
from connectors.kinds.gtfs.files import Limits, opened
from connectors.kinds.gtfs.kept import KeptFeeds
from connectors.kinds.gtfs.records import FeedInfo
from connectors.kinds.kelurahan import kelurahan_of
from connectors.kinds.sql import Database, open_engine
from connectors.ports.common import Licence, Origin, TriState
from connectors.ports.connectors import Binding
from connectors.ports.transit import TransitMode
from connectors.store import search, transit_tables
from connectors.store.base import metadata
from connectors.store.search import StoreSearch
from connectors.store.transit import StoreTransit
from connectors.store.transit_documents import documents
from connectors.store.transit_load import Plan, Report, load_feed
from connectors.upkeep import http
from connectors.upkeep.asking import within
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.secrets import revealed

log = logging.getLogger(__name__)

AGAIN = 900.0
"""Seconds after which a feed that was refused is looked at again."""
FIRST = 3.0
"""Seconds a question waits for the very first feed."""
LIMITS = Limits(file_bytes=1024**3, total_bytes=2 * 1024**3)
"""A feed of a stranger, unpacked."""
REMARKS = 200
"""Remarks that are kept of a feed."""
RECORDS = ("transit_stops", "transit_lines", "transit_trips")
"""Tables whose rows are records a caller can see."""
COUNTED = ("transit_stops", "transit_trips", "transit_stop_times")
"""Tables by whose rows a new feed is compared with the one in use."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a feed."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, TransitMode] = field(default_factory=dict)
    """Modes of single routes, by route_id."""
    least_share: float = 0.5
    """A new feed with fewer stops, trips or calls than this share of the old is refused."""


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    known = {"url", "headers", "modes", "least_share"}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    url = said.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise ValueError("`url` must be an address http(s)://...")
    headers, modes = said.get("headers", {}), said.get("modes", {})
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    words = [mode.value for mode in TransitMode]
    if not isinstance(modes, Mapping) or not all(mode in words for mode in modes.values()):
        raise ValueError(f"`modes` must be a table of route_id = one of {', '.join(words)}")
    share = said.get("least_share", 0.5)
    if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 <= share <= 1:
        raise ValueError("`least_share` must be a number from 0 to 1")
    found = {route: TransitMode(mode) for route, mode in modes.items()}
    return Options(url, dict(headers), found, float(share))


async def open_timetable(binding: Binding, tools: Tools) -> UrlTimetable:
    """A feed at an address as a system. Raises ValueError when its options are wrong.

    It begins to fetch at once, and does not wait for that.
    """
    timetable = UrlTimetable(binding, tools, read_options(binding.options))
    timetable.begin()
    return timetable


class UrlTimetable:
    """A TransitSource and a SearchSource over the newest good feed of an address.

    Every question is answered from one feed, also while a newer one is put into use.
    """

    def __init__(self, binding: Binding, tools: Tools, options: Options) -> None:
        self.name = binding.key
        self.records_total: int | None = None
        self.rejected: Sequence[tuple[str, str]] = ()
        """Values and rows the feed in use had to be read without, and why."""
        self._binding = binding
        self._tools = tools
        self._options = options
        self._upkeep = tools.upkeep
        folder = tools.data_folder / "timetables" / binding.key
        self._kept = KeptFeeds(folder, tools.upkeep.clock.sleep)
        self._request = Request(options.url, headers=options.headers)
        self._open: dict[str, _Feed] = {}
        self._refused: dict[str, str] = {}
        self._warming: asyncio.Task[None] | None = None

    def __getattr__(self, name: str) -> Any:
        parts = {StoreTransit: "transit", StoreSearch: "search"}
        part = next((to for kind, to in parts.items() if callable(getattr(kind, name, None))), None)
        if name.startswith("_") or part is None:
            raise AttributeError(f"{type(self).__name__} has no {name}")

        async def asked(*args: Any, **more: Any) -> Any:
            feed = await self._current()
            return await getattr(getattr(feed, part), name)(*args, **more)

        return asked

    def begin(self) -> None:
        """Begin to fetch, so that the first question finds an answer."""
        self._warming = asyncio.create_task(self._warm())

    async def aclose(self) -> None:
        """Let go of all files."""
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        for feed in self._open.values():
            await feed.database.engine.dispose()
        self._open.clear()

    async def _warm(self) -> None:
        try:
            await self._upkeep.fetch("feed", self._fetch, self._read)
        except ConnectorError as error:
            # The first who asks is told; here it is only noted.
            log.warning(
                "timetable_not_yet", extra={"source": self.name, "error": repr(error)[:200]}
            )

    async def _current(self) -> _Feed:
        """The newest good feed. Raises ConnectorError when there is none."""
        if self._open:
            feed = await self._upkeep.fetch("feed", self._fetch, self._read)
        else:
            with within(FIRST):
                feed = await self._upkeep.fetch("feed", self._fetch, self._read)
        self.records_total, self.rejected = feed.total, feed.rejected
        await self._let_go(feed)
        return feed

    async def _let_go(self, current: _Feed) -> None:
        """Close what nobody asks any more: all but the feed in use and the one before it."""
        for mark in [mark for mark, feed in self._open.items() if feed is not current][:-1]:
            await self._open.pop(mark).database.engine.dispose()

    # --------------------------------------------------------------------------- fetching

    async def _fetch(self, last: Document | None) -> Document | None:
        """The newest state of the feed, loaded; None when it is the last one still."""
        secrets = self._tools.services.secrets
        headers = {
            name: revealed(value, self.name, secrets)
            for name, value in self._request.headers.items()
        }
        if last is not None and last.etag:
            headers["If-None-Match"] = last.etag
        elif last is not None and last.last_modified:
            headers["If-Modified-Since"] = last.last_modified
        url = revealed(self._request.url, self.name, secrets)
        asked = replace(self._request, url=url, headers=headers)
        answer = await self._tools.services.web.send(asked, self._upkeep.limits)
        now = self._upkeep.clock.now()
        if answer.status == 304 and last is not None:
            return None
        document = http.document(answer, now)
        mark = await asyncio.to_thread(self._mark, document.body)
        if mark in self._refused:
            raise Unreadable(self._refused[mark], retry_after=AGAIN)
        old = _State.read(last) if last is not None else None
        if old is not None and old.mark == mark:
            state = old
        else:
            state = await self._loaded(document, mark, old, now)
        return Document(
            orjson.dumps(state.written()),
            "application/json",
            etag=document.etag,
            last_modified=document.last_modified,
        )

    def _mark(self, body: bytes) -> str:
        """What tells a file of ours from all others: the feed, and what becomes of its rows."""
        line = self._binding
        columns = [
            (table.name, column.name, str(column.type))
            for table in (*transit_tables.ALL, search.documents)
            for column in table.c
        ]
        modes = sorted((route, mode.value) for route, mode in self._options.modes.items())
        made_of = [line.quality.value, repr(line.licence), modes, columns]
        return hashlib.blake2b(body + orjson.dumps(made_of), digest_size=16).hexdigest()

    async def _loaded(
        self, document: Document, mark: str, old: _State | None, now: datetime
    ) -> _State:
        """The state of a feed that was loaded and found good. Raises Unreadable."""
        as_of = _moment(document.last_modified) or now

        async def make(part: Path) -> None:
            packed = part.with_suffix(".zip")
            try:
                await asyncio.to_thread(packed.write_bytes, document.body)
                await self._load(packed, part, old, min(as_of, now), now)
            finally:
                await asyncio.to_thread(packed.unlink, missing_ok=True)

        try:
            path = await self._kept.made(mark, make)
        except FeedFault as fault:
            reason = f"the new feed was refused: {str(fault)[:300]}"
            self._refused = {mark: reason}
            log.warning("timetable_refused", extra={"source": self.name, "reason": reason})
            raise Unreadable(reason, retry_after=AGAIN) from fault
        state = await _state(path, mark)
        log.info(
            "timetable_loaded", extra={"source": self.name, "rows": sum(state.counts.values())}
        )
        return state

    async def _load(
        self, packed: Path, part: Path, old: _State | None, as_of: datetime, now: datetime
    ) -> None:
        engine = open_engine(f"sqlite:///{part}", pool_size=1)
        try:
            with opened(packed, LIMITS) as files:
                info = await asyncio.to_thread(GtfsFeed(files).info)
                async with engine.begin() as connection:
                    tables = [*transit_tables.ALL, search.documents]
                    await connection.run_sync(metadata.create_all, tables=tables)
                    await connection.run_sync(_about.create)
                    report = await load_feed(connection, files, self._plan(info, as_of, now))
                    self._check(report, old, now)
                    found = await documents(connection, self.name)
                    await search.index(connection, found, now=now, sources=[self.name])
                    await connection.execute(insert(_about).values(**_told(report)))
                async with engine.begin() as connection:
                    await connection.execute(text("PRAGMA analysis_limit=1000"))
                    await connection.execute(text("ANALYZE"))
            async with engine.connect() as connection:
                # Nothing of it may be left beside the file, which moves.
                await connection.execute(text("PRAGMA journal_mode=DELETE"))
        finally:
            await engine.dispose()

    def _plan(self, info: FeedInfo, as_of: datetime, now: datetime) -> Plan:
        line = self._binding
        credit = "; ".join(info.attributions) or info.publisher
        licence = line.licence or (Licence(None, credit, TriState.UNKNOWN) if credit else None)

        def origin(local_id: str) -> Origin:
            return Origin(line.key, local_id, as_of, now, line.quality, licence=licence)

        return Plan(
            line.key,
            origin,
            locate=kelurahan_of(self._tools.city_folder).at,
            modes=self._options.modes,
            limits=LIMITS,
        )

    def _check(self, report: Report, old: _State | None, now: datetime) -> None:
        """Refuse a feed that would take more away than it brings. Raises FeedFault."""
        for table in COUNTED:
            count = report.counts.get(table, 0)
            name = table.removeprefix("transit_")
            if not count:
                raise FeedFault(f"it has no {name}")
            before = old.counts.get(table, 0) if old is not None else 0
            if count < before * self._options.least_share:
                raise FeedFault(f"it has {count} {name}, the one in use has {before}")
        today = now.date()
        until = report.valid_until
        runs_on = old is not None and (old.until is None or old.until >= today)
        if until is not None and until < today and runs_on:
            raise FeedFault(f"it ended on {until}, the one in use has not")

    # --------------------------------------------------------------------------- reading

    def _read(self, document: Document, stamp: Stamp) -> _Feed:
        """The feed a state stands for. Raises Unreadable when its file is not there."""
        del stamp  # A record says when it was loaded; the answer's status says that it is stale.
        state = _State.read(document)
        if state is None:
            raise Unreadable("the kept state is of another version")
        feed = self._open.get(state.mark)
        if feed is None:
            path = self._kept.path(state.mark)
            if not path.is_file():
                raise Unreadable("the file of the kept state is gone")
            database = Database(open_engine(f"sqlite:///{path}"), source=self.name)
            samples = self._tools.samples_shown
            feed = _Feed(
                database,
                StoreTransit(self.name, database, samples=samples),
                StoreSearch(self.name, database, samples=samples),
                sum(state.counts.get(name, 0) for name in RECORDS),
                state.remarks,
            )
            self._open[state.mark] = feed
        return feed


@dataclass(frozen=True, slots=True, eq=False)
class _Feed:
    """A feed in use."""

    database: Database
    transit: StoreTransit
    search: StoreSearch
    total: int
    rejected: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _State:
    """What is remembered of a feed that was loaded: everything else is in its file."""

    mark: str
    counts: Mapping[str, int]
    until: date | None
    """The last valid day, as for `Validity.valid_until`."""
    remarks: Sequence[tuple[str, str]] = ()
    """Where in the feed something was left out, and why."""

    def written(self) -> dict[str, Any]:
        return {
            "mark": self.mark, "counts": dict(self.counts), "until": self.until,
            "remarks": self.remarks,
        }  # fmt: skip

    @classmethod
    def read(cls, document: Document) -> _State | None:
        """The state in a document, None when it is of another version."""
        match orjson.loads(document.body):
            case {"mark": str(mark), "counts": dict(counts), "until": until, "remarks": list(some)}:
                day = date.fromisoformat(until) if isinstance(until, str) else None
                return cls(mark, counts, day, [(where, why) for where, why in some])
            case _:
                return None


_about = Table(
    "about",
    MetaData(),
    Column("counts", JSON, nullable=False),
    Column("until", Date),
    Column("remarks", JSON, nullable=False),
)
"""One row: what was loaded into a file."""


def _told(report: Report) -> dict[str, Any]:
    remarks = [
        (f"{one.file}, line {one.line}, {one.field}", one.reason)
        for one in report.remarks[:REMARKS]
    ]
    return {"counts": dict(report.counts), "until": report.valid_until, "remarks": remarks}


async def _state(path: Path, mark: str) -> _State:
    """What a file says of itself."""
    engine = open_engine(f"sqlite:///{path}", pool_size=1)
    try:
        async with engine.connect() as connection:
            row = (await connection.execute(select(_about))).one()
    finally:
        await engine.dispose()
    return _State(mark, row.counts, row.until, [(where, why) for where, why in row.remarks])


def _moment(text_: str) -> datetime | None:
    """The moment of a Last-Modified header, None when there is none."""
    try:
        found = parsedate_to_datetime(text_)
    except (ValueError, IndexError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
