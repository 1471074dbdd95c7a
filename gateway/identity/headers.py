"""The headers of a caller's request that may be passed on to the systems of app teams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from starlette.datastructures import Headers

WITHHELD = frozenset(
    (
        "authorization", "cookie", "proxy-authorization", "x-api-key", "x-csrf-token",
        "host", "content-length", "content-type", "content-encoding", "transfer-encoding",
        "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "forwarded", "via", "x-real-ip",
    )
)  # fmt: skip
"""Never passed on: what proves to the gateway who asks, and what belongs to this connection."""
_WITHHELD_BEGINNINGS = ("x-forwarded-", "sec-", "proxy-")


class PassedOn(Mapping[str, Sequence[str]]):
    """Names in small letters, each with its values in their order. Read when first looked at."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    @property
    def was_read(self) -> bool:
        """Whether anybody looked: then an answer may rest on what only this caller sent."""
        return "_read" in self.__dict__

    @cached_property
    def _read(self) -> dict[str, list[str]]:
        read: dict[str, list[str]] = {}
        for name, value in self._headers.items():
            if name not in WITHHELD and not name.startswith(_WITHHELD_BEGINNINGS):
                read.setdefault(name, []).append(value)
        return read

    def __getitem__(self, name: str) -> list[str]:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)
