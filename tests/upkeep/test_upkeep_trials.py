"""The upkeep where it is hard: foreign errors, races of the breaker, full queues, moved clocks."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors import errors
from connectors.ports.connectors import BreakerState
from connectors.upkeep.asking import asking, within
from connectors.upkeep.documents import Answer, Document, Request
from connectors.upkeep.keep import Kept, MemoryKeep
from connectors.upkeep.policy import Policy
from connectors.upkeep.policy import read as read_policy
from connectors.upkeep.shared import NoWire
from tests.upstream import NOON, MovedClock, SaidWeb, Upstream, upkeep, words

POLICY = Policy(
    fresh_for=60, stale_for=600, keep_for=86_400, patience=0.2, max_retries=0, breaker_failures=50,
    breaker_rate=1.0, breaker_open_for=5, total_timeout=5, queue_timeout=1,
)  # fmt: skip


def policy(**changes):
    return replace(POLICY, **changes)


async def as_it_is(answer):
    return answer


# ------------------------------------------------------------------------------- foreign errors


class Panic(BaseException):
    """What a library written in another language raises when it has a fault of its own."""


@pytest.mark.parametrize(
    "fault",
    [
        asyncio.CancelledError(),
        Panic("p"),
        BaseExceptionGroup("g", [Panic("p")]),
        ExceptionGroup("g", [ValueError("v")]),
        StopAsyncIteration(),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_whatever_a_call_raises_is_a_failure_of_the_source(fault):
    upstream = Upstream(fault)
    kept = upkeep(policy=policy(breaker_failures=1))
    with pytest.raises(errors.Broken):
        await kept.fetch("k", upstream, words)
    assert kept.breaker.state is BreakerState.OPEN
    with pytest.raises(errors.Broken):
        await kept.fetch("k", upstream, words)
    assert len(upstream.calls) == 1


@pytest.mark.parametrize("fault", [Panic("p"), MemoryError(), RecursionError(), OSError("x")])
@pytest.mark.parametrize("size", [10, 100_000])
async def test_whatever_a_reader_raises_leaves_the_last_good_answer_in_place(fault, size):
    def read(document, stamp):
        if document.body.startswith(b"b"):
            raise fault
        return document.body[:1], stamp.stale

    clock, upstream = MovedClock(), Upstream("a" * size, "b" * size)
    kept = upkeep(clock, policy=policy(patience=30))
    assert await kept.fetch("k", upstream, read) == (b"a", False)
    clock.move(661)
    with asking() as noted:
        assert await kept.fetch("k", upstream, read) == (b"a", True)
    assert noted.trouble is not None


async def test_a_kept_answer_whose_reading_has_a_fault_is_fetched_anew():
    def read(document, _stamp):
        if document.body == b"lama":
            raise Panic("p")
        return document.body

    keep = MemoryKeep()
    await keep.put("luar", "k", Kept(Document(b"lama"), NOON))
    assert await upkeep(policy=POLICY, keep=keep).fetch("k", Upstream("baru"), read) == b"baru"


# ------------------------------------------------------------------------------- reading


async def test_the_time_for_an_answer_is_not_used_up_by_reading_it():
    go = threading.Event()

    def read(document, _stamp):
        if not go.wait(30):
            raise AssertionError("nobody let it go on")
        return len(document.body)

    kept = upkeep(policy=policy(total_timeout=0.05))
    with within(0.2), pytest.raises(errors.TimedOut):
        await kept.fetch("k", Upstream("a" * 100_000), read)
    go.set()
    await kept.settled()
    assert await kept.fetch("k", Upstream(errors.Broken()), read) == 100_000
    assert kept.breaker.state is BreakerState.CLOSED
    assert kept.trouble is None


async def test_a_last_good_answer_is_read_once_however_many_give_up_waiting_for_it():
    go, readings = threading.Event(), []

    def read(document, stamp):
        readings.append(stamp.stale)
        if not go.wait(30):
            raise AssertionError("nobody let it go on")
        return len(document.body), stamp.stale

    keep = MemoryKeep()
    await keep.put("luar", "k", Kept(Document(b"a" * 100_000), NOON - timedelta(hours=3)))
    kept = upkeep(policy=POLICY, keep=keep)
    upstream = Upstream(errors.Unreachable())
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await kept.fetch("k", upstream, read)
    go.set()
    assert await kept.fetch("k", upstream, read) == (100_000, True)
    assert readings == [True]


# ------------------------------------------------------------------------------- the breaker


async def test_a_call_from_before_that_ends_late_does_not_end_the_probe():
    clock, slow, probe = MovedClock(), Upstream(errors.Broken("late")), Upstream("satu")
    slow.gate, probe.gate = asyncio.Event(), asyncio.Event()
    kept = upkeep(clock, policy=policy(breaker_failures=1, total_timeout=60))
    before = asyncio.create_task(kept.fetch("before", slow, words))
    await slow.called.wait()
    with pytest.raises(errors.Broken):
        await kept.fetch("a", Upstream(errors.Broken()), words)
    clock.move(5)
    asked = asyncio.create_task(kept.fetch("b", probe, words))
    await probe.called.wait()
    slow.gate.set()
    with pytest.raises(errors.Broken):
        await before
    # The probe is under way still, and nobody else is let in beside it.
    other = Upstream("dua")
    with pytest.raises(errors.Broken):
        await kept.fetch("c", other, words)
    assert other.calls == []
    assert kept.breaker.wait == 0
    probe.gate.set()
    assert await asked == ("satu", False)
    assert kept.breaker.state is BreakerState.CLOSED


async def test_a_call_from_before_that_is_given_up_does_not_let_a_second_probe_in():
    clock, probe = MovedClock(), Upstream("satu")
    gate = asyncio.Event()
    probe.gate = asyncio.Event()

    async def hang(_request, _limits):
        await gate.wait()

    class Hangs:
        send = staticmethod(hang)

    kept = upkeep(clock, policy=policy(breaker_failures=1, total_timeout=60), web=Hangs())
    write = asyncio.create_task(kept.send(Request("http://luar.example/a", "POST")))
    await asyncio.sleep(0)
    with pytest.raises(errors.Broken):
        await kept.fetch("a", Upstream(errors.Broken()), words)
    clock.move(5)
    asked = asyncio.create_task(kept.fetch("b", probe, words))
    await probe.called.wait()
    write.cancel()
    await asyncio.gather(write, return_exceptions=True)
    other = Upstream("dua")
    with pytest.raises(errors.Broken):
        await kept.fetch("c", other, words)
    assert other.calls == []
    probe.gate.set()
    await asked


async def test_a_probe_that_is_given_up_lets_the_next_one_in():
    clock, probe = MovedClock(), Upstream("satu")
    kept = upkeep(clock, policy=policy(breaker_failures=1), web=SaidWeb(lambda _: Answer(200, {})))
    with pytest.raises(errors.Broken):
        await kept.fetch("a", Upstream(errors.Broken()), words)
    clock.move(5)
    probe.gate = asyncio.Event()
    write = asyncio.create_task(kept._caller.tried(lambda: probe(None), as_it_is, again=False))
    await probe.called.wait()
    write.cancel()
    await asyncio.gather(write, return_exceptions=True)
    assert await kept.fetch("b", Upstream("dua"), words) == ("dua", False)


async def test_who_is_left_alone_uses_up_no_calls_of_the_minute():
    clock = MovedClock()
    kept = upkeep(clock, policy=policy(breaker_failures=1, calls_per_minute=10, queue_timeout=0))
    with pytest.raises(errors.Unreachable):
        await kept.fetch("first", Upstream(errors.Unreachable()), words)
    for number in range(50):
        with pytest.raises(errors.Unreachable):
            await kept.fetch(str(number), Upstream("x"), words)
    clock.move(5)
    assert await kept.fetch("probe", Upstream("satu"), words) == ("satu", False)


async def test_a_retry_that_gets_no_turn_says_what_the_source_said():
    clock = MovedClock()
    kept = upkeep(
        clock,
        policy=policy(max_retries=2, calls_per_minute=1, queue_timeout=2, total_timeout=5),
    )
    with pytest.raises(errors.Unreachable):
        await kept.fetch("k", Upstream(errors.Unreachable(), "satu"), words)
    assert kept.counts.calls == 1


class Leases(NoWire):
    def __init__(self, *, free):
        self.free = free

    async def lease(self, source, seconds):
        assert (source, seconds) == ("luar", 5)
        return self.free


async def test_of_all_workers_only_the_one_with_the_lease_makes_the_probe():
    clock, wire = MovedClock(), Leases(free=False)
    kept = upkeep(clock, policy=policy(breaker_failures=1), wire=wire)
    with pytest.raises(errors.Broken):
        await kept.fetch("a", Upstream(errors.Broken()), words)
    clock.move(5)
    other = Upstream("satu")
    with pytest.raises(errors.Broken):
        await kept.fetch("b", other, words)
    assert other.calls == []
    wire.free = True
    assert await kept.fetch("c", other, words) == ("satu", False)


# ------------------------------------------------------------------------------- last good


async def test_what_another_worker_fetched_since_is_given_when_the_source_is_down():
    clock, keep, down = MovedClock(), MemoryKeep(), Upstream("lama", errors.Unreachable())
    rules = policy(keep_for=3_600)
    ours, theirs = (upkeep(clock, policy=rules, keep=keep) for _ in range(2))
    assert await ours.fetch("k", down, words) == ("lama", False)
    clock.move(3_500)
    assert await theirs.fetch("k", Upstream("baru"), words) == ("baru", False)
    clock.move(700)
    with asking() as noted:
        assert await ours.fetch("k", down, words) == ("baru", True)
    assert noted.fetched_at == NOON + timedelta(seconds=3_500)


async def test_who_never_had_an_answer_gives_the_one_another_worker_got():
    clock, keep, down = MovedClock(), MemoryKeep(), Upstream(errors.Unreachable())
    ours, theirs = (upkeep(clock, policy=POLICY, keep=keep) for _ in range(2))
    with pytest.raises(errors.Unreachable):
        await ours.fetch("k", down, words)
    await theirs.fetch("k", Upstream("satu"), words)
    clock.move(900)
    assert await ours.fetch("k", down, words) == ("satu", True)


async def test_a_question_that_failed_late_is_not_waited_for_as_long_again():
    clock, upstream = MovedClock(), Upstream(errors.Broken(), "satu")
    upstream.gate = asyncio.Event()
    kept = upkeep(clock, policy=policy(total_timeout=30, patience=0.01))
    first = asyncio.create_task(kept.fetch("k", upstream, words))
    await upstream.called.wait()
    clock.move(1)
    upstream.gate.set()
    with pytest.raises(errors.Broken):
        await first
    clock.move(6)
    upstream.gate.clear()
    async with asyncio.timeout(10):
        with pytest.raises(errors.Broken):
            await kept.fetch("k", upstream, words)
    assert len(upstream.calls) == 2
    upstream.gate.set()
    await kept.settled()
    assert await kept.fetch("k", upstream, words) == ("satu", False)


async def test_quiet_hours_end_when_the_clock_is_set_past_them():
    clock = MovedClock()
    kept = upkeep(clock, policy=policy(**read_policy({"quiet_hours": ["04:00-20:00"]})))
    upstream = Upstream("satu")
    with pytest.raises(errors.Paused) as failure:
        await kept.fetch("k", upstream, words)
    assert failure.value.retry_after == 15 * 3600
    with pytest.raises(errors.Paused) as failure:
        await kept.fetch("k", upstream, words)
    assert failure.value.retry_after == 15 * 3600
    clock.set(NOON + timedelta(hours=16))
    assert await kept.fetch("k", upstream, words) == ("satu", False)


# ------------------------------------------------------------------------------- many at once


async def test_a_thousand_who_ask_for_three_hundred_things_are_three_hundred_calls():
    upstreams = {str(n): Upstream("x" * n) for n in range(300)}
    gate = asyncio.Event()
    for upstream in upstreams.values():
        upstream.gate = gate
    kept = upkeep(policy=policy(memory_bytes=2_000, max_concurrent=300, calls_per_minute=1e6))
    asked = [
        asyncio.create_task(kept.fetch(str(n % 300), upstreams[str(n % 300)], words))
        for n in range(1_000)
    ]
    await asyncio.gather(*(upstream.called.wait() for upstream in upstreams.values()))
    for number in range(0, 1_000, 7):
        asked[number].cancel()
    gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for number, answer in enumerate(answers):
        if number % 7:
            assert answer == ("x" * (number % 300), False)
        else:
            assert isinstance(answer, asyncio.CancelledError)
    assert [len(upstream.calls) for upstream in upstreams.values()] == [1] * 300
    held = sum(len(entry.kept.document.body) for entry in kept._entries if entry.kept)
    assert kept._entries.bytes == held <= 2_000


async def test_the_bound_of_memory_holds_when_answers_come_from_the_keep_and_go_again():
    class Slowly(MemoryKeep):
        async def get(self, source, key):
            found = await super().get(source, key)
            for _ in range(3):
                await asyncio.sleep(0)
            return found

    keep = Slowly()
    for number in range(60):
        await keep.put("luar", str(number), Kept(Document(b"x" * 100), NOON - timedelta(hours=1)))
    kept = upkeep(policy=policy(memory_bytes=1_000, max_concurrent=4), keep=keep)
    upstream = Upstream("y" * 50)
    for _ in range(3):
        asked = [kept.fetch(str(n % 60), upstream, words) for n in range(180)]
        await asyncio.gather(*asked)
    await kept.settled()
    held = sum(len(entry.kept.document.body) for entry in kept._entries if entry.kept)
    assert 0 <= kept._entries.bytes == held <= 1_000


# ------------------------------------------------------------------------------- the web


async def test_a_retry_after_that_is_a_date_is_read_by_the_clock_of_the_source():
    said = {"retry-after": "Fri, 02 Jan 2099 00:00:30 GMT", "date": "Fri, 02 Jan 2099 00:00:00 GMT"}
    kept = upkeep(policy=POLICY, web=SaidWeb(lambda _: Answer(503, said)))
    with pytest.raises(errors.Overloaded) as failure:
        await kept.get(Request("http://luar.example/a"), words)
    assert failure.value.retry_after == 30.0


def test_a_question_does_not_show_where_it_goes():
    shown = repr(Request("https://me:rahasia@luar.example/rahasia/a?key=rahasia"))
    assert "rahasia" not in shown
    assert "luar.example" in shown
