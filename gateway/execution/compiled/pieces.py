"""The JSON of records, kept: what many answers say of the same frozen record is written once.

A list whose selection has a recipe is put together of pieces, one for each record as this plan
says it. A piece is found by the identity of the record (and of the records joined to it), and holds
both as long as it is kept, so that no other thing can have their identity. It says what the usual
way would have said: where anything is not as usual there is no piece, and the list is completed in
the usual way.

Records that are read anew for each question would only fill memory, so a list gets pieces when one
of its ends has been seen before.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import orjson

from gateway.execution.compiled.joins import asked
from gateway.execution.compiled.recipes import Names, Recipe, Unfit
from gateway.execution.exchange import Piece

if TYPE_CHECKING:
    from graphql.pyutils import Path

    from gateway.execution.compiled.executor import Compiled

DEFAULT_BYTES = 32 * 1024 * 1024
LONGEST = 20_000
"""Items of a list that is put together of pieces; a longer one takes turns as it is completed."""
MOST_SHEETS = 64
"""Ways of naming the fields of one operation for which pieces are kept."""
SEEN = 64
"""Ends of lists that are remembered."""
PAUSE = 32
"""Lists that are completed in the usual way after one that could not be put together."""
SECONDS = 0.002
"""How long one list may write new pieces; the next one like it goes on."""
MOST_LISTS = 8
"""Whole lists that are kept for one sheet, beside their pieces."""
BYTES_PER_SHEET, BYTES_PER_PIECE, BYTES_PER_ITEM, COPIES = 16_384, 400, 48, 2
"""What is taken for memory: records are counted as large as what is said of them."""


class Pieces:
    """The room of all pieces of an engine: `max_bytes`, in two halves.

    When the newer half is full it becomes the older one, whose pieces go unless they are used.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._half = max_bytes // 2
        self._sheets: WeakSet[Sheet] = WeakSet()
        self._newer = 0
        self._older = 0

    @property
    def bytes(self) -> int:
        """About how many bytes of memory are taken, of pieces that are gone with their plan too."""
        return self._newer + self._older

    def sheet(self) -> Sheet:
        """A new place for the pieces of one list of one plan."""
        made = Sheet(self)
        self._sheets.add(made)
        self.takes(BYTES_PER_SHEET)
        return made

    def takes(self, size: int) -> None:
        """Count bytes of new pieces."""
        if self._newer + size > self._half:
            for each in self._sheets:
                each.turn()
            self._older, self._newer = self._newer, 0
        self._newer += size


class Sheet:
    """The pieces of one list of one plan, for one way of naming its fields."""

    def __init__(self, room: Pieces) -> None:
        self._room = room
        self.newer: dict[Any, bytes] = {}
        self._older: dict[Any, bytes] = {}
        self._held: list[Any] = []
        self._held_longer: list[Any] = []
        self._seen: dict[int, Any] = {}
        self._pause = 0
        self._whole: dict[tuple[int, int], tuple[list[list[int]], Any, Piece]] = {}

    def rest(self) -> None:
        """Do not try the next lists: a record was not as usual, and trying costs time."""
        self._pause = PAUSE

    def knows(self, items: Sequence[Any]) -> bool:
        """Whether a list that begins or ends like this was seen; it is from now on."""
        if self._pause:
            self._pause -= 1
            return False
        known = False
        for end in (items[0], items[-1]):
            if id(end) in self._seen:
                known = True
            else:
                self._seen[id(end)] = end
                if len(self._seen) > SEEN:
                    del self._seen[next(iter(self._seen))]
        return known

    def put(self, key: Any, records: Any, piece: bytes) -> None:
        """Keep a piece, and the records by whose identity it is found."""
        self._room.takes(BYTES_PER_PIECE + COPIES * len(piece))
        self.newer[key] = piece
        self._held.append(records)

    def older(self, key: Any) -> bytes | None:
        """A piece of the older half."""
        return self._older.get(key)

    def whole(self, marks: list[list[int]]) -> Piece | None:
        """The list of just these records in this order, if it came before."""
        kept = self._whole.get((marks[0][0], len(marks[0])))
        return kept[2] if kept is not None and kept[0] == marks else None

    def put_whole(self, marks: list[list[int]], records: Any, piece: Piece) -> None:
        """Keep a whole list, and its records."""
        key = marks[0][0], len(marks[0])
        if key not in self._whole and len(self._whole) >= MOST_LISTS:
            del self._whole[next(iter(self._whole))]
        self._room.takes(len(piece.json) + BYTES_PER_ITEM * len(marks) * len(marks[0]))
        self._whole[key] = marks, records, piece

    def turn(self) -> None:
        """Let go of the older half, and of whole lists."""
        self._whole.clear()
        self._older, self.newer = self.newer, {}
        self._held_longer, self._held = self._held, []


def worthwhile(recipe: Recipe, items: Sequence[Any]) -> bool:
    """Whether a list may be put together of pieces, by its length and a look at one record."""
    return 0 < len(items) <= LONGEST and recipe.frozen[type(items[0])]


def pieced(
    x: Compiled, recipe: Recipe, sheet: Sheet, items: Sequence[Any], path: Path
) -> Piece | None:
    """The JSON of a list that is worthwhile, None where it is to be completed in the usual way.

    What was asked for the joins on the way is left for that (`joins.asked`).
    """
    if not sheet.knows(items) or not all(map(recipe.frozen.__getitem__, set(map(type, items)))):
        return None
    columns: list[Sequence[Any]] = []
    for field in recipe.joins:
        values = asked(x, field, items, path)
        if values is None:
            return None
        columns.append(values)
    marks = [list(map(id, column)) for column in (items, *columns)]
    whole = sheet.whole(marks)
    if whole is not None:
        return whole
    listed: list[Any] = list(zip(*marks, strict=True)) if columns else marks[0]
    found = list(map(sheet.newer.get, listed))
    if None in found and not _completed(sheet, recipe, x.names, (items, *columns), listed, found):
        return None
    made = Piece(b"[%b]" % b",".join(found))  # type: ignore[arg-type]
    sheet.put_whole(marks, ([*items], *columns), made)
    return made


def _completed(  # noqa: PLR0917 - one list with all that surrounds it
    sheet: Sheet,
    recipe: Recipe,
    names: Names,
    columns: Sequence[Sequence[Any]],
    keys: list[Any],
    found: list[bytes | None],
) -> bool:
    """Make the pieces that are missing; whether there was time for all, and all are as usual."""
    end = perf_counter() + SECONDS
    start = 0
    while True:
        try:
            start = found.index(None, start)
        except ValueError:
            return True
        key = keys[start]
        records = tuple(column[start] for column in columns)
        piece = sheet.older(key)
        if piece is None:
            try:
                piece = orjson.dumps(recipe.data(records[0], names, records[1:]))
            except (Unfit, orjson.JSONEncodeError):
                sheet.rest()
                return False
        sheet.put(key, records, piece)
        found[start] = piece
        if perf_counter() > end:
            return None not in found
