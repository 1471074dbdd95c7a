"""Every type of the graph mirrors the record it shows: the schema shows records, it wraps none."""

import importlib
import pkgutil
import types
import typing
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

import pytest
from graphql import GraphQLObjectType
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition

import connectors.ports
from connectors.ports.common import SourceQuality
from connectors.ports.connectors import SourceState
from resolvers.listings import Edge, Listing
from schema.city import city_schema
from schema.scalars import Phone

MADE_BY_THE_SCHEMA = {
    "Query": "it has no record: every field has a resolver",
    "ConnectorAuth": "made of the one word the catalogue keeps",
    "Mutation": "it has no record: every field has a resolver",
    "GatewayHealth": "about the gateway itself",
    "Translation": "made of one language of a Text",
    "Accessibility": "made of the one word the feeds give",
}
"""Types that are built where they are answered, so their own class is the record."""


def ports():
    for module in pkgutil.iter_modules(connectors.ports.__path__):
        yield importlib.import_module(f"{connectors.ports.__name__}.{module.name}")


def resolvers():
    import resolvers as room

    for module in pkgutil.iter_modules(room.__path__):
        yield importlib.import_module(f"{room.__name__}.{module.name}")


def shown_types():
    for name, kind in city_schema._schema.type_map.items():
        ours = isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        if ours and name not in MADE_BY_THE_SCHEMA:
            yield name


def definition(name):
    return city_schema._schema.type_map[name].extensions["strawberry-definition"]


def records(name):
    """The classes whose objects the type shows: those it names, else those of its name."""
    test = definition(name).is_type_of
    named = getattr(getattr(test, "__func__", test), "records", ())
    if named:
        return named
    for module in (*ports(), *resolvers()):
        if isinstance(found := getattr(module, name, None), type):
            return (found,)
    return (Listing,) if name.endswith("Connection") else (Edge,) if name.endswith("Edge") else ()


def plain_fields(name):
    return [field for field in definition(name).fields if field.base_resolver is None]


def hint(record, attribute):
    """The type a record says its attribute has; None where it has no such attribute."""
    found = getattr(record, attribute, None)
    if isinstance(found, property):
        return typing.get_type_hints(found.fget).get("return")
    if isinstance(found, types.FunctionType):
        return None
    return typing.get_type_hints(record).get(attribute)


def without_none(kind):
    """A type without None, and whether None was in it."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        parts = [part for part in typing.get_args(kind) if part is not types.NoneType]
        absent = len(parts) < len(typing.get_args(kind))
        return (parts[0] if len(parts) == 1 else typing.Any), absent
    return kind, False


def agrees(shown, kept):
    """Whether a graph type can show what a record keeps, as far as types can tell."""
    kept, absent = without_none(kept)
    if isinstance(shown, StrawberryOptional):
        shown = shown.of_type
    elif absent:
        return False
    if kept in {typing.Any, object} or isinstance(kept, typing.TypeVar):
        return True
    origin = typing.get_origin(kept) or kept
    if isinstance(shown, StrawberryList):
        many = isinstance(origin, type) and issubclass(origin, (Sequence, frozenset))
        if not many or origin is str:
            return False
        inside = [part for part in typing.get_args(kept) if part is not Ellipsis]
        return not inside or agrees(shown.of_type, inside[0])
    if isinstance(shown, StrawberryEnumDefinition):
        shown = shown.wrapped_cls
    if isinstance(kept, type) and issubclass(kept, Enum):
        return shown is kept
    supertype = getattr(shown, "__supertype__", shown)
    if supertype in {str, int, float, bool}:
        return origin is supertype
    return not (origin in {str, int, float, bool} and isinstance(supertype, type))


@pytest.mark.parametrize("name", sorted(shown_types()))
def test_every_type_has_a_record_and_every_plain_field_an_attribute_of_it(name):
    found = records(name)
    assert found, f"{name} shows no record: give it `is_type_of = shows(Record)`"
    for record in found:
        for field in plain_fields(name):
            kept = hint(record, field.python_name)
            assert kept is not None, (
                f"{name}.{field.python_name}: {record.__name__} has no such thing"
            )
            if record not in {Listing, Edge}:
                said = f"{name}.{field.python_name} is {field.type}, the record says {kept}"
                assert agrees(field.type, kept), said


@pytest.mark.parametrize(
    ("shown", "kept", "good"),
    [
        (str, str, True),
        (str, str | None, False),
        (StrawberryOptional(str), str | None, True),
        (StrawberryOptional(str), str, True),
        (str, int, False),
        (float, int, False),
        (StrawberryList(str), tuple[str, ...], True),
        (StrawberryList(str), tuple[int, ...], False),
        (StrawberryList(str), tuple[str | None, ...], False),
        (StrawberryList(str), str, False),
        (SourceState, SourceState, True),
        (SourceState, SourceQuality, False),
        (datetime, datetime, True),
        (datetime, str, False),
        (Phone, str, True),
        (Phone, int, False),
    ],
)
def test_the_comparison_sees_a_drift(shown, kept, good):
    assert agrees(shown, kept) is good
