"""What the registry does not do, and why, for the person who asked."""

from __future__ import annotations

from connectors.ports.common import ErrorCode, Text, must_text


class Declined(Exception):
    """Nothing was changed. `code` is CONFLICT, DUPLICATE, NOT_FOUND, FORBIDDEN or BAD_INPUT."""

    def __init__(
        self,
        code: ErrorCode,
        message: Text,
        *,
        field: str | None = None,
        current: int | None = None,
    ) -> None:
        super().__init__(message.pick("en"))
        self.code = code
        self.message = message
        self.field = field
        """Which part of what was asked: `key`, `app`, `version`, `reason`, `names` ..."""
        self.current = current
        """With CONFLICT: the version there is now."""


def declined(
    code: ErrorCode,
    indonesian: str,
    english: str,
    *,
    field: str | None = None,
    current: int | None = None,
) -> Declined:
    """To be raised."""
    return Declined(code, must_text(indonesian, english), field=field, current=current)


def unknown_key(key: str) -> Declined:
    """NOT_FOUND for a connector that was never registered."""
    return declined(
        ErrorCode.NOT_FOUND,
        f"Tidak ada konektor terdaftar dengan kunci {key[:80]!r}.",
        f"No connector is registered with the key {key[:80]!r}.",
        field="key",
    )


def conflict(key: str, current: int | None) -> Declined:
    """CONFLICT: somebody else was faster, or the caller looked too long ago."""
    here = f"versi {current}" if current else "belum ada versi yang menunggu"
    now = f"version {current}" if current else "no version is waiting"
    return declined(
        ErrorCode.CONFLICT,
        f"Konektor {key!r} telah berubah ({here}). Lihat lagi, lalu ulangi dengan versi itu.",
        f"The connector {key!r} has changed meanwhile ({now}). Look again and repeat with that one.",
        field="version",
        current=current,
    )
