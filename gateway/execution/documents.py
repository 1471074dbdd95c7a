"""Documents made ready once: parsed, guarded, validated, and kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import recommended_rules
from graphql.validation.validate import ValidationAbortedError

from connectors.ports.common import ErrorCode
from gateway.protection.pages import PageVariable, check_pages
from gateway.protection.shape import check_shape
from gateway.protection.text import check_text
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import ASTValidationRule, GraphQLSchema, ValidationContext

    from gateway.protection.limits import Limits


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may be executed."""

    document: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    pages: tuple[PageVariable, ...]
    """Variables that say how many records are wanted; their values are still unchecked."""

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
    ) -> None:
        self._schema = graphql_schema
        self._limits = limits
        standard = (
            _bounded_overlap(limits.comparisons)
            if rule is OverlappingFieldsCanBeMergedRule
            else rule
            for rule in (*specified_rules, *recommended_rules)
        )
        self._rules = tuple(dict.fromkeys((*standard, *rules)))

    def prepare(self, text: str) -> Prepared | list[GraphQLError]:
        """The document ready to run, or what validation says against it.

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
        return Prepared(document, operations, pages)

    def _explained(self, errors: list[GraphQLError]) -> list[GraphQLError]:
        """The errors of a validation; one that ran out of its budget says what to do."""
        too_many = len(errors) > self._limits.errors
        if too_many or not isinstance(errors[-1], ValidationAbortedError):
            return errors
        message = (
            "The document repeats the same fields too often to be checked in reasonable time."
            " Write each field once, or put fewer fragments on the same object."
        )
        refusal = Refusal(ErrorCode.TOO_COMPLEX, message)
        return [*errors[:-1], GraphQLError(message, original_error=refusal)]


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


class DocumentCache:
    """The documents asked for last, bounded by the bytes of their texts.

    The tree of a document takes some hundred times the memory of its text; that is why the
    bound is small.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, tuple[Prepared, int]] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Bytes of all texts kept now."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str) -> Prepared | None:
        """The document of this text, None if it is not kept."""
        found = self._kept.get(text)
        if found is None:
            return None
        self._kept.move_to_end(text)
        return found[0]

    def put(self, text: str, prepared: Prepared) -> None:
        """Keep a document; those not asked for longest go when the room is used up."""
        size = len(text.encode())
        if size > self._max_bytes or text in self._kept:
            return
        self._kept[text] = (prepared, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            _text, (_prepared, gone) = self._kept.popitem(last=False)
            self._bytes -= gone
