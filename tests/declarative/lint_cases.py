"""One sentence per rule of the lint, with a description that breaks it; ¶ marks the place."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql import build_schema

from connectors.declarative.app import read_app
from connectors.declarative.findings import Finding
from connectors.declarative.lint import lint
from connectors.declarative.submission import RecordedFile, Submission

CITY = build_schema(
    """
    type Query { places(first: Int = 20): [Place] }
    interface Node { id: ID! }
    type Place implements Node { id: ID!, name: String }
    input Point { lat: Float!, lng: Float! }
    enum Level { LOW HIGH }
    scalar DateTime
    """
)

SETTINGS = """\
connector: parkir
app: parkir-kota
name: Parkir Kota
prefix: Parkir
contact: {name: Tim Parkir, email: parkir@dinas.example}
upkeep:
  total_timeout: 4s
licence: {spdx: CC-BY-4.0, attribution: Dinas}
expires: 2099-12-31
"""

SOURCE = 'extend schema @source(name: "s", http: {baseURL: "https://a.example"})\n'
LOT = '"Lapangan." type ParkirLot { id: ID! nama: String }\n'
ONE = (
    '"Satu lapangan." parkirLot(id: ID!): ParkirLot'
    ' @connect(source: "s", http: {GET: "/lots/{$args.id}"}, selection: "id nama")'
)
MARK = "¶"


@dataclass(frozen=True)
class Broken:
    """A description that breaks one rule."""

    sentence: str
    code: str
    sdl: str
    """With ¶ where the finding stands."""
    settings: str = SETTINGS
    """With ¶ instead, when it stands there."""
    also: frozenset[str] = frozenset()
    """Other errors that it cannot be without."""


@dataclass(frozen=True)
class Told:
    """What lint says of a folder."""

    findings: list[Finding]
    places: list[tuple[str, int, int]] = field(default_factory=list)

    def of(self, code: str) -> list[Finding]:
        """Those of a code."""
        return [finding for finding in self.findings if finding.code == code]


def told(sdl: str, settings: str = SETTINGS, tests: str = "") -> Told:
    """What lint says, and where the marks were."""
    places = []
    for file, text in (("connector.graphql", sdl), ("connector.yaml", settings)):
        plain = ""
        for part in text.split(MARK)[:-1]:
            plain += part
            line = plain.count("\n") + 1
            places.append((file, line, len(plain) - plain.rfind("\n")))
    files = (RecordedFile("tests/semua.yaml", tests),) if tests else ()
    texts = (sdl.replace(MARK, ""), settings.replace(MARK, ""))
    app = read_app(Submission("parkir", "parkir-kota", *texts, files))
    return Told(lint(app, CITY), places)


def query(fields: str) -> str:
    """These fields of Query over one source, with the type of a lot."""
    return f"{SOURCE}{LOT}extend type Query {{ {fields} }}"


def asked(arguments: str, field_: str = "parkirLot(id: ID!): ParkirLot") -> str:
    """One field of Query with these arguments of its connector."""
    return query(f'"Satu lapangan." {field_} @connect({arguments})')


def selected(selection: str, field_: str = "parkirLot: ParkirLot") -> str:
    """One field of Query with this selection."""
    return asked(f'source: "s", http: {{GET: "/lot"}}, selection: {selection}', field_)


GOOD_GET = 'source: "s", http: {GET: "/lots/{$args.id}"}'

READING = [
    Broken("A bracket too few is no SDL", "SDL_SYNTAX", "type ¶{"),
    Broken("A file may not be without end", "SDL_TOO_LARGE", "¶" + "#" * 500_001),
    Broken(
        "Arguments have fixed names",
        "ARGUMENT_UNKNOWN",
        asked(f'{GOOD_GET}, selection: "id nama", ¶retry: 1'),
    ),
    Broken(
        "Arguments are given once",
        "ARGUMENT_TWICE",
        asked(f'{GOOD_GET}, selection: "id nama", ¶selection: "id"'),
    ),
    Broken("A connector needs a request", "ARGUMENT_MISSING", asked('selection: "id"').replace("@c", "¶@c")),
    Broken(
        "A flag is true or false",
        "ARGUMENT_TYPE",
        asked(f'{GOOD_GET}, selection: "id nama", entity: ¶"yes"'),
    ),
    Broken(
        "Sources stand on the schema",
        "SOURCE_PLACE",
        SOURCE + LOT.replace("{", '¶@source(name: "t") {') + f"extend type Query {{ {ONE} }}",
    ),
    Broken(
        "A source has a plain name",
        "SOURCE_NAME",
        'extend schema @source(name: ¶"a b", http: {baseURL: "https://a.example"})\n' + query(ONE),
    ),
    Broken(
        "Two sources have two names",
        "SOURCE_TWICE",
        query(ONE) + '\nextend schema @source(name: ¶"s", http: {baseURL: "https://b.example"})',
    ),
    Broken(
        "A connector names a source there is",
        "SOURCE_UNKNOWN",
        asked('source: ¶"t", http: {GET: "/{$args.id}"}, selection: "id nama"'),
    ),
    Broken(
        "Connectors stand on objects",
        "CONNECT_PLACE",
        query(ONE + " a(x: ParkirIn): Int")
        .replace(" a(x: ParkirIn): Int", "")
        + '\ninput ParkirIn ¶@connect(source: "s") { a: Int }',
    ),
    Broken(
        "Query itself has no connector",
        "CONNECT_ON_ROOT",
        query(ONE) + '\nextend type Query ¶@connect(source: "s", http: {GET: "/"}, selection: "id")',
    ),
    Broken(
        "Subscriptions have no connector",
        "CONNECT_ON_SUBSCRIPTION",
        query(ONE) + '\ntype Subscription { a: Int ¶@connect(source: "s", http: {GET: "/"}, selection: "id") }',
        also=frozenset({"SUBSCRIPTION"}),
    ),
    Broken(
        "Two connectors have two ids",
        "CONNECT_ID_TWICE",
        query(
            ONE.replace("selection", 'id: "a", selection')
            + ONE.replace("selection", 'id: "a", selection').replace("parkirLot(", "parkirLain(").replace("@c", "¶@c")
        ),
    ),
    Broken("A request has one method", "METHOD_COUNT", asked('source: "s", http: ¶{GET: "/", POST: "/"}, selection: "id nama"')),
    Broken("An address without a source is whole", "URL_NOT_ABSOLUTE", asked('http: {GET: ¶"/{$args.id}"}, selection: "id nama"')),
    Broken(
        "An address with a source begins with a slash",
        "URL_NOT_RELATIVE",
        asked('source: "s", http: {GET: ¶"https://b.example/{$args.id}"}, selection: "id nama"'),
    ),
    Broken(
        "A host is fixed",
        "URL_EXPRESSION_IN_HOST",
        asked('http: {GET: ¶"https://{$args.id}.example/"}, selection: "id nama"'),
    ),
    Broken("A header is written or copied", "HEADER_SHAPE", asked('source: "s", http: {GET: "/{$args.id}", headers: [¶{name: "X-A"}]}, selection: "id nama"')),
    Broken("A header has the name of one", "HEADER_NAME", asked('source: "s", http: {GET: "/{$args.id}", headers: [{name: ¶"X A", value: "1"}]}, selection: "id nama"')),
    Broken("Headers of the connection are the gateway's", "HEADER_RESERVED", asked('source: "s", http: {GET: "/{$args.id}", headers: [{name: ¶"Content-Length", value: "1"}]}, selection: "id nama"')),
    Broken("The host is not copied from a caller", "HEADER_NOT_COPIED", asked('source: "s", http: {GET: "/{$args.id}", headers: [{name: ¶"Host", from: "Host"}]}, selection: "id nama"')),
    Broken("A header is given once", "HEADER_TWICE", asked('source: "s", http: {GET: "/{$args.id}", headers: [{name: "X-A", value: "1"}, ¶{name: "x-a", value: "2"}]}, selection: "id nama"')),
    Broken("A mapping can be read", "MAPPING_SYNTAX", asked(f'{GOOD_GET}, selection: """\n  id\n  nama ¶a.b\n"""')),
    Broken("Methods have names", "MAPPING_METHOD", asked(f'{GOOD_GET}, selection: "id nama: n¶->besar"')),
    Broken("Nobody reads the environment", "VARIABLE_FORBIDDEN", asked('source: "s", http: {GET: "/{$args.id}?k={¶$env.KEY}"}, selection: "id nama"')),
    Broken("A field of Query has no parent", "VARIABLE_NOT_HERE", asked(f'{GOOD_GET}, selection: "id: ¶$this.id nama"')),
    Broken("Batches belong to types", "BATCH_PLACE", asked(f'{GOOD_GET}, selection: "id nama", batch: ¶{{maxSize: 5}}')),
    Broken(
        "A batch has at least one key",
        "BATCH_SIZE",
        SOURCE + LOT.replace("{", '@connect(source: "s", http: {GET: "/l?id={$batch.id->joinNotNull(\',\')}"}, selection: "id nama", batch: {maxSize: ¶0}) {')
        + f"extend type Query {{ {ONE} }}",
    ),
    Broken(
        "A request is for one or for many",
        "BATCH_WITH_THIS",
        SOURCE + LOT.replace("{", '¶@connect(source: "s", http: {GET: "/{$this.id}", body: "$batch.id"}, selection: "id nama") {')
        + f"extend type Query {{ {ONE} }}",
    ),
    Broken(
        "Entities are found through Query",
        "ENTITY_PLACE",
        query(ONE) + '\nextend type Mutation { "Ganti." parkirGanti(id: ID!): ParkirLot @connect(source: "s", http: {PUT: "/{$args.id}"}, selection: "id nama", entity: ¶true) }',
    ),
    Broken("An entity may be null", "ENTITY_TYPE", asked(f'{GOOD_GET}, selection: "id nama", entity: true', "parkirLot(id: ID!): ¶ParkirLot!")),
    Broken(
        "An entity is found by its own fields",
        "ENTITY_ARGUMENTS",
        query('¶parkirLot(kode: ID!): ParkirLot @connect(source: "s", http: {GET: "/{$args.kode}"}, selection: "id nama", entity: true)'),
    ),
]  # fmt: skip

NAMES = [
    Broken("Operations do not belong here", "EXECUTABLE", query(ONE) + "\n¶query { places { id } }"),
    Broken("Query stays Query", "SCHEMA_ROOTS", "schema { ¶query: ParkirLot }\n" + query(ONE)),
    Broken("There are no subscriptions", "SUBSCRIPTION", query(ONE) + "\ntype ¶Subscription { parkirBaru: Int }"),
    Broken("Unions come later", "ABSTRACT_TYPE", query(ONE) + "\nunion ¶ParkirAda = ParkirLot"),
    Broken(
        "Interfaces come later",
        "ABSTRACT_TYPE",
        SOURCE + LOT.replace("ParkirLot", "ParkirLot implements ¶Node") + f"extend type Query {{ {ONE} }}",
    ),
    Broken("The city's types are the city's", "TYPE_TAKEN", query(ONE) + "\ntype ¶Place { id: ID }"),
    Broken("A type is defined once", "TYPE_TWICE", query(ONE) + "\ntype ¶ParkirLot { x: Int }", also=frozenset({"FIELD_UNCOVERED"})),
    Broken("A field is of a type there is", "TYPE_UNKNOWN", query(ONE.replace(": ParkirLot", ": ¶ParkirLott"))),
    Broken("A type has fields", "TYPE_EMPTY", query(ONE) + "\ntype ¶ParkirKosong"),
    Broken(
        "An input is no answer",
        "TYPE_POSITION",
        query(ONE.replace(": ParkirLot", ": ¶ParkirIn")) + "\ninput ParkirIn { a: Int }",
    ),
    Broken("A type is no argument", "TYPE_POSITION", query(ONE.replace("id: ID!", "id: ¶ParkirLot"))),
    Broken("Only what is there is extended", "EXTENDS_UNKNOWN", query(ONE) + "\nextend type ¶ParkirJauh { a: Int }"),
    Broken("An enum of the city stays as it is", "EXTENDS_KIND", query(ONE) + "\nextend enum ¶Level { MID }"),
    Broken("A type is extended as what it is", "EXTENDS_KIND", query(ONE) + "\nextend input ¶ParkirLot { a: Int }"),
    Broken(
        "The city's types are extended on request",
        "EXTENDS_UNCLAIMED",
        query(ONE) + '\nextend type ¶Place { "Parkir." parkir: Int @connect(source: "s", http: {GET: "/{$this.id}"}, selection: "$.n") }',
    ),
    Broken(
        "A connector does not stand on a type of the city",
        "CONNECT_ON_CITY",
        query(ONE) + '\nextend type Place ¶@connect(source: "s", http: {GET: "/{$this.id}"}, selection: "id")',
        SETTINGS + "names: {extends: [Place]}\n",
    ),
    Broken("An answer does not become a record of the city", "CITY_RECORD", selected('"id name"', "parkirTempat: ¶Place")),
    Broken("Types begin with the prefix", "NAME_UNCLAIMED", query(ONE).replace("ParkirLot", "Lot").replace("type Lot", "type ¶Lot")),
    Broken("Root fields begin with the prefix", "NAME_UNCLAIMED", query(ONE.replace("parkirLot", "¶lot"))),
    Broken("Two underscores are GraphQL's", "NAME_RESERVED", query(ONE) + '\nextend type ParkirLot { ¶__x: Int @connect(source: "s", http: {GET: "/{$this.id}"}, selection: "$.x") }'),
    Broken("A field is there once", "NAME_TWICE", query(ONE) + "\nextend type ParkirLot { ¶nama: Int }"),
    Broken("An argument is there once", "NAME_TWICE", query(ONE.replace("id: ID!", "id: ID!, ¶id: Int"))),
    Broken("A field of the city stays the city's", "FIELD_TAKEN", query(ONE.replace("parkirLot", "¶places"))),
    Broken("Directives are known", "DIRECTIVE_UNKNOWN", query(ONE.replace("@c", "¶@rahasia @c"))),
    Broken("A request has no answer to take a key of", "REQUEST_WITHOUT_DATA", asked('source: "s", http: {GET: "/lots/{$args.id}/{¶kode}"}, selection: "id nama"')),
    Broken("A body has no answer to take a key of", "REQUEST_WITHOUT_DATA", asked('source: "s", http: {POST: "/lots", body: "id: $args.id x: ¶$.x"}, selection: "id nama"')),
    Broken("In arguments of a request, too, a key alone is one of nothing", "REQUEST_WITHOUT_DATA", asked('source: "s", http: {POST: "/lots", body: "ids: $args.id->map({id: ¶id})"}, selection: "id nama"')),
    Broken("An address takes no object", "RESULT_COMPOUND", asked('source: "s", http: {GET: "/lots/{$args.id}/{¶$args}"}, selection: "id nama"')),
    Broken("A header takes no list", "RESULT_COMPOUND", asked('source: "s", http: {GET: "/lots/{$args.id}", headers: [{name: "X-A", value: "{¶$([1])}"}]}, selection: "id nama"')),
    Broken("A name alone is no success", "RESULT_COMPOUND", asked(f'{GOOD_GET}, selection: "id nama", isSuccess: "¶ok"')),
    Broken("A name alone is no message", "RESULT_COMPOUND", asked(f'{GOOD_GET}, selection: "id nama", errors: {{message: "¶pesan"}}')),
    Broken("A directive that hides is not passed over", "DIRECTIVE_ACCESS", query(ONE.replace("@c", "¶@authenticated @c"))),
    Broken("A connected field cannot be kept back", "DIRECTIVE_ACCESS", query(ONE.replace("@c", "¶@inaccessible @c"))),
    Broken("A value cannot be kept back", "DIRECTIVE_ACCESS", query(ONE) + " enum ParkirJenis { A B ¶@inaccessible }"),
    Broken(
        "Our directives keep their names",
        "LINK_RENAMED",
        'extend schema @link(url: "https://specs.apollo.dev/connect/v0.3", import: [¶{name: "@connect", as: "@tanya"}, "@source"])\n' + query(ONE),
    ),
    Broken("A default is of its type", "ARGUMENT_DEFAULT", query(ONE.replace("id: ID!", "id: ID! = ¶true"))),
    Broken("A default of an enum is one of it", "ARGUMENT_DEFAULT", query(ONE.replace("id: ID!", "id: ID!, l: [Level!] = ¶[LOW, MID]").replace("$args.id", "$args.id}/{$args.l->first"))),
    Broken("A default of an input has what it needs", "ARGUMENT_DEFAULT", query(ONE.replace("id: ID!", "id: ID!, p: Point = ¶{lat: 1}").replace("$args.id", "$args.id}/{$args.p.lat"))),
    Broken("An input can be filled", "INPUT_CIRCULAR", query(ONE.replace("id: ID!", "id: ParkirIn").replace("$args.id", "$args.id.x")) + "\ninput ¶ParkirIn { lagi: ParkirIn! x: Int }"),
    Broken("A schema is valid as a whole", "SCHEMA_INVALID", query(ONE.replace("id: ID!", 'id: ID! ¶@deprecated(reason: "x")'))),
]  # fmt: skip

SELECTIONS = [
    Broken("A selection names fields there are", "SELECTION_UNKNOWN_FIELD", selected('"id nama ¶harga"')),
    Broken("Fields of inner objects are looked at too", "SELECTION_UNKNOWN_FIELD", selected('"""\n$.data {\n  id\n  nama\n  ¶sisa: free->echo(@)\n}"""')),
    Broken("Objects written out are looked at too", "SELECTION_UNKNOWN_FIELD", selected('"$.rows->map({id: @.id, nama: @.n, harga: ¶@.h})"', "parkirLot: [ParkirLot]")),
    Broken("A text takes no braces", "SELECTION_ON_LEAF", selected('"id ¶nama { a }"')),
    Broken("An object takes braces", "SELECTION_MISSING", selected('"¶$.data"')),
    Broken(
        "An inner object takes braces",
        "SELECTION_MISSING",
        selected('"id nama ¶lokasi"') + "\nextend type ParkirLot { lokasi: ParkirTitik }\ntype ParkirTitik { lat: Float }",
    ),
    Broken("Every field comes from somewhere", "FIELD_UNCOVERED", query(ONE) + "\nextend type ParkirLot { ¶harga: Int }"),
    Broken("A root field needs a connector", "FIELD_UNCOVERED", query(ONE + " ¶parkirLain: Int")),
    Broken("A field with arguments needs a connector", "FIELD_ARGUMENTS", query(ONE.replace("id nama", "id nama harga")) + "\nextend type ParkirLot { ¶harga(jam: Int): Int }"),
    Broken(
        "A type is not selected inside of itself",
        "TYPE_CIRCULAR",
        selected('"id nama ¶dekat { id nama }"') + "\nextend type ParkirLot { dekat: [ParkirLot] }",
    ),
    Broken("$args has the arguments", "ARGS_UNKNOWN", asked('source: "s", http: {GET: "/{$args.id}?q={¶$args.kota}"}, selection: "id nama"')),
    Broken("$args is looked at in selections", "ARGS_UNKNOWN", asked(f'{GOOD_GET}, selection: """\n  id\n  nama: ¶$args.nama\n"""')),
    Broken(
        "$args of an input has its fields",
        "ARGS_UNKNOWN",
        asked('source: "s", http: {POST: "/", body: "$args.p { lat ¶long }"}, selection: "id nama"', "parkirLot(p: Point): ParkirLot"),
    ),
    Broken(
        "$this has the fields of its type",
        "THIS_UNKNOWN",
        query(ONE) + '\nextend type ParkirLot { harga: Int @connect(source: "s", http: {GET: "/{¶$this.kode}"}, selection: "$.h") }',
    ),
    Broken(
        "Two fields do not wait for each other",
        "THIS_CIRCULAR",
        query(ONE)
        + '\nextend type ParkirLot { a: Int @connect(source: "s", http: {GET: "/{$this.b}"}, selection: "$.x")'
        ' b: Int @connect(source: "s", http: {GET: "/{¶$this.a}"}, selection: "$.x") }',
    ),
    Broken(
        "A batch asks by fields of the type",
        "BATCH_KEY_UNKNOWN",
        SOURCE + LOT.replace("{", '@connect(source: "s", http: {POST: "/l", body: "ids: ¶$batch.kode"}, selection: "id nama") {')
        + f"extend type Query {{ {ONE} }}",
    ),
    Broken(
        "A batch gets its keys back",
        "BATCH_KEY_UNSELECTED",
        SOURCE + LOT.replace("{", '@connect(source: "s", http: {POST: "/l", body: "ids: ¶$batch.id"}, selection: "nama") {')
        + f"extend type Query {{ {ONE} }}",
    ),
    Broken("A key has fields", "KEY_SYNTAX", query(ONE).replace("ParkirLot {", 'ParkirLot @key(fields: ¶"id {") {')),
    Broken("A key names fields there are", "KEY_UNKNOWN_FIELD", query(ONE).replace("ParkirLot {", 'ParkirLot @key(fields: "id ¶kode") {')),
    Broken(
        "A connector of a type asks by key",
        "ENTITY_WITHOUT_KEY",
        SOURCE + LOT.replace("{", '¶@connect(source: "s", http: {GET: "/l"}, selection: "id nama") {') + f"extend type Query {{ {ONE} }}",
    ),
    Broken("An entity is an object", "ENTITY_NOT_OBJECT", query(ONE + ' parkirHarga(id: ID!): Int ¶@connect(source: "s", http: {GET: "/{$args.id}"}, selection: "$.h", entity: true)')),
]  # fmt: skip


def based(address: str, more: str = "") -> str:
    """One field over a source of this address."""
    return query(ONE).replace('{baseURL: "https://a.example"}', f"{{baseURL: {address}{more}}}")


HOSTS = [
    Broken("The machine's own metadata is out of reach", "HOST_FORBIDDEN", based('¶"http://169.254.169.254/x"')),
    Broken("Nor by its name", "HOST_FORBIDDEN", based('¶"http://metadata.google.internal/x"')),
    Broken("An address is not written as one number", "HOST_FORBIDDEN", based('¶"http://2130706433/"')),
    Broken("A port is a port", "HOST_FORBIDDEN", based('¶"https://a.example:99999"')),
    Broken("A key in a header is not written openly", "SECRET_PLAIN", based('"https://a.example"', ', headers: [{name: "Authorization", value: ¶"Bearer abc"}]')),
    Broken("Nor in an expression", "SECRET_PLAIN", based('"https://a.example"', ", headers: [{name: \"X-Api-Key\", value: ¶\"{$('abc')}\"}]")),
    Broken("A well-known token is known", "SECRET_PLAIN", selected("¶\"id nama: $('ghp_abcdefghijklmnopqrst')\"")),
    Broken("A private address needs an operator", "HOST_PRIVATE", based('¶"http://10.0.0.8:8080/api"')),
    Broken("So does the machine itself", "HOST_PRIVATE", based('¶"http://localhost:8080"')),
    Broken("So does an inner name", "HOST_PRIVATE", based('¶"https://parkir.internal"')),
    Broken("A request is not read on its way", "HTTP_PLAIN", based('¶"http://a.example"')),
    Broken("A key in an address gets into logs", "SECRET_IN_ADDRESS", asked('source: "s", http: {GET: "/{$args.id}?¶api_key=abc"}, selection: "id nama"')),
    Broken("A key in parameters too", "SECRET_IN_ADDRESS", asked("source: \"s\", http: {GET: \"/{$args.id}\", queryParams: \"¶token: $('abc')\"}, selection: \"id nama\"")),
]  # fmt: skip

LIST = "parkirLots: [ParkirLot]"
DETAIL = (
    '\nextend type ParkirLot { harga: Int ¶@connect(source: "s",'
    ' http: {GET: "/{$this.id}"}, selection: "$.h") }'
)
LIMITED = (
    '"Semua." parkirLots(limit: Int): [ParkirLot] @connect(source: "s",'
    ' http: {GET: "/l?limit={$args.limit}"}, selection: "id nama")'
)
WARNINGS = [
    Broken("A list has a limit", "LIST_UNBOUNDED", selected('"id nama"', LIST).replace("@c", "¶@c")),
    Broken("Items are not asked one by one", "N_PLUS_ONE", query(LIMITED) + DETAIL),
    Broken("Least of all of a weak system", "N_PLUS_ONE_WEAK", query(LIMITED) + DETAIL, SETTINGS.replace("upkeep:", "upkeep:\n  max_concurrent: 1")),
    Broken(
        "Nor are stubs completed one by one",
        "N_PLUS_ONE",
        query(LIMITED.replace("id nama", "id") + ONE.replace("selection", "entity: true, selection").replace("@c", "¶@c")),
    ),
    Broken("What is far away may be null", "NON_NULL_REMOTE", selected('"id nama"', "parkirLot: ¶ParkirLot!")),
    Broken("So may its items", "NON_NULL_REMOTE", query(LIMITED.replace("[ParkirLot]", "¶[ParkirLot!]"))),
    Broken("A Query does not write", "WRITE_ON_QUERY", asked('source: "s", http: {POST: "/{$args.id}"}, selection: "id nama"').replace("@c", "¶@c")),
    Broken("A Mutation does", "READ_ON_MUTATION", query(ONE) + '\nextend type Mutation { "G." parkirGanti(id: ID!): ParkirLot ¶@connect(source: "s", http: {GET: "/{$args.id}"}, selection: "id nama") }'),
    Broken(
        "An object comes whole",
        "FIELD_NOT_ALWAYS",
        query(ONE + LIMITED.replace('"id nama"', '"¶$.data { id }"').replace("¶", "").replace('"$.data { id }"', '¶"$.data { id }"')).replace('¶"$', '"¶$'),
    ),
    Broken("A quoted key is a value elsewhere", "AMBIGUOUS_LITERAL", selected("\"\"\"id nama: ¶'nama lengkap'\"\"\"")),
    Broken("A key called true is a value elsewhere", "AMBIGUOUS_LITERAL", selected('"id nama: ¶true"')),
    Broken("An argument is for something", "ARGUMENT_UNUSED", query(ONE.replace("id: ID!", "id: ID!, ¶kota: String"))),
    Broken(
        "A size needs a batch",
        "BATCH_UNUSED",
        SOURCE + LOT.replace("{", '¶@connect(source: "s", http: {GET: "/{$this.id}"}, selection: "id nama", batch: {maxSize: 5}) {') + f"extend type Query {{ {ONE} }}",
    ),
    Broken("A key is for finding", "KEY_UNRESOLVED", query(ONE).replace("ParkirLot {", 'ParkirLot @key(fields: ¶"id") {')),
    Broken("A later version is read as v0.3", "LINK_VERSION", 'extend schema @link(url: ¶"https://specs.apollo.dev/connect/v0.4", import: ["@connect", "@source"])\n' + query(ONE)),
    Broken("A scalar of the city is the city's", "SCALAR_SHARED", query(ONE) + "\nscalar ¶DateTime"),
    Broken("A directive is not defined here", "DIRECTIVE_DEFINED", query(ONE) + "\ndirective @¶cepat on FIELD_DEFINITION"),
    Broken("A directive of others does nothing", "DIRECTIVE_NO_EFFECT", query(ONE.replace("@c", "¶@cost(weight: 5) @c"))),
    Broken("A source is for asking", "SOURCE_UNUSED", query(ONE) + '\nextend schema ¶@source(name: "t", http: {baseURL: "https://b.example"})'),
    Broken("A type is for a field", "TYPE_UNUSED", query(ONE) + '\n"Sisa." type ¶ParkirSisa { a: Int }'),
    Broken("A claim is for a name", "NAMES_UNUSED", query(ONE), SETTINGS + "¶names: {types: [Garasi]}\n"),
    Broken("A type is explained", "DESCRIPTION_MISSING", query(ONE).replace('"Lapangan." type ', "type ¶")),
    Broken("A root field is explained", "DESCRIPTION_MISSING", query(ONE.replace('"Satu lapangan." ', "¶"))),
    Broken("It is explained in Indonesian", "DESCRIPTION_LANGUAGE", query(ONE).replace('"Lapangan."', '¶"A lot of the city."')),
    Broken("Personal data has a purpose", "PERSONAL_DATA", query(ONE.replace("id nama", "id nama nik")) + "\nextend type ParkirLot { ¶nik: String }", SETTINGS + "personal_data: {ParkirLot.nama: petugas jaga}\n"),
    Broken("The name of a person is personal", "PERSONAL_DATA", query(ONE).replace("ParkirLot", "ParkirPetugasWarga").replace("nama: S", "¶nama: S")),
    Broken("Personal data that is declared is there", "PERSONAL_DATA_UNKNOWN", query(ONE), SETTINGS + "personal_data:\n  ¶ParkirLot.nik: mencari\n"),
    Broken("What is private has a connector", "PRIVATE_UNKNOWN", query(ONE), SETTINGS + "¶private: [Query.parkirSaya]\n"),
    Broken("Somebody can be told", "CONTACT_MISSING", query(ONE), "¶" + SETTINGS.replace("contact: {name: Tim Parkir, email: parkir@dinas.example}\n", "")),
    Broken("Somebody waits only so long", "TIME_LIMIT_MISSING", query(ONE), SETTINGS.replace("upkeep:\n  total_timeout: 4s", "upkeep:\n  ¶fresh_for: 30s").replace("¶", "")),
    Broken("Others know what they may do", "LICENCE_MISSING", query(ONE), "¶" + SETTINGS.replace("licence: {spdx: CC-BY-4.0, attribution: Dinas}\n", "")),
    Broken("A connector ends some day", "EXPIRY_MISSING", query(ONE), "¶" + SETTINGS.replace("expires: 2099-12-31\n", "")),
    Broken("An answer is kept for a moment", "FRESH_FOR_NONE", query(ONE), SETTINGS.replace("upkeep:", "upkeep:\n  ¶fresh_for: 0")),
    Broken("A connector is tested", "TEST_MISSING", query(ONE).replace("@c", "¶@c")),
    Broken(
        "An approval is waited for",
        "EXTENDS_APPROVAL",
        query(ONE) + '\nextend type ¶Place { "Parkir." parkir: Int @connect(source: "s", http: {GET: "/{$this.id}"}, selection: "$.n") }',
        SETTINGS + "names: {extends: [Place]}\n",
    ),
]  # fmt: skip

MANY = Broken(
    "A list of findings has an end",
    "FINDINGS_MANY",
    query(ONE.replace("id nama", "id nama " + " ".join(f"x{n}" for n in range(600)))),
    also=frozenset({"SELECTION_UNKNOWN_FIELD"}),
)

CASES = [*READING, *NAMES, *SELECTIONS, *HOSTS, *WARNINGS, MANY]
