"""Ids and cursors are opaque outside and exact inside."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports.common import ErrorCode, Position, ScopedId
from resolvers import ids
from resolvers.problems import Refusal

keys = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)
locals_ = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=60,
)
sort_values = st.one_of(
    st.none(),
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
    ),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)),
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the zone is given apart
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    ),
)


@given(keys, locals_)
def test_a_scoped_id_is_read_as_it_was_written(source, local):
    scoped = ScopedId(source, local)
    assert ScopedId.parse(str(scoped)) == scoped


@given(keys, locals_)
def test_a_global_id_names_its_type_and_its_record(source, local):
    scoped = ScopedId(source, local)
    assert ids.scoped_id(ids.global_id("Place", scoped), "Place") == scoped


@given(keys, locals_)
def test_an_id_of_another_type_is_refused(source, local):
    text = ids.global_id("Place", ScopedId(source, local))
    with pytest.raises(Refusal, match="id of a Place") as refusal:
        ids.scoped_id(text, "Stop")
    assert refusal.value.code is ErrorCode.BAD_INPUT


@given(st.text(max_size=80))
def test_any_other_text_is_a_foreign_id_and_never_a_crash(text):
    try:
        type_name, scoped = ids.read_global_id(text)
    except Refusal as refusal:
        assert refusal.code is ErrorCode.BAD_INPUT  # noqa: PT017 - either may happen
    else:
        assert ids.global_id(type_name, scoped) == text


@given(sort_values, keys, locals_)
def test_a_cursor_comes_back_as_the_same_position(value, source, local):
    position = Position(value, source, local)
    mark = ids.fingerprint("places", "NAME")
    assert ids.read_cursor(ids.cursor(mark, position), mark) == position


@given(st.text(max_size=80))
def test_any_other_text_is_no_cursor(text):
    mark = ids.fingerprint("places")
    with pytest.raises(Refusal) as refusal:
        ids.read_cursor(text, mark)
    assert refusal.value.code is ErrorCode.BAD_INPUT


def test_a_cursor_of_another_list_is_refused_by_name():
    other = ids.cursor(ids.fingerprint("places"), Position(None, "a", "1"))
    with pytest.raises(Refusal, match="`before` is a cursor of another list"):
        ids.read_cursor(other, ids.fingerprint("events"), argument="before")


def test_a_nul_sign_in_an_id_is_refused_before_any_database_sees_it():
    text = ids.encode(b"Place:e-plesiran:a\0b")
    with pytest.raises(Refusal, match="is not an id of this gateway"):
        ids.read_global_id(text)
