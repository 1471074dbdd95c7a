"""Lists of pages: sitemaps, RSS and Atom feeds, and plain lists of addresses."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from urllib.parse import urljoin

from connectors.errors import Unreadable
from connectors.kinds.trees import name_of, named, tree, words_in

MOST_LINKS = 10_000
MOST_BYTES = 50_000_000
"""Of a packed sitemap, unpacked."""


@dataclass(frozen=True, slots=True)
class Index:
    """What a list links to."""

    pages: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Further lists, of a sitemap index."""


def read_index(body: bytes, charset: str = "", base: str = "") -> Index | None:
    """The links of a list; None for a document that is none. Raises Unreadable for broken XML."""
    body = unpacked(body).removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"<"):
        return _xml(body, charset, base)
    lines = body.split()
    if lines and all(line.startswith((b"http://", b"https://")) for line in lines):
        return Index(_links([line.decode("ascii", "replace") for line in lines], base))
    return None


def unpacked(body: bytes) -> bytes:
    """The document itself, where it is a gzip file. Raises Unreadable."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise Unreadable("a packed document that cannot be unpacked") from error
    if not unpacker.eof:
        raise Unreadable(f"a packed document that is cut off, or larger than {MOST_BYTES} bytes")
    return found


def _xml(body: bytes, charset: str, base: str) -> Index | None:
    root = tree(body, charset)
    kind = name_of(root)
    if kind in ("urlset", "sitemapindex"):
        entries = named(root, "url", "sitemap")
        links = _links([words_in(loc) for entry in entries for loc in named(entry, "loc")], base)
        return Index(links) if kind == "urlset" else Index(lists=links)
    if kind in ("rss", "RDF"):
        items = [item for item in root.iter() if name_of(item) == "item"]
        return Index(
            _links([words_in(link) for item in items for link in named(item, "link")], base)
        )
    if kind == "feed":
        found = []
        for entry in named(root, "entry"):
            for link in named(entry, "link"):
                if link.get("rel", "alternate") == "alternate":
                    found.append(link.get("href", ""))
                    break
        return Index(_links(found, base))
    return None


def _links(found: list[str], base: str) -> tuple[str, ...]:
    links = []
    for one in found[:MOST_LINKS]:
        try:
            link = urljoin(base, one.strip())
        except ValueError:
            continue
        if link.startswith(("http://", "https://")):
            links.append(link.partition("#")[0])
    return tuple(dict.fromkeys(links))
