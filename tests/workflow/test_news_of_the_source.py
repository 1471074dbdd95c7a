"""News of LAKSA's own system: late, twice, out of order; it never moves a complaint back."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.workflow.courier import Courier
from catalog.workflow.news import News, news_of, ours, take_news
from catalog.workflow.writing import writing
from connectors.ports.common import must_text
from connectors.ports.complaint_workflow import RANK, after_news
from connectors.ports.complaints import ComplaintStatus, Light
from tests.builders import NOON
from tests.workflow.town import DESK, FailingDesks, Mailbox, id_of

S = ComplaintStatus


@pytest.fixture
async def delivered(town):
    """A complaint of Siti's that LAKSA has as up-1."""
    made = (await town.create()).complaint
    await Courier(town.engine, FailingDesks(), Mailbox(), town.clock, name="one").round()
    town.clock.move(86_400)
    return made


def news(minutes, status, **told):
    said = {"word": status.value.lower(), "note": must_text(f"Kata {minutes}"), **told}
    return News(DESK, "up-1", NOON + timedelta(minutes=minutes), status, **said)


async def take(town, *all_of_it):
    for one in all_of_it:
        async with writing(town.engine) as connection:
            told = await take_news(connection, one, now=town.clock.now())
    return told


async def test_news_leads_on_in_the_sources_own_words(town, delivered):
    now = await take(town, news(10, S.IN_PROGRESS, word="Proses", department="pupr"))
    assert (now.status, now.source_status, now.department) == (S.IN_PROGRESS, "Proses", "pupr")
    assert (now.version, now.light) == (2, Light.YELLOW)
    done = await take(town, news(20, S.RESOLVED))
    assert done.resolved_at == NOON + timedelta(minutes=20)
    assert done.light is Light.YELLOW  # nobody has shown the work
    told = await town.history(delivered)
    assert [event.actor for event in told] == ["Warga", "Gateway", "LAKSA", "LAKSA"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_late_and_repeated_news_changes_nothing(town, delivered, order):
    said = [news(10, S.VERIFIED), news(20, S.IN_PROGRESS), news(30, S.RESOLVED)]
    ranks = [RANK[(await take(town, said[place])).status] for place in (*order, *order)]
    assert ranks == sorted(ranks)
    now = await town.see(delivered)
    assert (now.status, now.source_status) == (S.RESOLVED, "resolved")
    events = await town.history(delivered)
    assert now.version == len(events) - 1  # every act but the delivery


async def test_the_same_second_is_ordered_by_how_far_it_came(town, delivered):
    await take(town, news(10, S.IN_PROGRESS))
    assert (await take(town, news(10, S.RECEIVED))).status is S.IN_PROGRESS
    assert (await take(town, news(10, S.RESOLVED))).status is S.RESOLVED


async def test_a_source_that_lags_behind_does_not_undo_what_was_done_here(town, delivered):
    await town.forward(delivered)
    await town.start(delivered)
    await town.resolve(delivered)
    now = await take(town, news(2000, S.IN_PROGRESS, word="diproses"))
    assert (now.status, now.source_status, now.light) == (S.RESOLVED, "diproses", Light.GREEN)
    assert now.version == 4


async def test_a_source_that_opens_what_it_had_closed_opens_it_here(town, delivered):
    await take(town, news(10, S.RESOLVED))
    now = await take(town, news(20, S.RECEIVED))
    assert (now.status, now.light, now.resolved_at) == (S.REOPENED, Light.RED, None)
    assert (await take(town, news(10, S.RESOLVED))).status is S.REOPENED
    assert (await take(town, news(30, S.RESOLVED))).status is S.RESOLVED


async def test_what_the_reporter_reopened_stays_open_until_something_newer_is_said(town, delivered):
    closed = news(10, S.RESOLVED)
    await take(town, closed)
    await town.reopen(delivered)
    assert (await take(town, closed)).status is S.REOPENED


async def test_a_word_nobody_knows_is_shown_and_moves_nothing(town, delivered):
    await take(town, news(10, S.IN_PROGRESS))
    now = await take(town, news(20, S.UNKNOWN, word="Ditelaah"))
    assert (now.status, now.source_status, now.version) == (S.IN_PROGRESS, "Ditelaah", 2)


async def test_news_of_others_is_nobodys(town, delivered):
    assert await take(town, replace(news(10, S.RESOLVED), upstream_id="up-2")) is None
    assert await take(town, replace(news(10, S.RESOLVED), desk="another")) is None
    assert (await town.see(delivered)).status is S.RECEIVED


async def test_a_record_of_the_sources_list_is_news_and_known_as_ours(town, delivered):
    shown = await town.see(delivered)
    there = replace(
        shown,
        origin=replace(shown.origin, connector=DESK, local_id="up-1"),
        status=S.IN_PROGRESS,
        source_status="Proses",
        updated_at=NOON + timedelta(hours=1),
    )
    assert (await take(town, news_of(DESK, there))).status is S.IN_PROGRESS
    async with town.engine.connect() as connection:
        assert await ours(connection, DESK, ["up-1", "up-2"]) == {"up-1": id_of(delivered)}


def test_news_never_leads_back_but_when_the_source_itself_opens_again():
    for now, before, said in itertools.product(S, (None, *S), S):
        then = after_news(now, before, said)
        back = RANK[then] < RANK[now]
        assert not back or then is S.REOPENED, (now, before, said)
        if said is before:
            assert not back, "the same said again"
