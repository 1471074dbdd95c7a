"""Figures of complaints worked out in SQL: one statement, with the same result in every database.

Medians come from the places of the middle rows (`row_number`), not from a database's own
percentile function, which rounds in its own way or does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Interval,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from connectors.ports.complaint_stats import (
    MOST_ROWS,
    NONE,
    ComplaintDimension,
    StatInterval,
    StatsQuestion,
    StatsRow,
    between,
)
from connectors.ports.complaints import OPEN, ComplaintCriteria
from connectors.store.base import by_code_point
from connectors.store.complaint_tables import complaints

DIMENSIONS: dict[ComplaintDimension, ColumnElement[Any]] = {
    ComplaintDimension.STATUS: complaints.c.status,
    ComplaintDimension.LIGHT: complaints.c.light,
    ComplaintDimension.DEPARTMENT: complaints.c.department,
    ComplaintDimension.CATEGORY: complaints.c.category,
    ComplaintDimension.KECAMATAN: complaints.c.kecamatan,
    ComplaintDimension.KELURAHAN: complaints.c.kelurahan,
    ComplaintDimension.CHANNEL: complaints.c.channel,
}
"""The column each dimension groups by."""

_SQLITE_UNITS: dict[StatInterval, tuple[str, ...]] = {
    StatInterval.DAY: (),
    StatInterval.WEEK: ("weekday 0", "-6 days"),  # on to Sunday, back to its Monday
    StatInterval.MONTH: ("start of month",),
}


def statement(
    wanted: ColumnElement[bool], criteria: ComplaintCriteria, question: StatsQuestion, dialect: str
) -> Select[Any]:
    """The figures of the complaints wanted, one row per group, in order."""
    ranked = _ranked(wanted, question, dialect)
    c = ranked.c
    groups = [c[name] for name in _group_names(question)]
    is_open = c.status.in_([status.value for status in OPEN])
    late = and_(is_open, c.due_at < criteria.now)
    judged = and_(c.resolved_at.is_not(None), c.due_at.is_not(None))
    order = [by_code_point(group) if isinstance(group.type, String) else group for group in groups]
    return (
        select(
            *groups,
            func.count().label("number"),
            _how_many(is_open).label("open"),
            _how_many(late).label("overdue"),
            _how_many(c.has_proof.is_(True)).label("with_proof"),
            *_middle(c, "to_forward", question),
            *_middle(c, "to_resolve", question),
            _how_many(and_(judged, c.resolved_at <= c.due_at)).label("met"),
            _how_many(judged).label("due_and_resolved"),
            func.coalesce(func.sum(c.stars), 0).label("stars"),
            func.count(c.stars).label("rated"),
        )
        .group_by(*groups)
        .order_by(*order)
        .limit(MOST_ROWS + 1)
    )


def read_rows(rows: Sequence[Row[Any]], question: StatsQuestion) -> tuple[StatsRow, ...]:
    """The rows of `statement`."""
    return tuple(
        StatsRow(
            keys=tuple(
                getattr(row, name) for name in _group_names(question) if name != "period_start"
            ),
            period_start=row.period_start if question.interval else None,
            count=row.number,
            open=row.open,
            overdue=row.overdue,
            with_proof=row.with_proof,
            median_to_forward=between(row.to_forward_low, row.to_forward_high),
            median_to_resolve=between(row.to_resolve_low, row.to_resolve_high),
            met=row.met,
            due_and_resolved=row.due_and_resolved,
            stars=row.stars,
            rated=row.rated,
        )
        for row in rows
    )


def _group_names(question: StatsQuestion) -> list[str]:
    period = ["period_start"] if question.interval else []
    return period + [f"key_{place}" for place, _ in enumerate(question.group_by)]


def _ranked(wanted: ColumnElement[bool], question: StatsQuestion, dialect: str) -> CTE:
    """Every complaint wanted, with its group, and for medians its place there by each duration."""
    c = complaints.c
    keys: list[ColumnElement[Any]] = [
        func.coalesce(DIMENSIONS[dimension], NONE).label(f"key_{place}")
        for place, dimension in enumerate(question.group_by)
    ]
    if question.interval:
        seconds = round(question.utc_offset.total_seconds())
        first = first_day(c.created_at, question.interval, seconds, dialect)
        keys.insert(0, first.label("period_start"))
    base = (
        select(
            *keys, c.status, c.due_at, c.resolved_at, c.has_proof, c.stars,
            c.to_forward, c.to_resolve,
        )
        .where(wanted)
        .cte("base")
    )  # fmt: skip
    if not question.medians:
        return base
    groups = [base.c[name] for name in _group_names(question)]
    places = []
    for name in ("to_forward", "to_resolve"):
        value = base.c[name]
        # The absent come last, so that places count the known ones alone.
        by_value = (value.is_(None), value)
        place = func.row_number().over(partition_by=groups, order_by=by_value)
        known = func.count(value).over(partition_by=groups)
        places += [place.label(f"{name}_place"), known.label(f"{name}_known")]
    return select(base, *places).cte("ranked")


def _middle(c: Any, name: str, question: StatsQuestion) -> list[ColumnElement[Any]]:
    """The lower and the upper of the middle values of a group; the same one when they are odd."""
    if not question.medians:
        return [null().label(f"{name}_low"), null().label(f"{name}_high")]
    value, place, known = c[name], c[f"{name}_place"], c[f"{name}_known"]
    middle = case((and_(place * 2 >= known, place * 2 <= known + 2, place <= known), value))
    return [
        func.min(middle).label(f"{name}_low"),
        func.max(middle).label(f"{name}_high"),
    ]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def first_day(
    moment: ColumnElement[Any], interval: StatInterval, offset_s: int, dialect: str
) -> ColumnElement[Any]:
    """The first day of the interval a moment falls into, so many seconds east of Greenwich."""
    if dialect == "sqlite":
        # Without the fraction: SQLite rounds it, and 23:59:59.9999 would become the next day.
        whole = func.substr(moment, 1, 19, type_=String)
        return func.date(whole, f"{offset_s} seconds", *_SQLITE_UNITS[interval], type_=Date)
    local = func.timezone("UTC", moment, type_=DateTime) + literal(
        timedelta(seconds=offset_s), Interval
    )
    return cast(func.date_trunc(interval.value.lower(), local, type_=DateTime), Date)
