"""The JSON-LD blocks of a web page: scripts of type application/ld+json, comments left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_BLOCKS = 200
_NEXT = re.compile(r"<!--|<script(?=[\s>/])", re.IGNORECASE)
_TYPE = re.compile(
    r"""\stype\s*=\s*(?:"([^"]{0,200})"|'([^']{0,200})'|([^\s>"']{1,200}))""", re.IGNORECASE
)
_END = re.compile(r"</script", re.IGNORECASE)
_HIDDEN = re.compile(rb"<!--.{0,2000}?-->|<\?[^>]{0,1000}>", re.DOTALL)
_FIRST = re.compile(rb"<([A-Za-z][\w:.-]{0,60})")
_PAGE = {b"html", b"head", b"body", b"script", b"meta", b"title", b"link", b"div", b"main"}
_LISTS = {b"rss", b"rdf", b"feed", b"urlset", b"sitemapindex"}
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_-]{2,30})""", re.IGNORECASE
)


def looks_like_a_page(body: bytes, media_type: str = "") -> bool:
    """Whether a document is HTML: by its first element, else by what the transport said."""
    head = body[:6_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"<"):
        return "html" in media_type and not head.startswith((b"{", b"["))
    first = _FIRST.search(_HIDDEN.sub(b"", head))
    name = first[1].rpartition(b":")[2].lower() if first else b""
    return name in _PAGE or ("html" in media_type and name not in _LISTS)


def decoded(body: bytes, charset: str = "") -> str:
    """The text of a document: as it says itself, else UTF-8, else as old programmes write."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    said = _CHARSET.search(body[:4_000])
    for encoding in ("utf-8-sig", charset, said[1].decode() if said else ""):
        try:
            return body.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")


def blocks(page: str) -> Iterator[str]:
    """The contents of the blocks, at most 200, in their order; time grows with the page alone."""
    place = found = 0
    while found < MOST_BLOCKS:
        match = _NEXT.search(page, place)
        if match is None:
            return
        if match[0] == "<!--":
            end = page.find("-->", match.end())
            if end < 0:
                return
            place = end + 3
            continue
        opened = page.find(">", match.end())
        closed = _END.search(page, opened + 1) if opened >= 0 else None
        if closed is None:
            return
        place = closed.end()
        if _is_jsonld(page[match.end() : min(opened, match.end() + 2_000)]):
            found += 1
            yield page[opened + 1 : closed.start()]


def _is_jsonld(attributes: str) -> bool:
    match = _TYPE.search(attributes)
    value = next((one for one in match.groups() if one is not None), "") if match else ""
    return value.partition(";")[0].strip().lower() == "application/ld+json"
