"""Drift: what is otherwise in a live answer than in the recording, without any value of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative.drift import Observation, compared, merged, observed, shape_of
from connectors.declarative.findings import Severity
from connectors.upkeep.documents import Answer

LOTS = {"data": [{"kode": "L1", "sisa": 12, "nama": None}, {"kode": "L2", "sisa": 3}]}


def seen(
    body: Any, *, status: int = 200, ms: float | None = None, problems: int = 0
) -> Observation:
    answer = Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())
    return observed("Query.parkir", answer, milliseconds=ms, problems=problems)


def told(before: Observation, now: Observation) -> list[tuple[str, str | None]]:
    found = compared(before, now)
    for each in found:
        assert set(each.message.by_lang) == {"id", "en"}
        assert each.severity is not Severity.ERROR
    return [(each.code, each.path) for each in found]


def test_a_shape_says_what_kinds_stand_where_and_merges_the_items_of_lists():
    assert shape_of(LOTS) == {
        "": {"object"},
        "/data": {"list"},
        "/data/*": {"object"},
        "/data/*/kode": {"text"},
        "/data/*/sisa": {"number"},
        "/data/*/nama": {"null", "absent"},
    }


def test_keys_that_are_data_are_one_place():
    days = {"2026-11-23": {"buka": True}, "2026-11-24": {"buka": False, "catatan": "x"}}
    assert shape_of(days) == {
        "": {"object"},
        "/*": {"object"},
        "/*/buka": {"boolean"},
        "/*/catatan": {"text", "absent"},
    }
    assert shape_of({str(i): i for i in range(100)}) == {"": {"object"}, "/*": {"number"}}


def test_odd_keys_are_written_as_json_pointers_write_them():
    assert set(shape_of({"a/b": 1, "c~d": 2})) == {"", "/a~1b", "/c~0d"}


def test_a_shape_is_bounded_whatever_is_looked_at():
    wide = {f"k{i}": {f"m{j}": 1 for j in range(40)} for i in range(40)}
    assert len(shape_of([wide])) <= 1_001
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    assert len(shape_of(deep)) <= 22


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (LOTS, []),
        ({"data": []}, []),
        ({"data": [{"kode": "L9", "sisa": 1.5}]}, []),
        ({"data": [{"kode": "L9"}]}, [("DRIFT_MISSING", "/data/*/sisa")]),
        ({"lot": []}, [("DRIFT_MISSING", "/data"), ("DRIFT_NEW", "/lot")]),
        (
            {"data": [{"kode": 9, "sisa": 1, "nama": "a"}]},
            [("DRIFT_KIND", "/data/*/kode")],
        ),
        ({"data": [{"kode": "L", "sisa": None}]}, [("DRIFT_KIND", "/data/*/sisa")]),
        (
            {"data": [{"kode": "L", "sisa": 1}, {"kode": "L"}]},
            [("DRIFT_KIND", "/data/*/sisa")],
        ),
        (
            {"data": [{"kode": "L", "sisa": 1, "alamat": {"jalan": "x"}}]},
            [("DRIFT_NEW", "/data/*/alamat")],
        ),
        ({"data": {"lot": []}}, [("DRIFT_KIND", "/data")]),
        ([], [("DRIFT_KIND", "")]),
    ],
)
def test_only_the_topmost_changes_are_told(now: Any, expected: list[tuple[str, str]]):
    assert told(seen(LOTS), seen(now)) == [(code, path or None) for code, path in expected]


def test_what_was_only_ever_null_may_become_anything():
    assert told(seen({"a": None}), seen({"a": {"b": 1}})) == []


def test_what_may_be_missing_now_and_then_is_a_note_and_another_kind_a_warning():
    (note,) = compared(seen(LOTS), seen({"data": [{"kode": "L", "sisa": None}]}))
    (warning,) = compared(seen(LOTS), seen({"data": [{"kode": "L", "sisa": "1"}]}))
    assert (note.severity, warning.severity) == (Severity.INFO, Severity.WARNING)


def test_another_status_is_told_and_not_its_shape():
    assert told(seen(LOTS), seen({"salah": 1}, status=500)) == [("DRIFT_STATUS", None)]


@pytest.mark.parametrize(
    ("before", "now", "slow"),
    [(100, 250, 0), (100, 1_200, 1), (900, 1_500, 0), (None, 9_000, 0)],
)
def test_slow_is_three_times_as_slow_and_more_than_a_second(
    before: float | None, now: float, slow: int
):
    found = told(seen(LOTS, ms=before), seen(LOTS, ms=now))
    assert found == [("DRIFT_SLOW", None)] * slow


def test_more_problems_of_the_mapping_than_before_are_told():
    assert told(seen(LOTS, problems=1), seen(LOTS, problems=3)) == [("DRIFT_PROBLEM", None)]
    assert told(seen(LOTS, problems=3), seen(LOTS, problems=1)) == []


def test_nothing_of_the_answer_is_told_but_its_keys_and_those_without_numbers_of_people():
    before = seen({"orang": {"x": 1}})
    (finding,) = compared(before, seen({"orang": {"x": 1, "warga 3671042501900003": 2}}))
    assert finding.path == "/orang/warga 3671************"
    assert "0003" not in str(finding)


def test_no_answer_and_no_body_have_no_shape():
    assert observed("Query.a", None).shape is None
    assert observed("Query.a", Answer(200, {}, b"<html>")).shape is None
    assert told(seen(LOTS), observed("Query.parkir", None)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c/d", "1", "2"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_an_answer_does_not_differ_from_itself(value: Any):
    one = seen(value)
    assert told(one, one) == []
    assert Observation.read(json.loads(json.dumps(one.told()))) == one


@given(st.lists(JSON, min_size=1, max_size=4))
def test_an_answer_does_not_differ_from_a_recording_it_is_part_of(values: list[Any]):
    whole = merged(shape_of(value) for value in values)
    for value in values:
        now = Observation("Query.parkir", 200, None, shape_of(value))
        assert compared(Observation("Query.parkir", 200, None, whole), now) == []
    together = shape_of(values)
    for value in values:
        now = Observation("Query.parkir", 200, None, shape_of([value]))
        assert compared(Observation("Query.parkir", 200, None, together), now) == []
