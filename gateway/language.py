"""Which language a caller prefers, by the Accept-Language header (RFC 9110, section 12.5.4)."""

from __future__ import annotations

import re

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII,
)
_LONGEST = 1_000


def preferred(header: str | None, default: str = "id") -> str:
    """The tag with the highest weight, the first of equals; the default when there is none."""
    best, weight = default, 0.0
    for part in (header or "")[:_LONGEST].split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        quality = float(found[2]) if found[2] is not None else 1.0
        if quality > weight:
            best, weight = found[1], quality
    return best
