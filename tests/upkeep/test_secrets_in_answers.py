"""Secrets in addresses and in what systems repeat of a question."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest

from connectors.upkeep.secrets import concealed, revealed_in_address

SECRET = 'Zx9 r4hasia/+&q"é'


class Drawer:
    """One long secret and one that is too short to be told from chance."""

    def find(self, source: str, name: str) -> str | None:
        return {("tim", "kunci"): SECRET, ("tim", "pendek"): "12"}.get((source, name))


def test_behind_the_question_mark_a_secret_is_one_value():
    address = revealed_in_address("https://a.example/x?k={secret:kunci}&n=1", "tim", Drawer())
    assert address == f"https://a.example/x?k={quote(SECRET, safe='')}&n=1"


def test_before_it_a_secret_may_be_anything():
    address = revealed_in_address("https://a.example/{secret:pendek}/y", "tim", Drawer())
    assert address == "https://a.example/12/y"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
    ],
)
def test_a_secret_that_is_repeated_is_its_name_again_however_it_is_written(written: str):
    body = concealed(f"a {written} b".encode(), ["Bearer {secret:kunci}"], "tim", Drawer())
    assert body == b"a {secret:kunci} b"


def test_short_secrets_unknown_ones_and_those_of_others_change_nothing():
    body = b'{"n": 12}'
    texts = ["{secret:pendek} {secret:tidak-ada}"]
    assert concealed(body, texts, "tim", Drawer()) == body
    assert concealed(SECRET.encode(), ["{secret:kunci}"], "lain", Drawer()) == SECRET.encode()
