"""The seam between a way of reaching a system and the domain it serves: rows of names and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

FAULT = "\0fault"
"""Key of a row that could not be taken apart; its value says why. Such a row has no other key."""


class RowSource(Protocol):
    """Something that gives rows: a file, an address, a table."""

    async def rows(self) -> Sequence[Mapping[str, Any]]:
        """All rows, in the order of the upstream; the same object while nothing changed.

        Raises ConnectorError when they cannot be had. A single bad row comes with FAULT.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
