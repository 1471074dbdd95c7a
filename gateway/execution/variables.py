"""The variables of an operation: graphql-core's reading of them, quicker where nothing is unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN: dict[Any, type] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLInt: int,
    GraphQLFloat: float,
    GraphQLBoolean: bool,
}
"""Scalars, and the type of values that are taken as they are."""

NONE = VariableValues({}, {})


class Variables:
    """Reads the variables of one operation."""

    def __init__(self, graph: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._graph = graph
        self._nodes = operation.variable_definitions or ()
        self._quick = self._plain()

    def read(
        self, given: Mapping[str, object], most_errors: int
    ) -> VariableValues | list[GraphQLError]:
        """The coerced values, or what is wrong with them."""
        if not self._nodes:
            return NONE
        if self._quick is not None:
            sources: dict[str, VariableValueSource] = {}
            coerced: dict[str, Any] = {}
            for name, signature, usual, required in self._quick:
                value = given.get(name, Undefined)
                kind = type(value)
                if (
                    kind is usual
                    and (kind is not int or -2147483648 <= value <= 2147483647)  # type: ignore[operator]
                    and (kind is not float or value - value == 0.0)  # type: ignore[operator]
                ) or (value is None and not required):
                    coerced[name] = value
                    sources[name] = VariableValueSource(signature, value)
                elif value is Undefined and not required:
                    sources[name] = VariableValueSource(signature)
                else:
                    break
            else:
                return VariableValues(sources, coerced)
        return get_variable_values(self._graph, self._nodes, dict(given), most_errors)

    def _plain(self) -> list[tuple[str, GraphQLVariableSignature, type, bool]] | None:
        """(name, signature, usual type, whether it must be given); None if one is not plain."""
        found = []
        for node in self._nodes:
            signature = get_variable_signature(self._graph, node)
            if isinstance(signature, GraphQLError) or node.default_value is not None:
                return None
            usual = PLAIN.get(get_nullable_type(signature.type))
            if usual is None:
                return None
            found.append((signature.name, signature, usual, is_non_null_type(signature.type)))
        return found
