"""What the door refuses before a question exists, with its HTTP status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.ports.common import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Mapping


class HttpRefusal(Exception):
    """A request that is not a question. The message says what, where, and what to do."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: ErrorCode = ErrorCode.BAD_INPUT,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = dict(headers or {})


def malformed(message: str) -> HttpRefusal:
    """Status 400 with this message, to be raised."""
    return HttpRefusal(400, message)
