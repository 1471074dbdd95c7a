"""The state of a city in a word, equal for workers whose answers are equal."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, is_dataclass
from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from gateway import VERSION

if TYPE_CHECKING:
    from catalog.board import Board
    from gateway.graphs import Graphs
    from gateway.settings import Settings


class States:
    """Worked out when it is asked for, and again after `changed`."""

    def __init__(self, settings: Settings, board: Board, graphs: Graphs) -> None:
        self._board = board
        self._graphs = graphs
        self._settings = [
            settings.city, settings.mode, settings.database_address, settings.public_url,
            settings.unlicensed_coordinates, settings.request_seconds, settings.max_upstream_calls,
        ]  # fmt: skip
        self._known: str | None = None

    def changed(self) -> None:
        """Forget what it was."""
        self._known = None

    def __call__(self) -> str | None:
        """The state of now; None when there is something in it that cannot be written."""
        if self._known is None:
            graph = self._graphs.current.graph
            sources = graph.switchboard or ()
            told = [
                VERSION, graph.fingerprint, *self._settings, self._board.records,
                [[source.enabled, source.connector is None, source.binding] for source in sources],
            ]  # fmt: skip
            try:
                text = orjson.dumps(_plain(told))
            except (TypeError, ValueError):
                return None
            self._known = blake2b(text, digest_size=20).hexdigest()
        return self._known


def _plain(value: Any) -> Any:
    """The same with nothing in it whose order is left to chance."""
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return sorted([str(key), _plain(each)] for key, each in value.items())
    if isinstance(value, AbstractSet):
        return sorted(str(_plain(each)) for each in value)
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)
