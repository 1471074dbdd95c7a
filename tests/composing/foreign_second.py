"""Whole connectors in the style of community schemas, the second half.

`BASE` stands for the address of the system. Each has questions with their answers, worked out by
hand; None stands for the data of an operation that has errors.
"""

from __future__ import annotations

from tests.composing.foreign import LINK1, LINK3, case

case(
    "nested",
    LINK3
    + '''
  @source(name: "n", http: { baseURL: "BASE" })
type Query {
  company(id: ID!): Company @connect(source: "n", http: { GET: "/companies/{$args.id}" }, entity: true, selection: """
    id
    name
    address: { street: address_street city: address_city geo: { lat lng } }
    employees { id: $ }
    departments { code teams { name lead: { id: lead_id } } }
  """)
  employee(id: ID!): Employee @connect(source: "n", http: { GET: "/employees/{$args.id}" }, entity: true, selection: "id name companyId: company_id")
}
type Company @key(fields: "id") { id: ID! name: String address: CompanyAddress employees: [Employee] departments: [Division] }
type CompanyAddress { street: String city: String geo: Geo }
type Geo { lat: Float lng: Float }
type Employee @key(fields: "id") { id: ID! name: String companyId: ID company: Company @connect(source: "n", http: { GET: "/companies/{$this.companyId}" }, selection: "id name") }
type Division { code: String teams: [TeamUnit] }
type TeamUnit { name: String lead: Employee }
''',
    (
        '{ company(id: "c") { id name address { city geo { lat } } employees { id name company { name } } departments { code teams { name lead { name } } } } }',
        {
            "company": {
                "id": "c",
                "name": "C-c",
                "address": {"city": "T", "geo": {"lat": 1.0}},
                "employees": [
                    {"id": "1", "name": "E1", "company": {"name": "C-k1"}},
                    {"id": "2", "name": "E2", "company": {"name": "C-k2"}},
                ],
                "departments": [{"code": "D", "teams": [{"name": "t", "lead": {"name": "E2"}}]}],
            }
        },
    ),
)

case(
    "mutation",
    LINK3
    + '''
  @source(name: "m", http: { baseURL: "BASE" })
input CreateTicketInput { subject: String! priority: Priority = LOW tags: [String!] requester: RequesterInput }
input RequesterInput { name: String! email: String }
enum Priority { LOW HIGH }
type Mutation {
  createTicket(input: CreateTicketInput!): TicketPayload @connect(source: "m", http: { POST: "/tickets", body: "$args.input", headers: [{name: "Idempotency-Key", value: "{$args.input.subject}-1"}] }, selection: """
    success: $(true)
    ticket: $ { id subject priority: prio->match(["low","LOW"],["high","HIGH"]) }
  """)
  updateTicket(id: ID!, subject: String): Ticket @connect(source: "m", http: { PATCH: "/tickets/{$args.id}", body: "$({ subject: $args.subject, by: \\"gateway\\" })" }, selection: "id subject priority: prio->match([\\"low\\",\\"LOW\\"],[\\"high\\",\\"HIGH\\"])")
  replaceTicket(id: ID!, subject: String): Ticket @connect(source: "m", http: { PUT: "/tickets/{$args.id}", body: "subject: $args.subject?" }, selection: "id subject priority: prio->match([\\"low\\",\\"LOW\\"],[\\"high\\",\\"HIGH\\"])")
}
type Query { ticket(id: ID!): Ticket @connect(source: "m", http: { GET: "/tickets/{$args.id}" }, selection: "id subject priority: prio->match(['low','LOW'],['high','HIGH'])") }
type TicketPayload { success: Boolean ticket: Ticket }
type Ticket { id: ID! subject: String priority: Priority }
''',
    (
        'mutation { createTicket(input: {subject: "Lampu", tags: ["a"], requester: {name: "W"}}) { success ticket { id subject priority } } }',
        {
            "createTicket": {
                "success": True,
                "ticket": {
                    "id": "t9",
                    "subject": '{"subject":"Lampu","priority":"LOW","tags":["a"],"requester":{"name":"W"}}',
                    "priority": "HIGH",
                },
            }
        },
    ),
    (
        'mutation { updateTicket(id: "1") { id subject } }',
        {"updateTicket": {"id": "t9", "subject": '{"by":"gateway"}'}},
    ),
    (
        'mutation { updateTicket(id: "1", subject: null) { id subject } }',
        {"updateTicket": {"id": "t9", "subject": '{"subject":null,"by":"gateway"}'}},
    ),
    (
        'mutation { replaceTicket(id: "1", subject: null) { id subject } }',
        {"replaceTicket": {"id": "t9", "subject": "{}"}},
    ),
)

case(
    "nosource",
    LINK1
    + """
type Query {
  posts: [Post] @connect(http: { GET: "BASE/posts" }, selection: "id title body author: { id: userId }")
  user(id: ID!): User @connect(http: { GET: "BASE/users/{$args.id}" }, selection: "id name username company { name slogan: catchPhrase }", entity: true)
}
type Post { id: ID! title: String body: String author: User }
type User @key(fields: "id") { id: ID! name: String username: String company: UserCompany
  posts: [Post] @connect(http: { GET: "BASE/posts?userId={$this.id}" }, selection: "id title body author: { id: userId }") }
type UserCompany { name: String slogan: String }
""",
    (
        "{ posts { id title author { name company { slogan } posts { id } } } }",
        {
            "posts": [
                {
                    "id": "1",
                    "title": "t",
                    "author": {"name": "U3", "company": {"slogan": "s"}, "posts": [{"id": "1"}]},
                }
            ]
        },
    ),
)

case(
    "composite",
    LINK3
    + """
  @source(name: "c", http: { baseURL: "BASE", path: "$(['api', $config.version])", queryParams: "lang: $('id')" })
type Query {
  seat(trainId: ID!, number: Int!): Seat @connect(source: "c", http: { GET: "/seats", path: "$([$args.trainId, $args.number])" }, entity: true, selection: "trainId: train number: no class")
  trains: [Train] @connect(source: "c", http: { GET: "/trains" }, selection: "id best: { trainId: id number: best_seat }")
}
type Train { id: ID! best: Seat }
type Seat @key(fields: "trainId number") { trainId: ID! number: Int! class: String }
""",
    (
        "{ trains { id best { number class } } }",
        {
            "trains": [
                {"id": "k1", "best": {"number": 4, "class": "/api/v2/seats/k1/4?lang=id"}},
                {"id": "k2", "best": {"number": 5, "class": "/api/v2/seats/k2/5?lang=id"}},
            ]
        },
    ),
    more="config: {version: v2}\n",
)

case(
    "pagination",
    LINK3
    + '''
  @source(name: "p", http: { baseURL: "BASE" })
type Query { people(first: Int = 2, after: String): PeopleConnection @connect(source: "p", http: { GET: """
   /people
   ?limit={$args.first}
   &cursor={$args.after}
  """ }, selection: """
  edges: data { cursor: id node: $ { id name } }
  nodes: data { id name }
  pageInfo: { hasNextPage: $(meta.next ?? null)->ne(null) endCursor: meta.next }
  totalCount: meta.total
  firstName: data->first.name
  names: data.name->joinNotNull(" & ")
""") }
type PeopleConnection { edges: [PersonEdge] nodes: [Persona] pageInfo: PageInfo2 totalCount: Int firstName: String names: String }
type PersonEdge { cursor: String node: Persona }
type Persona { id: ID! name: String }
type PageInfo2 { hasNextPage: Boolean endCursor: String }
''',
    (
        "{ people { edges { cursor node { name } } nodes { id } pageInfo { hasNextPage endCursor } totalCount firstName names } }",
        {
            "people": {
                "edges": [
                    {"cursor": "1", "node": {"name": "A"}},
                    {"cursor": "2", "node": {"name": "B"}},
                ],
                "nodes": [{"id": "1"}, {"id": "2"}],
                "pageInfo": {"hasNextPage": True, "endCursor": "limit=2&cursor="},
                "totalCount": 9,
                "firstName": "A",
                "names": "A & B",
            }
        },
    ),
)

case(
    "multitype",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
type Query { member(id: ID!): Member @connect(source: "m", http: { GET: "/m/{$args.id}" }, selection: "id") }
type Member
  @connect(source: "m", http: { GET: "/m/{$this.id}/basic" }, selection: "id firstName lastName")
  @connect(source: "m", http: { GET: "/m/{$this.id}/detail?full=true" }, selection: "id address { street city }")
{ id: ID! firstName: String lastName: String address: MemberAddress }
type MemberAddress { street: String city: String }
""",
    (
        '{ member(id: "x") { id firstName address { city } } }',
        {"member": {"id": "x", "firstName": "F", "address": {"city": "Y"}}},
    ),
)

case(
    "stubs",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
type Query { orders: [PurchaseOrder] @connect(source: "m", http: { GET: "/orders" }, selection: "id customer: { id: customer_id } total") }
type PurchaseOrder @shareable { id: ID! customer: Customer total: Float @tag(name: "money") }
type Customer @key(fields: "id", resolvable: false) { id: ID! }
""",
    (
        "{ orders { id customer { id } total } }",
        {"orders": [{"id": "1", "customer": {"id": "9"}, "total": 2.5}]},
    ),
)

case(
    "scalar",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
scalar JSON
type Query {
  tags: [String] @connect(source: "m", http: { GET: "/tags" }, selection: "$")
  count: Int @connect(source: "m", http: { GET: "/tags" }, selection: "$->size")
  motd: String @connect(source: "m", http: { GET: "/motd" }, selection: "$")
  raw: JSON @connect(source: "m", http: { GET: "/orders" }, selection: "$")
  matrix: [[Int]] @connect(source: "m", http: { GET: "/matrix" }, selection: "$.rows")
  inner: [[Cell]] @connect(source: "m", http: { GET: "/matrix" }, selection: "$.cells { v }")
  hdr: String @connect(source: "m", http: { GET: "/motd" }, selection: "$response.headers.'x-motd'->first")
}
type Cell { v: Int }
""",
    (
        "{ tags count motd raw inner { v } hdr }",
        {
            "tags": ["a", "b"],
            "count": 2,
            "motd": "halo",
            "raw": [{"id": 1, "customer_id": 9, "total": 2.5}],
            "inner": [[{"v": 1}], [{"v": 2}, None]],
            "hdr": "7",
        },
    ),
    ("{ matrix }", {"matrix": [[1, 2], [3]]}),
)


case(
    "fed",
    """
extend schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@shareable", "@inaccessible", "@cost", "@listSize", "@tag", "FieldSet"])
  @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@source", "@connect"])
  @source(name: "m", http: { baseURL: "BASE", headers: { name: "X-One", value: "1" } })
schema { query: Query }
directive @custom(a: Int) on FIELD_DEFINITION
"Doc" type Query {
  "One"
  gadget(id: ID!, active: Boolean = true, lat: Float = -6.0, kind: Kind, extra: Loose): Gadget @cost(weight: 3) @custom(a: 1)
    @connect(id: "gadget", source: "m", http: { GET: "/gadgets/{$args.id}?active={$args.active}&lat={$args.lat}&kind={$args.kind}&n={$(1)}&u={$args.extra.u}" , headers: { name: "X-Two", value: "a{$args.kind}b{$config.none}" } }, selection: "id name secretCode: code kind arg: $args.id")
  gadgets: [Gadget] @shareable @listSize(assumedSize: 3) @connect(source: "m", http: { GET: "gadgets" }, selection: "id name secretCode: code kind arg: $(null)")
}
scalar Loose @specifiedBy(url: "https://x.example")
enum Kind { A @deprecated(reason: "x") B }
type Gadget @federation__key(fields: "id") @federation__tag(name: "x") { id: ID! @shareable name: String @tag(name: "t") @deprecated secretCode: String @inaccessible kind: Kind arg: String }
""",
    (
        '{ gadget(id: "7", kind: A, extra: {u: "x/y"}) { id name kind arg } gadgets { id arg } }',
        {
            "gadget": {
                "id": "7",
                "name": "active=true&lat=-6.0&kind=A&n=1&u=x%2Fy|aAb|1",
                "kind": "A",
                "arg": "7",
            },
            "gadgets": [{"id": "1", "arg": None}],
        },
    ),
)

case(
    "voids",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
type Mutation {
  removeThing(id: ID!): RemoveResult @connect(source: "m", http: { DELETE: "/void/{$args.id}" }, selection: "success: $(true) id: $args.id status: $status")
  touchThing(id: ID!): String @connect(source: "m", http: { POST: "/void/{$args.id}", body: "$({})" }, selection: "$")
  pokeThing(id: ID!): RemoveResult @connect(source: "m", http: { POST: "/void/{$args.id}" }, selection: "success id")
}
type RemoveResult { success: Boolean id: ID status: Int }
""",
    (
        'mutation { removeThing(id: "a") { success id status } touchThing(id: "b") pokeThing(id: "c") { id } }',
        {
            "removeThing": {"success": True, "id": "a", "status": 204},
            "touchThing": None,
            "pokeThing": None,
        },
    ),
)

case(
    "extends",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
extend type Query { widget(id: ID!): Widget @connect(source: "m", http: { GET: "/w/{$args.id}" }, selection: "id name", entity: true)
  both: Both @connect(source: "m", http: { GET: "/w/1" }, selection: "a: $ { id name } b: { id name }  c: $({ id: $.id, name: 'x' }) list: $([$, $]) { id name }") }
type Widget @key(fields: "id") { id: ID! name: String }
extend type Widget { size: Int @connect(source: "m", http: { GET: "/w/{$this.id}/size" }, selection: "$.size") label: String @connect(source: "m", http: {GET: "/w/{$this.id}/size"}, selection: "$($this.name)->toString") }
type Both { a: Widget b: Widget c: Widget list: [Widget] }
""",
    (
        '{ widget(id: "3") { id name size label } both { a { name } b { id size } c { name } list { id } } }',
        {
            "widget": {"id": "3", "name": "W3", "size": 5, "label": "W3"},
            "both": {
                "a": {"name": "W1"},
                "b": {"id": "1", "size": 5},
                "c": {"name": "x"},
                "list": [{"id": "1"}, {"id": "1"}],
            },
        },
    ),
)
case(
    "thisbatch",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
type Query { flights: [Flight] @connect(source: "m", http: { GET: "/flights" }, selection: "id from: { code: from_code } to: { code: to_code }") }
type Flight { id: ID! from: Airport to: Airport }
type Airport @key(fields: "code") @connect(source: "m", http: { POST: "/airports", body: "$batch { code }" }, selection: "$->map({ code: @.iata, name: @.n, city: { name: @.c } })") { code: ID! name: String city: AirportCity }
type AirportCity { name: String }
""",
    (
        "{ flights { id from { name city { name } } to { code name } } }",
        {
            "flights": [
                {
                    "id": "1",
                    "from": {"name": "N-CGK", "city": {"name": "C"}},
                    "to": {"code": "DPS", "name": "N-DPS"},
                }
            ]
        },
    ),
)
case(
    "hidden",
    LINK3
    + """
  @source(name: "m", http: { baseURL: "BASE" })
type Query { gizmo(id: ID!): Gizmo @connect(source: "m", http: { GET: "/gz/{$args.id}" }, selection: "id name", entity: true) }
type Gizmo { id: ID! name: String opinions: [Opinion] @connect(source: "m", http: { GET: "/gz/{$this.id}/op" }, selection: "id rating gizmoId: gid") }
type Opinion { id: ID! rating: Int gizmoId: ID! @inaccessible gizmo: Gizmo @connect(source: "m", http: { GET: "/gz/{$this.gizmoId}" }, selection: "id name") }
""",
    (
        '{ gizmo(id: "5") { id opinions { rating gizmo { name } } } }',
        {"gizmo": {"id": "5", "opinions": [{"rating": 4, "gizmo": {"name": "G5"}}]}},
    ),
    ('{ gizmo(id: "5") { opinions { gizmoId } } }', None),
    (
        '{ __type(name: "Opinion") { fields { name } } }',
        {"__type": {"fields": [{"name": "id"}, {"name": "rating"}, {"name": "gizmo"}]}},
    ),
)
