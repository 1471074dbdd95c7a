"""Whole connectors in the style of the reference implementation: nothing but names is refused."""

from __future__ import annotations

import pytest

from connectors.declarative.findings import Severity
from tests.declarative.lint_cases import SETTINGS, told

HEAD = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@tag"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
"""

LIBRARY = (
    HEAD
    + '''
  @source(
    name: "books"
    http: {
      baseURL: "https://books.example/v1/"
      headers: [
        { name: "Authorization", value: "Bearer {$config.apiKey}" }
        { name: "X-Request-Id", from: "x-request-id" }
      ]
    }
  )

"""A book."""
type Book {
  isbn: ID!
  title: String!
  subtitle: String
  authors: [Author!]!
  format: Format
  cover(size: Int = 200): String
    @connect(
      source: "books"
      http: { GET: "covers/{$this.isbn}?w={$args.size}" }
      selection: "$.url"
    )
}

type Author {
  id: ID!
  name: String!
  born: Int
}

enum Format { HARDCOVER PAPERBACK EBOOK }

type Query {
  """One book."""
  book(isbn: ID!): Book
    @connect(
      source: "books"
      http: { GET: "/books/{$args.isbn}" }
      selection: """
      isbn
      title
      subtitle: sub_title
      authors: contributors->map({ id: @.id, name: @.full_name, born: @.birth->slice(0, 4)->parseInt })
      format: binding->match(
        ["hc", "HARDCOVER"],
        ["pb", "PAPERBACK"],
        [@, "EBOOK"]
      )
      """
      entity: true
    )
  search(q: String!, page: Int = 1): [Book]
    @connect(
      source: "books"
      http: {
        GET: "/search"
        queryParams: """
        query: $args.q
        page: $args.page
        fields: $(["isbn", "title"]->joinNotNull(","))
        """
      }
      selection: """
      $.docs {
        isbn: isbn13
        title
        subtitle
        authors: authors {
          id: key
          name
          born: birth.year
        }
        format: $("PAPERBACK")
      }
      """
    )
}
'''
)

SHOP = (
    HEAD
    + '''
  @source(name: "shop", http: { baseURL: "https://shop.example" })

type Product @key(fields: "id") {
  id: ID!
  name: String
  price: Money
  variants: [Variant]
  reviews: [Review]
    @connect(
      source: "shop"
      http: { GET: "/products/{$this.id}/reviews" }
      selection: """
      $.items {
        id
        stars: rating
        text: $(body.plain ?? body.html)
        product: { id: $this.id }
      }
      """
    )
}

type Money @shareable { amount: Float currency: String }
type Variant { sku: ID options: JSON inStock: Boolean }
type Review { id: ID stars: Int text: String product: Product }

scalar JSON

input CartLine { sku: ID!, quantity: Int = 1, gift: Gift }
input Gift { note: String }
input CartInput { lines: [CartLine!]!, coupon: String }
type CartResult { ok: Boolean! id: ID message: String lines: [CartLineResult] }
type CartLineResult { sku: ID quantity: Int }

type Query {
  products(first: Int, after: String): [Product]
    @connect(
      source: "shop"
      http: { GET: "/products?limit={$args.first}&after={$args.after}" }
      selection: """
      $.products {
        id
        name
        price: { amount: price_cents->div(100) currency: $("IDR") }
        variants { sku options inStock: available }
      }
      """
    )
  product(id: ID!): Product
    @connect(
      source: "shop"
      http: { GET: "/products/{$args.id}" }
      selection: """
      $.product {
        id
        name
        price {
          amount
          currency
        }
        variants: skus->entries { sku: key options: value inStock: $(true) }
      }
      """
      entity: true
    )
}

type Mutation {
  createCart(input: CartInput!): CartResult
    @connect(
      source: "shop"
      http: {
        POST: "/carts"
        headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }]
        body: """
        $args.input {
          lines: lines { sku quantity note: gift.note }
          coupon
        }
        source: $("graph")
        """
      }
      selection: """
      ok: $(true)
      id: cart.id
      message: $response.headers."x-message"->first
      lines: $args.input.lines { sku quantity }
      """
      errors: { message: "$.error.detail" extensions: "code: $.error.code status: $status" }
      isSuccess: "$status->eq(201)"
    )
  deleteCart(id: ID!): Boolean
    @connect(source: "shop", http: { DELETE: "/carts/{$args.id}" }, selection: "$(true)")
}
'''
)

TEAM = (
    HEAD
    + '''
  @source(
    name: "people"
    http: {
      baseURL: "https://people.example/api"
      path: "$([$config.version])"
      queryParams: "locale: $config.locale"
    }
    errors: { message: "$.error" }
    isSuccess: "$.ok"
  )

type User
  @key(fields: "id")
  @key(fields: "org { id } handle", resolvable: false)
  @connect(
    source: "people"
    id: "usersById"
    http: { POST: "/users/batch", body: "ids: $batch.id" }
    batch: { maxSize: 25 }
    selection: """
    $.users {
      id
      handle
      name: $(profile.displayName ?? login)
      org { id title: name }
    }
    """
  ) {
  id: ID!
  handle: String
  name: String
  org: Org
  manager: User
    @connect(source: "people", http: { GET: "/users/{$this.id}/manager" }, selection: "id")
}

type Org { id: ID! title: String }

type Query {
  users(limit: Int! = 10): [User]
    @connect(source: "people", http: { GET: "/users?limit={$args.limit}" }, selection: "$.users { id }")
  me: User
    @connect(
      source: "people"
      http: { GET: "/me", headers: [{ name: "Authorization", from: "Authorization" }] }
      selection: "id"
    )
}
'''
)

WEATHER = (
    HEAD
    + '''
  @source(name: "weather", http: { baseURL: "https://weather.example/v3/" })

type Forecast {
  temperature: Float
  unit: String
  hours: [Hour]
  summary: String @deprecated(reason: "use hours")
}
type Hour { at: String rain: Float wet: Boolean wind: Wind }
type Wind { speed: Float direction: Int }

type Query {
  forecast(lat: Float!, lon: Float!, metric: Boolean = true): Forecast
    @connect(
      source: "weather"
      http: {
        GET: """
          /forecast
            ?lat={$args.lat}
            &lon={$args.lon}
            &units={$args.metric->match([true, "m"], [false, "f"])}
            &appid={$config.key}
        """
      }
      selection: """
      # the current values lie under main
      temperature: main.temp
      unit: $args.metric->match([true, "C"], [false, "F"])
      hours: hourly->filter(@.pop->gt(0))->slice(0, 24) {
        at: dt_iso
        rain: $(rain?."1h" ?? 0)
        wet: pop->gte(0.5)->or(rain->ne(null))
        wind: { speed: wind_speed direction: wind_deg }
      }
      summary: weather->first.description
      """
    )
  stations: [String]
    @connect(source: "weather", http: { GET: "/stations" }, selection: "$.stations->map(@.name)")
  raw(city: String!): String
    @connect(source: "weather", http: { GET: "/raw/{$args.city}" }, selection: "$->jsonStringify")
}
'''
)

TICKETS = (
    HEAD
    + '''
type Ticket {
  id: ID!
  title: String
  state: TicketState
  labels: [Label]
  comments(last: Int = 5): [Comment]
    @connect(
      http: {
        GET: "https://tickets.example/tickets/{$this.id}/comments"
        queryParams: "per_page: $args.last"
        headers: [{ name: "X-Api-Version", value: "2024-01" }]
      }
      selection: """
      id
      body
      author: user { ...$ { login avatar: avatar_url } }
      """
    )
}
enum TicketState { OPEN CLOSED }
type Label { name: String color: String }
type Comment { id: ID body: String author: Author }
type Author { login: String avatar: String }
type Page { total: Int tickets: [Ticket] next: String }

type Query {
  tickets(state: TicketState, label: [String!]): Page
    @connect(
      http: {
        GET: "https://tickets.example/tickets"
        queryParams: """
        state: $args.state->match(["OPEN", "open"], ["CLOSED", "closed"])
        label: $args.label
        per_page: $(50)
        """
      }
      selection: """
      total: total_count
      tickets: items->as($items)->map(@) {
        id: number
        title
        state: state->match(["open", "OPEN"], [@, "CLOSED"])
        labels { name color }
      }
      next: $response.headers.link->first
      """
    )
}

type Mutation {
  closeTicket(id: ID!, why: String): Ticket
    @connect(
      http: {
        PATCH: "https://tickets.example/tickets/{$args.id}"
        body: """
        state: $("closed")
        reason: $($args.why ?? "done")
        meta: $({ by: "graph", tags: [$args.why] })
        """
      }
      selection: """
      id: number
      title
      state: $("CLOSED")
      labels { name color }
      """
    )
}
'''
)

CONNECTORS = {
    "library": LIBRARY,
    "shop": SHOP,
    "team": TEAM,
    "weather": WEATHER,
    "tickets": TICKETS,
}


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_whole_connector_of_others_is_refused_for_its_names_alone(name: str):
    found = told(CONNECTORS[name]).findings
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert {finding.code for finding in errors} == {"NAME_UNCLAIMED"}, errors


@pytest.mark.parametrize("name", CONNECTORS)
def test_with_its_names_claimed_it_is_taken(name: str):
    found = told(CONNECTORS[name]).findings
    unclaimed = [finding.path or "" for finding in found if finding.code == "NAME_UNCLAIMED"]
    types = ", ".join(path for path in unclaimed if "." not in path)
    fields = ", ".join(path for path in unclaimed if "." in path)
    claims = f"names: {{types: [{types}], fields: [{fields}]}}\n"
    claimed = told(CONNECTORS[name], SETTINGS + claims).findings
    assert [str(f) for f in claimed if f.severity is Severity.ERROR] == []
    assert "NAMES_UNUSED" not in {finding.code for finding in claimed}
