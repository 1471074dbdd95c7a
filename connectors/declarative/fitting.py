"""Mapped values held against the types a team declares: what is filled, what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
)

from connectors.declarative.codes import SaidCode
from connectors.declarative.declared import Declared, Kind
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.mapping.values import ABSENT, kind_of
from connectors.declarative.model import Connect
from connectors.declarative.submission import SDL_FILE
from connectors.ports.common import must_text
from connectors.ports.connectors import CoverageLevel, FieldCoverage

MOST_INSTANCES = 50
"""Objects of one type that are remembered, to ask further with."""
MOST_ITEMS = 2_000
"""Of a list that are looked at."""
_SCALARS: dict[str, GraphQLScalarType] = {
    each.name: each for each in (GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString)
}
_KINDS_ID = {
    "null": "null",
    "a boolean": "boolean",
    "a string": "teks",
    "a number": "angka",
    "an object": "objek",
    "a list": "daftar",
}


@dataclass(slots=True)
class Fit:
    """What was seen of a value, or of several."""

    declared: Declared
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each field could have had a value, by its coordinate and the connector's."""
    filled: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often it had one."""
    nulls: Counter[str] = field(default_factory=Counter)
    """How often a field with `!` had none."""
    unfit: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """How often a field (coordinate, type) had a value of another kind."""
    instances: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Objects by type."""
    asked: str = ""
    """The connector whose answer is looked at."""

    def take(self, connect: Connect, value: Any) -> None:
        """What a connector made of an answer."""
        kind = self.declared.kind_of(connect)
        if kind is None:
            return
        self.asked = connect.coordinate
        if connect.field is not None:
            self._field(connect.coordinate, kind, value)
        elif isinstance(value, dict):
            self._object(connect.type, value)

    def _field(self, coordinate: str, kind: Kind, value: Any) -> None:
        place = coordinate, self.asked
        self.seen[place] += 1
        if value is ABSENT or value is None:
            self.nulls[coordinate] += not kind.nullable
            return
        self.filled[place] += 1
        self._value(coordinate, kind, value)

    def _value(self, coordinate: str, kind: Kind, value: Any) -> None:
        if value is None:
            self.nulls[coordinate] += not kind.nullable
        elif kind.items is not None:
            if not isinstance(value, list):
                self._unfit(coordinate, kind, value)
                return
            for item in value[:MOST_ITEMS]:
                self._value(coordinate, kind.items, item)
        elif kind.name in self.declared.types:
            if not isinstance(value, dict):
                self._unfit(coordinate, kind, value)
                return
            self._object(kind.name, value)
        elif not self._is_leaf(kind.name, value):
            self._unfit(coordinate, kind, value)

    def _object(self, name: str, value: dict[str, Any]) -> None:
        held = self.instances.setdefault(name, [])
        if len(held) < MOST_INSTANCES:
            held.append(value)
        for each, found in self.declared.types.get(name, {}).items():
            # A field that is asked for on its own is no part of this answer.
            if not found.connected or each in value:
                self._field(f"{name}.{each}", found.kind, value.get(each, ABSENT))

    def _is_leaf(self, name: str, value: Any) -> bool:
        if name in self.declared.enums:
            return isinstance(value, str) and value in self.declared.enums[name]
        scalar = _SCALARS.get(name)
        if scalar is None:
            return True  # of the city, or of another team: they know what fits
        try:
            scalar.coerce_output_value(value)
        except GraphQLError:
            return False
        return True

    def _unfit(self, coordinate: str, kind: Kind, value: Any) -> None:
        written = f"[{kind.items.name}]" if kind.items else kind.name
        self.unfit[coordinate, written, kind_of(value)] += 1

    # ---------------------------------------------------------------------------- told

    def coverage(self) -> tuple[FieldCoverage, ...]:
        """How well each field was filled, in the order in which they were met."""
        made = []
        counted: dict[str, list[int]] = {}
        given = {coordinate for coordinate, _ in self.filled}
        for (coordinate, asked), seen in self.seen.items():
            counts = counted.setdefault(coordinate, [0, 0])
            # A type may be filled by several connectors: who never gives a field, while another
            # one does, is not the one it is to come from.
            if (coordinate, asked) in self.filled or coordinate not in given:
                counts[0] += self.filled[coordinate, asked]
                counts[1] += seen
        for coordinate, (filled, seen) in counted.items():
            bad = sum(count for key, count in self.unfit.items() if key[0] == coordinate)
            level = (
                CoverageLevel.NONE
                if not filled
                else CoverageLevel.FULL
                if filled == seen and not bad
                else CoverageLevel.PARTIAL
            )
            made.append(FieldCoverage(coordinate, level, f"{filled}/{seen}"))
        return tuple(made)

    def findings(self) -> Iterator[Finding]:
        """Values that the graph cannot give as they are."""
        for (coordinate, written, came), count in self.unfit.items():
            yield Finding(
                SaidCode.VALUE_UNFIT.value,
                Severity.ERROR,
                must_text(
                    f"`{coordinate}` bertipe {written}, yang datang {_KINDS_ID.get(came, came)}.",
                    f"`{coordinate}` is {written}, and what came is {came}.",
                ),
                must_text(
                    "Ubah tipe field, atau ubah nilainya di `selection`"
                    " (->parseInt, ->toString, ->first, ->match).",
                    "Change the type of the field, or the value in `selection`"
                    " (->parseInt, ->toString, ->first, ->match).",
                ),
                SDL_FILE,
                path=coordinate,
                count=count,
            )
        for coordinate, count in self.nulls.items():
            if not count:
                continue
            yield Finding(
                SaidCode.VALUE_NULL.value,
                Severity.WARNING,
                must_text(
                    f"`{coordinate}` tidak boleh null (`!`), tetapi tidak ada nilainya.",
                    f"`{coordinate}` must not be null (`!`), and had no value.",
                ),
                must_text(
                    "Hapus `!`, atau beri nilai pengganti dengan `??`.",
                    "Take the `!` out, or provide a value with `??`.",
                ),
                SDL_FILE,
                path=coordinate,
                count=count,
            )
