"""Operations compiled to Python functions, with graphql-core's meaning and result.

`execute` is graphql-core's on any schema. What is not compiled goes through graphql-core itself and
is counted in `fallbacks`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from graphql import DocumentNode, GraphQLSchema
from graphql import execute as interpreted
from graphql.execution.execute import assume_not_async_iterable, assume_not_awaitable

from gateway.execution.compiled.executor import Compiled, FairCompiled
from gateway.execution.compiled.store import Programs, fallbacks

__all__ = ["Compiled", "FairCompiled", "Programs", "execute", "fallbacks"]

MOST_DOCUMENTS = 64

FURTHER = (
    "subscribe_field_resolver", "max_coercion_errors", "enable_early_execution", "middleware",
    "executor_class", "is_awaitable", "is_async_iterable",
)  # fmt: skip
"""graphql-core's further arguments, in its order."""

_programs: OrderedDict[tuple[int, int], tuple[GraphQLSchema, DocumentNode, Programs]] = (
    OrderedDict()
)


def execute(  # noqa: PLR0917 - graphql-core's signature
    schema: GraphQLSchema,
    document: DocumentNode,
    root_value: Any = None,
    context_value: Any = None,
    variable_values: dict[str, Any] | None = None,
    operation_name: str | None = None,
    field_resolver: Any = None,
    type_resolver: Any = None,
    *more: Any,
    **kwargs: Any,
) -> Any:
    """What `graphql.execute` answers to the same arguments: a result, or something to await.

    A document is not to be changed once it has been executed.
    """
    asked = (
        schema, document, root_value, context_value, variable_values, operation_name,
        field_resolver, type_resolver,
    )  # fmt: skip
    kwargs |= dict(zip(FURTHER, more, strict=False))
    reason = _uncompiled(kwargs)
    programs = None
    if reason is None and isinstance(document, DocumentNode):
        programs = _of(schema, document)
        reason = programs.reason
    if reason is not None or programs is None:
        fallbacks[reason or "not a document"] += 1
        return interpreted(*asked, **kwargs)
    kwargs["executor_class"] = Compiled
    return interpreted(*asked, **kwargs, programs=programs)


def _uncompiled(options: dict[str, Any]) -> str | None:
    for name in ("middleware", "executor_class", "is_awaitable", "is_async_iterable"):
        given = options.get(name)
        # "Nothing is awaited" is how graphql-core executes at once; compiled code asks it too.
        if given is not None and all(
            given is not known for known in (assume_not_awaitable, assume_not_async_iterable)
        ):
            return name
    return None


def _of(schema: GraphQLSchema, document: DocumentNode) -> Programs:
    """What is kept of the document. It is kept with both, so that no other has their identities."""
    key = (id(schema), id(document))
    kept = _programs.get(key)
    if kept is None:
        kept = _programs[key] = (schema, document, Programs(document))
        if len(_programs) > MOST_DOCUMENTS:
            _programs.popitem(last=False)
    else:
        _programs.move_to_end(key)
    return kept[2]
