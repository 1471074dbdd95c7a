"""What a status means, which hosts a source names, and the key of a question over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors import errors
from connectors.upkeep.documents import Answer, Document, Request

STATUSES: dict[int, type[errors.ConnectorError]] = {
    401: errors.Refused,
    403: errors.Refused,
    407: errors.Refused,
    408: errors.TimedOut,
    425: errors.Overloaded,
    429: errors.Overloaded,
    503: errors.Overloaded,
    504: errors.TimedOut,
}
"""What a status means; the others by their first digit: 4 Rejected, all else Broken."""

ABSENT = (404, 410)
"""Statuses that say that there is no such thing."""
LONGEST_RETRY_AFTER = 86_400.0
_ADDRESSES = (
    "http://", "https://", "webcal://", "postgresql://", "postgres://", "postgresql+asyncpg://",
)  # fmt: skip
_PAGES = {"text/html", "application/xhtml+xml"}


def document(answer: Answer, now: datetime, *, pages: bool = False) -> Document:
    """The document of a good answer.

    Raises the error that a status stands for, and Unreadable for a web page in the place of data
    unless `pages` are wanted: sign-in forms and error pages come with status 200, too.
    """
    check(answer, now)
    said = answer.headers.get("content-type", "")
    kind, _, more = said.partition(";")
    media_type = kind.strip().lower()
    if not pages and (media_type in _PAGES or _looks_like_a_page(answer.body)):
        raise errors.Unreadable("a web page in the place of data")
    return Document(
        body=answer.body,
        media_type=media_type,
        charset=_charset(more),
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
    )


def check(answer: Answer, now: datetime) -> None:
    """Raises the error that a status other than 2xx stands for."""
    status = answer.status
    if not 200 <= status < 300:
        kind = STATUSES.get(status, errors.Rejected if 400 <= status < 500 else errors.Broken)
        # A date is one of the source's clock, which need not agree with ours.
        their_now = _moment(answer.headers.get("date", "")) or now
        wait = retry_after(answer.headers.get("retry-after"), their_now)
        raise kind(f"HTTP {status}", retry_after=wait)


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds of a Retry-After header, a number or a date; at most a day; None if neither."""
    if value is None:
        return None
    try:
        seconds = float(int(value[:12]))
    except ValueError:
        moment = _moment(value)
        if moment is None:
            return None
        seconds = (moment - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _moment(value: str) -> datetime | None:
    """The moment of a header that is a date, None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def key_of(request: Request) -> str:
    """What makes two questions the same; written before secrets are put in, so it holds none."""
    body = hashlib.sha256(request.body).hexdigest() if request.body else ""
    return f"{request.method} {request.url} {body}".rstrip()


def named_hosts(options: Any) -> Iterator[str]:
    """The hosts of all addresses in a source's options, as `name` or `name:port`."""
    if isinstance(options, Mapping):
        for value in options.values():
            yield from named_hosts(value)
    elif isinstance(options, (list, tuple)):
        for value in options:
            yield from named_hosts(value)
    elif isinstance(options, str) and options.startswith(_ADDRESSES):
        try:
            parts = urlsplit(options)
            host, port = parts.hostname, parts.port
        except ValueError:
            return
        if host:
            name = f"[{host}]" if ":" in host else host
            yield f"{name}:{port}" if port else host


def _looks_like_a_page(body: bytes) -> bool:
    head = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html"))


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
