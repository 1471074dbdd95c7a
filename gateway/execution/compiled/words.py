"""The words of enumerations."""

from __future__ import annotations

from typing import Any


def members(kind: Any) -> dict[int, str] | None:
    """The names of a Strawberry enumeration by the identity of the Python members.

    None for any other type.
    """
    from strawberry.schema.schema_converter import CustomGraphQLEnumType

    if type(kind) is not CustomGraphQLEnumType:
        return None
    found: list[Any] = list(kind.wrapped_cls)
    return {id(member): kind.coerce_output_value(member) for member in found}
