"""One graph of the city and its teams: who has which name, and who is left out."""

from __future__ import annotations

import time

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    introspection_from_schema,
    print_schema,
    validate_schema,
)

from benchmarks.compose import LIMIT_SECONDS, TEAMS, submissions
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.findings import blocking
from schema.city import build
from schema.composing import Composition, breaking_changes, compose
from schema.composing.telling import TOLD, JoiningCode
from schema.promises import Promise, promise
from tests.composing.teams import PARKING, app, source

CORE = build()._schema
ONE = 'selection: "id", http: {GET: "/"}, source: "s"'


def team(key: str, sdl: str) -> DeclaredApp:
    """A team with one source."""
    read = app(key, key.capitalize(), source("s") + sdl)
    assert read.usable, (read.findings, read.description.faults)
    return read


def simple(key: str, *, type_: str = "", field: str = "") -> DeclaredApp:
    """A team with one type and one field."""
    made, root = type_ or key.capitalize(), field or key
    return team(key, f"type {made} {{ id: ID }} type Query {{ {root}: {made} @connect({ONE}) }}")


def why(composition: Composition, key: str) -> list[str]:
    """The codes of why somebody is left out."""
    return sorted({finding.code for finding in composition.left_out[key]})


def test_every_code_is_told_in_both_languages_with_a_fix():
    assert set(TOLD) == set(JoiningCode)
    assert all(len(set(texts)) == 4 for texts in TOLD.values())


def test_without_teams_the_graph_is_the_citys_own():
    assert compose(CORE, []).schema is CORE


def test_the_citys_part_is_written_as_before_and_is_not_changed():
    before = print_schema(CORE)
    composition = compose(CORE, [simple("zirkus")])
    assert print_schema(CORE) == before
    assert "zirkus" not in CORE.query_type.fields  # type: ignore[union-attr]
    after = print_schema(composition.schema)
    lines = [line for line in after.splitlines() if "zirkus" not in line.lower()]
    assert set(before.splitlines()) - set(lines) == set()
    assert composition.joined == ("zirkus",)


def test_enums_inputs_and_scalars_of_the_city_keep_what_strawberry_made_of_them():
    graph = compose(CORE, [simple("satu")]).schema
    for name, kind in CORE.type_map.items():
        copied = graph.type_map[name]
        assert type(copied) is type(kind)
        if isinstance(kind, GraphQLInputObjectType):
            assert isinstance(copied, GraphQLInputObjectType)
            assert copied.is_one_of == kind.is_one_of
            assert copied.extensions == kind.extensions
            defaults = {n: field.default_value for n, field in kind.fields.items()}
            assert {n: field.default_value for n, field in copied.fields.items()} == defaults
        elif isinstance(kind, GraphQLEnumType):
            assert isinstance(copied, GraphQLEnumType)
            for word, value in kind.values.items():
                assert copied.coerce_output_value(kind.coerce_input_value(word)) == word
                assert copied.values[word].value == value.value
    assert graph._strawberry_schema is CORE._strawberry_schema  # type: ignore[attr-defined]


def test_only_what_clients_ask_for_is_in_the_graph():
    sdl = """
      extend schema @link(url: "https://specs.example/federation", import: ["@key"])
      directive @key(fields: String!) on OBJECT
      type Satu @key(fields: "id") { id: ID @shareable nama: String @deprecated(reason: "x") }
      extend type Query { satu: Satu @connect(%s) }
    """
    graph = compose(CORE, [team("satu", sdl % ONE)]).schema
    printed = print_schema(graph)
    assert "@key" not in printed
    assert "directive @connect" not in printed
    assert 'nama: String @deprecated(reason: "x")' in printed


# ------------------------------------------------------------------------------- names


def test_who_comes_first_has_the_name():
    first, second, third = simple("satu"), simple("dua", type_="Satu"), simple("tiga", field="satu")
    composition = compose(CORE, [first, second, third])
    assert composition.joined == ("satu",)
    assert why(composition, "dua") == ["GRAPH_TYPE_TAKEN"]
    assert why(composition, "tiga") == ["GRAPH_FIELD_TAKEN"]
    (finding,) = composition.left_out["dua"]
    assert (finding.file, finding.line, finding.column) == ("connector.graphql", 2, 1)
    assert "satu" in finding.message.pick("en")
    assert compose(CORE, [second, first]).joined == ("dua",)


def test_a_name_taken_by_somebody_who_does_not_fit_is_free():
    broken = team("satu", "type Satu { id: Nirgends } type Query { satu: Satu @connect(%s) }" % ONE)  # noqa: UP031
    composition = compose(CORE, [broken, simple("dua", type_="Satu", field="satu")])
    assert composition.joined == ("dua",)
    assert why(composition, "satu") == ["GRAPH_TYPE_UNKNOWN"]


def test_types_and_fields_of_the_city_cannot_be_taken_or_shown():
    cases = {
        "xa": (f"type Place {{ id: ID }} type Query {{ a: Place @connect({ONE}) }}",
              ["GRAPH_CITY_RECORD", "GRAPH_TYPE_TAKEN"]),
        "xb": (f"type B {{ id: ID }} type Query {{ places: B @connect({ONE}) }}",
              ["GRAPH_FIELD_TAKEN"]),
        "xc": (f"type Query {{ c: [Place] @connect({ONE}) }}", ["GRAPH_CITY_RECORD"]),
        "xd": (f"type D implements Node {{ id: ID! }} type Query {{ d: D @connect({ONE}) }}",
              ["GRAPH_CITY_RECORD"]),
        "xe": ("extend enum TriState { MAYBE }", ["GRAPH_NOT_EXTENDABLE"]),
        "xf": ("extend type Complaint { reporterPhone: String }", ["GRAPH_NOT_CONNECTED"]),
        "xg": ("type Query { g: String }", ["GRAPH_NOT_CONNECTED"]),
        "xh": ("type __H { id: ID }", ["GRAPH_NAME_RESERVED"]),
        "xi": ("extend type Nobody { id: ID }", ["GRAPH_TYPE_UNKNOWN"]),
        "xj": ("type Subscription { j: ID }", ["GRAPH_ROOT"]),
        "xk": ("input GeoPointInput { lat: Float }", ["GRAPH_TYPE_TAKEN"]),
    }  # fmt: skip
    composition = compose(CORE, [team(key, sdl) for key, (sdl, _) in cases.items()])
    assert composition.joined == ()
    assert composition.schema is CORE
    assert {key: why(composition, key) for key in cases} == {k: c for k, (_, c) in cases.items()}
    assert all(blocking(found) for found in composition.left_out.values())


def test_invalid_graphql_is_traced_to_the_team_that_wrote_it():
    cases = {
        "xa": "type A { } ",  # no fields: it cannot even be read
        "xb": f"interface B {{ id: ID! }} type B2 implements B {{ nama: String }} type Query {{ b: B2 @connect({ONE}) }}",
        "xc": "union C = C | C",
        "xd": "input D { d: D! }",
        "xe": f"type Query {{ e(a: Int, a: Int): Int @connect({ONE}) }}",
    }  # fmt: skip
    apps = [app(key, "Tim", source("s") + sdl) for key, sdl in cases.items()]
    assert [one.usable for one in apps] == [False, True, True, True, True]
    composition = compose(CORE, [simple("satu"), *apps, simple("dua")])
    assert composition.joined == ("satu", "dua")
    assert set(composition.left_out) == set(cases)
    assert [why(composition, key) for key in list(cases)[1:]] == [["GRAPH_INVALID"]] * 4
    assert validate_schema(composition.schema) == []


HOSTILE = [
    "type Query { xa(a: [Int] = %s): Int @connect(CONNECT) }" % ("[" * 3000 + "1" + "]" * 3000),
    "input XyI { a: TYPE = VALUE }".replace("TYPE", "[" * 80 + "Int" + "]" * 80).replace(
        "VALUE", "[" * 80 + "1" + "]" * 80
    ),
    "interface XyA implements XyA { id: ID }",
    "scalar XyF @specifiedBy(url: 5)",
    "input XyI @oneOf { a: Int! }",
    "directive @deprecated(reason: Int) on OBJECT type XyT @deprecated { a: Int }",
    "type Query { xt: Int @deprecated(reason: 5) @connect(CONNECT) }",
    'input XyI { a: DateTime = "x" } type Query { xt(a: XyI = {a: 5, b: 7}): Int @connect(CONNECT) }',
    "extend type __Schema { a: Int @connect(CONNECT) }",
    "schema { query: XyFoo } type XyFoo { a: Int }",
    "query { a }",
    "enum XyE { true }",
    "type Query implements Node { id: ID! @connect(CONNECT) }",
    "extend input GeoPointInput { x: Int! }",
    "union XyQ @connect(CONNECT) = XyA",
    "type XyT { t: XyT! } type Query { xyT: XyT @connect(CONNECT) }",
]


def test_no_description_keeps_the_others_out_and_none_makes_the_graph_unwritable():
    texts = [sdl.replace("CONNECT", ONE) for sdl in HOSTILE]
    apps = [app(f"tim{n}", "Xyz", source("s") + text) for n, text in enumerate(texts)]
    composition = compose(CORE, [*apps[:8], simple("satu"), *apps[8:], simple("dua")])
    assert {"satu", "dua"} <= set(composition.joined)
    assert set(composition.joined) | set(composition.left_out) == {
        "satu", "dua", *(one.key for one in apps),
    }  # fmt: skip
    assert print_schema(composition.schema)
    assert introspection_from_schema(composition.schema)


def test_a_type_of_another_team_may_come_in_any_order():
    other = team("dua", f"type Query {{ dua: [Satu] @connect({ONE}) }}")
    assert compose(CORE, [other, simple("satu")]).joined == ("dua", "satu")
    assert why(compose(CORE, [other]), "dua") == ["GRAPH_TYPE_UNKNOWN"]


def test_a_scalar_that_a_team_names_for_its_own_tools_is_the_citys():
    sdl = f"scalar DateTime scalar Lain type Query {{ x%s: DateTime @connect({ONE}) y%s: Lain @connect({ONE}) }}"
    composition = compose(CORE, [team(key, sdl % (key, key)) for key in ("satu", "dua")])
    assert composition.joined == ("satu", "dua")


def test_what_cannot_be_read_is_left_out():
    apps = [app("satu", "Satu", "type {"), app("dua", "Dua", PARKING, "nonsense: 1\n")]
    composition = compose(CORE, [*apps, simple("tiga")])
    assert composition.joined == ("tiga",)
    assert why(composition, "satu") == ["GRAPH_UNREADABLE"]
    assert set(composition.left_out) == {"satu", "dua"}


def test_teams_bring_mutations_also_where_the_city_has_none():
    sdl = f"type Mutation {{ %s: ID @connect({ONE}) }}"
    composition = compose(CORE, [team("satu", sdl % "satuA"), team("dua", sdl % "duaB")])
    assert composition.joined == ("satu", "dua")
    assert {"satuA", "duaB"} <= set(composition.schema.mutation_type.fields)  # type: ignore[union-attr]


# ------------------------------------------------------------------------------- promises


def test_fields_say_whose_data_they_are_for_whom_and_how_long_it_holds():
    sdl = f"""
      type Satu @connect(source: "s", http: {{GET: "/{{$this.id}}"}}, selection: "nama") {{
        id: ID nama: String nik: String lain: SatuLain }}
      type SatuLain {{ x: Int }}
      type Query {{
        satu: [Satu] @connect({ONE})
        satuSaya: Satu @connect(source: "s", selection: "id",
          http: {{GET: "/saya", headers: [{{name: "X-Warga", from: "x-warga"}}]}})
      }}
    """
    more = "upkeep: {fresh_for: 2m}\npersonal_data:\n  - {field: Satu.nik, purpose: antrean}\n"
    read = app("satu", "Satu", source("s") + sdl, more)
    assert read.usable, (read.findings, read.description.faults)
    graph = compose(CORE, [read]).schema

    def said(type_: str, field: str) -> Promise:
        return promise(type_, field, graph.type_map[type_].fields[field])  # type: ignore[attr-defined]

    assert said("Query", "satu") == Promise(("satu",), seconds=120.0)
    assert said("Query", "satuSaya") == Promise(("satu",), private=True, seconds=0.0)
    assert said("Satu", "nama") == Promise(("satu",), seconds=120.0)
    assert said("Satu", "nik") == Promise(("satu",), private=True, seconds=0.0)
    assert said("SatuLain", "x") == Promise()
    assert said("Query", "places") == promise("Query", "places", CORE.query_type.fields["places"])  # type: ignore[union-attr]


# ------------------------------------------------------------------------------- changes


def test_what_clients_lose_is_told():
    before = compose(CORE, [simple("satu"), simple("dua")]).schema
    after = compose(
        CORE,
        [
            team(
                "satu",
                f"type Satu {{ nama: String }} type Query {{ satu(a: Int!): Satu @connect({ONE}) }}",
            )
        ],
    ).schema
    found = breaking_changes(before, after)
    assert {finding.code for finding in found} == {
        "BREAKING_TYPE_REMOVED", "BREAKING_FIELD_REMOVED", "BREAKING_REQUIRED_ARG_ADDED",
    }  # fmt: skip
    assert all(finding.fix is not None for finding in found)
    assert breaking_changes(before, before) == []
    assert {f.code for f in breaking_changes(CORE, before)} == set()


# ------------------------------------------------------------------------------- size


def test_all_apps_of_the_city_are_joined_in_less_than_a_second():
    apps = [read_app(one) for one in submissions(TEAMS)]

    def seconds() -> float:
        began = time.thread_time()  # of our own work: others use the machine too
        assert len(compose(CORE, apps).joined) == TEAMS
        return time.thread_time() - began

    assert min(seconds() for _ in range(3)) < LIMIT_SECONDS
