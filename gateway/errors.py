"""The one place where an exception becomes what a caller sees.

Refusal                         its own code and message
ConnectorError                  the code and sentence of `resolvers.problems.explain`
syntax, validation, variables   BAD_INPUT with the parser's or validator's sentence
anything else                   INTERNAL, a number to quote, and the rest in our log
"""

from __future__ import annotations

import logging
import math
import traceback
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from graphql import FieldNode, GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from connectors.errors import ConnectorError
from connectors.ports.common import ErrorCode
from resolvers.problems import Refusal, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

logger = logging.getLogger(__name__)

ErrorBody: TypeAlias = dict[str, object]
"""One member of `errors`, ready to be written as JSON."""

LONGEST_MESSAGE = 500
"""Characters of a message; validators repeat what the caller wrote, however long."""

_INTERNAL = "The gateway could not answer because of a mistake of its own; quote the errorId."
_CODES = frozenset(code.value for code in ErrorCode)


def present(error: Exception) -> ErrorBody:
    """What a caller sees of this error; always with `extensions.code` from the closed list.

    Unknown errors are logged with a number, where they happened and their types; never with
    their messages, which may quote what a citizen wrote.
    """
    if not isinstance(error, GraphQLError):
        return _body(None, *_explained(error, None))
    cause = _root(error)
    if isinstance(cause, Refusal):
        # Before execution the sentence around the refusal says where in the question it was.
        message = cause.message if error.path is not None else error.message
        return _body(error, cause.code, message, dict(cause.more))
    if not isinstance(cause, ConnectorError):
        stated = (error.extensions or {}).get("code")
        if isinstance(stated, str) and stated in _CODES:
            return _body(error, ErrorCode(stated), error.message, {})
        if error.path is None or _about_input(error, cause):
            return _body(error, ErrorCode.BAD_INPUT, error.message, {})
    return _body(error, *_explained(cause, error.path))


def refusal_body(code: ErrorCode, message: str) -> ErrorBody:
    """An error the front door itself states, without a place in a document."""
    return _body(None, code, message, {})


def _explained(
    cause: Exception, path: Sequence[str | int] | None
) -> tuple[ErrorCode, str, dict[str, object]]:
    if isinstance(cause, Refusal):
        return cause.code, cause.message, dict(cause.more)
    if isinstance(cause, ConnectorError):
        code, sentence = explain(cause)
        more: dict[str, object] = {"pesan": sentence.pick("id")}
        if cause.source:
            more["source"] = cause.source
        if cause.retry_after is not None:
            more["retryAfter"] = max(0, math.ceil(cause.retry_after))
        return code, sentence.pick("en"), more
    error_id = uuid4().hex[:12]
    logger.error(
        "internal_error id=%s path=%s\n%s", error_id, path, "".join(_frames(cause)).rstrip()
    )
    return ErrorCode.INTERNAL, _INTERNAL, {"errorId": error_id}


def _root(error: GraphQLError) -> Exception:
    """The first exception that is not GraphQL's wrapping, or the innermost wrapping."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and isinstance(cause.original_error, Exception):
        cause = cause.original_error
    return cause


def _about_input(error: GraphQLError, cause: Exception) -> bool:
    """Whether a field failed for what was asked of it, not for what it answered.

    An argument that cannot be read points at the argument, or is of Strawberry's own kind; a
    result that cannot be written points at the field.
    """
    return isinstance(cause, StrawberryInputCoercionError) or any(
        not isinstance(node, FieldNode) for node in error.nodes or ()
    )


def _body(
    error: GraphQLError | None, code: ErrorCode, message: str, more: dict[str, object]
) -> ErrorBody:
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1] + "…"
    body: ErrorBody = {"message": message}
    if error is not None and error.locations:
        body["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error is not None and error.path is not None:
        body["path"] = error.path
    body["extensions"] = {"code": code.value, **more}
    return body


def _frames(cause: BaseException) -> Iterator[str]:
    """Types and places of an exception and what led to it, without messages and values."""
    current: BaseException | None = cause
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield from traceback.format_tb(current.__traceback__)
        yield f"{type(current).__module__}.{type(current).__qualname__}\n"
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
