"""Where the documents of a source are, as its catalogue line says: addresses, or a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from connectors.kinds.files import FileWay, confined
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.upkeep import Upkeep

T = TypeVar("T")

OPTIONS = frozenset({"from", "url", "path", "headers", "samples_only"})
"""The options that `whereabouts` reads, and those every source may have."""

MOST_ADDRESSES = 200


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One file, or one or more addresses."""

    urls: tuple[str, ...] = ()
    path: str = ""
    """Of a file, within the data folder or the city's folder."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def ways(
        self, folders: Sequence[Path], upkeep: Upkeep, *, pages: bool = False
    ) -> list[Documents]:
        """A way to each document. Raises ValueError for a path that leads out of the folders."""
        if self.path:
            file = FileWay(confined(self.path, folders), upkeep)
            return [Documents(upkeep, file=file)]
        asked = [Request(url, headers=self.headers) for url in self.urls]
        return [Documents(upkeep, request=request, pages=pages) for request in asked]


class Documents:
    """The way to one document of a source, through its upkeep."""

    def __init__(
        self,
        upkeep: Upkeep,
        *,
        file: FileWay | None = None,
        request: Request | None = None,
        pages: bool = False,
    ) -> None:
        self.url = request.url if request else ""
        self._upkeep = upkeep
        self._file = file
        self._request = request or Request("")
        self._pages = pages

    async def read(self, read: Callable[[Document, Stamp], T]) -> T:
        """What `read` makes of the newest one. Raises ConnectorError."""
        if self._file is not None:
            return await self._file.read(read)
        return await self._upkeep.get(self._request, read, pages=self._pages)


def whereabouts(said: Mapping[str, Any], *, others: Collection[str] = ()) -> Whereabouts:
    """Where a catalogue line says its documents are; `others` are the options of its system.

    `url` is an address or a list of them (`webcal://` is read as `https://`), `path` a file.
    Raises ValueError saying which option is wrong and what it takes.
    """
    known = OPTIONS | set(others)
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    path, urls = said.get("path"), said.get("url")
    if (path is None) == (urls is None):
        raise ValueError("either `url` (an address or a list of them) or `path` is needed")
    if said.get("from", "file" if urls is None else "http") != ("file" if urls is None else "http"):
        raise ValueError('`from` is "file" with `path` and "http" with `url`')
    if path is not None and not (isinstance(path, str) and path):
        raise ValueError("`path` must be the name of a file")
    urls = [urls] if isinstance(urls, str) else urls if urls is not None else []
    if not isinstance(urls, (list, tuple)) or len(urls) > MOST_ADDRESSES:
        raise ValueError(f"`url` must be an address, or a list of at most {MOST_ADDRESSES}")
    headers = said.get("headers", {})
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    found = tuple(dict.fromkeys(_address(url) for url in urls))
    if path is None and not found:
        raise ValueError("`url` must name at least one address")
    return Whereabouts(found, path or "", {str(name): text for name, text in headers.items()})


def text_option(said: Mapping[str, Any], name: str, default: str = "") -> str:
    """An option that is a text. Raises ValueError."""
    value = said.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"`{name}` must be text")  # noqa: TRY004 - as all others
    return value


def whole_option(said: Mapping[str, Any], name: str, default: int, *, most: int) -> int:
    """An option that is a whole number from 1. Raises ValueError."""
    value = said.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"`{name}` must be a whole number from 1 to {most}")
    return value


def _address(said: Any) -> str:
    if isinstance(said, str):
        url = said
        # Calendars are linked so, to be opened by a calendar programme.
        for scheme in ("webcal://", "webcals://"):
            if url.lower().startswith(scheme):
                url = "https://" + url[len(scheme) :]
        try:
            parts = urlsplit(url)
            if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
                return url
        except ValueError:
            pass  # said below
    raise ValueError("`url` must begin with http:// or https:// and name a host")
