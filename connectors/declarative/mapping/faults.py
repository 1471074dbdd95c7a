"""What is wrong with a selection whatever the data: found when it is read, told when it is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from connectors.declarative.mapping.flow import FLOWS
from connectors.declarative.mapping.methods import METHODS
from connectors.declarative.mapping.nodes import (
    Bare,
    Choice,
    Embedded,
    Expression,
    Group,
    Item,
    ListLiteral,
    Method,
    ObjectLiteral,
    Path,
    Problem,
    Tree,
)

Node: TypeAlias = Tree | Expression | Item


def fault_of(method: Method) -> str:
    """Why a method cannot be called the way it is written; empty when it can."""
    flow = FLOWS.get(method.name)
    if flow is not None:
        least, most = flow.least, flow.most
    elif method.name in METHODS:
        least, most, _ = METHODS[method.name]
    else:
        return f"there is no method ->{method.name}"
    count = len(method.arguments)
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        wanted = f"at least {least}" if most >= 1_000 else wanted
        return f"->{method.name} takes {wanted} arguments, not {count}"
    wrong = flow.wrong(method.arguments, method) if flow is not None else ""
    return f"->{method.name} {wrong}" if wrong else ""


def faults_of(tree: Tree) -> list[Problem]:
    """All faults of a selection, in the order of its text."""
    found: list[Problem] = []
    for node in walk(tree):
        methods = methods_of(node)
        told = ((fault_of(method), method) for method in methods)
        found.extend(
            Problem(message, (f"->{method.name}",), *method.at)
            for message, method in told
            if message
        )
    return sorted(found, key=lambda fault: (fault.line, fault.column))


def walk(tree: Tree) -> Iterator[Node]:
    """All groups, items, paths and expressions of a selection, outer ones first."""
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(below(node))


def methods_of(node: Node) -> list[Method]:
    """The methods that a path calls, in their order; none for all else."""
    steps = node.steps if isinstance(node, Path) else ()
    return [step for step in steps if isinstance(step, Method)]


def expressions(node: Node) -> list[Expression]:
    """The expressions of a path: what it begins with in brackets, arguments of its methods."""
    found: list[Expression] = []
    if isinstance(node, Path) and isinstance(node.start, (Embedded, Bare)):
        found.append(node.start.value)
    for method in methods_of(node):
        found.extend(method.arguments)
    return found


def below(node: Node) -> list[Node]:
    """What a group, item, path or expression consists of."""
    if isinstance(node, Group):
        return list(node.items)
    if isinstance(node, Item):
        return [node.value]
    if isinstance(node, ListLiteral):
        return list(node.values)
    if isinstance(node, ObjectLiteral):
        return [value for _, value in node.entries]
    if isinstance(node, Choice):
        return list(node.operands)
    inner = [node.inner] if isinstance(node, Path) and node.inner is not None else []
    return [*expressions(node), *inner]
