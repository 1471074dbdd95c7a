"""Reading a team's SDL: what it says, and where it goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.declarative.faults import Code
from connectors.declarative.requests import build
from connectors.declarative.sdl import Description, read_sdl
from connectors.declarative.used import keys_of

PARKING = '''
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(
    name: "parkir"
    http: {
      baseURL: "https://parkir.example/api?city=tng"
      headers: [
        { name: "Authorization", value: "Bearer {$config.token}" }
        { name: "Accept-Language", from: "Accept-Language" }
      ]
      path: "$([$config.version])"
      queryParams: "app: $('live')"
    }
    errors: { message: "$.error.message" extensions: "status: $status" }
    isSuccess: "$status->lt(400)"
  )

type ParkirLot
  @key(fields: "id")
  @connect(
    source: "parkir"
    id: "lots-by-id"
    http: { POST: "/lots/query", body: "ids: $batch.id" }
    batch: { maxSize: 50 }
    selection: "$.lots { id name free }"
  ) {
  id: ID!
  name: String
  free: Int
  operator: String
    @connect(
      source: "parkir"
      http: { GET: "/lots/{$this.id}/operator?full={$args.full}" }
      selection: "$.name"
    )
}

extend type Query {
  parkirLots(near: String): [ParkirLot]
    @connect(
      source: "parkir"
      http: { GET: "/lots", queryParams: "near: $args.near" }
      selection: """
      $.data {
        id
        name: nama
        free: sisa
      }
      """
    )
  parkirLot(id: ID!): ParkirLot
    @connect(
      http: { GET: "https://other.example/lots/{$args.id}", headers: { name: "X-A", value: "1" } }
      selection: "id name"
      entity: true
      errors: { message: "$('gone')" }
      isSuccess: "$.ok"
    )
}
'''


def test_a_description_is_read():
    found = read_sdl(PARKING)
    assert found.faults == ()
    assert found.keys == (("ParkirLot", "id"),)
    (source,) = found.sources
    assert (source.name, str(source.base_url)) == ("parkir", "https://parkir.example/api?city=tng")
    assert [(h.name, str(h.value or ""), h.copied) for h in source.headers] == [
        ("Authorization", "Bearer {$config.token}", None),
        ("Accept-Language", "", "accept-language"),
    ]
    assert (str(source.path), str(source.query)) == ("$([$config.version])", 'app: $("live")')
    assert str(source.errors.message) == "$.error.message"
    assert str(source.is_success) == "$status->lt(400)"
    assert [(c.coordinate, c.method, str(c.url), c.entity) for c in found.connects] == [
        ("ParkirLot", "POST", "/lots/query", False),
        ("ParkirLot.operator", "GET", "/lots/{$this.id}/operator?full={$args.full}", False),
        ("Query.parkirLots", "GET", "/lots", False),
        ("Query.parkirLot", "GET", "https://other.example/lots/{$args.id}", True),
    ]
    lots, operator, many, one = found.connects
    assert (lots.id, lots.batch_size, str(lots.body)) == ("lots-by-id", 50, "ids: $batch.id")
    assert keys_of(lots, "$batch") == keys_of(operator, "$this") == keys_of(one, "$args") == ["id"]
    assert str(many.selection) == "$.data { id name: nama free: sisa }"
    assert found.source_of(many) == source
    assert found.source_of(one) is None
    assert (many.at.line, many.at.column) == (42, 5)


def test_what_was_read_makes_requests():
    found = read_sdl(PARKING)
    many = found.connects[2]
    variables = {"$args": {"near": "Cikokol"}, "$config": {"token": "t", "version": "v2"}}
    request = build(many, found.source_of(many), variables).request
    assert request.url == "https://parkir.example/api/v2/lots?city=tng&app=live&near=Cikokol"
    assert request.headers["Authorization"] == "Bearer t"


def codes(found: Description) -> list[Code]:
    return [fault.code for fault in found.faults]


def on_query(
    arguments: str, field: str = "a: Int", source: str = '{ baseURL: "https://a.example" }'
) -> Description:
    return read_sdl(
        f'extend schema @source(name: "s", http: {source})\n'
        f"extend type Query {{ {field} @connect({arguments}) }}"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('selection: "a"', Code.ARGUMENT_MISSING),
        ('source: "s", http: { GET: "/a" }', Code.ARGUMENT_MISSING),
        ('source: "s", http: { GET: "/a" }, selection: "a", retry: 1', Code.ARGUMENT_UNKNOWN),
        ('source: "s", http: { GET: "/a", verb: "x" }, selection: "a"', Code.ARGUMENT_UNKNOWN),
        ('source: "s", source: "s", http: { GET: "/a" }, selection: "a"', Code.ARGUMENT_TWICE),
        ('source: 1, http: { GET: "https://a.example" }, selection: "a"', Code.ARGUMENT_TYPE),
        ('source: "s", http: "x", selection: "a"', Code.ARGUMENT_TYPE),
        ('source: "s", http: { GET: "/a" }, selection: "a", entity: "yes"', Code.ARGUMENT_TYPE),
        ('source: "t", http: { GET: "/a" }, selection: "a"', Code.SOURCE_UNKNOWN),
        ('source: "s", http: { body: "a: $args.x" }, selection: "a"', Code.METHOD_COUNT),
        ('source: "s", http: { GET: "/a", POST: "/a" }, selection: "a"', Code.METHOD_COUNT),
        ('http: { GET: "/a" }, selection: "a"', Code.URL_NOT_ABSOLUTE),
        ('http: { GET: "ftp://a.example/" }, selection: "a"', Code.URL_NOT_ABSOLUTE),
        ('http: { GET: "https://me:pw@a.example/" }, selection: "a"', Code.URL_NOT_ABSOLUTE),
        ('http: { GET: "{$args.url}" }, selection: "a"', Code.URL_NOT_ABSOLUTE),
        ('http: { GET: "https://{$args.h}/x" }, selection: "a"', Code.URL_EXPRESSION_IN_HOST),
        ('http: { GET: "https://a.{$args.h}.x/" }, selection: "a"', Code.URL_EXPRESSION_IN_HOST),
        ('http: { GET: "https://a.example{$args.h}" }, selection: "a"', Code.URL_EXPRESSION_IN_HOST),
        ('source: "s", http: { GET: "https://b.example/" }, selection: "a"', Code.URL_NOT_RELATIVE),
        ('source: "s", http: { GET: "/{$args.}" }, selection: "a"', Code.MAPPING_SYNTAX),
        ('source: "s", http: { GET: "/a" }, selection: "a b.c"', Code.MAPPING_SYNTAX),
        ('source: "s", http: { GET: "/a" }, selection: "$->split(1)"', Code.MAPPING_METHOD),
        ('source: "s", http: { GET: "/{$args.a->nope}" }, selection: "a"', Code.MAPPING_METHOD),
        ('source: "s", http: { GET: "/a" }, selection: "$env.HOME"', Code.VARIABLE_FORBIDDEN),
        ('source: "s", http: { GET: "/{$env.HOME}" }, selection: "a"', Code.VARIABLE_FORBIDDEN),
        ('source: "s", http: { GET: "/{$this.id}" }, selection: "a"', Code.VARIABLE_NOT_HERE),
        ('source: "s", http: { GET: "/{$status}" }, selection: "a"', Code.VARIABLE_NOT_HERE),
        ('source: "s", http: { GET: "/a" }, selection: "x: $nope"', Code.VARIABLE_NOT_HERE),
        ('source: "s", http: { GET: "/a" }, selection: "a", batch: { maxSize: 5 }', Code.BATCH_PLACE),
    ],
)  # fmt: skip
def test_a_wrong_connector_has_a_fault(arguments: str, code: Code):
    assert codes(on_query(arguments)) == [code]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ('{ name: "X-A" }', Code.HEADER_SHAPE),
        ('{ name: "X-A", from: "X-B", value: "c" }', Code.HEADER_SHAPE),
        ('{ value: "c" }', Code.ARGUMENT_MISSING),
        ('"X-A"', Code.ARGUMENT_TYPE),
        ('{ name: "X A", value: "c" }', Code.HEADER_NAME),
        ('{ name: "X-A\\nB", value: "c" }', Code.HEADER_NAME),
        ('{ name: "X-A", from: "a b" }', Code.HEADER_NAME),
        ('{ name: "Content-Length", value: "1" }', Code.HEADER_RESERVED),
        ('{ name: "proxy-authorization", value: "1" }', Code.HEADER_RESERVED),
        ('{ name: "Transfer-Encoding", from: "x" }', Code.HEADER_RESERVED),
        ('{ name: "Host", from: "x" }', Code.HEADER_NOT_COPIED),
        ('{ name: "X-A", value: "{$args.}" }', Code.MAPPING_SYNTAX),
        ('{ name: "X-A", value: "1" }, { name: "x-a", value: "2" }', Code.HEADER_TWICE),
    ],
)
def test_a_wrong_header_has_a_fault(header: str, code: Code):
    arguments = f'source: "s", http: {{ GET: "/a", headers: [{header}] }}, selection: "a"'
    assert codes(on_query(arguments)) == [code]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('name: "s"', [Code.ARGUMENT_MISSING]),
        ('name: "s", http: {}', [Code.ARGUMENT_MISSING]),
        ('http: { baseURL: "https://a.example" }', [Code.ARGUMENT_MISSING]),
        ('name: "a b", http: { baseURL: "https://a.example" }', [Code.SOURCE_NAME]),
        ('name: "s", http: { baseURL: "a.example" }', [Code.URL_NOT_ABSOLUTE]),
        ('name: "s", http: { baseURL: "https://{$args.h}" }', [Code.VARIABLE_NOT_HERE]),
        ('name: "s", http: { baseURL: "https://{$config.host}/x" }', []),
        ('name: "s", http: { baseURL: "https://a.example", path: "$args.x" }', [Code.VARIABLE_NOT_HERE]),
    ],
)  # fmt: skip
def test_a_source_is_checked(source: str, expected: list[Code]):
    found = read_sdl(f"extend schema @source({source})")
    assert codes(found) == expected


def test_two_sources_have_two_names():
    one = '@source(name: "s", http: { baseURL: "https://a.example" })'
    assert codes(read_sdl(f"extend schema {one} {one}")) == [Code.SOURCE_TWICE]


CONNECT = '@connect(http: { GET: "https://a.example/{$ARG}" }, selection: "id" MORE)'


def connected(sdl: str, more: str = "", variable: str = "config.x") -> list[Code]:
    text = CONNECT.replace("MORE", more).replace("ARG", variable)
    return codes(read_sdl(sdl.replace("@c", text)))


@pytest.mark.parametrize(
    ("sdl", "more", "variable", "expected"),
    [
        ("type Query @c { a: Int }", "", "config.x", [Code.CONNECT_ON_ROOT]),
        ("type Subscription { a: Int @c }", "", "config.x", [Code.CONNECT_ON_SUBSCRIPTION]),
        ("interface I { a: Int @c }", "", "config.x", [Code.CONNECT_PLACE]),
        ("union U @c = A", "", "config.x", [Code.CONNECT_PLACE]),
        ('type A @source(name: "s") { a: Int }', "", "", [Code.SOURCE_PLACE]),
        ("type A @c { id: ID }", "", "this.id", []),
        ("type A @c { id: ID }", "", "batch.id", []),
        ("type A @c { id: ID }", "", "args.id", [Code.VARIABLE_NOT_HERE]),
        ("type A { b(x: Int): Int @c }", "", "args.x", []),
        ("type A { b: Int @c }", "", "batch.id", [Code.VARIABLE_NOT_HERE]),
        ("type A @c { id: ID }", "entity: false", "this.id", [Code.ENTITY_PLACE]),
        ("type A @c { id: ID }", "entity: true", "this.id", []),
        ("type A @c { id: ID }", "batch: { maxSize: 0 }", "batch.id", [Code.BATCH_SIZE]),
        ("type A @c { id: ID }", 'batch: { maxSize: "5" }', "batch.id", [Code.BATCH_SIZE]),
        ("type A @c { id: ID }", 'isSuccess: "$this.ok"', "batch.id", []),
        (
            "type A @c { id: ID }",
            'id: "$batch"',
            "batch.id->in($this.ids)",
            [Code.BATCH_WITH_THIS],
        ),
        ("type Mutation { a(id: ID): A @c }", "entity: true", "args.id", [Code.ENTITY_PLACE]),
        ("type Query { a(id: ID): A! @c }", "entity: true", "args.id", [Code.ENTITY_TYPE]),
        ("type Query { a(id: ID): [A] @c }", "entity: true", "args.id", [Code.ENTITY_TYPE]),
        ("type Query { a: A @c }", "entity: true", "config.x", [Code.ENTITY_ARGUMENTS]),
        (
            "type A { no: ID } type Query { a(id: ID): A @c }",
            "entity: true",
            "args.id",
            [Code.ENTITY_ARGUMENTS],
        ),
        ("type A { id: ID } type Query { a(id: ID): A @c }", "entity: true", "args.id", []),
        ("type Query { a: A @c b: A @c }", 'id: "x"', "config.x", [Code.CONNECT_ID_TWICE]),
    ],
)
def test_places_and_keys_are_checked(sdl: str, more: str, variable: str, expected: list[Code]):
    assert connected(sdl, more, variable) == expected


def test_a_fault_in_a_block_says_where_it_is_in_the_file():
    found = read_sdl(
        'type Query {\n  a: Int @connect(\n    http: { GET: "https://a.example" }\n'
        '    selection: """\n\n      id\n      lots {\n        x.y\n      }\n    """\n  )\n}'
    )
    (fault,) = found.faults
    assert (fault.code, fault.line, fault.column) == (Code.MAPPING_SYNTAX, 8, 9)
    assert str(fault).startswith("8:9 MAPPING_SYNTAX a path of several steps")


@pytest.mark.parametrize(
    ("selection", "line", "column"),
    [
        ('"a b.c"', 1, 72),
        ('"\\"a\\" b.c"', 1, 76),
        ('"a\\n\\u0062 b.c"', 1, 80),
        ('"""a b.c"""', 1, 74),
        ('"""a\n  b b.c"""', 2, 5),
    ],
)
def test_a_fault_in_a_string_says_where_it_is(selection: str, line: int, column: int):
    begin = 'type Query { a: Int @connect(http: {GET: "https://a.b"}, selection: '
    assert len(begin) == 68
    (fault,) = read_sdl(f"{begin}{selection}) }}").faults
    assert (fault.line, fault.column) == (line, column)


def test_a_fault_in_a_template_says_where_it_is():
    text = 'type Query { a: Int @connect(http: {GET: "https://a.b/{$args.x}/{$nope}"}, selection: "a") }'
    (fault,) = read_sdl(text).faults
    assert (fault.code, fault.column) == (Code.VARIABLE_NOT_HERE, text.index("$nope") + 1)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("type {", Code.SDL_SYNTAX, 1),
        ("type Query { a: Int }\ntype", Code.SDL_SYNTAX, 2),
        ("", Code.SDL_SYNTAX, 1),
        ("type A { b: " + "[" * 100_000, Code.SDL_SYNTAX, 1),
        ("#" * 500_001, Code.SDL_TOO_LARGE, 1),
        ("type A { " + "b: Int " * 20_000 + "}", Code.SDL_SYNTAX, 1),
    ],
)
def test_what_is_no_sdl_is_one_fault(text: str, code: Code, line: int):
    found = read_sdl(text)
    assert found.document is None
    (fault,) = found.faults
    assert (fault.code, fault.line) == (code, line)


def test_all_faults_are_found_at_once_in_the_order_of_the_file():
    found = on_query(
        'source: "t", http: { GET: "/{$env.X}", headers: [{ name: "te", value: "" }] },'
        ' selection: "a b.c", id: 5'
    )
    assert codes(found) == [
        Code.SOURCE_UNKNOWN,
        Code.VARIABLE_FORBIDDEN,
        Code.HEADER_RESERVED,
        Code.MAPPING_SYNTAX,
        Code.ARGUMENT_TYPE,
    ]
    assert found.connects == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PARKING)), st.text(max_size=4), st.integers(0, 5))
def test_reading_never_raises(index: int, more: str, gone: int):
    found = read_sdl(PARKING[:index] + more + PARKING[index + gone :])
    assert all(fault.line >= 1 and fault.column >= 1 for fault in found.faults)
