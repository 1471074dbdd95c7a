"""What can go wrong in a resolver, and the one table from connector errors to codes."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import errors
from connectors.ports.common import ErrorCode, Text, must_text

CODES: dict[type[errors.ConnectorError], tuple[ErrorCode, Text]] = {
    errors.TimedOut: (
        ErrorCode.UPSTREAM_TIMEOUT,
        must_text("Sumber data tidak menjawab tepat waktu.", "The source did not answer in time."),
    ),
    errors.Unreachable: (
        ErrorCode.UPSTREAM_DOWN,
        must_text("Sumber data tidak dapat dihubungi.", "The source cannot be reached."),
    ),
    errors.Refused: (
        ErrorCode.UPSTREAM_DOWN,
        must_text(
            "Sumber data menolak akses gateway; hubungi pengelola.",
            "The source refused the gateway's access; tell the operator.",
        ),
    ),
    errors.Rejected: (
        ErrorCode.UPSTREAM_INVALID,
        must_text(
            "Sumber data menolak pertanyaan ini.", "The source did not accept this question."
        ),
    ),
    errors.Overloaded: (
        ErrorCode.UPSTREAM_DOWN,
        must_text(
            "Sumber data sedang terlalu sibuk; coba lagi nanti.",
            "The source is too busy; try again later.",
        ),
    ),
    errors.Broken: (
        ErrorCode.UPSTREAM_DOWN,
        must_text("Sumber data sedang rusak.", "The source failed."),
    ),
    errors.Unreadable: (
        ErrorCode.UPSTREAM_INVALID,
        must_text(
            "Jawaban sumber data tidak dapat dibaca.", "The source's answer could not be read."
        ),
    ),
    errors.Paused: (
        ErrorCode.UPSTREAM_DOWN,
        must_text(
            "Sumber data sedang dalam jam tenang atau pemeliharaan.",
            "The source is in its quiet hours or under maintenance.",
        ),
    ),
    errors.SwitchedOff: (
        ErrorCode.UPSTREAM_DOWN,
        must_text(
            "Sumber data dimatikan oleh operator.", "The source was switched off by an operator."
        ),
    ),
    errors.NotConfigured: (
        ErrorCode.UPSTREAM_DOWN,
        must_text(
            "Belum ada sumber data untuk bagian ini.", "No source is configured for this part yet."
        ),
    ),
}
"""Every leaf of the error tree; a test asserts that none is missing."""


def explain(error: errors.ConnectorError) -> tuple[ErrorCode, Text]:
    """The code and the sentence a caller gets for a source's failure; never upstream text."""
    for kind in type(error).__mro__:
        if kind in CODES:
            return CODES[kind]
    return CODES[errors.Broken]


class Refusal(Exception):
    """A question the gateway itself declines; the message is shown to the caller.

    It says what happened, where, and what to do. English, for developers.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, more: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more or {}
        """What stands beside the code in `extensions`."""


def bad_input(message: str) -> Refusal:
    """BAD_INPUT with this message, to be raised."""
    return Refusal(ErrorCode.BAD_INPUT, message)
