"""Whole connectors in the style of community schemas, the first half.

`BASE` stands for the address of the system. Each has questions with their answers, worked out by
hand; None stands for the data of an operation that has errors.
"""

from __future__ import annotations

from tests.composing.foreign import LINK1, LINK2, LINK3, case

case(
    "weather",
    LINK1
    + '''
  @source(name: "wx", http: { baseURL: "BASE/data/2.5" })
type Query {
  weather(city: String!, units: Units = METRIC): Weather
    @connect(source: "wx", http: { GET: "/weather?q={$args.city}&units={$args.units->match(['METRIC','metric'],['IMPERIAL','imperial'])}&appid={$config.key}" }
      selection: """
      city: name
      coordinates: coord { latitude: lat longitude: lon }
      conditions: weather->first { main description }
      temperature: main.temp
      feelsLike: main.feels_like
      wind { speed degrees: deg }
      observedAt: dt
      """)
}
enum Units { METRIC IMPERIAL }
type Weather { city: String coordinates: Coordinates conditions: Conditions temperature: Float feelsLike: Float wind: Wind observedAt: Int }
type Coordinates { latitude: Float longitude: Float }
type Conditions { main: String description: String }
type Wind { speed: Float degrees: Int }
''',
    (
        '{ weather(city: "Kota Tangerang & co") { city coordinates { latitude longitude } conditions { description } temperature wind { speed degrees } observedAt } }',
        {
            "weather": {
                "city": "Kota Tangerang & co|metric|k1",
                "coordinates": {"latitude": -6.2, "longitude": 106.6},
                "conditions": {"description": "berawan"},
                "temperature": 31.0,
                "wind": {"speed": 2.5, "degrees": 90},
                "observedAt": 1700000000,
            }
        },
    ),
    more="config: {key: k1}\n",
)

case(
    "shop",
    LINK2
    + '''
  @source(name: "ecomm" http: { baseURL: "BASE/shop/" })
type Query {
  products(limit: Int = 2, offset: Int): [Product!]
    @connect(source: "ecomm" http: { GET: "/products" queryParams: """
        limit: $args.limit
        skip: $args.offset
      """ } selection: """
      $.products {
        id
        name: title
        price { amount: value currency }
        variants { sku: id colour: color }
        inStock: stock->gt(0)
      }""")
  product(id: ID!): Product
    @connect(source: "ecomm" http: { GET: "/products/{$args.id}" } selection: "id name: title price { amount: value currency } variants { sku: id colour: color } inStock: stock->gt(0)" entity: true)
}
type Product @key(fields: "id") {
  id: ID!
  name: String
  price: ShopPrice
  variants: [Variant]
  inStock: Boolean
  reviews(top: Int = 5): [Review] @connect(source: "ecomm" http: { GET: "/reviews?product={$this.id}&n={$args.top}" } selection: "id rating body: comment product: { id: product_id }")
}
type ShopPrice { amount: Float currency: String }
type Variant { sku: String colour: String }
type Review { id: ID! rating: Int body: String product: Product }
''',
    (
        "{ products { id name price { amount currency } variants { sku colour } inStock reviews(top: 1) { rating product { id name } } } }",
        {
            "products": [
                {
                    "id": "1",
                    "name": "P1",
                    "price": {"amount": 10.5, "currency": "IDR"},
                    "variants": [{"sku": "v1", "colour": "merah"}],
                    "inStock": True,
                    "reviews": [{"rating": 5, "product": {"id": "1", "name": "P1"}}],
                },
                {
                    "id": "2",
                    "name": "P2",
                    "price": {"amount": 10.5, "currency": "IDR"},
                    "variants": [{"sku": "v1", "colour": "merah"}],
                    "inStock": False,
                    "reviews": [{"rating": 5, "product": {"id": "2", "name": "P2"}}],
                },
            ]
        },
    ),
    (
        '{ product(id: "9") { id name inStock } }',
        {"product": {"id": "9", "name": "P9", "inStock": True}},
    ),
)

case(
    "github",
    LINK3
    + '''
  @source(name: "gh", http: { baseURL: "BASE", headers: [
    { name: "Authorization", value: "Bearer {$config.token}" }
    { name: "X-GitHub-Api-Version", value: "2022-11-28" }
    { name: "Accept", value: "application/vnd.github+json" } ] })
type Query {
  repository(owner: String!, name: String!): Repository
    @connect(source: "gh", http: { GET: "/repos/{$args.owner}/{$args.name}" }, selection: """
    id
    fullName: full_name
    owner { login avatarUrl: avatar_url }
    stars: stargazers_count
    license: license?.spdx_id
    topics
    isFork: fork
    """)
  issues(owner: String!, name: String!, state: IssueState = OPEN, page: Int = 1, perPage: Int = 30, labels: [String!]): [Issue]
    @connect(source: "gh", http: { GET: "/repos/{$args.owner}/{$args.name}/issues", queryParams: """
      state: $args.state->match(["OPEN","open"],["CLOSED","closed"],[@,"all"])
      page: $args.page
      per_page: $args.perPage
      labels: $args.labels?->joinNotNull(",")
    """}, selection: """
    number
    title
    labels: labels.name
    author: user { login avatarUrl: avatar_url }
    isPullRequest: $(pull_request ?? null)->ne(null)
    """)
}
type Repository { id: ID! fullName: String owner: Owner stars: Int license: String topics: [String] isFork: Boolean }
type Owner { login: String! avatarUrl: String }
type Issue { number: Int! title: String labels: [String] author: Owner isPullRequest: Boolean }
enum IssueState { OPEN CLOSED ALL }
''',
    (
        '{ repository(owner: "a", name: "b/c") { id fullName owner { login } stars license topics isFork } }',
        {
            "repository": {
                "id": "77",
                "fullName": "a/b/c",
                "owner": {"login": "a"},
                "stars": 5,
                "license": None,
                "topics": ["x"],
                "isFork": False,
            }
        },
    ),
    (
        '{ issues(owner: "a", name: "b", labels: ["x","y z"]) { number title labels author { login } isPullRequest } }',
        {
            "issues": [
                {
                    "number": 1,
                    "title": "state=open&page=1&per_page=30&labels=x%2Cy%20z",
                    "labels": ["bug"],
                    "author": {"login": "u"},
                    "isPullRequest": False,
                },
                {"number": 2, "title": "t", "labels": [], "author": None, "isPullRequest": True},
            ]
        },
    ),
    more="config: {token: tok}\n",
)

case(
    "search",
    LINK3
    + '''
  @source(name: "s", http: { baseURL: "BASE" })
input FilterInput { field: String! values: [String!] min: Float }
type Query {
  searchDocs(q: String!, filters: [FilterInput!], size: Int = 10): SearchResult
    @connect(source: "s", http: { POST: "/search" body: """
      query: { match: { text: $args.q } }
      filters: $args.filters { field values min }
      size: $args.size
      fixed: $({ sort: ["score", { order: "desc" }], explain: false })
    """ } selection: """
      total: hits.total.value
      tookMs: took
      docs: hits.hits {
        id: _id
        score: _score
        $._source { title tags }
      }
    """)
}
type SearchResult { total: Int tookMs: Int docs: [Doc] }
type Doc { id: ID! score: Float title: String tags: [String] }
''',
    (
        '{ searchDocs(q: "taman \\"kota\\"", filters: [{field: "f", values: ["a"]}]) { total docs { id score title tags } } }',
        {
            "searchDocs": {
                "total": 1,
                "docs": [
                    {
                        "id": "d1",
                        "score": 1.5,
                        "title": '{"query":{"match":{"text":"taman \\"kota\\""}},"filters":[{"field":"f","values":["a"]}],"size":10,"fixed":{"sort":["score",{"order":"desc"}],"explain":false}}',
                        "tags": ["t"],
                    }
                ],
            }
        },
    ),
)

case(
    "form",
    LINK3
    + '''
  @source(name: "pay", http: { baseURL: "BASE/v1", headers: [{ name: "Authorization", value: "Basic {$config.basic}" }, { name: "Content-Type", value: "application/x-www-form-urlencoded" }] })
input ChargeInput { amount: Int! currency: String! metadata: MetaInput items: [String!] }
input MetaInput { orderId: ID note: String }
type Mutation {
  createCharge(input: ChargeInput!): Charge
    @connect(source: "pay", http: { POST: "/charges", body: """
      $args.input { amount currency items metadata { order_id: orderId note } }
      capture: $(true)
    """ }, selection: "id status: state paid")
  cancelCharge(id: ID!): Boolean
    @connect(source: "pay", http: { DELETE: "/charges/{$args.id}" }, selection: "$status->eq(204)")
}
type Query { charge(id: ID!): Charge @connect(source: "pay", http: { GET: "/charges/{$args.id}" }, selection: "id status: state paid") }
type Charge { id: ID! status: String paid: Boolean }
''',
    (
        'mutation { createCharge(input: {amount: 5, currency: "IDR", items: ["a","b c"], metadata: {orderId: "o 1", note: "x&y=z"}}) { id status paid } }',
        {
            "createCharge": {
                "id": "ch1",
                "status": "amount=5&currency=IDR&items%5B0%5D=a&items%5B1%5D=b+c&metadata%5Border_id%5D=o+1&metadata%5Bnote%5D=x%26y%3Dz&capture=true",
                "paid": True,
            }
        },
    ),
    ('mutation { cancelCharge(id: "x") }', {"cancelCharge": True}),
    more="config: {basic: abc}\n",
)

case(
    "oauthish",
    LINK2
    + '''
  @source(name: "music", http: { baseURL: "BASE/v1", headers: [
   { name: "Authorization", value: "Bearer {$config.tokens.access}" }, { name: "X-Trace", from: "x-trace-id" }, {name: "Accept-Language", value: "{$request.headers.'accept-language'->first}"} ] })
type Query { track(id: ID!): Track @connect(source: "music", http: { GET: "/tracks/{$args.id}" }, selection: """
  id
  name
  durationSeconds: duration_ms->div(1000)
  artists { id name }
  album { id name cover: images->first.url }
  lang: headers.lang
""") }
type Track { id: ID! name: String durationSeconds: Float artists: [Artist] album: Album lang: String }
type Artist { id: ID! name: String }
type Album { id: ID! name: String cover: String }
''',
    (
        '{ track(id: "t1") { id name durationSeconds artists { name } album { cover } lang } }',
        {
            "track": {
                "id": "t1",
                "name": "Bearer acc",
                "durationSeconds": 201.5,
                "artists": [{"name": "A"}],
                "album": {"cover": "u"},
                "lang": None,
            }
        },
    ),
    more="config: {tokens: {access: acc}}\n",
)

case(
    "errors",
    LINK3
    + """
  @source(name: "e", http: { baseURL: "BASE" }, errors: { message: "$(error.message ?? 'gagal')" extensions: "status: $status kind: error?.type" }, isSuccess: "$status->eq(200)->and($(error ?? null)->eq(null))")
type Query {
  thing(id: ID!): Thing @connect(source: "e", http: { GET: "/things/{$args.id}" }, selection: "id name",
    errors: { extensions: "code: $('THING_' )->joinNotNull('')" })
  thing2(id: ID!): Thing @connect(source: "e", http: { GET: "/things/{$args.id}" }, selection: "id name", isSuccess: "$status->lt(500)",
    errors: { message: "error.message" extensions: "http: $status"})
}
type Thing { id: ID! name: String }
""",
    ('{ thing(id: "ok") { name } }', {"thing": {"name": "ok"}}),
    ('{ thing(id: "404") { name } }', None),
    ('{ thing(id: "soft") { name } }', None),
    ('{ thing(id: "500") { name } }', None),
    ('{ thing2(id: "404") { name } }', {"thing2": {"name": None}}),
)

case(
    "batchtype",
    LINK3
    + """
  @source(name: "b", http: { baseURL: "BASE" })
type Query { carts: [Cart] @connect(source: "b", http: { GET: "/carts" }, selection: "id lines { qty item: { id: item_id } } owner: { id: owner_id }") }
type Cart { id: ID! lines: [CartLine] owner: Person }
type CartLine { qty: Int item: Item }
type Item @connect(source: "b", http: { POST: "/items/batch", body: "ids: $batch.id" }, batch: { maxSize: 2 }, selection: "$.items { id name price }") @key(fields: "id") { id: ID! name: String price: Float }
type Person @connect(source: "b", http: { GET: "/people/{$this.id}" }, selection: "id name email: contact.email") { id: ID! name: String email: String }
""",
    (
        "{ carts { id lines { qty item { id name price } } owner { name email } } }",
        {
            "carts": [
                {
                    "id": "c1",
                    "lines": [
                        {"qty": 1, "item": {"id": "1", "name": "I1", "price": 1.5}},
                        {"qty": 2, "item": {"id": "2", "name": "I2", "price": 3.0}},
                    ],
                    "owner": {"name": "N7", "email": "7@x"},
                },
                {
                    "id": "c2",
                    "lines": [
                        {"qty": 3, "item": {"id": "3", "name": "I3", "price": 4.5}},
                        {"qty": 4, "item": {"id": "1", "name": "I1", "price": 1.5}},
                    ],
                    "owner": {"name": "N8", "email": "8@x"},
                },
            ]
        },
    ),
)

case(
    "batchget",
    LINK2
    + """
  @source(name: "b", http: { baseURL: "BASE" })
type Query { listings: [Listing] @connect(source: "b", http: { GET: "/listings" }, selection: "$.results { id }") }
type Listing @connect(source: "b", http: { GET: "/listings/batch", queryParams: "id: $batch.id" }, selection: "id title beds: numOfBeds") { id: ID! title: String beds: Int }
""",
    (
        "{ listings { id title beds } }",
        {
            "listings": [
                {"id": "l1", "title": "T-l1", "beds": 2},
                {"id": "l2", "title": "T-l2", "beds": 2},
                {"id": "l3", "title": None, "beds": None},
            ]
        },
    ),
)

case(
    "batchget2",
    LINK2
    + """
  @source(name: "b", http: { baseURL: "BASE" })
type Query { rumah: [Rumah] @connect(source: "b", http: { GET: "/listings" }, selection: "$.results { kode: id }") }
type Rumah @connect(source: "b", http: { GET: "/listings/batch2?ids={$batch.kode->joinNotNull(',')}" }, batch: {maxSize: 10}, selection: "$.data->entries { kode: key nama: value.title }") { kode: ID! nama: String }
""",
    (
        "{ rumah { kode nama } }",
        {
            "rumah": [
                {"kode": "l1", "nama": "T-l1"},
                {"kode": "l2", "nama": "T-l2"},
                {"kode": "l3", "nama": None},
            ]
        },
    ),
)
