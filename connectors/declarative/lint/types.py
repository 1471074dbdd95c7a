"""Rules about types: whether they are there, where they may stand, and defaults of arguments."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    BooleanValueNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueNode,
    FieldDefinitionNode,
    FloatValueNode,
    GraphQLEnumType,
    InputValueDefinitionNode,
    IntValueNode,
    ListTypeNode,
    ListValueNode,
    NonNullTypeNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    TypeNode,
    ValueNode,
)

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.world import ABSTRACT, ENUM, INPUT, OBJECT, Kind, named_of
from connectors.declarative.strings import place_of

_SCALARS: dict[str, tuple[type[ValueNode], ...]] = {
    "Int": (IntValueNode,),
    "Float": (IntValueNode, FloatValueNode),
    "String": (StringValueNode,),
    "Boolean": (BooleanValueNode,),
    "ID": (StringValueNode, IntValueNode),
}
_OUT = ("sebuah `input` tidak dapat menjadi jawaban", "an `input` cannot be an answer")
_IN = ("sebuah `type` tidak dapat menjadi argumen", "a `type` cannot be an argument")


def note_types(case: Case) -> None:
    """Look at the types of all fields and arguments."""
    values = _enum_values(case)
    for kind in case.world.kinds:
        for field in kind.added:
            path = f"{kind.name}.{field.name}"
            node = field.node
            if isinstance(node, FieldDefinitionNode):
                _output(case, node, path)
                for argument in node.arguments or ():
                    _input(case, argument, path, values)
            elif isinstance(node, InputValueDefinitionNode):
                _input(case, node, path, values)
    _circular_inputs(case)


def _output(case: Case, node: FieldDefinitionNode, path: str) -> None:
    found = _known(case, node.type, path)
    at = place_of(named_of(node.type))
    if found is not None and found.kind == INPUT:
        words = {"what": found.name, "kind_id": _OUT[0], "kind_en": _OUT[1]}
        case.notes.add("TYPE_POSITION", at, path=path, **words)
    elif found is not None and found.kind in {OBJECT, ABSTRACT} and found.city:
        case.notes.add("CITY_RECORD", at, path=path, what=found.name)


def _input(
    case: Case, node: InputValueDefinitionNode, path: str, values: dict[str, set[str]]
) -> None:
    found = _known(case, node.type, path)
    if found is None:
        return
    if found.kind in (OBJECT, ABSTRACT):
        at = place_of(named_of(node.type))
        words = {"what": found.name, "kind_id": _IN[0], "kind_en": _IN[1]}
        case.notes.add("TYPE_POSITION", at, path=path, **words)
    elif node.default_value is not None and not _fits(
        case, node.type, node.default_value, found, values
    ):
        at = place_of(node.default_value)
        case.notes.add("ARGUMENT_DEFAULT", at, path=path, what=node.name.value)


def _known(case: Case, node: TypeNode, path: str) -> Kind | None:
    named = named_of(node)
    found = case.world.find(named.name.value)
    extends = case.settings.names.extends if case.settings is not None else ()
    if found is None and named.name.value not in extends:
        case.notes.add("TYPE_UNKNOWN", place_of(named), path=path, what=named.name.value)
    return found


# ------------------------------------------------------------------------------- defaults


def _enum_values(case: Case) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in case.document.definitions:
        if isinstance(node, (EnumTypeDefinitionNode, EnumTypeExtensionNode)):
            names = found.setdefault(node.name.value, set())
            names |= {value.name.value for value in node.values or ()}
    return found


def _fits(
    case: Case, kind: TypeNode, value: ValueNode, named: Kind, values: dict[str, set[str]]
) -> bool:
    """Whether a default is one of its type; of inputs only the names of the fields are compared."""
    if isinstance(kind, NonNullTypeNode):
        return not isinstance(value, NullValueNode) and _fits(case, kind.type, value, named, values)
    if isinstance(value, NullValueNode):
        return True
    if isinstance(kind, ListTypeNode):
        items = value.values if isinstance(value, ListValueNode) else (value,)
        return all(_fits(case, kind.type, item, named, values) for item in items)
    if named.name in _SCALARS:
        return isinstance(value, _SCALARS[named.name])
    if named.kind == ENUM:
        known = case.world.city.type_map.get(named.name)
        names = set(known.values) if isinstance(known, GraphQLEnumType) else set()
        names |= values.get(named.name, set())
        return isinstance(value, EnumValueNode) and value.value in names
    if named.kind == INPUT:
        if not isinstance(value, ObjectValueNode):
            return False
        given = {field.name.value for field in value.fields}
        needed = {f.name for f in named.fields.values() if f.required and not _defaulted(f.node)}
        return given <= set(named.fields) and needed <= given
    return True


def _defaulted(node: object) -> bool:
    return isinstance(node, InputValueDefinitionNode) and node.default_value is not None


# ------------------------------------------------------------------------------- circles


def _circular_inputs(case: Case) -> None:
    """Inputs that need themselves. Each is looked at once, without recursion."""
    done: set[str] = set()
    for kind in case.world.kinds:
        if kind.kind != INPUT or kind.name in done:
            continue
        trail: dict[str, Iterator[str]] = {kind.name: _needed(kind)}
        while trail:
            name, waiting = next(reversed(trail.items()))
            following = next(waiting, None)
            if following is None:
                done.add(name)
                del trail[name]
                continue
            found = case.world.find(following)
            if following in trail:
                at = found.at if found is not None else kind.at
                case.notes.add("INPUT_CIRCULAR", at, path=following, what=following)
            elif found is not None and found.kind == INPUT and following not in done:
                trail[following] = _needed(found)


def _needed(kind: Kind) -> Iterator[str]:
    """The inputs without which this one cannot be given."""
    return (f.base for f in kind.fields.values() if f.required and not f.many)
