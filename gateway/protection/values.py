"""How much may stand in the variables: reading a value costs more than sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connectors.ports.common import ErrorCode
from resolvers.problems import Refusal

if TYPE_CHECKING:
    from gateway.protection.limits import Limits


def check_values(variables: Mapping[str, object], limits: Limits) -> None:
    """Refuse variables with more values than allowed, counted at every level.

    Stops counting at the limit, so the time is bounded by it. Raises Refusal.
    """
    waiting: list[object] = [variables]
    found = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            found += len(value)
            inner = iter(value.values())
        elif isinstance(value, list):
            found += len(value)
            inner = iter(value)
        else:
            continue
        if found > limits.values:
            message = (
                f"The variables hold more than {limits.values} values, counted at every level."
                " Ask in parts, or simplify the shapes."
            )
            raise Refusal(ErrorCode.TOO_COMPLEX, message)
        waiting.extend(each for each in inner if isinstance(each, (Mapping, list)))
