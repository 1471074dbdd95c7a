"""Requests of a year come as one list: over windows, pages, limits and quirks, none lost or twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import Broken, ConnectorError, Rejected, TimedOut, Unreachable
from connectors.kinds.open311.windows import grid
from connectors.ports.common import Page, ScopedId, Slice, Window
from connectors.ports.complaints import (
    Complaint,
    ComplaintStatus,
)
from connectors.systems.open311.desk import open_complaints
from connectors.testing.base import assert_total_order
from connectors.upkeep.asking import asking, within
from connectors.upkeep.documents import Answer, Limits, Request
from connectors.upkeep.upkeep import Services, Upkeep
from tests.builders import NOON, binding, tools
from tests.georeport import ALL, NEWEST, POLICY, URL, GeoReport, listed, many, opened, row
from tests.upstream import MovedClock, SaidWeb

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ids(server: GeoReport) -> list[str]:
    return [one["service_request_id"] for one in server.rows]


def test_windows_lie_on_a_grid_that_does_not_move_and_are_never_longer_than_90_days() -> None:
    for step in (1, 30, 89, 90):
        windows = grid(NOON, 365, step)
        assert windows[0].end > NOON >= windows[0].start
        assert windows[-1].start <= NOON - 365 * DAY
        assert all(one.end - one.start <= 90 * DAY for one in windows)
        assert all(a.start <= b.end for a, b in pairwise(windows))
        # The same questions again the next minute, so that what is kept is of use.
        assert grid(NOON + timedelta(minutes=1), 365, step) == windows


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_year_is_one_list_newest_first(form: str) -> None:
    server = GeoReport(many(400, NOON - HOUR, 20 * HOUR))
    source = await opened(server, format=form)
    assert await listed(source) == ids(server)
    assert source.records_total == 400
    assert source.rejected == []


async def test_pages_of_the_year_are_in_one_total_order() -> None:
    server = GeoReport(many(120, NOON - HOUR, 3 * DAY), limit=50)
    source = await opened(server)

    async def find(page: Page) -> Slice[Complaint]:
        return await source.find_complaints(ALL, NEWEST, page)

    assert len(await assert_total_order(find, descending=True, first=7)) == 120


@pytest.mark.parametrize("limit", [7, 20, 50, 60, 100, 1000, 6260])
@pytest.mark.parametrize("clamps", [False, True])
async def test_whatever_the_size_of_the_servers_pages_all_requests_come(
    limit: int, *, clamps: bool
) -> None:
    server = GeoReport(many(730, NOON - HOUR, 2 * HOUR), limit=limit, clamps=clamps)
    source = await opened(server, history_days=70)
    with asking() as noted:
        assert await listed(source) == ids(server)
    assert noted.trouble is None


@pytest.mark.parametrize("limit", [50, 100, 1000])
async def test_a_server_that_knows_no_pages_is_asked_in_shorter_windows(limit: int) -> None:
    server = GeoReport(many(1_300, NOON - HOUR, HOUR / 2), limit=limit, paged=False)
    source = await opened(server, history_days=60)
    with asking() as noted:
        assert await listed(source) == ids(server)
    assert noted.trouble is None


@pytest.mark.parametrize("said", [{}, {"paging": False}])
async def test_a_server_that_refuses_pages_is_asked_without_them(said: dict[str, Any]) -> None:
    server = GeoReport(many(300, NOON - HOUR, HOUR), limit=100, paged=False)

    asked: list[Request] = []

    def strict(request: Request) -> Answer:
        asked.append(request)
        if "page=" in request.url:
            return server.error(400, "unknown parameter page", "json")
        return server(request)

    source = await opened(strict, history_days=30, **said)
    assert await listed(source) == ids(server)
    refused = sum("page=" in request.url for request in asked)
    assert refused <= (0 if said else 1)


async def test_what_a_server_cuts_off_for_good_is_told_to_be_missing() -> None:
    # 200 requests of one minute, 100 of an answer, and no pages.
    rows = many(200, NOON - HOUR, timedelta(seconds=0.3))
    source = await opened(GeoReport(rows, limit=100, paged=False), history_days=1)
    with asking() as noted:
        assert len(await listed(source)) < 200
    assert noted.partial


@pytest.mark.parametrize("end_excluded", [False, True])
async def test_requests_at_the_borders_of_windows_come_once(*, end_excluded: bool) -> None:
    borders = [edge for window in grid(NOON, 100, 30) for edge in (window.start, window.end)]
    times = sorted({edge + n * timedelta(seconds=1) for edge in borders for n in (-1, 0, 1)})
    times = [at for at in reversed(times) if NOON - 100 * DAY <= at <= NOON]
    assert len(times) == 12
    server = GeoReport(
        [row(f"{n:03}", at) for n, at in enumerate(times)], end_excluded=end_excluded
    )
    source = await opened(server, history_days=100)
    assert await listed(source) == ids(server)


async def test_new_requests_that_push_others_down_a_page_hide_none() -> None:
    clock = MovedClock(NOON)
    server = GeoReport(many(130, NOON - HOUR, HOUR), limit=50)
    source = await opened(server, clock, history_days=10)
    assert await listed(source) == ids(server)
    for number in range(3):
        server.rows[:0] = many(60, clock.now(), timedelta(minutes=1))[:40]
        for n, one in enumerate(server.rows[:40]):
            server.rows[n] = {**one, "service_request_id": f"new-{number}-{n:02}"}
        clock.move(POLICY.fresh_for + POLICY.stale_for + 1)
        assert sorted(await listed(source)) == sorted(ids(server))


async def test_old_windows_are_asked_for_less_often_than_new_ones() -> None:
    clock = MovedClock(NOON)
    server = GeoReport(many(40, NOON - HOUR, 9 * DAY))
    source = await opened(server, clock)
    await listed(source)
    first = len(server.asked)
    clock.move(POLICY.fresh_for + POLICY.stale_for + 1)
    await listed(source)
    assert len(server.asked) - first == 2
    clock.move(3600)
    before = len(server.asked)
    await listed(source)
    windows = {parse_qs(urlsplit(one.url).query)["start_date"][0] for one in server.asked[before:]}
    assert len(windows) == len(grid(NOON, 365, 30))
    # What fits on a page is known by now: few windows are asked for a second one.
    assert len(server.asked) - before < first


async def test_a_question_while_nothing_changed_puts_nothing_together_again() -> None:
    server = GeoReport(many(40, NOON - HOUR, DAY))
    source = await opened(server)
    await listed(source)
    held, asked = source._gathering.held, len(server.asked)
    await listed(source, statuses=(ComplaintStatus.RECEIVED,))
    assert source._gathering.held is held
    assert len(server.asked) == asked


async def test_a_window_that_cannot_be_had_makes_the_list_partial() -> None:
    server = GeoReport(many(100, NOON - HOUR, 2 * DAY))

    def flaky(request: Request) -> Answer | ConnectorError:
        return Broken("gone") if "start_date=2026-06" in request.url else server(request)

    source = await opened(flaky)
    with asking() as noted:
        found = await listed(source)
    assert noted.partial
    assert isinstance(noted.trouble, Broken)
    with pytest.raises(Broken):
        await source.count_complaints(ALL)  # a figure without the window would be wrong
    assert 0 < len(found) < 100
    assert set(found) < set(ids(server))


async def test_a_source_that_is_down_from_the_start_is_asked_once_and_raises() -> None:
    asked: list[Request] = []

    def dead(request: Request) -> ConnectorError:
        asked.append(request)
        return Unreachable("nobody there")

    source = await opened(dead)
    with pytest.raises(Unreachable):
        await listed(source)
    assert len(asked) == 1


async def test_a_source_that_goes_down_is_answered_for_with_what_was_there() -> None:
    clock = MovedClock(NOON)
    server = GeoReport(many(100, NOON - HOUR, DAY))
    source = await opened(server, clock, history_days=60)
    before = await listed(source)
    server.down.add("requests")
    clock.move(POLICY.fresh_for + POLICY.stale_for + 1)
    with asking() as noted:
        assert await listed(source) == before
    assert isinstance(noted.trouble, Broken)
    assert not noted.partial
    newest, oldest = await source.complaints_by_id([before[0], before[-1]])
    assert newest is not None
    assert newest.origin.stale
    assert oldest is not None
    server.down.clear()
    clock.move(60)
    await listed(source)  # does not wait for a source that failed, but has it asked
    with asking() as noted:
        assert await listed(source) == before
    assert noted.trouble is None


async def test_questions_from_before_what_is_held_are_told_to_be_partial() -> None:
    source = await opened(GeoReport(many(40, NOON - HOUR, DAY)), history_days=30)
    with asking() as noted:
        await listed(source, created=Window(NOON - 5 * DAY, None))
    assert noted.trouble is None
    with asking() as noted:
        await listed(source, created=Window(NOON - 365 * DAY, None))
    assert noted.partial
    assert isinstance(noted.trouble, Rejected)
    with pytest.raises(Rejected):
        await source.count_complaints(replace(ALL, created=Window(None, NOON - 100 * DAY)))
    assert await source.count_complaints(ALL) == 31


@settings(max_examples=25, deadline=None)
@given(
    minutes=st.lists(st.integers(0, 40 * 24 * 60), max_size=160),
    limit=st.sampled_from([50, 75, 100]),
    paged=st.booleans(),
    clamps=st.booleans(),
    step=st.sampled_from([1, 7, 30, 90]),
)
async def test_whatever_the_server_holds_is_listed_once(
    minutes: list[int], limit: int, *, paged: bool, clamps: bool, step: int
) -> None:
    rows = [row(f"{n:04}", NOON - timedelta(minutes=m)) for n, m in enumerate(minutes)]
    server = GeoReport(rows, limit=limit, paged=paged, clamps=clamps)
    source = await opened(server, history_days=41, window_days=step)
    with asking() as noted:
        found = await listed(source)
    assert len(found) == len(set(found))
    assert noted.partial or sorted(found) == sorted(ids(server))


async def test_all_who_ask_at_the_same_time_share_one_gathering() -> None:
    server = GeoReport(many(100, NOON - HOUR, 3 * DAY))
    source = await opened(server)
    found = await asyncio.gather(*(listed(source) for _ in range(50)))
    assert all(one == ids(server) for one in found)
    once = await opened(other := GeoReport(server.rows))
    await listed(once)
    assert len(server.asked) == len(other.asked)


async def test_what_is_read_too_late_for_one_caller_is_there_for_the_next() -> None:
    server, gate = GeoReport(many(10, NOON - HOUR, 3 * DAY)), asyncio.Event()

    class Slow(SaidWeb):
        async def send(self, request: Request, limits: Limits) -> Answer:
            await gate.wait()
            return await super().send(request, limits)

    source = await opened(server)
    source._talk.upkeep._services = replace(source._talk.upkeep._services, web=Slow(server))
    with within(0.0), pytest.raises(TimedOut):
        await listed(source)
    gate.set()
    assert await listed(source) == ids(server)
    await source.aclose()


# ------------------------------------------------------------------------------- by id


@pytest.mark.parametrize("lists_of_ids", [True, False])
async def test_older_requests_are_found_by_their_ids(*, lists_of_ids: bool) -> None:
    old = [row(f"00{n}", NOON - 900 * DAY, notes=None) for n in range(5)]
    server = GeoReport([row("1", NOON - DAY), *old], lists_of_ids=lists_of_ids)
    source = await opened(server, history_days=30)
    asked = ["003", "unknown", "1", "001", "", "003", "a,b", "x" * 300]
    found = await source.complaints_by_id(asked)
    told = [one and one.origin.local_id for one in found]
    assert told == ["003", None, "1", "001", None, "003", None, None]
    (history,) = await source.history_by_complaint_id(["003"], Page(5))
    (event,) = await source.events_by_id([history.hits[0].record.id.local])
    assert event == history.hits[0].record
    chosen = (ScopedId("kota", "003"), ScopedId("kota", "1"), ScopedId("other", "001"))
    assert sorted(await listed(source, ids=chosen)) == ["003", "1"]
    assert await source.count_complaints(replace(ALL, ids=chosen)) == 2


async def test_a_single_request_is_had_where_the_list_is_not() -> None:
    server = GeoReport([row("1", NOON - DAY)])

    def half(request: Request) -> Answer:
        return server.error(500, "x", "json") if "start_date" in request.url else server(request)

    source = await opened(half)
    (found,) = await source.complaints_by_id(["1"])
    assert found is not None
    with pytest.raises(Broken):
        await listed(source)


# ------------------------------------------------------------------------------- how it is asked


async def test_json_is_taken_where_the_server_has_it_else_xml() -> None:
    for formats in (("json", "xml"), ("xml",)):
        server = GeoReport(many(3, NOON - HOUR, DAY), formats=formats)
        source = await opened(server, format=None)
        assert len(await listed(source)) == 3
        assert f".{formats[0]}?" in server.asked[-1].url


async def test_the_endpoint_can_be_discovered() -> None:
    server = GeoReport(many(3, NOON - HOUR, DAY), formats=("xml",))
    found = (
        '{"endpoints":[{"specification":"http://wiki.open311.org/GeoReport_v2",'
        f'"url":"{URL}/","type":"production","formats":["text/xml"]}}]}}'
    )

    def all_of_it(request: Request) -> Answer:
        if request.url.endswith("discovery.json"):
            return Answer(200, {"content-type": "application/json"}, found.encode())
        return server(request)

    discovery = "https://api.kota.example/discovery.json"
    source = await opened(all_of_it, url=None, format=None, discovery=discovery)
    assert len(await listed(source)) == 3


async def test_the_key_is_sent_for_reading_only_where_it_is_wanted() -> None:
    for wanted in (False, True):
        server = GeoReport()
        source = await opened(server, api_key="{secret:kunci}", key_for_reading=wanted)
        await listed(source)
        assert all(("api_key=" in one.url) is wanted for one in server.asked)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "one of `url`"),
        ({"url": URL, "discovery": URL}, "and not both"),
        ({"url": "ftp://x"}, "`url` must be an address"),
        ({"url": URL, "api_key": "abc"}, "`api_key` must name a secret"),
        ({"url": URL, "zone": "Mars/Base"}, "`zone` must be a zone"),
        ({"url": URL, "local_times": True}, "`local_times` needs `zone`"),
        ({"url": URL, "window_days": 91}, "from 1 to 90"),
        ({"url": URL, "status_map": {"x": "FIXED"}}, "the statuses are: RECEIVED"),
        ({"url": URL, "formt": "xml"}, "unknown option 'formt'; there are: api_key"),
    ],
)
async def test_wrong_options_are_refused_by_name(options: dict[str, Any], reason: str) -> None:
    line = binding("kota", options=options)
    with pytest.raises(ValueError, match=reason):
        await open_complaints(
            line, replace(tools(), own=Upkeep("kota", POLICY, Services(SaidWeb(GeoReport()))))
        )
