"""Last good answers in a file of their own, so that a restart in an outage finds them."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connectors.upkeep.keep import Kept
from connectors.upkeep.keep_table import Bounds, KeepTable
from connectors.upkeep.packing import unpack
from connectors.upkeep.policy import FOREVER

log = logging.getLogger(__name__)

READ_SECONDS = 2.0
"""A disk that takes longer than this to read one answer counts as one that has nothing."""


class FileKeep:
    """Remembers in an SQLite file that several worker processes may share.

    `put` only notes; a thread of its own writes behind, at once, the newest of each key. What is
    noted and not yet written is read from the note. While the file cannot be written, everything
    goes on from memory, within `max_waiting` bytes, and the writing is tried again every
    `retry_seconds`. A damaged file is put aside as `<name>.damaged` and a new one begun.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = 256_000_000,
        max_source_bytes: int = 64_000_000,
        max_entry_bytes: int = 32_000_000,
        max_waiting: int = 128_000_000,
        retry_seconds: float = 5.0,
    ) -> None:
        bounds = Bounds(max_bytes, max_source_bytes, max_entry_bytes)
        self._path = path
        self._reading = KeepTable(path, bounds)
        self._writing = KeepTable(path, bounds)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="keep-reader")
        self._read_so_far = 0
        """Counted by the reader's thread alone."""
        self._writer: threading.Thread | None = None
        self._max_waiting = max_waiting
        self._retry_seconds = retry_seconds
        self._changed = threading.Condition()
        # Everything below belongs to whoever holds `_changed`.
        self._waiting: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._waiting_bytes = 0
        self._failures = 0
        self._failing = False
        self._closing = False
        self._given_up = False

    async def get(self, source: str, key: str) -> Kept | None:
        with self._changed:
            noted = self._waiting.get((source, key))
            if noted is not None or self._closing:
                return noted
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._reader, self._read, source, key)
        try:
            while True:
                read = self._read_so_far
                await asyncio.wait((reading,), timeout=READ_SECONDS)
                if reading.done():
                    return reading.result()
                if self._read_so_far == read:
                    return None  # the disk hangs; else there are only many who ask
        finally:
            reading.cancel()

    async def put(self, source: str, key: str, kept: Kept, *, keep_for: float = FOREVER) -> None:
        # No entry goes because of its age: the clock of a machine may be set by mistake. The one
        # who reads judges; the bounds let the oldest go.
        size = len(kept.document.body)
        if keep_for <= 0 or size > self._max_waiting:
            return
        with self._changed:
            if self._closing:
                return
            self._drop((source, key))
            while self._waiting_bytes + size > self._max_waiting:
                self._drop(next(iter(self._waiting)))
            self._waiting[source, key] = kept
            self._waiting_bytes += size
            if self._writer is None:
                self._writer = threading.Thread(target=self._work, name="keep", daemon=True)
                self._writer.start()
            self._changed.notify_all()

    async def flush(self, seconds: float = 5.0) -> bool:
        """Wait until all that was put is written; False when it could not be, or not in time."""
        with self._changed:
            before = self._failures

        def settled() -> bool:
            return not self._waiting or self._failures > before

        def wait() -> bool:
            with self._changed:
                self._changed.wait_for(settled, seconds)
                return not self._waiting

        return await asyncio.to_thread(wait)

    async def aclose(self) -> None:
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._changed.notify_all()
        # Past this a disk hangs, and the gateway is not to hang with it.
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join, 5.0)
        loop = asyncio.get_running_loop()
        closed = loop.run_in_executor(self._reader, self._reading.close)
        self._reader.shutdown(wait=False)
        await asyncio.wait([closed], timeout=READ_SECONDS)

    # ---------------------------------------------------------------------- the reader's thread

    def _read(self, source: str, key: str) -> Kept | None:
        try:
            return self._found(source, key)
        finally:
            self._read_so_far += 1

    def _found(self, source: str, key: str) -> Kept | None:
        try:
            found = self._reading.read(source, key)
        except (sqlite3.Error, OSError) as error:
            self._lost(error)
            return None
        if found is None:
            return None
        try:
            return unpack(*found)
        except ValueError as error:
            log.warning("keep_entry_damaged", extra={"source": source, "error": str(error)})
        try:
            # Else the next unchanged answer would make its description newer, not its body.
            self._reading.forget(source, key)
        except (sqlite3.Error, OSError) as error:
            self._lost(error)
        return None

    # ---------------------------------------------------------------------- the writer's thread

    def _work(self) -> None:
        try:
            while (noted := self._next()) is not None:
                (source, key), kept = noted
                self._write(source, key, kept)
        finally:
            self._writing.close()

    def _next(self) -> tuple[tuple[str, str], Kept] | None:
        """The note to write now; None when it is time to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting or self._given_up:
                return None
            return next(iter(self._waiting.items()))

    def _write(self, source: str, key: str, kept: Kept) -> None:
        try:
            self._writing.write(source, key, kept)
        except (sqlite3.Error, OSError) as error:
            self._lost(error)
            with self._changed:
                if self._waiting.get((source, key)) is kept:
                    # The others may fit where this one does not.
                    self._waiting.move_to_end((source, key))
                self._failures += 1
                self._given_up = self._closing
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._closing, self._retry_seconds)
            return
        except ValueError as error:
            log.warning("keep_refused", extra={"source": source, "error": str(error)})
        else:
            self._returned()
        with self._changed:
            # What was put meanwhile is newer and still to be written.
            if self._waiting.get((source, key)) is kept:
                self._drop((source, key))
            self._changed.notify_all()

    # ---------------------------------------------------------------------- shared by all threads

    def _drop(self, which: tuple[str, str]) -> None:
        dropped = self._waiting.pop(which, None)
        if dropped is not None:
            self._waiting_bytes -= len(dropped.document.body)

    def _lost(self, error: Exception) -> None:
        with self._changed:
            failing, self._failing = self._failing, True
        if not failing:
            extra = {"path": str(self._path), "error": f"{type(error).__name__}: {error}"}
            log.warning("keep_lost", extra=extra)

    def _returned(self) -> None:
        with self._changed:
            failing, self._failing = self._failing, False
        if failing:
            log.warning("keep_returned", extra={"path": str(self._path)})
