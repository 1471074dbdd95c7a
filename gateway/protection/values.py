"""What may stand in the variables, and how much: reading a value costs more than sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connectors.ports.common import ErrorCode
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from gateway.protection.limits import Limits


def check_values(variables: Mapping[str, object], limits: Limits) -> None:
    """Refuse variables with more values than allowed, counted at every level, or with NUL signs.

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
        for each in inner:
            if isinstance(each, (Mapping, list)):
                waiting.append(each)
            elif isinstance(each, str) and "\0" in each:
                raise no_nul("A text in the variables")


def no_nul(where: str) -> Refusal:
    """BAD_INPUT for a text with the sign U+0000.

    No text of the city holds it, and PostgreSQL cannot even be asked for one that does.
    """
    return bad_input(
        f"{where} holds the sign U+0000, which no text of the city does; leave it out."
    )
