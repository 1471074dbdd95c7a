"""Unpacking: whatever was packed comes back, and never more than allowed."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.web.packing import MOST_MEMBERS, unpacked

MOST = 1_000_000


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.integers(0, 3))
async def test_packing_and_unpacking_is_nothing(pieces: list[bytes], zeros: int) -> None:
    packed = b"".join(gzip.compress(piece) for piece in pieces) + bytes(zeros)
    assert await unpacked(packed, "GZIP", MOST) == b"".join(pieces)
    whole = b"".join(pieces)
    assert await unpacked(zlib.compress(whole), "deflate", MOST) == whole
    assert await unpacked(zlib.compress(whole, wbits=-15), "deflate", MOST) == whole
    assert await unpacked(whole, " identity ", MOST) == whole


@given(st.binary(max_size=200), st.integers(0, 250))
async def test_the_limit_is_one_of_the_unpacked_bytes(body: bytes, most: int) -> None:
    for packed, how in ((gzip.compress(body), "gzip"), (body, "")):
        if len(body) <= most:
            assert await unpacked(packed, how, most) == body
        else:
            with pytest.raises(errors.Unreadable, match=f"larger than {most} bytes"):
                await unpacked(packed, how, most)


@given(st.binary(min_size=1, max_size=300), st.data())
async def test_what_ends_in_the_middle_is_broken(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(errors.Broken, match="ends in the middle"):
        await unpacked(packed[:cut], "gzip", MOST)


async def test_large_answers_are_unpacked_beside_the_loop_and_are_the_same() -> None:
    body = bytes(range(256)) * 3000 + gzip.compress(bytes(100)) * 900
    assert await unpacked(gzip.compress(body, 0), "gzip", 10 * MOST) == body


async def test_a_bomb_is_stopped_before_it_is_large() -> None:
    with pytest.raises(errors.Unreadable, match="larger"):
        await unpacked(gzip.compress(bytes(50_000_000)), "gzip", MOST)


async def test_a_bomb_of_many_small_pieces_is_stopped() -> None:
    pieces = gzip.compress(b"") * (MOST_MEMBERS + 1)
    with pytest.raises(errors.Unreadable, match="pieces"):
        await unpacked(pieces, "gzip", MOST)


@pytest.mark.parametrize("garbage", [b"x", b"\x1f\x8b\x00", bytes(3) + b"y"])
async def test_what_follows_the_packed_bytes_must_be_packed_too(garbage: bytes) -> None:
    with pytest.raises((zlib.error, errors.Broken)):
        await unpacked(gzip.compress(b"good") + garbage, "gzip", MOST)
