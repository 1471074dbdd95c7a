"""From an answer to bytes."""

from __future__ import annotations

import json

import orjson


def dump(body: object) -> bytes:
    """JSON in UTF-8.

    What orjson does not write (integers over 64 bits, halves of surrogate pairs) the slower
    standard writer does. Raises TypeError or ValueError for what JSON cannot hold.
    """
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
