"""What is wrong with a team's description: stable codes, and the place in its file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from connectors.declarative.mapping.nodes import Place


class Code(Enum):
    """The kinds of faults that reading a description finds."""

    SDL_SYNTAX = "SDL_SYNTAX"
    SDL_TOO_LARGE = "SDL_TOO_LARGE"
    ARGUMENT_UNKNOWN = "ARGUMENT_UNKNOWN"
    ARGUMENT_TWICE = "ARGUMENT_TWICE"
    ARGUMENT_MISSING = "ARGUMENT_MISSING"
    ARGUMENT_TYPE = "ARGUMENT_TYPE"
    SOURCE_PLACE = "SOURCE_PLACE"
    SOURCE_NAME = "SOURCE_NAME"
    SOURCE_TWICE = "SOURCE_TWICE"
    SOURCE_UNKNOWN = "SOURCE_UNKNOWN"
    CONNECT_PLACE = "CONNECT_PLACE"
    CONNECT_ON_ROOT = "CONNECT_ON_ROOT"
    CONNECT_ON_SUBSCRIPTION = "CONNECT_ON_SUBSCRIPTION"
    CONNECT_ID_TWICE = "CONNECT_ID_TWICE"
    METHOD_COUNT = "METHOD_COUNT"
    URL_NOT_ABSOLUTE = "URL_NOT_ABSOLUTE"
    URL_NOT_RELATIVE = "URL_NOT_RELATIVE"
    URL_EXPRESSION_IN_HOST = "URL_EXPRESSION_IN_HOST"
    HEADER_SHAPE = "HEADER_SHAPE"
    HEADER_NAME = "HEADER_NAME"
    HEADER_RESERVED = "HEADER_RESERVED"
    HEADER_NOT_COPIED = "HEADER_NOT_COPIED"
    HEADER_TWICE = "HEADER_TWICE"
    MAPPING_SYNTAX = "MAPPING_SYNTAX"
    MAPPING_METHOD = "MAPPING_METHOD"
    VARIABLE_FORBIDDEN = "VARIABLE_FORBIDDEN"
    VARIABLE_NOT_HERE = "VARIABLE_NOT_HERE"
    BATCH_PLACE = "BATCH_PLACE"
    BATCH_SIZE = "BATCH_SIZE"
    BATCH_WITH_THIS = "BATCH_WITH_THIS"
    ENTITY_PLACE = "ENTITY_PLACE"
    ENTITY_TYPE = "ENTITY_TYPE"
    ENTITY_ARGUMENTS = "ENTITY_ARGUMENTS"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `line` and `column` are counted from one."""

    code: Code
    message: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column} {self.code.value} {self.message}"


MOST_FAULTS = 1_000
"""A description with more of them is not read on: nobody would."""


class Faults:
    """Collects faults while a description is read, so that a team sees all of them at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return len(self._found) >= MOST_FAULTS

    def add(self, code: Code, message: str, at: Place) -> None:
        """One more."""
        if not self.full:
            self._found.append(Fault(code, message, *at))

    def listed(self) -> tuple[Fault, ...]:
        """All of them, each once, in the order of the file."""
        unique = dict.fromkeys(self._found)
        return tuple(sorted(unique, key=lambda fault: (fault.line, fault.column)))
