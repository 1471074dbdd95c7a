"""Plain YAML: what is written is read back as the same values."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative.yaml_text import plain, read_yaml
from connectors.declarative.yaml_writing import text_of, written

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["no", "08123", "22:30", "2026-01-01", "1e5", "~", "- a", "a: b", "#", ""]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any):
    root, findings = read_yaml(written(value), "a.yaml", longest=100_000)
    assert [str(each) for each in findings] == []
    assert root is not None
    back = plain(root)
    assert back == value
    assert repr(back) == repr(value)


@given(VALUES)
def test_other_readers_of_yaml_read_the_same_texts(value: Any):
    if isinstance(value, str) and "\ufeff" not in value:
        assert yaml.safe_load(text_of(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": {"b": [1, 2]}, "c": []}, "a:\n  b: [1, 2]\nc: []\n"),
        ([{"a": 1}, {"b": {"c": None}}], "- {a: 1}\n- b: {c: null}\n"),
        ([[1], [[2]]], "- [1]\n- - [2]\n"),
        ("Parkir Kota", "Parkir Kota\n"),
        ("yes", '"yes"\n'),
        ("a\nb", '"a\\nb"\n'),
        ({}, "{}\n"),
    ],
)
def test_it_is_written_for_people(value: Any, text: str):
    assert written(value) == text
