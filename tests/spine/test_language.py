"""The language of an answer follows the Accept-Language header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.language import preferred


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-GB, en;q=0.9, id;q=0.8", "en-GB"),
        ("id;q=0.5, en;q=0.9", "en"),
        ("jv, en", "jv"),  # the first of equals
        ("en;q=0", "id"),  # expressly not wanted
        ("en;q=0, su;q=0.001", "su"),
        ("*", "id"),
        ("*;q=0.9, en;q=0.1", "en"),
        (" en ; q=0.7 , su ; q=0.8 ", "su"),
        ("en;q=1.5, su;q=0.2", "su"),  # no weight above one
        ("en;q=0.1234, su;q=0.1", "su"),
        ("waytoolongtag, su", "su"),
        ("<script>, en", "en"),
    ],
)
def test_the_heaviest_language_wins(header, tag):
    assert preferred(header) == tag


def test_the_default_can_be_chosen():
    assert preferred(None, default="en") == "en"


def test_a_header_is_read_up_to_a_bound():
    assert preferred("x;q=0.1," * 200_000 + "en") == "x"


@given(st.text())
def test_any_header_gives_a_language_tag(header):
    assert preferred(header)
