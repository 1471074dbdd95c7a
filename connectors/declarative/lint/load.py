"""Rules about load and kinds of requests: what asks too much, what may not be null."""

from __future__ import annotations

import re
from collections import deque

from graphql import FieldDefinitionNode, ListTypeNode, NonNullTypeNode

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.keys import Keys
from connectors.declarative.lint.shapes import Shapes
from connectors.declarative.lint.variables import taken
from connectors.declarative.lint.world import OBJECT, Field, Kind
from connectors.declarative.lint.written import Asking, Origin, Written
from connectors.declarative.mapping.faults import walk
from connectors.declarative.mapping.nodes import Item, Method, ObjectLiteral, Path
from connectors.declarative.strings import place_of
from connectors.upkeep.policy import Policy, read

_LIMITS = re.compile(
    r"limit|first|last|(?:per|max)?[-_]?(?:page|halaman)s?|page[-_]?(?:size|number|no|num|index|limit)"
    r"|per[-_]?page|(?:max[-_]?)?(?:results?|rows?|items?|count|size|records)|top|take|"
    r"max|skip|offset|cursor|after|before|start|from|n|num|limit[-_]?\w+|\w+[-_]limit"
    r"|batas|jumlah|hal|per[-_]?halaman|banyaknya",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"[?&]([^=&{}#]{1,60})=")
_BOUNDING = frozenset(("slice", "first", "last", "find", "get"))


def note_load(case: Case, shapes: Shapes, keys: Keys) -> None:
    """Look at what connectors ask for, and how often."""
    many = _in_lists(case)
    weak = _weak(case)
    sources = {origin.source.name: origin for origin in case.directives.origins}
    for asking in case.directives.askings:
        connect = asking.connect
        owner = case.world.find(connect.type)
        if owner is None:
            continue
        _method(case, asking)
        field = owner.fields.get(connect.field) if connect.field else None
        if field is None:
            continue
        _nullable(case, owner, field)
        if field.many and not _bounded(case, asking, sources.get(connect.source or "")):
            what = connect.coordinate
            case.notes.add("LIST_UNBOUNDED", asking.at, path=what, what=what)
        if not owner.root and owner.name in many:
            code = "N_PLUS_ONE_WEAK" if weak else "N_PLUS_ONE"
            case.notes.add(code, asking.at, path=connect.coordinate, what=connect.coordinate)
    _completed_one_by_one(case, shapes, keys, many, weak=weak)


def _completed_one_by_one(
    case: Case, shapes: Shapes, keys: Keys, many: set[str], *, weak: bool
) -> None:
    """Types that come in lists, lack something there, and are completed without $batch."""
    for kind in case.world.kinds:
        ways = keys.ways(kind.name)
        if kind.name not in many or not ways or any(way.batch for way in ways):
            continue
        gives = {name for way in ways for name in way.gives}
        own = {id(way.asking) for way in ways}
        others = [v for v in shapes.of_type(kind.name) if id(v.asking) not in own and not v.open]
        if any(len(visit.names & gives) < len(gives) for visit in others):
            code = "N_PLUS_ONE_WEAK" if weak else "N_PLUS_ONE"
            asking = ways[0].asking
            what = asking.connect.coordinate
            case.notes.add(code, asking.at, path=what, what=what)


def _in_lists(case: Case) -> set[str]:
    """The types that come as items of a list, or inside of such items."""
    waiting: deque[tuple[str, bool]] = deque()
    seen: set[tuple[str, bool]] = set()
    for kind in case.world.kinds:
        if kind.root or kind.city:  # what is the city's comes in lists of the city
            waiting.append((kind.name, not kind.root))
    while waiting:
        name, many = waiting.popleft()
        found = case.world.find(name)
        if found is None or found.kind != OBJECT or (name, many) in seen:
            continue
        seen.add((name, many))
        waiting.extend((field.base, many or field.many) for field in found.added)
    return {name for name, many in seen if many}


def _weak(case: Case) -> bool:
    """Whether the settings say that the system takes little."""
    try:
        said = read(dict(case.settings.upkeep)) if case.settings is not None else {}
    except ValueError:
        return False  # told where the settings are read
    usual = Policy()
    concurrent = said.get("max_concurrent", usual.max_concurrent)
    calls = said.get("calls_per_minute", usual.calls_per_minute)
    return bool(concurrent <= 2 or calls <= 60)


# ------------------------------------------------------------------------------- requests


def _method(case: Case, asking: Asking) -> None:
    connect = asking.connect
    what = connect.coordinate
    if connect.type == "Mutation" and connect.method == "GET":
        case.notes.add("READ_ON_MUTATION", asking.at, path=what, what=what)
    elif connect.type == "Query" and connect.method != "GET":
        words = {"what": what, "method": connect.method}
        case.notes.add("WRITE_ON_QUERY", asking.at, path=what, **words)


def _nullable(case: Case, owner: Kind, field: Field) -> None:
    node = field.node
    if not isinstance(node, FieldDefinitionNode):
        return
    inner = node.type.type if isinstance(node.type, NonNullTypeNode) else node.type
    item = (
        owner.root and isinstance(inner, ListTypeNode) and isinstance(inner.type, NonNullTypeNode)
    )
    if field.required or item:
        path = f"{owner.name}.{field.name}"
        case.notes.add("NON_NULL_REMOTE", place_of(node.type), path=path, what=path)


# ------------------------------------------------------------------------------- limits


def _bounded(case: Case, asking: Asking, origin: Origin | None) -> bool:
    """Whether a request says how many it wants, or its mapping takes only some."""
    strings = [*asking.requests, *(origin.strings if origin else ())]
    return any(_names_a_limit(case, written, asking) for written in strings) or any(
        isinstance(step, Method) and step.name in _BOUNDING
        for node in walk(asking.connect.selection.tree)
        if isinstance(node, Path)
        for step in node.steps
    )


def _names_a_limit(case: Case, written: Written, asking: Asking) -> bool:
    names, opened = set[str](), set[str]()
    if written.role in ("url", "baseURL"):
        names |= {found[1] for found in _PARAMETER.finditer(written.node.value)}
    if written.role in ("queryParams", "body"):
        for selection, _ in written.mappings:
            for node in walk(selection.tree):
                if isinstance(node, Item) and node.name is not None:
                    names.add(node.name)
                elif isinstance(node, ObjectLiteral):
                    names |= {name for name, _ in node.entries}
    owner = case.world.find(asking.connect.type)
    field = owner.fields.get(asking.connect.field or "") if owner else None
    for keys in {use.keys for use in taken(written, "$args")}:
        names |= set(keys[-1:])
        # An input that is sent whole may have a limit inside.
        argument = field.arguments.get(keys[0]) if field and keys else None
        inside = case.world.find(argument.base) if argument and len(keys) == 1 else None
        if inside is not None and inside.name not in opened:
            opened.add(inside.name)
            names |= set(inside.fields)
        names |= set(field.arguments) if field and not keys else set()
    return any(_LIMITS.fullmatch(name.strip()[:60]) for name in names)
