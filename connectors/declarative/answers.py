"""Reading what a system answered: the data, whether it succeeded, and what the mapping makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.declarative.mapping import ABSENT, Problem, Selection, apply
from connectors.declarative.mapping.values import kind_of, text_of, too_large
from connectors.declarative.model import Connect, ErrorShape, Source
from connectors.errors import Unreadable
from connectors.upkeep.documents import Answer, Document

REQUEST_FAILED = "Request failed"
CONNECTOR_FETCH = "CONNECTOR_FETCH"
CONNECTOR_RESPONSE_INVALID = "CONNECTOR_RESPONSE_INVALID"
_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Failure:
    """The system answered that it could not, in the words the description gives it."""

    message: str
    code: str
    extensions: Mapping[str, Any] = field(default_factory=dict)


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
    return Document(answer.body, kind.strip().lower(), charset, status=answer.status)


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
    told = {name: [value] for name, value in (headers or {}).items()}
    seen = {**variables, "$status": document.status, "$response": {"headers": told}}
    good = 200 <= document.status < 300
    try:
        data = decoded(document)
    except Unreadable:
        if good:
            raise
        data = None  # the status says more than a body that nobody can read
    test = connect.is_success or (source.is_success if source else None)
    if test is not None:
        answer, problems = apply(test, data, seen)
        good = answer is True
    else:
        problems = []
    if not good:
        failure = _failure(connect, source, data, seen)
        return Outcome(ABSENT, problems, failure)
    value, found = apply(connect.selection, data, seen)
    if value is not ABSENT and too_large(value):
        raise Unreadable("the answer has too many values, or too many levels of them")
    return Outcome(value, [*problems, *found])


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
    return Failure(text if isinstance(text, str) and text else REQUEST_FAILED, code, extensions)


def _applied(selection: Selection | None, data: Any, seen: Mapping[str, Any]) -> Any:
    """What a mapping of a failure makes; what it misses in a failed answer is no news."""
    value = ABSENT if selection is None else apply(selection, data, seen)[0]
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
