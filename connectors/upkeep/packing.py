"""How a last good answer is written down: a line that describes it, and its body, compressed."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.upkeep.documents import Document
from connectors.upkeep.keep import Kept

FORMAT = 1
"""Raised when what was written before can no longer be read."""
MOST_BYTES = 256 * 1024 * 1024
"""A body larger than this, unpacked, is not believed."""

MOST_HEAD = 65_536
"""A description of more bytes is none."""


@dataclass(frozen=True, slots=True)
class Head:
    """The line that describes a body."""

    line: str
    """JSON in ASCII."""
    digest: bytes
    """SHA-256 of the body, unpacked."""


def name_of(key: str) -> bytes:
    """A key as it is written down: nobody reads an address or a citizen's word out of it."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def head_of(kept: Kept) -> Head:
    """The description. Raises ValueError for a moment without a zone or outside of the calendar."""
    if kept.fetched_at.tzinfo is None:
        raise ValueError("fetched_at has no zone")
    try:
        moment = kept.fetched_at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("fetched_at lies outside of the calendar") from error
    document = kept.document
    digest = hashlib.sha256(document.body).digest()
    line = {
        "format": FORMAT,
        "fetched_at": moment.isoformat(),
        "media_type": document.media_type,
        "charset": document.charset,
        "etag": document.etag,
        "last_modified": document.last_modified,
        "status": document.status,
        "size": len(document.body),
        "sha256": digest.hex(),
    }
    return Head(json.dumps(line), digest)


def pack(body: bytes) -> bytes:
    """The body compressed, quickly rather than tightly."""
    return zlib.compress(body, 1)


def unpack(line: str | bytes, packed: bytes) -> Kept:
    """What was written down. Raises ValueError unless every bit of it is as it was."""
    if len(line) > MOST_HEAD:
        raise ValueError("description is not believed")
    try:
        said = json.loads(line)
    except RecursionError as error:
        raise ValueError("description is nested") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise ValueError("not of this format")
    size = said.get("size")
    if not isinstance(size, int) or not 0 <= size <= MOST_BYTES:
        raise ValueError("size is not believed")
    reader = zlib.decompressobj()
    try:
        # One byte more than there should be: whatever unpacks to more is refused, not unpacked.
        body = reader.decompress(packed, size + 1)
    except zlib.error as error:
        raise ValueError("body cannot be unpacked") from error
    if not reader.eof or len(body) != size:
        raise ValueError("body is not of its size")
    if hashlib.sha256(body).hexdigest() != said.get("sha256"):
        raise ValueError("body is not what was kept")
    fetched_at = datetime.fromisoformat(_text(said, "fetched_at"))
    if fetched_at.tzinfo is None:
        raise ValueError("fetched_at has no zone")
    status = said.get("status")
    if not isinstance(status, int):
        raise ValueError("status is missing")  # noqa: TRY004 - of a text, not of our own call
    document = Document(
        body=body,
        media_type=_text(said, "media_type"),
        charset=_text(said, "charset"),
        etag=_text(said, "etag"),
        last_modified=_text(said, "last_modified"),
        status=status,
    )
    return Kept(document, fetched_at)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing")  # noqa: TRY004 - of a text, not of our own call
    return value
