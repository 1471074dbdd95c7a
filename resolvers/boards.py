"""Departure boards: bus and rail merged by the time they leave, and how far the timetable reaches."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connectors import errors
from connectors.ports.common import Near, ScopedId, must_text
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.ports.transit import (
    Board,
    BoardCriteria,
    BoardMark,
    Departure,
    Stop,
    TransitMode,
    TransitSource,
    Validity,
    mark_of,
)
from connectors.switchboard import Answered, Source
from resolvers import common, ids, listings, realtime, transit
from resolvers.asked import ids as asked_ids
from resolvers.context import Context, ask, degraded, failed
from resolvers.lookups import Lookup
from resolvers.problems import bad_input
from resolvers.realtime import Told

LONGEST = timedelta(days=7)
"""The longest window of a board."""
MOST_RADIUS_M = 5_000
"""The widest circle of a board, metres."""


@dataclass(frozen=True, slots=True)
class DepartureBoard:
    """What leaves from some stops, and what is known about the timetable behind it."""

    as_of: datetime
    departures: tuple[Departure, ...]
    schedule_valid_until: date | None
    sources: tuple[SourceStatus, ...]
    next_cursor: str | None
    stops: tuple[Stop, ...] = ()
    """The stops of the departures."""
    realtime_age: timedelta | None = None
    """Of the oldest realtime feed that was used."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a page of a board begins."""

    at: datetime
    after: BoardMark | None = None


# ------------------------------------------------------------------------------- boards


async def board(context: Context, asked: Any) -> DepartureBoard | None:
    """The board a BoardInput asks for. None when no source is configured.

    Raises BAD_INPUT for stops nobody knows, a window or a circle that is too wide, a cursor of
    another board; the failure when every source failed.
    """
    if not asked.stop_ids and asked.near is None:
        raise bad_input("`board` needs `stopIds` or `near`: say from where, by at least one stop.")
    stops = asked_ids(asked.stop_ids, "Stop", "board.stopIds", most=transit.MOST_IDS) or ()
    near = None if asked.near is None else _circle(asked.near)
    mark = _fingerprint(asked, stops, near)
    start = _start(context, asked, mark)
    criteria = BoardCriteria(
        start=start.at,
        end=start.at + _within(asked.within, "board.within"),
        first=_first(asked.first, "board.first"),
        near=near,
        lines=transit.asked_lines(asked.line_ids, "board.lineIds"),
        modes=tuple(asked.modes) if asked.modes else None,
        towards=None if asked.towards is None else ids.scoped_id(asked.towards, "Stop"),
        per_line=asked.per_line,
        after=start.after,
    )
    if criteria.per_line is not None and not 1 <= criteria.per_line <= listings.MOST:
        raise bad_input(f"`board.perLine` must be from 1 to {listings.MOST}.")
    await _must_know(context, stops, "board.stopIds")
    if criteria.towards is not None:
        await _must_know(context, (criteria.towards,), "board.towards")
    return await _put_together(context, stops, criteria, mark, canceled=asked.include_canceled)


async def board_near(
    context: Context, near: Near, at: datetime, within: timedelta, *, first: int
) -> DepartureBoard | None:
    """What leaves around a point. Every source is asked once."""
    criteria = BoardCriteria(start=at, end=at + within, first=first, near=near)
    mark = ids.fingerprint("board", "near", near, at.isoformat(), within)
    return await _put_together(context, (), criteria, mark)


async def from_stops(
    context: Context, stops: Sequence[Stop], at: datetime, within: timedelta, *, first: int
) -> DepartureBoard | None:
    """What leaves from some stops."""
    criteria = BoardCriteria(start=at, end=at + within, first=first)
    wanted = tuple(transit.scoped(stop) for stop in stops)
    mark = ids.fingerprint("board", wanted, at.isoformat(), within)
    return await _put_together(context, wanted, criteria, mark)


async def of_stop(
    context: Context,
    stop: Stop,
    *,
    at: datetime | None,
    within: timedelta | None,
    line_ids: Sequence[str] | None,
    modes: Sequence[TransitMode] | None,
    first: int | None,
) -> Sequence[Departure] | None:
    """The departures of one stop; those of a whole page of stops are one question per source.

    None instead of nothing where the timetable does not reach: it does not say what leaves.
    """
    start = _sane(at or transit.moment(context), "at")
    criteria = BoardCriteria(
        start=start,
        end=start + _within(timedelta(hours=2) if within is None else within, "within"),
        first=_first(20 if first is None else first, "first"),
        lines=transit.asked_lines(line_ids, "lineIds"),
        modes=tuple(modes) if modes else None,
    )
    id_ = transit.scoped(stop)
    told = await realtime.told(context, id_.source)
    look_up = context.loaders.setdefault(
        ("departures", criteria, id_.source),
        Lookup(TransitSource, partial(_of_each, criteria, id_.source, told)),
    )
    found: Board = await look_up(context, id_)
    status = _status(id_.source, found.validity, criteria)
    context.note(status)
    _keep(context, found)
    known = bool(found.departures) or status.state is SourceState.OK
    return found.departures if known else None


async def _of_each(
    criteria: BoardCriteria,
    key: str,
    told: Told | None,
    source: TransitSource,
    stops: Sequence[str],
) -> Sequence[Board]:
    return await realtime.boards(source, key, [(stop,) for stop in stops], criteria, told)


async def _put_together(
    context: Context,
    stops: Sequence[ScopedId],
    criteria: BoardCriteria,
    mark: str,
    *,
    canceled: bool = True,
) -> DepartureBoard | None:
    by_source: dict[str, list[str]] = {}
    for stop in stops:
        by_source.setdefault(stop.source, []).append(stop.local)
    sources = [
        source
        for source in context.switchboard.serving(TransitSource)
        if criteria.near is not None or source.key in by_source
    ]
    told = await asyncio.gather(*(realtime.told(context, source.key) for source in sources))
    answers = await asyncio.gather(
        *(
            _ask(context, source, by_source.get(source.key, ()), criteria, said, canceled=canceled)
            for source, said in zip(sources, told, strict=True)
        )
    )
    boards: list[Board] = []
    statuses: list[SourceStatus] = []
    failures: list[errors.ConnectorError] = []
    for source, answer in zip(sources, answers, strict=True):
        if isinstance(answer, Answered):
            board = answer.value[0]
            boards.append(board)
            status = degraded(source.key, answer)
            statuses.append(status or _status(source.key, board.validity, criteria))
            _keep(context, board)
        else:
            failures.append(answer)
            statuses.append(failed(answer))
        context.note(statuses[-1])
    if not boards:
        listings.report(failures)
        return None
    merged = list(heapq.merge(*(one.departures for one in boards), key=mark_of))
    shown = merged[: criteria.first]
    more = len(merged) > len(shown) or any(one.more for one in boards)
    return DepartureBoard(
        as_of=context.now(),
        departures=tuple(shown),
        schedule_valid_until=min(
            (one.validity.valid_until for one in boards if one.validity.valid_until), default=None
        ),
        sources=(*statuses, *(status for said in told if said for status in said.statuses)),
        next_cursor=_cursor(mark, criteria.start, mark_of(shown[-1])) if more and shown else None,
        stops=tuple(stop for one in boards for stop in one.stops),
        realtime_age=realtime.age(context.now(), told),
    )


async def _ask(
    context: Context,
    source: Source[TransitSource],
    stops: Sequence[str],
    criteria: BoardCriteria,
    told: Told | None,
    *,
    canceled: bool,
) -> Answered[Sequence[Board]] | errors.ConnectorError:
    try:
        return await ask(
            context,
            source,
            lambda it: realtime.boards(it, source.key, [stops], criteria, told, canceled=canceled),
        )
    except errors.ConnectorError as error:
        return error


def _keep(context: Context, found: Board) -> None:
    """Lines and stops that came along need not be asked for again."""
    for line in found.lines:
        transit.line_by_id.prime(context, transit.scoped(line), line)
    for stop in found.stops:
        transit.stop_by_id.prime(context, transit.scoped(stop), stop)


async def _must_know(context: Context, stops: Sequence[ScopedId], argument: str) -> None:
    """BAD_INPUT for a stop its source does not know; a source that fails is told later."""
    answers = await transit.stop_by_id.all_or_errors(context, stops)
    for stop, answer in zip(stops, answers, strict=True):
        if answer is None:
            message = f"`{argument}`: {stop.source} has no stop {stop.local!r}; `stops` lists all."
            raise bad_input(message)
        if isinstance(answer, BaseException) and not isinstance(answer, errors.ConnectorError):
            raise answer


# ------------------------------------------------------------------------------- validity


def _status(key: str, validity: Validity, criteria: BoardCriteria) -> SourceStatus:
    """How a timetable stands to the window: never "no buses" when it has only ended."""
    zone = ZoneInfo(validity.zone)
    first = criteria.start.astimezone(zone).date()
    last = (criteria.end - timedelta(microseconds=1)).astimezone(zone).date()
    status = SourceStatus(key, SourceState.OK, as_of=validity.as_of)
    until, begins, runs = validity.valid_until, validity.valid_from, validity.last_service
    if until is not None and first > until:
        return replace(
            status,
            state=SourceState.STALE,
            message=must_text(
                f"Jadwal ini berakhir pada {until}; keberangkatan sesudahnya tidak diketahui.",
                f"This timetable ended on {until}; what leaves after that is not known.",
            ),
        )
    partial_ = replace(status, state=SourceState.PARTIAL)
    if until is not None and last > until:
        return replace(
            partial_,
            message=must_text(
                f"Jadwal ini hanya berlaku sampai {until}; sesudahnya tidak diketahui.",
                f"This timetable is valid until {until} only; what leaves later is not known.",
            ),
        )
    if begins is not None and first < begins:
        return replace(
            partial_,
            message=must_text(
                f"Jadwal ini baru berlaku mulai {begins}; sebelumnya tidak diketahui.",
                f"This timetable is valid from {begins} on; what leaves earlier is not known.",
            ),
        )
    if runs is not None and first > runs:
        return replace(
            partial_,
            message=must_text(
                f"Dalam jadwal ini tidak ada perjalanan sesudah {runs}.",
                f"This timetable lists no trips after {runs}.",
            ),
        )
    return status


# ------------------------------------------------------------------------------- arguments


def _circle(value: Any) -> Near:
    near = common.near(value, "board.near")
    if near.radius_m > MOST_RADIUS_M:
        message = f"`board.near.radiusM` must be from 1 to {MOST_RADIUS_M}, not {near.radius_m}."
        raise bad_input(message)
    return near


def _within(span: timedelta, argument: str) -> timedelta:
    if not timedelta(0) < span <= LONGEST:
        raise bad_input(f"`{argument}` must be longer than PT0S and at most P7D.")
    return span


def _first(number: int, argument: str) -> int:
    if not 1 <= number <= listings.MOST:
        raise bad_input(f"`{argument}` must be from 1 to {listings.MOST}, not {number}.")
    return number


def _sane(at: datetime, argument: str) -> datetime:
    if not 1900 <= at.year <= 2200:
        raise bad_input(f"`{argument}` must be from the year 1900 to 2200, not {at.year}.")
    return at


def _start(context: Context, asked: Any, mark: str) -> _Start:
    if asked.after is not None:
        return _read_cursor(asked.after, mark)
    return _Start(_sane(asked.at or transit.moment(context), "board.at"))


def _fingerprint(asked: Any, stops: Sequence[ScopedId], near: Near | None) -> str:
    """What a cursor belongs to: everything that was asked but the size of the page."""
    return ids.fingerprint(
        "board",
        sorted(map(str, stops)),
        near,
        asked.at and asked.at.astimezone(UTC).isoformat(),
        asked.within,
        sorted(asked.line_ids) if asked.line_ids is not None else None,
        sorted(mode.value for mode in asked.modes) if asked.modes is not None else None,
        asked.towards,
        asked.per_line,
        asked.include_canceled,
    )


def _cursor(mark: str, start: datetime, at: BoardMark) -> str:
    """The board after a departure; it keeps the window, so that later pages end where the first."""
    return ids.encode(
        orjson.dumps(
            [mark, start.isoformat(), at.leaves, at.source, at.line, at.trip, at.stop, at.sequence]
        )
    )


def _read_cursor(text: str, mark: str) -> _Start:
    raw = ids.decode(text)
    try:
        match orjson.loads(raw or b""):
            case [str(of), str(at), int(leaves), str(source), str(line), str(trip), str(stop),
                  int(sequence)]:  # fmt: skip
                start = datetime.fromisoformat(at)
                if start.tzinfo is None or not 1900 <= start.year <= 2200:
                    raise ValueError  # noqa: TRY301 - one way out for every malformed cursor
            case _:
                raise ValueError  # noqa: TRY301 - as above
    except ValueError:
        message = (
            "`board.after` is not a cursor of a board: pass the `nextCursor` of one, unchanged."
        )
        raise bad_input(message) from None
    if of != mark:
        message = "`board.after` is a cursor of another board: ask for it with the same arguments."
        raise bad_input(message)
    if abs(leaves) > 10**11:
        raise bad_input("`board.after` is not a cursor of a board.")
    return _Start(start, BoardMark(leaves, source, line, trip, stop, sequence))
