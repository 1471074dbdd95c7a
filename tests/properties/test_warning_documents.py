"""Whatever a publisher sends, it is read or refused: nothing else comes out of the readers."""

from __future__ import annotations

import html
from contextlib import suppress

import orjson
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.kinds.bmkg import forecast_row, quake_rows
from connectors.kinds.bmkg_province import province_rows
from connectors.kinds.cap import CapDocument, read_document
from connectors.kinds.plain import LONGEST, plain
from connectors.memory.cap_messages import Habits, alerts_of
from connectors.ports.common import Origin
from tests import builders
from tests.kinds.cap_publisher import area, info, message, rss

WORDS = st.text(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Infogempa",
                    "gempa",
                    "DateTime",
                    "Tanggal",
                    "Jam",
                    "Coordinates",
                    "Lintang",
                    "Magnitude",
                    "Shakemap",
                    "data",
                    "lokasi",
                    "adm4",
                    "cuaca",
                    "t",
                    "weather",
                    "wd",
                    "utc_datetime",
                    "local_datetime",
                    "timezone",
                    "analysis_date",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def origin(local_id: str, **more: object) -> Origin:
    return builders.origin("agency", local_id)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message or a list with a piece of it replaced."""
    body = draw(st.sampled_from([message("m", info(area=[area(circle="1,2 3")])), rss("/a", "b")]))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 30)))
    return body[:start] + draw(st.binary(max_size=20)) + body[end:]


@given(damaged() | st.binary(max_size=200))
def test_a_damaged_document_is_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        document = read_document(body, "", "https://agency.example/list")
        assert isinstance(document, CapDocument)
        for one in document.messages:
            with suppress(Unreadable):
                alerts_of(one, origin, "https://agency.example/list", Habits())
    with suppress(Unreadable):
        province_rows(body, "")


@given(WORDS, WORDS, WORDS, WORDS)
def test_any_words_in_a_message_are_told_or_refused(
    polygon: str, circle: str, expires: str, references: str
) -> None:
    parts = [area(polygon=polygon, circle=circle)]
    told = {"references": references, "msgType": "Update"}
    with suppress(Unreadable):
        body = message("m", info(expires=expires, area=parts), **told)
        for one in read_document(body, "", "https://agency.example/m").messages:
            alerts_of(one, origin, "https://agency.example/m", Habits())


@given(JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        body = orjson.dumps(value)
    except TypeError:  # a whole number that no JSON reader here takes
        return
    with suppress(Unreadable):
        quake_rows(body, "", "https://agency.example/list")
    with suppress(Unreadable):
        forecast_row(body, "36.71.05.1001")


@given(st.integers(0, 15), st.sampled_from(["b", "script", "IMG src=x onerror=y()"]), WORDS)
def test_markup_is_taken_off_however_often_it_was_escaped(times: int, tag: str, words: str) -> None:
    text = f"<{tag}>{words}"
    for _ in range(times):
        text = html.escape(text)
    found = plain(text)
    assert len(found) <= LONGEST
    assert f"<{tag}>" not in found


@given(st.text(alphabet="abc <>&;.5\n", max_size=60).map(str.strip))
def test_a_text_without_names_of_tags_keeps_its_words(text: str) -> None:
    kept = plain(text.replace("<", "< ").replace("&", "& "))
    assert "".join(kept.split()) == "".join(text.split())
