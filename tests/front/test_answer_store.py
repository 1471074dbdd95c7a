"""Kept answers stay within their bytes, and go by their tags and their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.execution.answers.kept import BYTES, MOST_MARKS, Kept
from gateway.execution.answers.store import BYTES_PER_MARK, AnswerStore


def kept(body: bytes = b"{}", *tags: str, until: float = 100.0) -> Kept:
    return Kept(body, made=0.0, until=until, tags=tags)


def test_an_answer_is_found_by_all_its_marks_until_its_time_is_over():
    store = AnswerStore(10_000)
    one = kept(until=10.0)
    assert store.put(one, "plan", 4)
    store.mark(one, "body", 4)
    assert store.get("plan", 9.9) is store.get("body", 9.9) is one
    assert store.get("body", 10.0) is None
    assert store.get("plan", 0.0) is None
    assert store.bytes == len(store) == 0


def test_what_nobody_asked_for_longest_makes_room():
    room = BYTES + 2 + BYTES_PER_MARK + 1
    store = AnswerStore(2 * room)
    a, b, c = kept(), kept(), kept()
    assert store.put(a, "a", 1)
    assert store.put(b, "b", 1)
    assert store.get("a", 0.0) is a
    assert store.put(c, "c", 1)
    assert store.get("b", 0.0) is None
    assert store.get("a", 0.0) is a
    assert store.get("c", 0.0) is c
    assert store.bytes == 2 * room


def test_an_answer_larger_than_all_the_room_is_not_kept_and_takes_nobodys_place():
    store = AnswerStore(3_000)
    small = kept()
    assert store.put(small, "small", 5)
    assert not store.put(kept(b"x" * 3_000), "large", 5)
    assert store.get("small", 0.0) is small


def test_with_no_room_nothing_is_kept():
    store = AnswerStore(0)
    assert not store.put(kept(), "a", 1)
    assert store.bytes == 0


def test_a_tag_takes_its_own_answers_and_no_others():
    store = AnswerStore(100_000)
    store.put(kept(b"1", "air"), "a", 1)
    store.put(kept(b"2", "air", "listrik"), "b", 1)
    store.put(kept(b"3", "listrik"), "c", 1)
    assert store.purge("air") == 2
    assert store.purge("air") == 0
    assert store.get("a", 0.0) is store.get("b", 0.0) is None
    assert store.get("c", 0.0) is not None


def test_an_answer_has_so_many_marks_and_no_more():
    store = AnswerStore(1_000_000)
    one = kept()
    store.put(one, 0, 1)
    for number in range(1, 100):
        store.mark(one, number, 1)
    assert len(one.marks) == MOST_MARKS
    assert store.get(99, 0.0) is None


def test_a_mark_is_not_given_to_an_answer_that_went():
    store = AnswerStore(100_000)
    one = kept()
    store.put(one, "a", 1)
    store.drop(one)
    store.mark(one, "b", 1)
    assert store.get("b", 0.0) is None


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("put"),
            st.integers(0, 5),
            st.integers(0, 4_000),
            st.lists(st.sampled_from("xyz"), max_size=2),
        ),
        st.tuples(st.just("mark"), st.integers(0, 5), st.integers(6, 9), st.just(())),
        st.tuples(st.just("purge"), st.integers(0, 2), st.just(0), st.just(())),
        st.tuples(st.just("get"), st.integers(0, 9), st.just(0), st.just(())),
        st.tuples(st.just("clear"), st.just(0), st.just(0), st.just(())),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_happens_the_bytes_are_those_of_what_is_kept(steps: list[Any]):
    store = AnswerStore(12_000)
    last: dict[Any, Kept] = {}
    for what, number, size, tags in steps:
        if what == "put":
            _put(store, last, number, size, tags)
        elif what == "mark" and number in last:
            store.mark(last[number], size, 1)
        elif what == "purge":
            tag = "xyz"[number]
            store.purge(tag)
            assert not any(tag in found.tags for found in _all(store))
        elif what == "get":
            store.get(number, 0.0)
        elif what == "clear":
            store.clear()
        found = _all(store)
        assert store.bytes <= 12_000
        assert len(found) == len(store)
        assert store.bytes == sum(one.size + len(one.marks) * (BYTES_PER_MARK + 1) for one in found)


def _put(store: AnswerStore, last: dict[Any, Kept], number: int, size: int, tags: Sequence[str]):
    last[number] = kept(b"x" * size, *tags)
    store.put(last[number], number, 1)


def _all(store: AnswerStore) -> list[Kept]:
    found = [store.get(mark, 0.0) for mark in range(10)]
    return list({id(one): one for one in found if one is not None}.values())
