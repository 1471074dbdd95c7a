"""Reading what a system answered: the data, whether it succeeded, and what the mapping makes."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.declarative.mapping import (
    ABSENT,
    MOST_SECONDS,
    MOST_STEPS,
    Exhausted,
    Problem,
    Selection,
    apply,
    apply_within,
)
from connectors.declarative.mapping.values import kind_of, text_of, too_large
from connectors.declarative.model import Connect, ErrorShape, Source
from connectors.errors import Unreadable
from connectors.ports.common import ErrorCode
from connectors.upkeep.documents import Answer, Document

REQUEST_FAILED = "Request failed"
CONNECTOR_FETCH = "CONNECTOR_FETCH"
CONNECTOR_RESPONSE_INVALID = "CONNECTOR_RESPONSE_INVALID"
TOO_MUCH = "the mapping of the answer wants more work than one may"
LONGEST_MESSAGE = 500
"""Code points of a message in a team's words."""
CODES: dict[int, ErrorCode] = {
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    408: ErrorCode.UPSTREAM_TIMEOUT,
    409: ErrorCode.CONFLICT,
    410: ErrorCode.NOT_FOUND,
    429: ErrorCode.UPSTREAM_DOWN,
    504: ErrorCode.UPSTREAM_TIMEOUT,
}
"""What a status of a system is in the closed list; all else is invalid below 500, and down above."""
_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_ODD_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"))
"""What Python could decode, and no system sends: some take forever."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much work mapping one answer may be: steps, and seconds of the processor."""

    steps: int = MOST_STEPS
    seconds: float = MOST_SECONDS


WHOLE = Allowance()
"""All that one application may have."""
SHORT = Allowance(20_000, 0.02)
"""What may be done while everybody else waits."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The system answered that it could not, in the words the description gives it."""

    message: str
    code: str
    """In the team's words, else `CONNECTOR_FETCH`."""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """`http.status`, `service`, `connector.coordinate`, and what the team adds."""
    status: int = 0
    """Of the answer, whatever the team says of it."""

    @property
    def closed_code(self) -> ErrorCode:
        """The code of the city's closed list."""
        if 200 <= self.status < 500:
            return CODES.get(self.status, ErrorCode.UPSTREAM_INVALID)
        return CODES.get(self.status, ErrorCode.UPSTREAM_DOWN)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: a value (ABSENT when there is none) or a failure."""

    value: Any
    problems: list[Problem]
    failure: Failure | None = None


def document_of(answer: Answer) -> Document:
    """An answer of any status as a document; whether it is a failure is decided by `outcome`."""
    kind, _, more = answer.headers.get("content-type", "").partition(";")
    charset = ""
    for parameter in more.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return Document(
        answer.body,
        kind.strip().lower(),
        charset,
        etag=answer.headers.get("etag", ""),
        last_modified=answer.headers.get("last-modified", ""),
        status=answer.status,
    )


def outcome(
    connect: Connect,
    source: Source | None,
    document: Document,
    variables: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """What a connector makes of an answer.

    `variables` are those of the request; `headers` are the answer's, names in small letters.
    Raises Unreadable when a good answer is not what its content type says, or is a web page.
    """
    said = Said(document, headers)
    try:
        good, problems = said.good(connect, source, variables)
        if not good:
            return Outcome(ABSENT, problems, said.failure(connect, source, variables))
        made = said.mapped(connect, variables)
    except Exhausted as error:
        raise Unreadable(TOO_MUCH) from error
    return Outcome(made.value, [*problems, *made.problems])


class Said:
    """What a system said, decoded: several connectors may read the same. Not to be changed."""

    __slots__ = ("_data", "_headers", "size", "status")

    def __init__(self, document: Document, headers: Mapping[str, str] | None = None) -> None:
        """Raises Unreadable for a good status with a body that is none."""
        self.status = document.status
        self.size = len(document.body)
        """Bytes of the body."""
        self._headers = {name: [value] for name, value in (headers or {}).items()}
        try:
            self._data = decoded(document)
        except Unreadable:
            if 200 <= document.status < 300:
                raise
            self._data = None  # the status says more than a body that nobody can read

    def good(
        self,
        connect: Connect,
        source: Source | None,
        variables: Mapping[str, Any],
        allowed: Allowance = WHOLE,
    ) -> tuple[bool, list[Problem]]:
        """Whether it is a success: 2xx, or what `isSuccess` says. Raises Exhausted."""
        test = success_test(connect, source)
        if test is None:
            return 200 <= self.status < 300, []
        seen = self._seen(variables)
        answer, problems = apply_within(test, self._data, seen, allowed.steps, allowed.seconds)
        return answer is True, problems

    def mapped(
        self, connect: Connect, variables: Mapping[str, Any], allowed: Allowance = WHOLE
    ) -> Outcome:
        """What the selection makes of a success. Raises Exhausted, and Unreadable for too much."""
        value, problems = apply_within(
            connect.selection, self._data, self._seen(variables), allowed.steps, allowed.seconds
        )
        if value is not ABSENT and too_large(value):
            raise Unreadable("the answer has too many values, or too many levels of them")
        return Outcome(value, problems)

    def failure(
        self, connect: Connect, source: Source | None, variables: Mapping[str, Any]
    ) -> Failure:
        """How a failure is told."""
        return _failure(connect, source, self._data, self._seen(variables))

    def _seen(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {**variables, "$status": self.status, "$response": {"headers": self._headers}}


def success_test(connect: Connect, source: Source | None) -> Selection | None:
    """The `isSuccess` that counts: the connector's own, else that of its source."""
    return connect.is_success or (source.is_success if source else None)


def decoded(document: Document) -> Any:
    """The data of a document: JSON, or a string of plain text, or None for all other types.

    Raises Unreadable for broken JSON, and for a web page in the place of data.
    """
    body, kind = document.body.removeprefix(_BOM), document.media_type
    if document.status == 204 or not body.strip():
        return None
    if kind in _PAGES or body[:256].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise Unreadable("a web page in the place of data")
    if kind == "text/plain":
        return _text(body, document.charset)
    if kind and kind != "application/json" and not kind.endswith("+json"):
        return None
    try:
        return json.loads(_text(body, document.charset), parse_constant=_refused)
    except RecursionError as error:
        raise Unreadable("the JSON has too many levels") from error
    except ValueError as error:
        raise Unreadable("the answer is not JSON, though it says so") from error


def _refused(name: str) -> Any:
    raise ValueError(name)


def _text(body: bytes, charset: str) -> str:
    try:
        if codecs.lookup(charset or "utf-8").name.replace("_", "-") in _ODD_CHARSETS:
            raise LookupError(charset)  # noqa: TRY301 - as one that nobody knows
        return body.decode(charset or "utf-8")
    except (LookupError, UnicodeError) as error:
        raise Unreadable(f"the answer is not {charset or 'utf-8'}, though it says so") from error


# ------------------------------------------------------------------------------- failures


def _failure(
    connect: Connect, source: Source | None, data: Any, seen: Mapping[str, Any]
) -> Failure:
    shapes = [source.errors if source else ErrorShape(), connect.errors]
    message = next((shape.message for shape in reversed(shapes) if shape.message), None)
    text = _applied(message, data, seen)
    told = text[:LONGEST_MESSAGE] if isinstance(text, str) and text else REQUEST_FAILED
    extensions: dict[str, Any] = {
        "http": {"status": seen["$status"]},
        "service": source.name if source else None,
        "connector": {"coordinate": connect.coordinate},
    }
    for shape in shapes:
        more = _applied(shape.extensions, data, seen)
        extensions.update(more if isinstance(more, dict) else {})
    own = extensions.pop("code", None)
    code = own if isinstance(own, str) and own else CONNECTOR_FETCH
    return Failure(told, code, extensions, seen["$status"])


def _applied(selection: Selection | None, data: Any, seen: Mapping[str, Any]) -> Any:
    """What a mapping of a failure makes; what it misses in a failed answer is no news."""
    if selection is None:
        return None
    value = apply(selection, data, seen, steps=SHORT.steps, seconds=SHORT.seconds)[0]
    return None if value is ABSENT or too_large(value) else value


# ------------------------------------------------------------------------------- batches


def chunks(keys: Sequence[Any], most: int | None) -> list[list[Any]]:
    """The keys in groups of at most `most`, in their order: one request each."""
    size = most or max(len(keys), 1)
    return [list(keys[begin : begin + size]) for begin in range(0, len(keys), size)]


def aligned(
    keys: Sequence[Mapping[str, Any]], rows: Any, fields: Sequence[str]
) -> list[dict[str, Any] | None]:
    """The rows in the order of the keys, None for a key without a row; rows come in any order.

    A row belongs to the key with the same values in `fields`; 7 and "7" are the same, because
    keys pass through the graph as text. Raises Unreadable when the rows are no list.
    """
    if not isinstance(rows, list):
        raise Unreadable(f"the answer to a batch is {kind_of(rows)}: it must be mapped to a list")
    by_key: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        if isinstance(row, dict) and all(row.get(name) is not None for name in fields):
            by_key.setdefault(_mark(row, fields), row)
    return [by_key.get(_mark(key, fields)) for key in keys]


def _mark(row: Mapping[str, Any], fields: Sequence[str]) -> tuple[str, ...]:
    values = [row.get(name) for name in fields]
    texts = [text_of(value) for value in values]
    return tuple(
        json.dumps(value, sort_keys=True, default=str) if text is None else text
        for text, value in zip(texts, values, strict=True)
    )
