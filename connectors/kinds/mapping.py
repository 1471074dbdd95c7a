"""A declared map from the names of an upstream to our own: no code, one line per field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a value is found in an upstream row, and what its words mean."""

    paths: tuple[str, ...] = ()
    """The first of these that holds something; `alamat.jalan`, `foto.0.url`."""
    values: Mapping[str, Any] | None = None
    """Upstream words and ours. A word that is not here is `default`, else it stays."""
    default: Any = None
    """When nothing is found, or the word is not known."""

    def of(self, row: Mapping[str, Any]) -> Any:
        """The value in a row, None where there is none."""
        found = next((v for path in self.paths if (v := look(row, path)) not in (None, "")), None)
        if found is None:
            return self.default
        if self.values is None:
            return found
        return self.values.get(str(found).strip(), found if self.default is None else self.default)


FieldMap = Mapping[str, Pick]


def look(row: Any, path: str) -> Any:
    """What lies at a path of names and list positions, None where it leads nowhere."""
    if isinstance(row, Mapping) and path in row:
        return row[path]  # also a column whose name has dots
    head, dot, rest = path.partition(".")
    if isinstance(row, Mapping):
        found = row.get(head)
    elif isinstance(row, list) and head.isascii() and head.isdigit() and len(head) < 9:
        found = row[int(head)] if int(head) < len(row) else None
    else:
        return None
    return look(found, rest) if dot else found


def canonical(row: Mapping[str, Any], fields: FieldMap) -> Mapping[str, Any]:
    """The row in our names; a row without a map is in our names already."""
    return {name: pick.of(row) for name, pick in fields.items()} if fields else row


def read_fields(fields: Mapping[str, Any]) -> FieldMap:
    """A map as a catalogue line writes it. Raises ValueError naming the field at fault.

    `name = "nama"`, `name = ["nama", "name"]`, `kind = { value = "PARK" }`, or
    `kind = { path = "jenis", values = { taman = "PARK" }, default = "OTHER" }`.
    """
    return {name: _pick(name, said) for name, said in fields.items()}


def _pick(name: str, said: Any) -> Pick:
    if isinstance(said, Mapping):
        if set(said) == {"value"}:
            return Pick(default=said["value"])
        if "path" in said and set(said) <= {"path", "values", "default"}:
            values = said.get("values")
            if values is None or isinstance(values, Mapping):
                return Pick(_paths(name, said["path"]), values, said.get("default"))
        raise ValueError(f"fields.{name}: takes `value`, or `path` with `values` and `default`")
    return Pick(_paths(name, said))


def _paths(name: str, said: Any) -> tuple[str, ...]:
    found = (said,) if isinstance(said, str) else said
    if isinstance(found, (list, tuple)) and found:
        paths = tuple(path for path in found if isinstance(path, str) and path)
        if len(paths) == len(found):
            return paths
    raise ValueError(f"fields.{name}: must be the path of a value, or a list of paths")
