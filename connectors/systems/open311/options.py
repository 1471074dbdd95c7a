"""The options of a catalogue line of `open311.complaints`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.kinds.open311.questions import FORMATS
from connectors.kinds.open311.windows import LIMIT, MOST_DAYS
from connectors.ports.complaints import ComplaintStatus
from connectors.systems.open311.statuses import folded
from connectors.upkeep.policy import duration

_SECRET = re.compile(r"\{secret:[a-z0-9][a-z0-9_-]{0,63}\}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a catalogue line says; docs/connect.md explains each."""

    url: str = ""
    discovery: str = ""
    format: str = ""
    """`json` or `xml`; empty: JSON where the server has it, else XML."""
    jurisdiction_id: str | None = None
    api_key: str | None = None
    key_for_reading: bool = False
    extensions: bool = False
    zone: ZoneInfo | None = None
    local_times: bool = False
    history_days: int = 365
    window_days: int = 30
    settled_for: float = 3600.0
    paging: bool = True
    page_size: int = LIMIT
    limit: int = LIMIT
    definitions: bool = True
    language: str = "id"
    state_in_notes: bool = False
    status_map: Mapping[str, ComplaintStatus] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    unknown = sorted(set(said) - set(_READERS) - {"samples_only"})
    if unknown:
        there = ", ".join(sorted(_READERS))
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {there}")
    values = {}
    for name, value in said.items():
        if name in _READERS:
            try:
                values[name] = _READERS[name](value)
            except ValueError as error:
                raise ValueError(f"`{name}` {error}") from error
    options = Options(**values)
    if bool(options.url) == bool(options.discovery):
        raise ValueError("one of `url` (of the endpoint) and `discovery` is needed, and not both")
    if options.local_times and options.zone is None:
        raise ValueError("`local_times` needs `zone`: the zone the server's times are in")
    if options.key_for_reading and options.api_key is None:
        raise ValueError("`key_for_reading` needs `api_key`")
    return options


# ------------------------------------------------------------------------------- values


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def _address(value: Any) -> str:
    said = _text(value).rstrip("/")
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        message = "must be an address such as https://api.city.gov/open311/v2, without a query"
        raise ValueError(message)
    return said


def _secret(value: Any) -> str:
    if not isinstance(value, str) or _SECRET.fullmatch(value) is None:
        raise ValueError('must name a secret, such as "{secret:api-key}"; the key is no option')
    return value


def _format(value: Any) -> str:
    if value not in FORMATS:
        raise ValueError(f"must be one of {', '.join(FORMATS)}, not {value!r}")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 - as all others
    return value


def _whole(least: int, most: int) -> Any:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return read


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"must be a zone such as Asia/Jakarta, not {value!r}") from error


def _language(value: Any) -> str:
    if not isinstance(value, str) or _LANGUAGE.fullmatch(value) is None:
        raise ValueError(f"must be a language such as id or en, not {value!r}")
    return value


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of texts")  # noqa: TRY004 - as all others
    return {str(name): _text(one) for name, one in value.items()}


def _statuses(value: Any) -> dict[str, ComplaintStatus]:
    found = {}
    for word, name in _texts(value).items():
        status = ComplaintStatus.__members__.get(name.upper())
        if status is None:
            there = ", ".join(ComplaintStatus.__members__)
            raise ValueError(f"says {name!r} for {word!r}; the statuses are: {there}")
        found[folded(word)] = status
    return found


def _names(value: Any) -> dict[str, str]:
    return {folded(name): code for name, code in _texts(value).items()}


_READERS: dict[str, Any] = {
    "url": _address,
    "discovery": _text,
    "format": _format,
    "jurisdiction_id": _text,
    "api_key": _secret,
    "key_for_reading": _flag,
    "extensions": _flag,
    "zone": _zone,
    "local_times": _flag,
    "history_days": _whole(1, 3660),
    "window_days": _whole(1, MOST_DAYS),
    "settled_for": duration,
    "paging": _flag,
    "page_size": _whole(1, 10_000),
    "limit": _whole(1, 100_000),
    "definitions": _flag,
    "language": _language,
    "state_in_notes": _flag,
    "status_map": _statuses,
    "categories": _texts,
    "departments": _names,
    "headers": _texts,
}
