"""Documents made ready once: parsed, guarded and validated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import recommended_rules
from graphql.validation.validate import ValidationAbortedError

from connectors.ports.common import ErrorCode
from gateway.execution.compiled import Programs
from gateway.execution.compiled.run import known
from gateway.execution.plans import Plan, plan
from gateway.execution.slots import slots_of
from gateway.execution.variables import Variables
from gateway.protection.pages import PageVariable, check_pages
from gateway.protection.shape import check_shape
from gateway.protection.text import check_text
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import ASTValidationRule, GraphQLSchema, ValidationContext

    from gateway.execution.compiled.program import Program
    from gateway.execution.shape import Shape
    from gateway.execution.shelf import Shelf
    from gateway.protection.limits import Limits


BYTES, BYTES_PER_TOKEN = 4096, 700
"""What the tree of a document takes in memory, by its words and signs; measured."""


@dataclass(slots=True)
class Known:
    """What is known of an operation: how variables are read, what a run begins with, its plan."""

    variables: Variables
    base: dict[str, Any]
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may be executed."""

    text: str
    """What it was parsed from; other texts of its shape may be answered by its programs."""
    document: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    programs: Programs
    """What has been compiled of it."""
    pages: tuple[PageVariable, ...]
    """Variables that say how many records are wanted; their values are still unchecked."""
    size: int
    """About how many bytes of memory the tree takes."""
    graph: GraphQLSchema
    _known: dict[int, Known] = field(default_factory=dict)

    def known(self, operation: OperationDefinitionNode) -> Known:
        """What is known of one of the operations before it runs."""
        found = self._known.get(id(operation))
        if found is None:
            readers = Variables(self.graph, operation)
            base = known(self.graph, self.document, operation)
            found = self._known[id(operation)] = Known(readers, base)
        return found

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        """Whose data an operation asks for, for whom, how much, for how long."""
        found = self.known(operation)
        if found.plan is None:
            slots = self.programs.slots
            written = slots.values if slots is not None else {}
            found.plan = plan(self.graph, self.document, operation, written)
        return found.plan

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises Refusal when the choice is not clear."""
        if name is None:
            if len(self.operations) == 1:
                return self.operations[0]
            message = (
                f"The document has several operations ({self._names()});"
                " say in operationName which one to run."
            )
            raise bad_input(message)
        for operation in self.operations:
            if operation.name is not None and operation.name.value == name:
                return operation
        message = (
            f"operationName is {name!r}, but the document has no such operation;"
            f" it has: {self._names()}."
        )
        raise bad_input(message)

    def _names(self) -> str:
        return ", ".join(each.name.value if each.name else "unnamed" for each in self.operations)


class Preparation:
    """Makes documents ready for one schema within limits."""

    def __init__(
        self,
        graphql_schema: GraphQLSchema,
        limits: Limits,
        *,
        rules: Sequence[type[ASTValidationRule]] = (),
        room: Shelf[Program] | None = None,
    ) -> None:
        self._room = room
        self._schema = graphql_schema
        self._limits = limits
        standard = (
            _bounded_overlap(limits.comparisons)
            if rule is OverlappingFieldsCanBeMergedRule
            else rule
            for rule in (*specified_rules, *recommended_rules)
        )
        self._rules = tuple(dict.fromkeys((*standard, *rules)))

    def prepare(self, text: str, shape: Shape | None = None) -> Prepared | list[GraphQLError]:
        """The document ready to run, or what validation says against it.

        With its shape, its programs serve all texts of that shape, if it holds queries alone.

        Raises Refusal or GraphQLError when it is too large or cannot be parsed.
        """
        check_text(text, self._limits)
        # Comments count as tokens in `check_text`; here they need no second limit.
        document = parse(text, max_lexical_tokens=self._limits.tokens)
        check_shape(document, self._limits)
        pages = check_pages(document, self._limits)
        errors = validate(self._schema, document, self._rules, max_errors=self._limits.errors)
        if errors:
            return self._explained(errors)
        operations = tuple(
            each for each in document.definitions if isinstance(each, OperationDefinitionNode)
        )
        slots = None
        if shape is not None and all(each.operation is OperationType.QUERY for each in operations):
            slots = slots_of(self._schema, document, shape)
        programs = Programs(document, self._room, patient=True, slots=slots)
        size = BYTES + BYTES_PER_TOKEN * _tokens(document)
        return Prepared(text, document, operations, programs, pages, size, self._schema)

    def _explained(self, errors: list[GraphQLError]) -> list[GraphQLError]:
        """The errors of a validation, in sentences that say what to do where theirs do not."""
        errors = [_without_increments(error) for error in errors]
        too_many = len(errors) > self._limits.errors
        if too_many or not isinstance(errors[-1], ValidationAbortedError):
            return errors
        message = (
            "The document repeats the same fields too often to be checked in reasonable time."
            " Write each field once, or put fewer fragments on the same object."
        )
        refusal = Refusal(ErrorCode.TOO_COMPLEX, message)
        return [*errors[:-1], GraphQLError(message, original_error=refusal)]


def _without_increments(error: GraphQLError) -> GraphQLError:
    """What is said of a directive that asks for an answer in pieces."""
    for word in ("defer", "stream"):
        if error.message.startswith(f"Unknown directive '@{word}'"):
            message = f"@{word} is not answered here: leave it out, and the whole comes at once."
            return GraphQLError(message, error.nodes)
    return error


def _tokens(document: DocumentNode) -> int:
    """The words and signs of a parsed document."""
    found, token = 0, document.loc.start_token if document.loc else None
    while token is not None:
        found += 1
        token = token.next
    return found


def _bounded_overlap(comparisons: int) -> type[ASTValidationRule]:
    """The rule on mergeable fields with a budget of work; its own is far above ours.

    Comparing fields of one name is quadratic in their number. When the budget is used up the
    rule reports an error and stops.
    """

    class BoundedOverlappingFieldsRule(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = comparisons

    return BoundedOverlappingFieldsRule
