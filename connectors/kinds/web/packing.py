"""Unpacks answers, so that a small one cannot become a huge one."""

from __future__ import annotations

import asyncio
import zlib

from connectors.errors import Broken, Unreadable

AT_ONCE = 16_384
"""More packed bytes than this are unpacked in a thread: each may become a thousand."""
STEP = 16_384
MOST_MEMBERS = 10_000
_GZIP = 31  # the window of zlib, with the head of gzip
_NAMED, _BARE = 15, -15  # deflate with the head of zlib, as it should be, and without


async def unpacked(body: bytes | bytearray, encoding: str, most: int) -> bytes:
    """The bytes of an answer.

    Raises Unreadable for an encoding nobody asked for, for bytes that are not packed that way and
    for more than `most` bytes; Broken if it ends in the middle.
    """
    ways = [way for way in encoding.lower().replace(" ", "").split(",") if way not in _PLAIN]
    if not ways or not body:
        if len(body) > most:
            raise Unreadable(f"larger than {most} bytes")
        return bytes(body)
    if len(ways) > 1 or ways[0] not in {"gzip", "x-gzip", "deflate"}:
        raise Unreadable(f"packed as {','.join(ways)[:40]!r}, which was not asked for")
    unpack = _deflated if ways[0] == "deflate" else _gzipped
    if len(body) <= AT_ONCE:
        return unpack(body, most)
    return await asyncio.to_thread(unpack, body, most)


_PLAIN = frozenset({"", "identity"})


def _gzipped(packed: bytes | bytearray, most: int) -> bytes:
    """One member after the other; zeros may fill up the end."""
    body = bytearray()
    at = 0
    for _ in range(MOST_MEMBERS):
        at = _one(packed, at, _GZIP, body, most)
        if not any(packed[at : at + STEP]) and not any(packed[at:]):
            return bytes(body)
    raise Unreadable(f"packed in more than {MOST_MEMBERS} pieces")


def _deflated(packed: bytes | bytearray, most: int) -> bytes:
    named = len(packed) > 1 and packed[0] & 15 == 8 and int.from_bytes(packed[:2], "big") % 31 == 0
    body = bytearray()
    _one(packed, 0, _NAMED if named else _BARE, body, most)
    return bytes(body)


def _one(packed: bytes | bytearray, at: int, window: int, body: bytearray, most: int) -> int:
    """Unpack what begins at a place; answers where it ends."""
    unpack = zlib.decompressobj(window)
    while not unpack.eof:
        piece = packed[at : at + STEP]
        if not piece:
            raise Broken("the packed answer ends in the middle")
        at += len(piece)
        body += unpack.decompress(piece, most + 1 - len(body))
        if len(body) > most:
            raise Unreadable(f"larger than {most} bytes")
    return at - len(unpack.unused_data)
