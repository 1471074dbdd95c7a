"""Texts, lists and ids that a caller passes: checked once, the same way everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.ports.common import ScopedId
from resolvers.ids import scoped_id
from resolvers.problems import bad_input

LONGEST = 200
"""Characters of a text."""
MOST = 50
"""Texts of a list."""
MOST_IDS = 200
"""Ids of a list, unless its domain takes fewer or more."""


def text(value: str | None, argument: str) -> str | None:
    """A text to look for, None when it is blank. BAD_INPUT when it is too long or no text."""
    if value is None or not value.strip():
        return None
    if len(value) > LONGEST:
        raise bad_input(f"`{argument}` may have at most {LONGEST} characters, not {len(value)}.")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise bad_input(f"`{argument}` holds a character that is not text.")
    return value


def texts(values: Sequence[str] | None, argument: str) -> tuple[str, ...]:
    """Several texts, blank ones left out. BAD_INPUT when there are too many, or one is wrong."""
    if values and len(values) > MOST:
        raise bad_input(f"`{argument}` may have at most {MOST} members, not {len(values)}.")
    found = (text(one, f"{argument}[{number}]") for number, one in enumerate(values or ()))
    return tuple(one for one in found if one is not None)


def ids(
    values: Sequence[str] | None, type_name: str, argument: str, *, most: int = MOST_IDS
) -> tuple[ScopedId, ...] | None:
    """Ids of one type, each once; None where no list was passed.

    BAD_INPUT when there are too many, or one is the id of another type.
    """
    if values is None:
        return None
    not_more(values, argument, most=most)
    return tuple(dict.fromkeys(scoped_id(one, type_name) for one in values))


def not_more(values: Sequence[str], argument: str, *, most: int) -> None:
    """BAD_INPUT when a list of ids is longer than `most`."""
    if len(values) > most:
        raise bad_input(f"`{argument}` may hold at most {most} ids, not {len(values)}.")
