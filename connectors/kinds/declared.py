"""Rows as a catalogue line declares them: from a file, an address or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from connectors.kinds import files
from connectors.kinds.formats import READERS, Format
from connectors.kinds.mapping import FieldMap, read_fields
from connectors.upkeep.documents import Request
from connectors.upkeep.upkeep import Read, Upkeep

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a feed. How fresh it must be stands in its `upkeep`."""

    origin: str
    """`file`, `http` or `sql`; written `from`."""
    path: str = ""
    """Of a file, within the data folder or the city's folder."""
    url: str = ""
    """Of the data (http), or of the database (sql)."""
    table: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: FieldMap = field(default_factory=dict)
    how: Format = field(default_factory=Format)
    most_rows: int | None = None
    """Of a table."""


NEEDED = {"file": "path", "http": "url", "sql": "table"}
NUMBERS = ("most_rows",)
TEXTS = ("path", "url", "table")
HOW = ("format", "list", "delimiter", "encoding")


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    known = {"from", "fields", "headers", *TEXTS, *NUMBERS, *HOW}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    origin = said.get("from")
    if origin not in NEEDED:
        raise ValueError(f"`from` must be one of {', '.join(NEEDED)}, not {origin!r}")
    texts = {name: _text(name, said[name]) for name in TEXTS if name in said}
    for name in {NEEDED[origin]} | ({"url"} if origin == "sql" else set()):
        if not texts.get(name):
            raise ValueError(f"`{name}` is needed with from = {origin!r}")
    headers = said.get("headers", {})
    if not isinstance(headers, Mapping) or not isinstance(said.get("fields", {}), Mapping):
        raise ValueError("`headers` and `fields` must be tables")  # noqa: TRY004 - as all others
    return Options(
        origin=origin,
        headers={str(name): _text(f"headers.{name}", value) for name, value in headers.items()},
        fields=read_fields(said.get("fields", {})),
        how=_format(said, texts.get("path", "")),
        path=texts.get("path", ""),
        url=texts.get("url", ""),
        table=texts.get("table", ""),
        **{name: _number(name, said[name]) for name in NUMBERS if name in said},
    )


def _format(said: Mapping[str, Any], path: str) -> Format:
    suffix = "." + path.rpartition(".")[2].lower()
    name = _text("format", said.get("format", files.SUFFIXES.get(suffix, "json")))
    if name not in READERS:
        raise ValueError(f"`format` must be one of {', '.join(READERS)}, not {name!r}")
    rest = {key: _text(key, said[key]) for key in HOW if key in said and key != "format"}
    if len(rest.get("delimiter", ",")) != 1:
        raise ValueError("`delimiter` must be one character")
    try:
        "".encode(rest.get("encoding", "utf-8"))
    except LookupError:
        raise ValueError(f"`encoding` {rest['encoding']!r} is not known") from None
    return Format(name, **rest)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"`{name}` must be text")  # noqa: TRY004 - as all others
    return value


def _number(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f"`{name}` must be a number from 0")
    return value


class Way(Protocol):
    """A way to the rows: what it brings passes through the source's upkeep."""

    async def read(self, read: Read[T]) -> T:
        """What `read` makes of the newest document. Raises ConnectorError."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


def way_to(options: Options, folders: Sequence[Path], upkeep: Upkeep) -> Way:
    """The way to the rows. Raises ValueError for a path that leads out or a broken address."""
    if options.origin == "file":
        return files.FileWay(files.confined(options.path, folders), upkeep)
    if options.origin == "http":
        return Address(Request(options.url, headers=options.headers), upkeep)
    # Imported where used: a city without a foreign database does not load its drivers.
    from connectors.kinds import tables

    most: dict[str, Any] = {} if options.most_rows is None else {"most_rows": options.most_rows}
    paths = {path for pick in options.fields.values() for path in pick.paths}
    return tables.TableWay(options.url, options.table, upkeep, paths=paths, **most)


class Address:
    """A document of the web."""

    def __init__(self, request: Request, upkeep: Upkeep) -> None:
        self._request = request
        self._upkeep = upkeep

    async def read(self, read: Read[T]) -> T:
        """What `read` makes of it."""
        return await self._upkeep.get(self._request, read)

    async def aclose(self) -> None:
        """The connections belong to the gateway."""
