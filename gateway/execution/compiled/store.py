"""What has been compiled of a document, and what could not be, counted."""

from __future__ import annotations

from collections import Counter
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

if TYPE_CHECKING:
    from graphql.execution import Executor

    from gateway.execution.compiled.executor import Compiled

VARIANTS = 16
"""Choices of `@skip` and `@include` of one document that are compiled."""

fallbacks: Counter[str] = Counter()
"""Reason -> how many operations graphql-core has interpreted for it."""


class Programs:
    """The programs of one document on one schema."""

    def __init__(self, document: DocumentNode) -> None:
        found = _Found()
        visit(document, found)
        self.reason: str | None = found.reason
        """Why nothing of the document can be compiled, None if it can."""
        self._document = document
        self._conditions = sorted(found.conditions)
        self._kept: dict[Any, Program | None] = {}

    def program(self, executor: Compiled) -> Program | None:
        """The program of the executor's operation; None, and counted, if there is none."""
        if self.reason is not None:
            fallbacks[self.reason] += 1
            return None
        coerced = executor.variable_values.coerced
        choice = tuple(coerced.get(name) for name in self._conditions)
        if any(value is not True and value is not False for value in choice):
            fallbacks["condition without a value"] += 1
            return None
        key = (id(executor.operation), executor.default_resolver, choice)
        if key in self._kept:
            program = self._kept[key]
            if program is None or program.plan.holds():
                if program is None:
                    fallbacks["selection that cannot be collected"] += 1
                return program
        elif len(self._kept) >= VARIANTS:
            fallbacks["too many choices of conditions"] += 1
            return None
        program = self._kept[key] = self._made(executor)
        return program

    @staticmethod
    def _made(executor: Executor[Any]) -> Program | None:
        root = executor.schema.get_root_type(executor.operation.operation)
        if root is None:
            return None
        default = getattr(executor, "default_resolver", True)
        try:
            return compiled(Planner(executor, default_resolver=default).plan(root))
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
