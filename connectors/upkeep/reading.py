"""Reading a document: beside the event loop when it is large, and never with a foreign error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from connectors.errors import Broken, ConnectorError, Unreadable
from connectors.upkeep.documents import Document, Stamp

T = TypeVar("T")
Read = Callable[[Document, Stamp], T]

IN_A_THREAD = 64_000
"""Documents larger than this many bytes are read in a thread."""
READ_SECONDS = 60.0
"""A document that takes longer to read is none."""
SHAPES = (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, StopIteration)
"""What reading raises when a document has another shape than was thought of."""


async def reading(read: Read[T], document: Document, stamp: Stamp) -> T:
    """What `read` makes of a document. Raises ConnectorError, or the fault of the reader itself."""
    if len(document.body) <= IN_A_THREAD:
        return _read(read, document, stamp)
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await asyncio.to_thread(_read, read, document, stamp)
    except TimeoutError as error:
        raise Unreadable(f"could not be read within {READ_SECONDS:g} s") from error


def foreign(error: BaseException) -> bool:
    """Whether an error is a fault of what was called, and not an order to us to stop."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        return False
    if isinstance(error, asyncio.CancelledError):
        # Nobody cancelled this task: something it waited for was, which is a failure like others.
        task = asyncio.current_task()
        return task is not None and not task.cancelling()
    return True


def broken(error: BaseException) -> ConnectorError:
    """The name of a fault in one team's code: it must not become a fault of the city."""
    failure = Broken("the connector failed")
    failure.__cause__ = error
    return failure


def _read(read: Read[T], document: Document, stamp: Stamp) -> T:
    try:
        return read(document, stamp)
    except ConnectorError:
        raise
    except SHAPES as error:
        # Whatever shape an upstream invents, the fault is in its answer.
        raise Unreadable(f"could not be read: {type(error).__name__}") from error
