"""What goes into the engine and what comes out; no word about HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.errors import ErrorBody


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One well-formed question."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    extensions: Mapping[str, object] = field(default_factory=dict)
    to_bytes: bool = field(default=False, compare=False)
    """Whether the answer is only wanted as JSON: then its data may hold pieces of JSON in the place
    of lists (`Piece`)."""


class Piece:
    """JSON that stands where data would, for an answer that is only wanted as JSON."""

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json


class Outcome(Enum):
    """How far a question came; the transport makes its status of it."""

    ANSWERED = "ANSWERED"
    """It was executed: there is a data entry, null included, perhaps beside errors."""
    REFUSED = "REFUSED"
    """It was not executed, for what it says."""
    WRITE_REFUSED = "WRITE_REFUSED"
    """It was not executed, since it would change something where only reading is allowed."""
    FAILED = "FAILED"
    """It was not executed, through our own fault."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question."""

    outcome: Outcome
    data: Mapping[str, object] | None = None
    """Only meaningful when the outcome is ANSWERED."""
    errors: Sequence[ErrorBody] = ()
    extensions: Mapping[str, object] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """The response map of the GraphQL specification: no data entry unless executed."""
        written: dict[str, object] = {}
        if self.outcome is Outcome.ANSWERED:
            written["data"] = self.data
        if self.errors:
            written["errors"] = list(self.errors)
        if self.extensions:
            written["extensions"] = dict(self.extensions)
        return written


ProblemSources: TypeAlias = "Sequence[Mapping[str, object]]"


@runtime_checkable
class NamesProblemSources(Protocol):
    """A context that knows which sources did not answer as they should.

    `problem_sources` is a list of things JSON can hold, or a function that returns one. It is
    read once, after execution; when it is not empty it becomes `extensions.sources`.
    """

    @property
    def problem_sources(self) -> ProblemSources | Callable[[], ProblemSources]:
        """The sources to name, in the order to name them."""
        ...


class Answers(Protocol):
    """What answers questions: an engine, or the engine of whichever graph is the one of now."""

    async def run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        """The answer to this question; never raises for anything the question says."""
        ...
