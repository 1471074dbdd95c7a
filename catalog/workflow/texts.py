"""Words that people write, as they are kept: trimmed, bounded, and such that every database takes them."""

from __future__ import annotations

import re

from catalog.workflow.refusals import bad

NOTE_MOST = 2_000
"""Characters of a note, a reason, a comment."""
_UNTOLD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def said(value: str | None, field: str, *, most: int = NOTE_MOST) -> str | None:
    """The words without outer space, None where there are none. Raises BAD_INPUT."""
    trimmed = (value or "").strip()
    if len(trimmed) > most:
        raise bad(
            field,
            f"`{field}` paling banyak {most} karakter.",
            f"`{field}` may have at most {most} characters.",
        )
    if _UNTOLD.search(trimmed):
        raise bad(
            field,
            f"`{field}` berisi karakter kendali yang tidak dapat disimpan.",
            f"`{field}` holds control characters, which cannot be kept.",
        )
    return trimmed or None


def must_say(value: str | None, field: str, *, most: int = NOTE_MOST) -> str:
    """Like `said`, for words that are needed."""
    words = said(value, field, most=most)
    if words is None:
        raise bad(field, f"`{field}` harus diisi.", f"`{field}` is needed.")
    return words
