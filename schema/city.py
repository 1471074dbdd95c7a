"""The whole graph: the one list of its parts."""

from __future__ import annotations

import hashlib
import warnings
from datetime import tzinfo
from functools import cache

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.base import StrawberryObjectDefinition

from schema.apps import AppQuery
from schema.areas import AreaQuery
from schema.auth import held, marked_up
from schema.complaints import ComplaintQuery
from schema.connectors import ConnectorQuery
from schema.departments import DepartmentQuery
from schema.departures import DepartureQuery
from schema.emergency import EmergencyQuery
from schema.events import EventQuery
from schema.facts import FactQuery
from schema.home import HomeQuery
from schema.jobs import JobQuery
from schema.nodes import NodeQuery
from schema.places import PlaceQuery
from schema.prices import PriceQuery
from schema.registrations import RegistrationMutation
from schema.scalars import JAKARTA, scalar_map
from schema.search import SearchQuery
from schema.tours import TourQuery
from schema.transit import TransitQuery
from schema.viewer import ViewerQuery
from schema.warnings import WarningQuery

QUERIES: tuple[type, ...] = (
    NodeQuery,
    HomeQuery,
    SearchQuery,
    AreaQuery,
    DepartmentQuery,
    ComplaintQuery,
    AppQuery,
    FactQuery,
    PriceQuery,
    PlaceQuery,
    EventQuery,
    TourQuery,
    JobQuery,
    EmergencyQuery,
    TransitQuery,
    DepartureQuery,
    WarningQuery,
    ConnectorQuery,
    ViewerQuery,
)
"""Every domain's part of `Query`, in the order they are printed."""


MUTATIONS: tuple[type, ...] = (RegistrationMutation,)
"""Every domain's part of `Mutation`, in the order they are printed."""

QUESTION = (
    "Semua yang dapat ditanyakan tentang kota. Everything that can be asked about the city; what "
    "another source answers is null with a code while that source is away."
)
"""What the printed graph says about `Query` itself."""
CHANGE = (
    "Semua yang dapat diubah, satu demi satu menurut urutan. Everything that can be changed, one after "
    "the other; what is declined by the rules stands in `errors` of its payload."
)
"""What it says about `Mutation`."""


@cache
def build(zone: tzinfo = JAKARTA) -> strawberry.Schema:
    """The graph, with moments written in the city's zone."""
    with warnings.catch_warnings():
        # Two domains that declare the same root field are a fault, not a warning.
        warnings.simplefilter("error")
        query = merge_types("Query", QUERIES)
        mutation = merge_types("Mutation", MUTATIONS)
    query.__strawberry_definition__.description = QUESTION  # type: ignore[attr-defined]
    mutation.__strawberry_definition__.description = CHANGE  # type: ignore[attr-defined]
    built = strawberry.Schema(
        query=query, mutation=mutation, config=StrawberryConfig(scalar_map=scalar_map(zone))
    )
    _without_null_defaults(built._schema)  # noqa: SLF001 - the graphql-core schema inside
    with_one_of(built._schema)  # noqa: SLF001 - as above
    held(built._schema)  # noqa: SLF001 - as above
    return built


def _without_null_defaults(graph: GraphQLSchema) -> None:
    """Arguments that Python lets be None are optional, not `= null`: so every client sees them."""
    for named in graph.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            for field in named.fields.values():
                if field.default_value is None:
                    field.default_value = Undefined
        elif isinstance(named, (GraphQLObjectType, GraphQLInterfaceType)):
            for output in named.fields.values():
                for argument in output.args.values():
                    if argument.default_value is None:
                        argument.default_value = Undefined


def with_one_of(graph: GraphQLSchema) -> None:
    """`@oneOf` where Strawberry only keeps a note of its own: clients see it, and it is held."""
    for named in graph.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            note = named.extensions.get("strawberry-definition")
            named.is_one_of = isinstance(note, StrawberryObjectDefinition) and note.is_one_of


def printed(city: strawberry.Schema) -> str:
    """The graph as SDL, the public promise kept in `schema.graphql`."""
    graph = city._schema  # noqa: SLF001 - as above
    return marked_up(graph, print_schema(graph)) + "\n"


@cache
def fingerprint() -> str:
    """A mark that changes with any promise of the city's own part of the graph."""
    return marked(build(JAKARTA)._schema)  # noqa: SLF001 - as above


def marked(graph: GraphQLSchema) -> str:
    """A mark that changes with any promise of this graph."""
    return hashlib.sha256((print_schema(graph) + "\n").encode()).hexdigest()[:16]


city_schema = build(JAKARTA)  # said in full: what is kept of `build` goes by how it is called
