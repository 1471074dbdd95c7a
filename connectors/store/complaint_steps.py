"""The median time of each step, worked out in SQL from the history: the same in every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from connectors.ports.complaint_stats import MOST_ROWS, NONE, StatsQuestion, between
from connectors.ports.complaint_steps import StepRow
from connectors.ports.complaints import ComplaintStatus
from connectors.store.base import by_code_point
from connectors.store.complaint_stats import DIMENSIONS, first_day
from connectors.store.complaint_tables import complaints, events


def statement(wanted: ColumnElement[bool], question: StatsQuestion, dialect: str) -> Select[Any]:
    """One row for each group and status that any complaint wanted has left, in order."""
    c, e = complaints.c, events.c
    keys: list[ColumnElement[Any]] = [
        func.coalesce(DIMENSIONS[dimension], NONE).label(f"key_{place}")
        for place, dimension in enumerate(question.group_by)
    ]
    if question.interval:
        offset = round(question.utc_offset.total_seconds())
        first = first_day(c.created_at, question.interval, offset, dialect)
        keys.insert(0, first.label("period_start"))
    left_at = func.lead(e.at, type_=e.at.type).over(
        partition_by=(e.source, e.complaint), order_by=(e.at, by_code_point(e.local_id))
    )
    # Steps that lead nowhere else, such as a rating or a delivery, end no stay.
    moves = (
        select(*keys, e.to.label("status"), e.at, left_at.label("left_at"))
        .join(complaints, and_(c.source == e.source, c.local_id == e.complaint))
        .where(wanted, or_(e.before.is_(None), e.before != e.to))
        .cte("moves")
    )
    groups = [moves.c[name] for name in _names(question)]
    seconds = _seconds(moves.c.left_at, dialect) - _seconds(moves.c.at, dialect)
    stays = (
        select(*groups, seconds.label("seconds")).where(moves.c.left_at.is_not(None)).cte("stays")
    )
    groups = [stays.c[name] for name in _names(question)]
    ranked = select(
        stays,
        func.row_number().over(partition_by=groups, order_by=stays.c.seconds).label("place"),
        func.count().over(partition_by=groups).label("known"),
    ).cte("ranked")
    r = ranked.c
    groups = [r[name] for name in _names(question)]
    middle = case((and_(r.place * 2 >= r.known, r.place * 2 <= r.known + 2), r.seconds))
    order = [by_code_point(one) if isinstance(one.type, String) else one for one in groups]
    return (
        select(
            *groups,
            func.count().label("number"),
            func.min(middle).label("low"),
            func.max(middle).label("high"),
        )
        .group_by(*groups)
        .order_by(*order)
        .limit(MOST_ROWS + 1)
    )


def read_steps(rows: Sequence[Row[Any]], question: StatsQuestion) -> tuple[StepRow, ...]:
    """The rows of `statement`."""
    found = []
    for row in rows:
        median = between(row.low, row.high)
        if median is not None:
            found.append(
                StepRow(
                    keys=tuple(
                        getattr(row, f"key_{place}") for place, _ in enumerate(question.group_by)
                    ),
                    period_start=row.period_start if question.interval else None,
                    status=ComplaintStatus(row.status),
                    count=row.number,
                    median=median,
                )
            )
    return tuple(found)


def _names(question: StatsQuestion) -> list[str]:
    period = ["period_start"] if question.interval else []
    return [*period, *(f"key_{place}" for place, _ in enumerate(question.group_by)), "status"]


def _seconds(moment: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Whole seconds since 1970, the fraction cut off."""
    if dialect == "sqlite":
        # Without the fraction: SQLite rounds it.
        return cast(func.strftime("%s", func.substr(moment, 1, 19, type_=String)), Integer)
    return cast(func.floor(func.extract("epoch", moment)), BigInteger)
