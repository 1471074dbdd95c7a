"""What has been compiled of a document, and what could not be, counted."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    Visitor,
    visit,
)
from graphql.language import DirectiveNode, FragmentDefinitionNode, VariableNode

from gateway.execution.compiled.plan import Planner
from gateway.execution.compiled.program import Program, compiled
from gateway.execution.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import OperationDefinitionNode
    from graphql.execution import Executor

    from gateway.execution.compiled.executor import Compiled
    from gateway.execution.slots import Slots

VARIANTS = 16
"""Choices of `@skip` and `@include` of one document that are compiled."""

PRIVATE_BYTES = 4 * 1024 * 1024
"""The room of a document that was given none."""

_numbers = count()

fallbacks: Counter[str] = Counter()
"""Reason -> how many operations graphql-core has interpreted for it."""


class Programs:
    """The programs of one document on one schema, kept in `room` as long as there is some.

    With `patient`, an operation is compiled when it comes for the second time: most documents
    never do, and compiling takes longer than interpreting once.
    """

    def __init__(
        self,
        document: DocumentNode,
        room: Shelf[Program] | None = None,
        *,
        patient: bool = False,
        slots: Slots | None = None,
    ) -> None:
        found = _Found()
        visit(document, found)
        self.reason: str | None = found.reason
        """Why nothing of the document can be compiled, None if it can."""
        self.slots = slots
        """What other texts of the shape write differently, None if programs are for this one."""
        self._document = document
        self._conditions = sorted(found.conditions)
        self._room = room if room is not None else Shelf(PRIVATE_BYTES)
        self._number = next(_numbers)
        self._patient = patient
        self._seen: set[Any] = set()
        self._without: set[Any] = set()

    def program(self, executor: Compiled) -> Program | None:
        """The program of the executor's operation; None if there is none yet.

        Where there will be none, that is counted.
        """
        return self.find(
            executor.operation,
            executor.variable_values.coerced,
            lambda: executor,
            default=executor.default_resolver,
        )

    def find(
        self,
        operation: OperationDefinitionNode,
        coerced: Mapping[str, Any],
        build: Callable[[], Executor[Any]],
        *,
        default: bool = True,
    ) -> Program | None:
        """As `program`; `build` makes the executor that a new program is planned with."""
        if self.reason is not None:
            fallbacks[self.reason] += 1
            return None
        choice: tuple[Any, ...] = ()
        if self._conditions:
            choice = tuple(coerced.get(name) for name in self._conditions)
            if any(value is not True and value is not False for value in choice):
                fallbacks["condition without a value"] += 1
                return None
        key = (self._number, id(operation), default, choice)
        program = self._room.get(key)
        # A document that waits belongs to an engine, whose schema stays as it is.
        if program is not None and (self._patient or program.plan.holds()):
            return program
        if key in self._without:
            fallbacks["selection that cannot be collected"] += 1
            return None
        if key not in self._seen:
            if len(self._seen) >= VARIANTS:
                fallbacks["too many choices of conditions"] += 1
                return None
            self._seen.add(key)
            if self._patient:
                return None
        program = self._made(build(), default=default)
        if program is None:
            self._without.add(key)
        else:
            self._room.put(key, program, program.size)
        return program

    def close(self) -> None:
        """Give back the room of this document's programs."""
        for key in self._seen:
            self._room.drop(key)
        self._seen.clear()

    def _made(self, executor: Executor[Any], *, default: bool) -> Program | None:
        root = executor.schema.get_root_type(executor.operation.operation)
        if root is None:
            return None
        try:
            plan = Planner(executor, default_resolver=default, slots=self.slots).plan(root)
            if not plan.whole and self.slots is not None:
                # What is interpreted reads the document itself.
                self.slots = None
                plan = Planner(executor, default_resolver=default).plan(root)
            return compiled(plan)
        except (GraphQLError, RecursionError, TypeError, ValueError):
            # What is wrong with the selection is said when it is executed, where it belongs.
            fallbacks["selection that cannot be collected"] += 1
            return None


class _Found(Visitor):
    """What of a document decides whether and how it is compiled."""

    def __init__(self) -> None:
        super().__init__()
        self.reason: str | None = None
        self.conditions: set[str] = set()

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        if node.variable_definitions:
            self.reason = "fragment with variables"

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        name = node.name.value
        if name in {"defer", "stream"}:
            self.reason = f"@{name}"
        elif name in {"skip", "include"}:
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.conditions.add(argument.value.name.value)
