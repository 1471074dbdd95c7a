"""Why a connector could not answer.

    ConnectorError
    ├── Unreachable   no connection could be made
    ├── TimedOut      no answer within the time limit
    ├── Refused       our credentials were not accepted
    ├── Rejected      the system dislikes the question
    ├── Overloaded    too many questions; may carry `retry_after`
    ├── Broken        the system failed on its own side
    ├── Unreadable    it answered, and the answer could not be mapped
    ├── Paused        quiet hours or maintenance; `retry_after` says how long
    ├── SwitchedOff   an operator switched the source off
    └── NotConfigured the city has no system for this domain yet

Absence is not an error: a port answers None. Foreign exceptions are translated once, in the
kind that meets them, with the cause kept. Messages are for operators' logs; the front door
never shows them to callers.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """A source could not answer. `source` is its key, filled in by whoever knows it."""

    def __init__(
        self, message: str = "", *, source: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.source = source
        self.retry_after = retry_after
        """Seconds after which asking again makes sense, when the source said so."""
        self.said: object = None
        """What the system answered, for the connector that asked and nobody else.

        With it a question that is disliked has been answered: no last good answer stands in.
        """


class Unreachable(ConnectorError):
    """No connection could be made."""


class TimedOut(ConnectorError):
    """No answer within the time limit."""


class Refused(ConnectorError):
    """Our credentials were not accepted."""


class Rejected(ConnectorError):
    """The system dislikes the question."""


class Overloaded(ConnectorError):
    """Too many questions; `retry_after` says when to come back, if the system told."""


class Broken(ConnectorError):
    """The system failed on its own side."""


class Unreadable(ConnectorError):
    """It answered, and the answer could not be mapped."""

    def __init__(
        self,
        message: str = "",
        *,
        column: str | None = None,
        source: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, source=source, retry_after=retry_after)
        self.column = column
        """The column at fault, where it is one."""


class Paused(ConnectorError):
    """The source is not to be asked now: quiet hours, or its owner works on it."""


class SwitchedOff(ConnectorError):
    """An operator switched the source off."""


class NotConfigured(ConnectorError):
    """The city has no system for this domain yet."""
