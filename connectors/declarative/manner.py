"""How a connector is asked: known from its description alone, worked out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.declarative.answers import success_test
from connectors.declarative.app import DeclaredApp
from connectors.declarative.mapping import Selection
from connectors.declarative.model import Connect, ErrorShape, Source
from connectors.declarative.templates import Template
from connectors.declarative.used import uses
from connectors.upkeep.documents import Request

_OF_CALLER = frozenset(("$request", "$context"))
_OF_ANSWER = frozenset(("$config", "$response", "$status"))
_CHANGING = frozenset(("PUT", "PATCH", "DELETE"))


@dataclass(frozen=True, slots=True)
class Manner:
    """What its caller, its answer and its failures have to do with how it is asked."""

    writes: bool
    """It changes something: it is sent once, and nothing of it is kept."""
    private: bool
    """Its answers belong to one caller: nothing of it is shared or kept."""
    test: Selection | None
    """`isSuccess`, where one counts."""
    test_uses: tuple[str, ...]
    """The variables of the request that decide whether an answer is a success."""
    hears_headers: bool
    """Something is made of the answer's headers."""
    constant: bool
    """What is made of an answer depends on nothing but the answer."""
    grows: bool
    """Much may be made of little, so it is worked out beside everybody else."""
    tells: bool
    """Somebody wrote down how its failures are told."""

    def key(self, request: Request, variables: Mapping[str, Any]) -> str:
        """What makes two questions the same: a digest, out of which nobody reads what was asked."""
        said = [
            request.method,
            request.url,
            sorted(request.headers.items()),
            hashlib.sha256(request.body or b"").hexdigest(),
            str(self.test) if self.test else None,
            [variables.get(name) for name in self.test_uses],
            self.hears_headers,
        ]
        text = json.dumps(said, ensure_ascii=True, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def manner_of(app: DeclaredApp, connect: Connect) -> Manner:
    """The manner of a connector of this app."""
    source = app.source_of(connect)
    test = success_test(connect, source)
    shapes = (connect.errors, source.errors if source else ErrorShape())
    told = [part for shape in shapes for part in (shape.message, shape.extensions) if part]
    asking = {use.name for part in _asking(connect, source) for use in uses(part)}
    hearing = {use.name for part in (connect.selection, *told) for use in uses(part)}
    testing = {use.name for use in uses(test)} if test else set()
    headers = (*connect.headers, *(source.headers if source else ()))
    listed = app.settings.private if app.settings else ()
    return Manner(
        writes=connect.type == "Mutation" or connect.method in _CHANGING,
        private=bool((asking | hearing | testing) & _OF_CALLER)
        or any(header.copied for header in headers)
        or connect.coordinate in listed
        or connect.id in listed,
        test=test,
        test_uses=tuple(sorted(testing - _OF_ANSWER)),
        hears_headers="$response" in hearing | testing,
        constant={use.name for use in uses(connect.selection)} <= _OF_ANSWER,
        grows=connect.selection.grows or (test is not None and test.grows),
        tells=bool(told),
    )


def _asking(connect: Connect, source: Source | None) -> Iterator[Selection | Template]:
    """All that makes the request, with what its source adds."""
    yield from connect.asking
    if source is not None:
        parts = (source.base_url, source.path, source.query)
        yield from (part for part in parts if part is not None)
        yield from (header.value for header in source.headers if header.value is not None)
