"""Reading a row although a value in it is wrong: the value is left out and reported, the row kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from connectors.errors import Unreadable
from connectors.ports.common import Origin

R = TypeVar("R")


def read_what_can_be(
    read: Callable[[Mapping[str, Any], Callable[[str], Origin]], R],
    row: Mapping[str, Any],
    origin: Callable[[str], Origin],
    left_out: Callable[[str, str], None],
) -> R:
    """The record of a canonical row; `left_out` is told of each column that was wrong, and why.

    Raises Unreadable when the record cannot be without the value that is wrong.
    """
    cells = dict(row)
    while True:
        try:
            return read(cells, origin)
        except Unreadable as error:
            column = error.column
            if column is None or cells.get(column) is None:  # nothing could be left out
                raise
            try:
                read({**cells, column: None}, origin)
            except Unreadable as other:
                if other.column == column:
                    raise error from other
            left_out(column, str(error))
            cells[column] = None
