"""How long complaints stay in each status, in SQL, against the same sum by hand."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from connectors.ports.common import Page
from connectors.ports.complaint_stats import (
    NONE,
    ComplaintDimension,
    StatInterval,
    StatsQuestion,
    median,
)
from connectors.ports.complaint_steps import StepRow
from connectors.ports.complaints import ComplaintCriteria, ComplaintStatus, Viewer, Visibility
from tests.builders import NOON
from tests.workflow.town import DISHUB, OTHER_WORKER, PUPR, WORKER, new

S = ComplaintStatus
ALL = ComplaintCriteria(visible_to=Viewer(sees_private=True), now=NOON)
BY_DEPARTMENT = StatsQuestion((ComplaintDimension.DEPARTMENT,))


async def test_the_middle_of_three_stays_and_the_mean_of_the_two_in_the_middle(town):
    made = []
    for minutes in (10, 20, 60):
        complaint = (await town.create()).complaint
        town.clock.move(minutes * 60 - 60)
        await town.forward(complaint)
        made.append(complaint)
    for minutes, complaint in zip((10, 30), made, strict=False):
        town.clock.set(NOON + timedelta(hours=5, minutes=minutes - 1))
        await town.start(complaint)
    rows = await town.shown.complaint_steps(ALL, StatsQuestion(()))
    forwarded = [(await town.see(one)).forwarded_at for one in made[:2]]
    stays = [
        NOON + timedelta(hours=5, minutes=minutes) - at
        for minutes, at in zip((10, 30), forwarded, strict=True)
    ]
    assert list(rows) == [
        StepRow((), None, S.FORWARDED, 2, sum(stays, timedelta()) / 2),
        StepRow((), None, S.RECEIVED, 3, timedelta(minutes=20)),
    ]


async def test_a_rating_ends_no_stay_and_where_it_stands_is_not_counted(town):
    made = await town.resolved()
    town.clock.move(600)
    await town.rate(made)
    town.clock.move(600)
    await town.reopen(made)
    rows = await town.shown.complaint_steps(ALL, BY_DEPARTMENT)
    told = {row.status: row.median for row in rows}
    assert told[S.RESOLVED] == timedelta(seconds=600 + 60 + 600 + 60)
    assert S.REOPENED not in told
    assert {row.keys for row in rows} == {("pupr",)}


async def test_private_ones_count_only_for_those_who_see_them(town):
    made = (await town.create(new(visibility=Visibility.PRIVATE))).complaint
    await town.verify(made)
    shown = replace(ALL, visible_to=Viewer())
    assert await town.shown.complaint_steps(shown, StatsQuestion(())) == ()
    assert len(await town.shown.complaint_steps(ALL, StatsQuestion(()))) == 1


async def test_any_town_has_the_medians_of_the_sum_by_hand(town):
    chance = random.Random(7)  # noqa: S311 - a made-up town
    made = []
    for _ in range(12):
        complaint = (await town.create()).complaint
        made.append(complaint)
        town.clock.move(chance.uniform(0, 400_000))
        to, worker = chance.choice([(PUPR, WORKER), (DISHUB, OTHER_WORKER)])
        for step in range(chance.randint(0, 4)):
            town.clock.move(chance.uniform(0, 9_999))
            if step == 0:
                await town.verify(complaint)
            elif step == 1:
                await town.forward(complaint, to=to)
            elif step == 2:
                await town.start(complaint, worker)
            else:
                await town.resolve(complaint, worker)
    question = StatsQuestion((ComplaintDimension.DEPARTMENT,), StatInterval.WEEK)
    rows = await town.shown.complaint_steps(ALL, question)
    stays = defaultdict(list)
    for complaint in [await town.see(one) for one in made]:
        (part,) = await town.shown.history_by_complaint_id(
            [complaint.origin.local_id], Page(first=100)
        )
        events = [hit.record for hit in part.hits]
        local = (complaint.created_at + timedelta(hours=7)).date()
        monday = local - timedelta(days=local.weekday())
        for first, second in pairwise(events):
            key = (monday, complaint.department or NONE, first.to)
            stays[key].append(int(second.at.timestamp()) - int(first.at.timestamp()))
    expected = {key: (len(values), median(values)) for key, values in stays.items()}
    told = {(row.period_start, row.keys[0], row.status): (row.count, row.median) for row in rows}
    assert told == expected
    assert all(isinstance(key[0], date) for key in told)
    assert len({key[0] for key in told}) > 1


async def test_nothing_is_nothing(town):
    assert await town.shown.complaint_steps(ALL, BY_DEPARTMENT) == ()
