"""Figures of complaints: by one or two dimensions, over intervals of the city's calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.ports.common import ErrorCode, Where
from connectors.ports.complaint_stats import (
    MOST_ROWS,
    ComplaintDimension,
    StatInterval,
    Stats,
    StatsQuestion,
    StatsRow,
    in_row_order,
)
from connectors.ports.complaints import ComplaintCriteria, ComplaintSource
from connectors.ports.departments import Department
from resolvers import complaint_questions as questions
from resolvers.context import Context
from resolvers.listings import ask_all, report
from resolvers.problems import Refusal, bad_input

MOST_DIMENSIONS = 2


async def stats(
    context: Context,
    where: Any,
    group_by: Sequence[ComplaintDimension],
    interval: StatInterval | None,
    *,
    medians: bool = True,
) -> Stats | None:
    """Figures by group, the medians only when asked for. None when no source is configured.

    Figures that lack a source would be wrong, so one failing source fails them all. Sums of
    several sources are added; a median of several cannot be known, it is None where more than
    one source counts in a group.
    """
    if not 1 <= len(group_by) <= MOST_DIMENSIONS:
        message = f"`groupBy` takes one or two dimensions, not {len(group_by)}."
        raise bad_input(message)
    if len(set(group_by)) < len(group_by):
        raise bad_input(f"`groupBy` names {group_by[0].value} twice.")
    wanted = await questions.criteria(context, where)
    return await counted(
        context, wanted, StatsQuestion(tuple(group_by), interval, _offset(context), medians)
    )


async def summary(context: Context, within: Where | None, *, medians: bool = True) -> Stats | None:
    """Figures of what the caller may see somewhere, by light: the overview of the first screen."""
    wanted = replace(await questions.criteria(context, None), where=within)
    question = StatsQuestion((ComplaintDimension.LIGHT,), None, _offset(context), medians)
    return await counted(context, wanted, question)


async def of_department(
    context: Context, department: Department, where: Any, *, medians: bool = True
) -> Stats | None:
    """Figures of one department by status; for its staff."""
    wanted = await questions.criteria(context, where)
    own = replace(wanted, departments=(department.code,))
    if wanted.departments and department.code not in wanted.departments:
        own = replace(own, ids=())  # another department was asked for: nothing is both
    question = StatsQuestion((ComplaintDimension.STATUS,), None, _offset(context), medians)
    return await counted(context, own, question)


async def counted(
    context: Context, wanted: ComplaintCriteria, question: StatsQuestion
) -> Stats | None:
    """The figures of all sources, added."""
    good, bad = await ask_all(
        context, ComplaintSource, lambda source: source.complaint_stats(wanted, question)
    )
    report(bad)  # raises what went wrong
    if not good:
        return None
    answers = [answer for _, answer in good]
    rows = added(answers)
    if len(rows) > MOST_ROWS:
        message = (
            f"more than {MOST_ROWS} groups: narrow `where`, take a longer `interval` or one "
            "dimension less."
        )
        raise Refusal(ErrorCode.TOO_COMPLEX, message)
    return Stats(rows, as_of=min(answer.as_of for answer in answers))


def added(answers: Sequence[Stats]) -> tuple[StatsRow, ...]:
    """The groups of several sources, those with the same period and keys added."""
    groups: dict[Any, list[StatsRow]] = defaultdict(list)
    for answer in answers:
        for row in answer.rows:
            groups[row.period_start, row.keys].append(row)
    return in_row_order(_sum(rows) for rows in groups.values())


def _sum(rows: Sequence[StatsRow]) -> StatsRow:
    if len(rows) == 1:
        return rows[0]
    return StatsRow(
        keys=rows[0].keys,
        period_start=rows[0].period_start,
        count=sum(row.count for row in rows),
        open=sum(row.open for row in rows),
        overdue=sum(row.overdue for row in rows),
        with_proof=sum(row.with_proof for row in rows),
        median_to_forward=None,
        median_to_resolve=None,
        met=sum(row.met for row in rows),
        due_and_resolved=sum(row.due_and_resolved for row in rows),
        stars=sum(row.stars for row in rows),
        rated=sum(row.rated for row in rows),
    )


def _offset(context: Context) -> timedelta:
    return context.now().astimezone(context.zone).utcoffset() or timedelta(0)
