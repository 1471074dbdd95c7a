"""The methods that look at their arguments as expressions: map, filter, find, match, as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from connectors.declarative.mapping.nodes import ListLiteral, Method, Path, Variable
from connectors.declarative.mapping.running import Go, Run
from connectors.declarative.mapping.values import ABSENT, equal, kind_of

Compile: TypeAlias = Callable[[Any], Go]


def _map(method: Method, compile_: Compile) -> Go:
    go = compile_(method.arguments[0])

    def step(value: Any, here: Any, run: Run) -> Any:
        if not isinstance(value, (list, tuple)):
            made = go(value, here, run)
            return [None if made is ABSENT else made]
        run.charge(len(value))
        found: list[Any] = []
        count = len(run.notes)
        for index, item in enumerate(value):
            made = go(item, here, run)
            found.append(None if made is ABSENT else made)  # keeps the positions
            if len(run.notes) > count:
                run.inside(count, "->map", index)
                count = len(run.notes)
        return found

    return step


def _tested(method: Method, compile_: Compile) -> Callable[[Any, Any, Run, int | None], Any]:
    """Whether an item fulfils the condition; None when that is no boolean."""
    go = compile_(method.arguments[0])

    def test(item: Any, here: Any, run: Run, index: int | None) -> Any:
        count = len(run.notes)
        answer = go(item, here, run)
        if not isinstance(answer, bool):
            if answer is not ABSENT:
                run.tell(f"the condition is {kind_of(answer)}, not true or false", method.at)
            answer = None
        if len(run.notes) > count:
            run.inside(count, f"->{method.name}", *(() if index is None else (index,)))
        return answer

    return test


def _filter(method: Method, compile_: Compile) -> Go:
    test = _tested(method, compile_)

    def step(value: Any, here: Any, run: Run) -> Any:
        if not isinstance(value, (list, tuple)):
            answer = test(value, here, run, None)
            return ABSENT if answer is None else [value] if answer else []
        run.charge(len(value))
        found: list[Any] = []
        for index, item in enumerate(value):
            answer = test(item, here, run, index)
            if answer is None:
                return ABSENT
            if answer:
                found.append(item)
        return found

    return step


def _find(method: Method, compile_: Compile) -> Go:
    test = _tested(method, compile_)

    def step(value: Any, here: Any, run: Run) -> Any:
        if not isinstance(value, (list, tuple)):
            return value if test(value, here, run, None) else ABSENT
        run.charge(len(value))
        for index, item in enumerate(value):
            answer = test(item, here, run, index)
            if answer is None:
                return ABSENT
            if answer:
                return item
        return ABSENT

    return step


def _match(method: Method, compile_: Compile) -> Go:
    pairs = [
        (compile_(pair.values[0]), compile_(pair.values[1]))
        for pair in method.arguments
        if isinstance(pair, ListLiteral)
    ]

    def step(value: Any, here: Any, run: Run) -> Any:
        count = len(run.notes)
        for candidate, result in pairs:
            wanted = candidate(value, here, run)
            if wanted is not ABSENT and equal(value, wanted, run.charge):
                made = result(value, here, run)
                if len(run.notes) > count:
                    run.inside(count, "->match")
                return made
        if len(run.notes) > count:
            run.inside(count, "->match")
        run.tell(
            "no pair of ->match fits, and there is no [@, …] for all else", method.at, "->match"
        )
        return ABSENT

    return step


def _as(method: Method, compile_: Compile) -> Go:
    name = _local(method)
    go = compile_(method.arguments[1]) if len(method.arguments) > 1 else None

    def step(value: Any, here: Any, run: Run) -> Any:
        bound = value if go is None else go(value, here, run)
        if bound is ABSENT:
            return ABSENT
        # The path around puts the former variables back when it ends.
        run.variables = {**run.variables, name: bound}
        return value

    return step


def _local(method: Method) -> str:
    """The name that ->as gives; empty when its argument is something else."""
    first = method.arguments[0]
    if isinstance(first, Path) and first == Path(first.start) and isinstance(first.start, Variable):
        name = first.start.name
        return name if name not in ("$", "@") else ""
    return ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A method of this kind: how many arguments, what is wrong with them, how it is compiled."""

    least: int
    most: int
    compile: Callable[[Method, Compile], Go]
    wrong: Callable[[Sequence[Any], Method], str] = lambda _, __: ""


def _no_pair(arguments: Sequence[Any], _: Method) -> str:
    for pair in arguments:
        if not isinstance(pair, ListLiteral) or len(pair.values) != 2:
            return "takes pairs: [candidate, value]"
    return ""


def _no_name(_: Sequence[Any], method: Method) -> str:
    return "" if _local(method) else "takes a name of your own first: ->as($name)"


FLOWS: dict[str, Flow] = {
    "map": Flow(1, 1, _map),
    "filter": Flow(1, 1, _filter),
    "find": Flow(1, 1, _find),
    "match": Flow(1, 1_000, _match, _no_pair),
    "as": Flow(1, 2, _as, _no_name),
}
"""The methods by name."""
