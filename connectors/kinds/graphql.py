"""GraphQL over HTTP as its client: queries are built or checked, answers read, pages followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

from connectors import errors
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.rows import FAULT
from connectors.upkeep.documents import Document, Request

MOST_TOKENS = 4_000
"""Of a query somebody writes in a catalogue line."""
MOST_ROWS = 20_000
"""Of one answer."""
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
_TYPE = re.compile(r"[_A-Za-z][_0-9A-Za-z]*!?|\[[_A-Za-z][_0-9A-Za-z]*!?\]!?", re.ASCII)
_ACCEPTED = "application/graphql-response+json, application/json;q=0.9"
_LONGEST_WAIT = 86_400.0

CODES: dict[str, type[ConnectorError]] = {
    **dict.fromkeys(
        ("RATE_LIMITED", "RATE_LIMIT", "RATE_LIMIT_EXCEEDED", "RATELIMITED", "THROTTLED",
         "TOO_MANY_REQUESTS", "OVERLOADED", "SERVICE_UNAVAILABLE", "UNAVAILABLE",
         "RESOURCE_EXHAUSTED"),
        errors.Overloaded,
    ),
    **dict.fromkeys(
        ("UNAUTHENTICATED", "UNAUTHORIZED", "FORBIDDEN", "ACCESS_DENIED", "INVALID_JWT",
         "PERMISSION_DENIED", "AUTHENTICATION_ERROR", "AUTH_NOT_AUTHENTICATED",
         "AUTH_NOT_AUTHORIZED"),
        errors.Refused,
    ),
    **dict.fromkeys(
        ("GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "VALIDATION_FAILED", "BAD_REQUEST",
         "BAD_USER_INPUT", "VALIDATIONERROR", "INVALIDSYNTAX", "BAD_INPUT",
         "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_SUPPORTED",
         "OPERATION_RESOLUTION_FAILURE", "COMPLEXITY_LIMIT_EXCEEDED", "MAX_COMPLEXITY"),
        errors.Rejected,
    ),
    **dict.fromkeys(("TIMEOUT", "TIMED_OUT", "GATEWAY_TIMEOUT", "DEADLINE_EXCEEDED"), errors.TimedOut),
}  # fmt: skip
"""What the codes of servers mean; every other one is Broken."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer's rows, and where the next page begins."""

    rows: Sequence[Mapping[str, Any]]
    after: str | None = None
    """The cursor of the next page; None when there is none."""
    trouble: ConnectorError | None = None
    """Why some of the answer may be missing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query and what it takes."""

    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    """Names of the variables it declares."""

    def request(self, url: str, headers: Mapping[str, str], **variables: Any) -> Request:
        """The question over HTTP; of `variables` those that the query declares."""
        known = {name: value for name, value in variables.items() if name in self.takes}
        body = orjson.dumps({"query": self.text, "variables": {**self.variables, **known}})
        told = {"Content-Type": "application/json", "Accept": _ACCEPTED, **headers}
        return Request(url, "POST", told, body)


# ------------------------------------------------------------------------------- questions


def checked(text: str, variables: Mapping[str, Any] | None = None) -> Query:
    """A query as somebody wrote it. Raises ValueError unless it is one operation that only reads."""
    try:
        document = parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except (GraphQLError, RecursionError) as error:
        said = error.message if isinstance(error, GraphQLError) else "nested too deeply"
        raise ValueError(f"`query` is no GraphQL: {said}") from None
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise ValueError("`query` must hold one operation, a query")
    declared = operations[0].variable_definitions or ()
    takes = frozenset(one.variable.name.value for one in declared)
    given = dict(variables or {})
    unknown = sorted(set(given) - takes)
    if unknown:
        raise ValueError(f"`variables`: the query declares no ${unknown[0]}")
    return Query(text, given, takes)


def is_name(text: str) -> bool:
    """Whether it is a name as GraphQL has them."""
    return _NAME.fullmatch(text) is not None


def is_type(text: str) -> bool:
    """Whether it is a type such as `ID!` or `[ID!]!`."""
    return _TYPE.fullmatch(text) is not None


def selection(paths: Iterable[str]) -> str:
    """The fields that these paths lead to and no others: `{ id alamat { jalan } }`.

    Positions in lists (`foto.0.url`) are left out. Raises ValueError for what is no path of names,
    and for a field that is both a value and holds values.
    """
    tree: dict[str, Any] = {}
    whole: set[tuple[str, ...]] = set()
    for path in paths:
        steps = tuple(step for step in path.split(".") if not step.isdigit())
        if not steps or not all(map(_NAME.fullmatch, steps)):
            raise ValueError(f"fields: {path!r} is no path of GraphQL names; write a `query`")
        whole.add(steps)
        here = tree
        for step in steps:
            here = here.setdefault(step, {})
    for steps in whole:
        if any(other[: len(steps)] == steps and other != steps for other in whole):
            raise ValueError(f"fields: {'.'.join(steps)!r} is a value and holds values, too")
    return _selected(tree)


def _selected(tree: Mapping[str, Any]) -> str:
    inner = (f"{name} {_selected(below)}" if below else name for name, below in tree.items())
    return "{ " + " ".join(inner) + " }"


def list_query(place: str, wanted: str, *, arguments: str = "", pages: str = "") -> Query:
    """The query for a list at `place` (`kota.taman`).

    `pages` is `edges` or `nodes` where it is a connection as Relay has it. Raises ValueError.
    """
    steps = place.split(".")
    if not all(map(_NAME.fullmatch, steps)):
        raise ValueError(f"`list` must be a path of GraphQL names, not {place!r}")
    told = [arguments] if arguments else []
    head, body = "query Rows", wanted
    if pages:
        head += "($first: Int, $after: String)"
        told += ["first: $first", "after: $after"]
        rows = f"edges {{ node {wanted} }}" if pages == "edges" else f"nodes {wanted}"
        body = f"{{ {rows} pageInfo {{ hasNextPage endCursor }} }}"
    text = steps[-1] + (f"({', '.join(told)})" if told else "") + f" {body}"
    for step in reversed(steps[:-1]):
        text = f"{step} {{ {text} }}"
    return checked(f"{head} {{ {text} }}")


def one_by_one(name: str, argument: str, kind: str, wanted: str, count: int) -> Query:
    """The query for `count` records in one operation, an alias for each: `r0`, `r1` ..."""
    declared = ", ".join(f"$id{n}: {kind}" for n in range(count))
    asked = " ".join(f"r{n}: {name}({argument}: $id{n}) {wanted}" for n in range(count))
    takes = frozenset(f"id{n}" for n in range(count))
    return Query(f"query ById({declared}) {{ {asked} }}", {}, takes)


def all_at_once(name: str, argument: str, kind: str, wanted: str) -> Query:
    """The query for records by a list of ids."""
    return checked(f"query ById($ids: {kind}) {{ {name}({argument}: $ids) {wanted} }}")


# ------------------------------------------------------------------------------- answers


def read_answer(document: Document) -> tuple[Mapping[str, Any], ConnectorError | None]:
    """The data of an answer, and what its errors mean where it has data and errors.

    Raises what the errors mean when there is no data, Unreadable when it is no answer of GraphQL.
    """
    try:
        said = orjson.loads(document.body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: line {error.lineno}, column {error.colno}") from error
    if not isinstance(said, Mapping) or not ("data" in said or "errors" in said):
        raise Unreadable("not an answer of GraphQL: it has neither `data` nor `errors`")
    told = said.get("errors")
    if told is not None and not isinstance(told, list):
        raise Unreadable("not an answer of GraphQL: `errors` is no list")
    trouble = meaning(told) if told else None
    data = said.get("data")
    if isinstance(data, Mapping):
        return data, trouble
    raise trouble or Unreadable("an answer of GraphQL without data and without errors")


def read_list(document: Document, place: str) -> Listing:
    """The rows at a place of an answer. Raises as `read_answer`, also when the list is null."""
    data, trouble = read_answer(document)
    found: Any = data
    for step in place.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    if found is None:
        raise trouble or Unreadable(f"there is no {place!r} in the data")
    after = _next_page(found)
    if isinstance(found, Mapping):
        if isinstance(found.get("nodes"), list):
            found = found["nodes"]
        elif isinstance(found.get("edges"), list):
            found = [one.get("node") if isinstance(one, Mapping) else one for one in found["edges"]]
    if not isinstance(found, list):
        raise trouble or Unreadable(f"{place!r} is neither a list nor a connection")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"{place!r} has more than {MOST_ROWS} rows in one answer")
    return Listing([_row(one) for one in found], after, trouble)


def _row(one: Any) -> Mapping[str, Any]:
    if isinstance(one, Mapping):
        return one
    return {FAULT: "is null" if one is None else "is not an object"}


def _next_page(found: Any) -> str | None:
    info = found.get("pageInfo") if isinstance(found, Mapping) else None
    if not isinstance(info, Mapping) or info.get("hasNextPage") is not True:
        return None
    after = info.get("endCursor")
    if not isinstance(after, str) or not after:
        raise Unreadable("there is a next page, and no cursor that leads to it")
    return after


def meaning(told: Sequence[Any]) -> ConnectorError:
    """What the errors of an answer mean, by their codes; their words are not taken over."""
    codes = [code for one in told if (code := _code(one))]
    kinds = [CODES[code] for code in codes if code in CODES]
    kind = kinds[0] if kinds else errors.Broken
    known = next((code for code in codes if code in CODES), None)
    wait = next((seconds for one in told if (seconds := _wait(one)) is not None), None)
    return kind(
        f"{len(told)} errors of GraphQL" + (f", {known}" if known else ""),
        retry_after=wait if kind is errors.Overloaded else None,
    )


def _code(one: Any) -> str:
    if not isinstance(one, Mapping):
        return ""
    more = one.get("extensions")
    places = (*((more,) if isinstance(more, Mapping) else ()), one)
    for place in places:
        for name in ("code", "type", "errorType", "classification"):
            code = place.get(name)
            if isinstance(code, str) and len(code) < 80:
                return code.upper().replace("-", "_").replace(" ", "_")
    return ""


def _wait(one: Any) -> float | None:
    more = one.get("extensions") if isinstance(one, Mapping) else None
    for name in ("retryAfter", "retry_after", "retry-after"):
        said = more.get(name) if isinstance(more, Mapping) else None
        if isinstance(said, (int, float)) and not isinstance(said, bool) and said >= 0:
            return min(float(said), _LONGEST_WAIT)
    return None
