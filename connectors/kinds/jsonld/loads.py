"""JSON as people paste it into pages: read as it is, else with its usual slips put right."""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress
from typing import Any

import orjson

from connectors.errors import Unreadable

LONGEST = 5_000_000
"""Characters of a document whose slips are looked for."""
MOST_DOCUMENTS = 10_000
"""One after another in one text."""

_WRAPPERS = re.compile(
    r"\A[\s;]*(?:(?://\s*)?<!--[^\n{\[]*|(?:/[/*]\s*)?<!\[CDATA\[(?:\s*\*/)?)", re.IGNORECASE
)
_ENDINGS = re.compile(r"(?:(?://\s*)?-->|(?:/[/*]\s*)?\]\]>(?:\s*\*/)?)[\s;]*\Z")
_TOKEN = re.compile(
    r'"[^"\\\x00-\x1f]*+"'  # a text without any trouble
    r"|//[^\n]*|/\*"
    r"|[,\"]"
    r"|[^\",/]++|/"
)
_IN_TEXT = re.compile(r'[^"\\\x00-\x1f]++|\\.|["\\\x00-\x1f]', re.DOTALL)
_GOOD_ESCAPES = set('"\\/bfnrtu')
_CONTROLS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def loads(text: str) -> list[Any]:
    """The documents of a text: one, or several one after another. Raises Unreadable."""
    text = text.strip().removeprefix("\ufeff")
    with suppress(orjson.JSONDecodeError, UnicodeEncodeError):  # put right below
        found = orjson.loads(text)
        if not isinstance(found, (dict, list)):
            raise Unreadable("JSON, but neither an object nor a list")
        return [found]
    if len(text) > LONGEST:
        raise Unreadable("no JSON, and too long to be put right")
    tries = [text]
    if "&quot;" in text or "&#34;" in text:
        tries.append(html.unescape(text))  # escaped once too often by a page's template
    for one in tries:
        documents = _documents(_mended(_bare(one)))
        if documents is not None:
            return documents
    raise Unreadable("no JSON")


def _bare(text: str) -> str:
    """Without the comment or CDATA section that was meant to hide it from old programmes."""
    for _ in range(3):
        text = _ENDINGS.sub("", _WRAPPERS.sub("", text, count=1))
    return text.strip().rstrip(";").rstrip()


def _documents(text: str) -> list[Any] | None:
    decoder = json.JSONDecoder()
    found: list[Any] = []
    place = 0
    try:
        while place < len(text):
            value, place = decoder.raw_decode(text, place)
            found.append(value)
            if len(found) > MOST_DOCUMENTS:
                return None
            while place < len(text) and text[place] in " \t\r\n;,\x1e":
                place += 1
    except (ValueError, RecursionError):
        return None
    return found if found and all(isinstance(one, (dict, list)) for one in found) else None


def _mended(text: str) -> str:
    """Without comments and commas that end nothing; raw line ends in texts are escaped."""
    made: list[str] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:  # a backslash or the like outside of any text
            break
        piece, place = match[0], match.end()
        if piece == "/*":
            end = text.find("*/", place)
            place = len(text) if end < 0 else end + 2
        elif piece.startswith("//"):
            continue
        elif piece == '"':
            place = _text(text, place, made)
        elif piece == ",":
            made.append(piece)
        else:
            _drop_comma(made, piece)
            made.append(piece)
    return "".join(made)


def _drop_comma(made: list[str], piece: str) -> None:
    """Take back a comma that a closing bracket follows, or another one."""
    if not piece.lstrip().startswith(("]", "}")):
        return
    for place in range(len(made) - 1, -1, -1):
        if made[place] == ",":
            made[place] = ""
        elif made[place].strip():
            return


def _text(text: str, place: int, made: list[str]) -> int:
    """Take a text whose opening quote was read; where the next piece begins."""
    made.append('"')
    for match in _IN_TEXT.finditer(text, place):
        piece = match[0]
        if piece == '"':
            made.append(piece)
            return match.end()
        if piece[0] == "\\":
            made.append(piece if len(piece) == 2 and piece[1] in _GOOD_ESCAPES else piece[1:])
        else:
            made.append(_CONTROLS.get(piece, "" if piece < " " else piece))
    return len(text)
