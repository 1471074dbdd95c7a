"""From an answer to bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from gateway.errors import present
from gateway.execution.exchange import Piece
from gateway.transport.negotiation import GRAPHQL_RESPONSE, JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.execution.exchange import Answer

VARY = "Accept, Accept-Language, Authorization"
"""What of a request an answer depends on, beside its address and body."""

Headers = list[tuple[bytes, bytes]]

_SAME: dict[str, Headers] = {
    media_type: [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", VARY.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    for media_type in (JSON, GRAPHQL_RESPONSE)
}
"""The headers that every answer of a media type has."""
_SAME_LINES = {
    media_type: b"".join(b"%s: %s\r\n" % pair for pair in pairs)
    for media_type, pairs in _SAME.items()
}


@dataclass(slots=True)
class Written:
    """An answer as it goes over the wire."""

    body: bytes
    status: int
    media_type: str
    more: Mapping[str, str] | None = None
    """Headers that only this answer has."""
    head: bytes | None = None
    """All headers as `head_of` writes them, where they have been written before."""


def written(
    body: object, status: int, media_type: str, more: Mapping[str, str] | None = None
) -> Written:
    """The answer with this response map. One that cannot be written is a fault of ours."""
    try:
        return Written(dump(body), status, media_type, more)
    except (TypeError, ValueError, RecursionError) as fault:
        # A resolver returned what JSON cannot hold: nothing of it is shown.
        return Written(dump({"errors": [present(fault)]}), 500, media_type, more)


def headers_of(answer: Written) -> Headers:
    """All headers of an answer, names in small letters."""
    headers = _SAME[answer.media_type].copy()
    if answer.more:
        headers += [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.more.items()
        ]
    headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers


def head_of(answer: Written) -> bytes:
    """All headers of an answer as they go over the wire, up to the body."""
    if answer.head is not None:
        return answer.head
    more = b"".join(_line(name, value) for name, value in (answer.more or {}).items())
    return b"%scontent-length: %d\r\n\r\n" % (
        _SAME_LINES[answer.media_type] + more,
        len(answer.body),
    )


def _line(name: str, value: str) -> bytes:
    if not (name.replace("-", "").isalnum() and value.isprintable()):
        message = f"the header {name!r} cannot be sent"
        raise ValueError(message)
    return f"{name.lower()}: {value}\r\n".encode("latin-1")


def bytes_of(answer: Answer) -> bytes:
    """The body of an answer. Raises as `dump` does."""
    return dump(answer.body())


def dump(body: object) -> bytes:
    """JSON in UTF-8.

    What orjson does not write (integers over 64 bits, halves of surrogate pairs) the slower
    standard writer does. Raises TypeError or ValueError for what JSON cannot hold.
    """
    try:
        return orjson.dumps(body, default=_fragment)
    except orjson.JSONEncodeError:
        return json.dumps(body, allow_nan=False, separators=(",", ":"), default=_plain).encode()


def _fragment(piece: object) -> object:
    return orjson.Fragment(_said(piece))


def _plain(piece: object) -> object:
    return orjson.loads(_said(piece))


def _said(piece: object) -> bytes:
    if isinstance(piece, Piece):
        return piece.json
    message = f"{type(piece).__name__} is nothing JSON can hold"
    raise TypeError(message)
