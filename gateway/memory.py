"""Keeps a process small: what was freed goes back to the system."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Parameters of glibc's mallopt(3)."""

_SETTINGS = ((_ARENA_MAX, 2), (_TRIM_THRESHOLD, 128 * 1024), (_MMAP_THRESHOLD, 128 * 1024))
"""Every thread of a database driver would else keep an arena of its own, and one large answer would
move the line above which blocks are given back."""


def bounded() -> bool:
    """Tell the allocator to keep little; True where it is glibc and listened."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    # Another C library (musl) has no such knobs, and does not need them.
    return mallopt is not None and all(mallopt(name, value) == 1 for name, value in _SETTINGS)
