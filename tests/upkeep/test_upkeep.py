"""The upkeep of a source: fresh answers, last good ones, one call for all who ask."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors import errors
from connectors.ports.connectors import BreakerState
from connectors.upkeep.asking import asking, within
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.policy import FOREVER, DailyHours, Policy
from connectors.upkeep.policy import read as read_policy
from tests.upstream import NOON, MovedClock, SaidWeb, Upstream, upkeep, words

POLICY = Policy(
    fresh_for=60, stale_for=600, keep_for=86_400, patience=0.2, max_retries=0, breaker_failures=50,
    breaker_rate=1.0, breaker_open_for=5, total_timeout=5, queue_timeout=1,
)  # fmt: skip


def policy(**changes):
    return replace(POLICY, **changes)


# ------------------------------------------------------------------------------- freshness


async def test_a_fresh_answer_is_given_from_memory_the_same_object_each_time():
    clock, upstream = MovedClock(), Upstream("satu")
    kept = upkeep(clock, policy=POLICY)
    first = await kept.fetch("k", upstream, words)
    clock.move(59)
    assert await kept.fetch("k", upstream, words) is first
    assert first == ("satu", False)
    assert (len(upstream.calls), kept.counts.from_memory) == (1, 1)


async def test_an_answer_past_its_freshness_is_given_at_once_and_a_newer_one_fetched_behind():
    clock, upstream = MovedClock(), Upstream("satu", "dua")
    kept = upkeep(clock, policy=POLICY)
    await kept.fetch("k", upstream, words)
    clock.move(61)
    upstream.gate = asyncio.Event()
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    upstream.gate.set()
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("dua", False)
    assert len(upstream.calls) == 2


async def test_an_answer_older_than_that_is_waited_for():
    clock, upstream = MovedClock(), Upstream("satu", "dua")
    kept = upkeep(clock, policy=POLICY)
    await kept.fetch("k", upstream, words)
    clock.move(661)
    assert await kept.fetch("k", upstream, words) == ("dua", False)


async def test_who_has_a_last_good_answer_does_not_wait_long_for_a_newer_one():
    clock, upstream = MovedClock(), Upstream("satu", "dua")
    kept = upkeep(clock, policy=policy(patience=0.01))
    await kept.fetch("k", upstream, words)
    clock.move(661)
    upstream.gate = asyncio.Event()
    with asking() as noted:
        assert await kept.fetch("k", upstream, words) == ("satu", True)
    assert isinstance(noted.trouble, errors.TimedOut)
    assert noted.fetched_at == NOON
    # The next one does not wait at all: somebody has waited in vain.
    assert await kept.fetch("k", upstream, words) == ("satu", True)
    upstream.gate.set()
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("dua", False)


async def test_unchanged_makes_the_last_good_answer_fresh_again():
    clock, upstream = MovedClock(), Upstream("satu", None)
    kept = upkeep(clock, policy=policy(stale_for=0))
    await kept.fetch("k", upstream, words)
    clock.move(61)
    with asking() as noted:
        assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert noted.fetched_at == NOON + timedelta(seconds=61)
    assert [last.body if last else None for last in upstream.calls] == [None, b"satu"]


async def test_an_answer_that_is_never_fresh_is_fetched_for_every_question():
    upstream = Upstream("satu", "dua")
    kept = upkeep(policy=policy(fresh_for=0, stale_for=0))
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert await kept.fetch("k", upstream, words) == ("dua", False)


async def test_none_is_an_answer():
    upstream = Upstream("satu")
    kept = upkeep(policy=POLICY)
    for _ in range(2):
        answer: object = await kept.fetch("k", upstream, lambda *_: None)
        assert answer is None
    assert len(upstream.calls) == 1


# ------------------------------------------------------------------------------- single flight


async def test_equal_questions_at_the_same_time_are_one_call():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=POLICY)
    asked = [asyncio.create_task(kept.fetch("k", upstream, words)) for _ in range(100)]
    await upstream.called.wait()
    upstream.gate.set()
    assert set(await asyncio.gather(*asked)) == {("satu", False)}
    assert (len(upstream.calls), kept.counts.joined) == (1, 99)


async def test_a_caller_that_goes_away_takes_the_answer_from_nobody():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=POLICY)
    first, second = (asyncio.create_task(kept.fetch("k", upstream, words)) for _ in range(2))
    await upstream.called.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    upstream.gate.set()
    assert await second == ("satu", False)


async def test_a_caller_waits_no_longer_than_it_has_time_and_the_call_goes_on():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=POLICY)
    with within(0.01), pytest.raises(errors.TimedOut):
        await kept.fetch("k", upstream, words)
    upstream.gate.set()
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert len(upstream.calls) == 1


# ------------------------------------------------------------------------------- last good


async def test_a_source_that_is_down_gives_its_last_good_answer_marked_until_it_is_too_old():
    clock, upstream = MovedClock(), Upstream("satu", errors.Unreachable("away"))
    kept = upkeep(clock, policy=POLICY)
    await kept.fetch("k", upstream, words)
    clock.move(661)
    with asking() as noted:
        stale = await kept.fetch("k", upstream, words)
    assert stale == ("satu", True)
    assert isinstance(noted.trouble, errors.Unreachable)
    assert (noted.trouble.source, noted.trouble.retry_after) == ("luar", 5.0)
    clock.move(86_400 - 661)
    assert await kept.fetch("k", upstream, words) is stale
    await kept.settled()
    clock.move(1)
    with pytest.raises(errors.Unreachable):
        await kept.fetch("k", upstream, words)


async def test_a_source_that_returns_is_asked_again_without_anybody_doing_anything():
    clock, upstream = MovedClock(), Upstream("satu", errors.TimedOut(), "dua")
    kept = upkeep(clock, policy=POLICY)
    await kept.fetch("k", upstream, words)
    clock.move(661)
    assert await kept.fetch("k", upstream, words) == ("satu", True)
    assert await kept.fetch("k", upstream, words) == ("satu", True)
    assert len(upstream.calls) == 2
    clock.move(5)
    assert await kept.fetch("k", upstream, words) == ("satu", True)
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("dua", False)


async def test_an_answer_that_cannot_be_read_never_takes_the_place_of_a_good_one(caplog):
    def numbers(document, stamp):
        return int(document.body), stamp.stale

    clock, upstream, keep = MovedClock(), Upstream("1", "<html>"), MemoryKeep()
    kept = upkeep(clock, policy=POLICY, keep=keep)
    await kept.fetch("k", upstream, numbers)
    clock.move(661)
    with asking() as noted, caplog.at_level(logging.WARNING):
        assert await kept.fetch("k", upstream, numbers) == (1, True)
    assert isinstance(noted.trouble, errors.Unreadable)
    assert "<html>" not in caplog.text + str(noted.trouble)
    remembered = await keep.get("luar", "k")
    assert remembered is not None
    assert remembered.document.body == b"1"


async def test_without_a_last_good_answer_everybody_gets_the_failure_and_nobody_asks_at_once():
    clock, upstream = MovedClock(), Upstream(errors.Broken("x"))
    kept = upkeep(clock, policy=POLICY)
    for _ in range(3):
        with pytest.raises(errors.Broken) as failure:
            await kept.fetch("k", upstream, words)
        assert failure.value.retry_after == 5.0
    assert len(upstream.calls) == 1


async def test_a_restart_in_the_middle_of_an_outage_changes_nothing():
    clock, keep = MovedClock(), MemoryKeep()
    await upkeep(clock, policy=POLICY, keep=keep).fetch("k", Upstream("satu"), words)
    clock.move(3_600)
    clock.passed = 7.0  # another process counts from another beginning
    again = upkeep(clock, policy=POLICY, keep=keep)
    with asking() as noted:
        assert await again.fetch("k", Upstream(errors.Unreachable()), words) == ("satu", True)
    assert noted.fetched_at == NOON
    clock.move(86_400 - 3_600 + 1)
    with pytest.raises(errors.Unreachable):
        await again.fetch("k", Upstream(errors.Unreachable()), words)


async def test_what_was_kept_and_is_still_fresh_is_given_without_a_call():
    clock, keep = MovedClock(), MemoryKeep()
    await upkeep(clock, policy=POLICY, keep=keep).fetch("k", Upstream("satu"), words)
    clock.move(30)
    upstream = Upstream("dua")
    again = upkeep(clock, policy=POLICY, keep=keep)
    assert await again.fetch("k", upstream, words) == ("satu", False)
    assert upstream.calls == []


@pytest.mark.parametrize(("keep_for", "given"), [(86_400, False), (FOREVER, True)])
async def test_when_the_clock_was_set_back_only_what_never_expires_is_given(keep_for, given):
    clock, keep, rules = (
        MovedClock(),
        MemoryKeep(),
        policy(keep_for=keep_for, fresh_for=0, stale_for=0),
    )
    await upkeep(clock, policy=rules, keep=keep).fetch("k", Upstream("satu"), words)
    clock.set(NOON - timedelta(days=2))
    again = upkeep(clock, policy=rules, keep=keep).fetch("k", Upstream(errors.Broken()), words)
    if given:
        assert await again == ("satu", True)
    else:
        with pytest.raises(errors.Broken):
            await again


async def test_setting_the_clock_ages_nothing_while_the_gateway_runs():
    clock, upstream = MovedClock(), Upstream("satu", "dua")
    kept = upkeep(clock, policy=POLICY)
    await kept.fetch("k", upstream, words)
    for days in (-3, 3):
        clock.set(NOON + timedelta(days=days))
        assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert len(upstream.calls) == 1


async def test_what_an_older_version_kept_and_this_one_cannot_read_is_fetched_anew():
    clock, keep = MovedClock(), MemoryKeep()
    await upkeep(clock, policy=POLICY, keep=keep).fetch("k", Upstream("lama"), words)
    again = upkeep(clock, policy=POLICY, keep=keep)
    assert await again.fetch("k", Upstream("7"), lambda d, _: int(d.body)) == 7


async def test_memory_is_bounded_and_what_fell_out_is_recalled():
    kept = upkeep(policy=policy(memory_bytes=250))
    upstreams = {key: Upstream(key * 100) for key in "abcd"}
    for key, upstream in upstreams.items():
        await kept.fetch(key, upstream, words)
    assert [entry.key for entry in kept._entries] == ["c", "d"]
    assert kept._entries.bytes == 200
    assert await kept.fetch("a", upstreams["a"], words) == ("a" * 100, False)
    assert len(upstreams["a"].calls) == 1


# ------------------------------------------------------------------------------- retries


async def test_a_read_that_failed_is_tried_again_after_a_while():
    clock, upstream = MovedClock(), Upstream(errors.Unreachable(), errors.Broken(), "satu")
    kept = upkeep(clock, policy=policy(max_retries=2, backoff=0.1))
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    first, second = clock.slept
    assert 0.05 <= first <= 0.1
    assert 0.1 <= second <= 0.2
    assert kept.counts.retries == 2


@pytest.mark.parametrize("error", [errors.Rejected, errors.Refused, errors.Unreadable])
async def test_what_another_try_does_not_mend_is_not_tried_again(error):
    upstream = Upstream(error("x"), "satu")
    with pytest.raises(error):
        await upkeep(policy=policy(max_retries=2)).fetch("k", upstream, words)
    assert len(upstream.calls) == 1


async def test_retry_after_is_kept_to_and_too_long_a_wait_is_left_to_the_next_question():
    clock = MovedClock()
    upstream = Upstream(errors.Overloaded(retry_after=3.0), "satu")
    kept = upkeep(clock, policy=policy(max_retries=2))
    assert await kept.fetch("k", upstream, words) == ("satu", False)
    assert clock.slept == [3.0]
    late = Upstream(errors.Overloaded(retry_after=60.0), "dua")
    with pytest.raises(errors.Overloaded) as failure:
        await kept.fetch("late", late, words)
    assert failure.value.retry_after == 60.0
    clock.move(59)
    with pytest.raises(errors.Overloaded):
        await kept.fetch("late", late, words)
    assert len(late.calls) == 1
    clock.move(1)
    assert await kept.fetch("late", late, words) == ("dua", False)


async def test_when_everything_fails_retries_do_not_multiply_the_calls():
    upstream = Upstream(errors.Broken())
    kept = upkeep(policy=policy(max_retries=2, retry_budget=0.1, backoff=0))
    for number in range(100):
        with pytest.raises(errors.Broken):
            await kept.fetch(str(number), upstream, words)
    # 100 questions, the 10 retries saved up, and one for every ten calls since.
    assert len(upstream.calls) <= 100 + 10 + 10
    assert kept.counts.retries >= 10


# ------------------------------------------------------------------------------- the breaker


async def test_a_source_with_too_many_failures_is_left_alone_and_then_tried_by_one():
    clock, upstream = MovedClock(), Upstream(errors.TimedOut())
    kept = upkeep(clock, policy=policy(breaker_failures=3))
    for key in "abc":
        with pytest.raises(errors.TimedOut):
            await kept.fetch(key, upstream, words)
    states = [kept.breaker.state]
    with pytest.raises(errors.TimedOut) as failure:
        await kept.fetch("d", upstream, words)
    assert (len(upstream.calls), failure.value.retry_after) == (3, 5.0)
    clock.move(5)
    states.append(kept.breaker.state)
    well = Upstream("satu")
    well.gate = asyncio.Event()
    probe = asyncio.create_task(kept.fetch("e", well, words))
    await well.called.wait()
    with pytest.raises(errors.TimedOut):
        await kept.fetch("f", well, words)
    well.gate.set()
    assert await probe == ("satu", False)
    states.append(kept.breaker.state)
    assert states == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]
    assert len(well.calls) == 1


async def test_a_probe_that_fails_leaves_the_source_alone_for_longer():
    clock, upstream = MovedClock(), Upstream(errors.Broken())
    kept = upkeep(
        clock, policy=policy(breaker_failures=1, breaker_open_for=5, breaker_open_most=15)
    )
    waits = []
    for number in range(4):
        with pytest.raises(errors.Broken):
            await kept.fetch(str(number), upstream, words)
        waits.append(kept.breaker.wait)
        clock.move(waits[-1])
    assert waits == [5, 10, 15, 15]


async def test_questions_a_source_dislikes_do_not_open_the_breaker():
    upstream = Upstream(errors.Rejected())
    kept = upkeep(policy=policy(breaker_failures=2))
    for number in range(10):
        with pytest.raises(errors.Rejected):
            await kept.fetch(str(number), upstream, words)
    assert kept.breaker.state is BreakerState.CLOSED
    assert len(upstream.calls) == 10


async def test_half_of_the_last_calls_failing_opens_the_breaker():
    upstream = Upstream(*[errors.Broken(), "satu"] * 10, "satu")
    kept = upkeep(policy=policy(breaker_failures=5, breaker_rate=0.5))
    for number in range(20):
        if number % 2:
            await kept.fetch(str(number), upstream, words)
        else:
            with pytest.raises(errors.Broken):
                await kept.fetch(str(number), upstream, words)
    with pytest.raises(errors.Broken):
        await kept.fetch("last", Upstream(errors.Broken()), words)
    assert kept.breaker.state is BreakerState.OPEN


# ------------------------------------------------------------------------------- politeness


async def test_no_more_calls_at_a_time_than_the_owner_allows_and_the_others_queue():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=policy(max_concurrent=2))
    asked = [asyncio.create_task(kept.fetch(str(n), upstream, words)) for n in range(5)]
    await upstream.called.wait()
    await asyncio.sleep(0)
    assert len(upstream.calls) == 2
    upstream.gate.set()
    await asyncio.gather(*asked)
    assert len(upstream.calls) == 5


async def test_who_does_not_get_a_turn_in_time_is_told_to_come_back():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=policy(max_concurrent=1, queue_timeout=0.01))
    first = asyncio.create_task(kept.fetch("a", upstream, words))
    await upstream.called.wait()
    with pytest.raises(errors.Overloaded) as failure:
        await kept.fetch("b", upstream, words)
    assert failure.value.retry_after is not None
    upstream.gate.set()
    await first


async def test_calls_of_a_minute_are_spread_once_they_are_used_up():
    clock = MovedClock()
    kept = upkeep(clock, policy=policy(calls_per_minute=3, queue_timeout=25))
    for number in range(4):
        await kept.fetch(str(number), Upstream("satu"), words)
    assert clock.slept == [20.0]
    kept = upkeep(clock, policy=policy(calls_per_minute=3, queue_timeout=5))
    for number in range(3):
        await kept.fetch(str(number), Upstream("satu"), words)
    with pytest.raises(errors.Overloaded):
        await kept.fetch("late", Upstream("satu"), words)


async def test_in_quiet_hours_the_last_good_answer_is_given_and_nobody_asks():
    clock, upstream = MovedClock(), Upstream("satu", "dua")
    rules = policy(**read_policy({"quiet_hours": ["05:20-06:00"]}))
    kept = upkeep(clock, policy=rules)
    await kept.fetch("k", upstream, words)
    clock.move(1_500)  # then it is five minutes past the beginning
    with asking() as noted:
        assert await kept.fetch("k", upstream, words) == ("satu", True)
    assert isinstance(noted.trouble, errors.Paused)
    assert noted.trouble.retry_after == 35 * 60
    assert len(upstream.calls) == 1
    assert kept.calls.up
    clock.move(36 * 60)
    await kept.fetch("k", upstream, words)
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("dua", False)


def test_quiet_hours_may_pass_midnight():
    (hours,) = read_policy({"quiet_hours": ["22:00-04:30"]})["quiet_hours"]
    assert isinstance(hours, DailyHours)
    assert hours.left(NOON.replace(hour=23)) == 5.5 * 3600
    assert hours.left(NOON.replace(hour=4)) == 1800
    assert hours.left(NOON.replace(hour=4, minute=30)) == 0
    assert hours.left(NOON) == 0


# ------------------------------------------------------------------------------- the web


def said(status=200, body=b"[]", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **named}, body)


class Held:
    def find(self, source, name):
        return "rahasia" if (source, name) == ("luar", "token") else None


async def test_secrets_are_put_in_at_the_last_moment_and_are_in_no_key_and_no_text():
    web, keep = SaidWeb(lambda _: said()), MemoryKeep()
    kept = upkeep(policy=POLICY, web=web, secrets=Held(), keep=keep)
    request = Request(
        "http://luar.example/a?key={secret:token}", headers={"X-Key": "Bearer {secret:token}"}
    )
    await kept.get(request, words)
    assert web.asked[0].headers == {"X-Key": "Bearer rahasia"}
    assert web.asked[0].url == "http://luar.example/a?key=rahasia"
    assert "rahasia" not in repr(web.asked[0]) + repr(list(keep._kept)) + repr(
        [entry.key for entry in kept._entries]
    )
    with pytest.raises(errors.Refused) as failure:
        await kept.get(Request("http://luar.example/?k={secret:other}"), words)
    assert "other" in str(failure.value)


async def test_an_unchanged_document_is_asked_for_by_its_mark():
    answers = iter([said(etag='"v1"', body=b"[1]"), said(304)])
    web, clock = SaidWeb(lambda _: next(answers)), MovedClock()
    kept = upkeep(clock, policy=policy(stale_for=0), web=web)
    request = Request("http://luar.example/a")
    await kept.get(request, words)
    clock.move(61)
    assert await kept.get(request, words) == ("[1]", False)
    assert web.asked[1].headers["If-None-Match"] == '"v1"'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(404), errors.Rejected), (said(401), errors.Refused), (said(429), errors.Overloaded),
        (said(500), errors.Broken), (said(503, retry_after="7"), errors.Overloaded),
        (said(302), errors.Broken), (said(304), errors.Broken),
        (Answer(200, {"content-type": "text/html; charset=utf-8"}, b"<p>"), errors.Unreadable),
        (Answer(200, {"content-type": "application/json"}, b" <!DOCTYPE html>"), errors.Unreadable),
    ],
)  # fmt: skip
async def test_a_status_or_a_web_page_in_the_place_of_data_is_a_failure(answer, error):
    kept = upkeep(policy=POLICY, web=SaidWeb(lambda _: answer))
    with pytest.raises(error):
        await kept.get(Request("http://luar.example/a"), words)


async def test_there_is_no_such_thing_can_be_an_answer():
    kept = upkeep(policy=POLICY, web=SaidWeb(lambda _: said(404)))
    answer = await kept.get(Request("http://luar.example/a"), lambda d, _: d.status, absent=True)
    assert answer == 404


async def test_a_write_is_sent_once_unless_sending_it_twice_does_no_harm():
    web = SaidWeb(lambda _: errors.TimedOut())
    kept = upkeep(policy=policy(max_retries=2), web=web)
    with pytest.raises(errors.TimedOut):
        await kept.send(Request("http://luar.example/a", "POST", body=b"x"))
    assert len(web.asked) == 1
    with pytest.raises(errors.TimedOut):
        await kept.send(Request("http://luar.example/a", "POST", body=b"x"), idempotent=True)
    assert len(web.asked) == 4


async def test_the_answer_to_a_write_that_was_not_liked_is_given():
    kept = upkeep(policy=POLICY, web=SaidWeb(lambda _: said(400, b'[{"code":1}]')))
    assert (await kept.send(Request("http://luar.example/a", "POST"))).status == 400


async def test_a_source_may_only_go_where_its_catalogue_line_says():
    web = SaidWeb(lambda _: said())
    kept = upkeep(
        policy=policy(hosts=("lain.example:8080",)), web=web,
        private_hosts=frozenset({"luar.example", "elsewhere"}),
    )  # fmt: skip
    await kept.get(Request("http://luar.example/a"), words)
    assert web.limits[0].hosts == {"luar.example", "lain.example:8080"}
    assert web.limits[0].private_hosts == {"luar.example"}


# ------------------------------------------------------------------------------- the log


async def test_breaking_and_returning_are_told_once_each(caplog):
    clock, upstream = MovedClock(), Upstream(*[errors.Broken("secret text")] * 3, "satu")
    kept = upkeep(clock, policy=POLICY)
    for _ in range(3):
        with pytest.raises(errors.Broken):
            await kept.fetch("k", upstream, words)
        clock.move(10)
    await kept.fetch("k", upstream, words)
    assert [record.message for record in caplog.records] == ["source_broke", "source_returned"]
    assert "secret text" not in caplog.text


async def test_a_fault_of_a_teams_code_is_named_broken_and_written_down_once(caplog):
    clock, upstream = MovedClock(), Upstream(KeyError("x"))
    kept = upkeep(clock, policy=POLICY)
    for _ in range(2):
        with pytest.raises(errors.Broken):
            await kept.fetch("k", upstream, words)
        clock.move(10)
    messages = [record.message for record in caplog.records]
    assert messages == ["connector_fault", "source_broke"]


async def test_closing_ends_what_is_under_way():
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(policy=POLICY)
    asked = asyncio.create_task(kept.fetch("k", upstream, words))
    await upstream.called.wait()
    await kept.aclose()
    with pytest.raises(errors.TimedOut):
        await asked
