"""The short way in: a plain POST of JSON, known by a look at its headers.

Nearly all questions come like this. Whatever is not plain in every respect is None here and goes
the long way (`reading`, `negotiation`), which understands everything and says what is wrong; what
is plain means the same on both ways.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from gateway.execution.exchange import GraphQLRequest
from gateway.transport.negotiation import JSON, choose

if TYPE_CHECKING:
    from collections.abc import Iterable

_JSON_TYPES = frozenset({
    b"application/json",
    b"application/json; charset=utf-8",
    b"application/json;charset=utf-8",
    b"application/json; charset=UTF-8",
    b"application/json;charset=UTF-8",
})  # fmt: skip
_LOOKED_AT = frozenset({b"accept", b"content-type", b"content-length", b"content-encoding"})
_LONGEST_LENGTH = 15
"""Digits of a Content-Length; a longer one is for the long way to refuse."""


def media_type_of(headers: Iterable[tuple[bytes, bytes]], max_body_bytes: int) -> str | None:
    """The media type of the answer to a POST that is plain; None for one that may not be.

    Names of headers are in small letters.
    """
    accept = kind = None
    for name, value in headers:
        if name not in _LOOKED_AT:
            continue
        if name == b"accept":
            if accept is not None:
                return None
            accept = value
        elif name == b"content-type":
            if kind is not None:
                return None
            kind = value
        elif name == b"content-encoding" or not _fits(value, max_body_bytes):
            return None
    if kind not in _JSON_TYPES:
        return None
    return JSON if accept is None else _chosen(accept)


def question_of(body: bytes) -> GraphQLRequest | None:
    """The question in a body; None when anything about it is not as it should be."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if type(parsed) is not dict:
        return None
    query = parsed.get("query")
    if type(query) is not str:
        return None
    if len(parsed) == 1:
        return GraphQLRequest(query, to_bytes=True)
    name = parsed.get("operationName")
    variables = parsed.get("variables")
    extensions = parsed.get("extensions")
    if not (
        (name is None or type(name) is str)
        and (variables is None or type(variables) is dict)
        and (extensions is None or type(extensions) is dict)
    ):
        return None
    return GraphQLRequest(
        query,
        operation_name=name or None,
        variables=variables or {},
        extensions=extensions or {},
        to_bytes=True,
    )


def _fits(length: bytes, max_body_bytes: int) -> bool:
    return length.isdigit() and len(length) <= _LONGEST_LENGTH and int(length) <= max_body_bytes


@lru_cache(maxsize=256)
def _chosen(accept: bytes) -> str | None:
    """Clients have few ways of writing this header, and write it each time."""
    return choose([accept.decode("latin-1")])
