"""Resolvers for the fields that teams connected, and for those found by the key of their type.

A field that the answer around it already holds is not asked for again. A type that has a
connector of its own, or a field of `Query` with `entity: true`, can be asked for what an object
lacks: for all objects of one level together.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from connectors.declarative.app import DeclaredApp
from connectors.declarative.model import Connect
from connectors.declarative.used import keys_of, uses
from connectors.errors import Unreadable
from resolvers import declared
from resolvers.context import Context
from schema.composing.choosing import Choice, outputs
from schema.composing.documents import ROOTS
from schema.composing.promising import promise_all
from schema.composing.shaping import Row, Shape, Shapes, Shaping

_BUILT_IN = frozenset(("Int", "Float", "String", "Boolean", "ID"))
Resolve = Callable[..., Any]


def connect_all(graph: GraphQLSchema, core: GraphQLSchema, apps: Sequence[DeclaredApp]) -> None:
    """Give every connected field of a graph its resolver. The graph is new and not yet in use."""
    _Connecting(graph, core, apps).run()


class Keys:
    """The ways to find an object of one type by its key, in the order they are tried."""

    def __init__(self) -> None:
        self.ways: list[tuple[declared.Keyed, frozenset[str] | None]] = []
        """Each with the fields it gives; None: nobody can say."""

    async def field(self, context: Context, row: Row, name: str) -> tuple[bool, Any]:
        """Whether a field that an object lacks was found, and its value."""
        for way, gives in self.ways:
            if (gives is None or name in gives) and way.fits(row.raw):
                found = await self._found(context, way, row)
                if found is not None and name in found:
                    return True, found[name]
        return False, None

    async def whole(self, context: Context, row: Row, names: Sequence[str]) -> dict[str, Any]:
        """An object as it was mapped, with these fields of it, where they can be found."""
        whole = row.raw
        for name in names:
            for way, gives in self.ways if name not in whole else ():
                if (gives is None or name in gives) and way.fits(row.raw):
                    found = await self._found(context, way, row)
                    if found is not None:
                        whole = {**found.raw, **whole}
                        break
        return whole

    async def _found(self, context: Context, way: declared.Keyed, row: Row) -> Row | None:
        if row.loaded is None:
            row.loaded = {}
        if way not in row.loaded:
            found = await way(context, row.raw)
            if isinstance(found, Exception):
                raise found
            row.loaded[way] = found
        return row.loaded[way]


class _Connecting:
    def __init__(
        self, graph: GraphQLSchema, core: GraphQLSchema, apps: Sequence[DeclaredApp]
    ) -> None:
        self.graph = graph
        self.core = core
        self.apps = apps
        self.keys: dict[str, Keys] = {}
        self.shapes = Shapes(graph, core, frozenset())

    def run(self) -> None:
        by_key = [(app, connect) for app in self.apps for connect in app.description.connects
                  if self.finds(connect)]  # fmt: skip
        named = [self.type_of(connect) for _, connect in by_key]
        self.shapes = Shapes(self.graph, self.core, frozenset(named))
        # A connector on the type itself says more about it than a field that gives one.
        order = sorted(
            zip(named, by_key, strict=True), key=lambda each: each[1][1].field is not None
        )
        for name, (app, connect) in order:
            self.keys.setdefault(name, Keys()).ways.append(self.way(app, connect, name))
        for app in self.apps:
            for connects in app.connects.values():
                if connects[0].field is not None:
                    self.field(app, connects)
        for name, keys in self.keys.items():
            for field_name, field in self.object(name).fields.items():
                if field.resolve is None:
                    field.resolve = _missing(field_name, field, keys)
        asked: dict[str, list[tuple[DeclaredApp, Connect]]] = {}
        for name, way in order:
            asked.setdefault(name, []).append(way)
        promise_all(self.graph, self.apps, asked)

    def object(self, name: str) -> GraphQLObjectType:
        found = self.graph.type_map.get(name)
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(f"{name} is no object type")
        return found

    def type_of(self, connect: Connect) -> str:
        """The type that a connector resolves by key."""
        if connect.field is None:
            return connect.type
        return str(get_named_type(self.object(connect.type).fields[connect.field].type).name)

    def way(
        self, app: DeclaredApp, connect: Connect, name: str
    ) -> tuple[declared.Keyed, frozenset[str] | None]:
        shape = self.shapes.of(self.object(name))
        needed = None
        if connect.field is not None:
            variable, names = "$args", self.known_by_arguments(connect, name)
            needed = self.required(connect) or None
        else:
            variable = "$batch" if _batches(connect) else "$this"
            names = _whole_or_keys(connect, variable) or self.known_by(app, name, variable)
        key = app.key

        def finish(context: Context, value: Any) -> Any:
            return _shaped(context, key, shape, value)

        way = declared.Keyed(key, connect, variable, names, finish, needed=needed)
        return way, outputs(connect.selection)

    def required(self, connect: Connect) -> list[str]:
        """The arguments that a field of Query cannot be asked without."""
        arguments = self.object("Query").fields[str(connect.field)].args
        return [name for name, each in arguments.items() if is_required_argument(each)]

    def known_by_arguments(self, connect: Connect, name: str) -> list[str]:
        """The arguments of an entity field that are fields of its type; others are not given."""
        arguments = self.object("Query").fields[str(connect.field)].args
        fields = self.object(name).fields
        return [argument for argument in arguments if argument in fields]

    def finds(self, connect: Connect) -> bool:
        """Whether a connector finds objects of a type by what they hold."""
        if connect.field is None:
            return True
        if not connect.entity:
            return False
        known = self.known_by_arguments(connect, self.type_of(connect))
        return bool(known) and set(self.required(connect)) <= set(known)

    def known_by(self, app: DeclaredApp, name: str, variable: str) -> list[str]:
        """What a type is known by where a request for many does not name it: @key, else `id`."""
        if variable == "$this":
            return []
        said = next((fields for type_, fields in app.description.keys if type_ == name), "id")
        fields = self.object(name).fields
        return [field for field in said.split() if field in fields]

    def field(self, app: DeclaredApp, connects: Sequence[Connect]) -> None:
        """Connect a field; all these connectors stand on it."""
        type_, name = connects[0].type, str(connects[0].field)
        field = self.object(type_).fields[name]
        asked = _Asked(app.key, Choice(connects), self.shapes.of(field.type), _arguments(field))
        if type_ in ROOTS:
            field.resolve = _root(asked)
        else:
            field.resolve = _inner(asked, field, self.keys.get(type_, Keys()), name)


def _batches(connect: Connect) -> bool:
    return any(use.name == "$batch" for part in connect.asking for use in uses(part))


def _whole_or_keys(connect: Connect, variable: str) -> list[str]:
    """The fields of the key; none when the whole object is used."""
    whole = any(
        use.name == variable and use.key is None for part in connect.asking for use in uses(part)
    )
    return [] if whole and variable == "$this" else keys_of(connect, variable)


# ------------------------------------------------------------------------------- resolvers


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a connected field asks, and how its answer is shown."""

    key: str
    choice: Choice
    shape: Shape
    arguments: Callable[[dict[str, Any]], dict[str, Any]]

    async def answer(
        self, info: GraphQLResolveInfo[Any], connect: Connect, **variables: Any
    ) -> Any:
        """The shaped answer of a connector. Raises what asking raises."""
        given = {f"${name}": value for name, value in variables.items()}
        value = await declared.answer(info.context, self.key, connect, given)
        return _shaped(info.context, self.key, self.shape, value)


def _root(asked: _Asked) -> Resolve:
    # What is before the stroke has no name that an argument of a team could take.
    async def resolve(_source: Any, info: GraphQLResolveInfo[Any], /, **given: Any) -> Any:
        return await asked.answer(info, asked.choice.of(info), args=asked.arguments(given))

    return resolve


def _inner(asked: _Asked, field: GraphQLField, keys: Keys, name: str) -> Resolve:
    needed = [(connect, _of_this(connect)) for connect in asked.choice.connects]

    async def answer(source: Any, info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> Any:
        connect = asked.choice.of(info)
        wanted = next(names for one, names in needed if one is connect)
        if isinstance(source, Row):
            this = await keys.whole(info.context, source, wanted)
        else:
            this = await _record(source, info, wanted)
        return await asked.answer(info, connect, args=asked.arguments(given), this=this)

    def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **given: Any) -> Any:
        if isinstance(source, Row) and name in source and not field.args:
            return source[name]
        return answer(source, info, given)

    return resolve


def _of_this(connect: Connect) -> tuple[str, ...]:
    """The fields of the object around it that a connector depends on."""
    told = (
        connect.selection,
        connect.is_success,
        connect.errors.message,
        connect.errors.extensions,
    )
    parts = [*connect.asking, *(part for part in told if part is not None)]
    names = [use.key for part in parts for use in uses(part) if use.name == "$this"]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _missing(name: str, field: GraphQLField, keys: Keys) -> Resolve:
    is_needed = isinstance(field.type, GraphQLNonNull)

    async def later(row: Row, context: Context) -> Any:
        there, value = await keys.field(context, row, name)
        if not there and is_needed:
            return Unreadable("a field that must be there is missing", source=keys.ways[0][0].key)
        return value

    def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **_given: Any) -> Any:
        return source[name] if name in source else later(source, info.context)

    return resolve


async def _record(
    source: Any, info: GraphQLResolveInfo[Any], names: Sequence[str]
) -> dict[str, Any]:
    """What the graph itself shows of a record of the city, for the fields `$this` names."""
    this: dict[str, Any] = {}
    for name in names:
        field = info.parent_type.fields.get(name)
        if field is None or not is_leaf_type(get_named_type(field.type)):
            continue
        value = field.resolve(source, info) if field.resolve else getattr(source, name, None)
        if inspect.isawaitable(value):
            value = await value
        this[name] = _written(field.type, value)
    return this


def _written(kind: Any, value: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        return [_written(kind.of_type, item) for item in value]
    return kind.coerce_output_value(value)


def _shaped(context: Context, key: str, shape: Shape, value: Any) -> Any:
    shaping = Shaping(key)
    shaped = shape(value, shaping)
    if shaping.wrong:
        declared.misshapen(context, key)
    return shaped


# ------------------------------------------------------------------------------- arguments


def _arguments(field: GraphQLField) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Makes JSON of the arguments of a field: values of the city's own scalars are written again."""
    writers = {name: writer for name, argument in field.args.items()
               if (writer := _writer(argument.type, ())) is not None}  # fmt: skip
    if not writers:
        return lambda given: given

    def written(given: dict[str, Any]) -> dict[str, Any]:
        return {
            name: writers[name](value) if name in writers else value
            for name, value in given.items()
        }

    return written


def _writer(kind: Any, within: tuple[str, ...]) -> Callable[[Any], Any] | None:
    """Writes a value of an input type as JSON; None where it is JSON already."""
    if isinstance(kind, GraphQLNonNull):
        return _writer(kind.of_type, within)
    if isinstance(kind, GraphQLList):
        inner = _writer(kind.of_type, within)
        if inner is None:
            return None
        return lambda value: None if value is None else [inner(item) for item in value]
    if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
        if kind.name in _BUILT_IN:
            return None
        return lambda value: None if value is None else kind.coerce_output_value(value)
    if isinstance(kind, GraphQLInputObjectType):
        return lambda value: None if value is None else _object(kind, value)
    return None


def _object(kind: GraphQLInputObjectType, value: Mapping[str, Any]) -> dict[str, Any]:
    written = {}
    for name, inner in value.items():
        field = kind.fields.get(name)
        writer = _writer(field.type, ()) if field is not None else None
        written[name] = writer(inner) if writer is not None else inner
    return written
