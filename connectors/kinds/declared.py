"""Row sources as a catalogue line declares them: from a file, an address or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.kinds import files
from connectors.kinds.formats import READERS, Format
from connectors.kinds.mapping import FieldMap, read_fields
from connectors.kinds.rows import RowSource

REFRESH_S = 60.0
KEPT_S = 3 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a feed. Seconds, bytes and rows are upper limits."""

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
    refresh_seconds: float = REFRESH_S
    """Rows are read again at most this often."""
    stale_seconds: float = KEPT_S
    """How long the last good rows are given, marked stale, while the upstream is down."""
    time_limit_seconds: float | None = None
    most_bytes: int | None = None
    most_rows: int | None = None


NEEDED = {"file": "path", "http": "url", "sql": "table"}
NUMBERS = ("refresh_seconds", "stale_seconds", "time_limit_seconds", "most_bytes", "most_rows")
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


def row_source(options: Options, folders: Sequence[Path]) -> RowSource:
    """The way to the rows. Raises ValueError for a path that leads out or a broken address."""
    # Imported where used: a city without a feed of a kind does not load its library.
    if options.origin == "file":
        path = files.confined(options.path, folders)
        return files.FileRows(path, options.how, **_given(most_bytes=options.most_bytes))
    limits = {"time_limit": options.time_limit_seconds}
    if options.origin == "http":
        from connectors.kinds import http

        limits["most_bytes"] = options.most_bytes
        return http.HttpRows(options.url, options.how, headers=options.headers, **_given(**limits))
    from connectors.kinds import tables

    engine = tables.open_read_only(options.url)
    return tables.TableRows(engine, options.table, **_given(most_rows=options.most_rows, **limits))


def _given(**limits: float | None) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if value is not None}
