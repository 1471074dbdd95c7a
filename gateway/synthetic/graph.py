"""Another team's GraphQL endpoint: tours and guides."""

from __future__ import annotations

import json
from typing import Any

from graphql import build_schema, graphql_sync

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town

SDL = """
type Query {
  tours(ids: [ID!]): [Tour!]!
  guides(first: Int = 20, after: String): GuideConnection!
  guide(id: ID!): Guide
}
type Tour {
  id: ID! nama: String! name: String! mode: String! panjang: Int! menit: Int! stops: [Stop!]!
}
type Stop { place: String! lat: Float! lng: Float! area: String! }
type GuideConnection { edges: [GuideEdge!]! pageInfo: PageInfo! }
type GuideEdge { cursor: String! node: Guide! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Guide { id: ID! nama: String! bahasa: [String!]! tarif: Int! wilayah: [String!]! }
"""
TOURS = 6
GUIDES = 8
MODES = ("WALK", "BIKE", "TOURIST_BUS")
LONGEST = 20_000
"""Characters of a query."""


class Tourism:
    """`POST /graphql`."""

    def __init__(self, town: Town) -> None:
        self._graph = build_schema(SDL)
        tours, guides = self._tours(town), self._guides(town)
        self._root = {
            "tours": lambda _info, ids=None: [t for t in tours if ids is None or t["id"] in ids],
            "guides": lambda _info, first, after=None: _page(guides, first, after),
            "guide": lambda _info, id: next((g for g in guides if g["id"] == id), None),  # noqa: A006
        }

    def __call__(self, question: Question) -> Reply:
        """The result of one operation."""
        try:
            said = json.loads(question.body)
            query, variables = said["query"], said.get("variables")
            operation = said.get("operationName")
        except (ValueError, KeyError, TypeError, AttributeError):
            return json_reply({"errors": [{"message": "a JSON object with `query`"}]}, status=400)
        if not isinstance(query, str) or len(query) > LONGEST:
            return json_reply({"errors": [{"message": "`query` must be a text"}]}, status=400)
        result = graphql_sync(
            self._graph, query, self._root, variable_values=variables, operation_name=operation
        )
        return json_reply(dict(result.formatted))

    @staticmethod
    def _tours(town: Town) -> list[dict[str, Any]]:
        spots = town.spots("sights", TOURS * 3)
        return [
            {
                "id": f"tur-{number:02}",
                "nama": f"Jelajah {spots[number * 3 - 3].kelurahan_name} ({SAMPLE})",
                "name": f"Round trip {number} (sample)",
                "mode": MODES[number % len(MODES)],
                "panjang": 1_500 * number,
                "menit": 45 + 15 * number,
                "stops": [
                    {
                        "place": f"wisata:wisata-{place + 1:03}", "lat": spots[place].point.lat,
                        "lng": spots[place].point.lng, "area": spots[place].kelurahan,
                    }
                    for place in range(number * 3 - 3, number * 3)
                ],
            }
            for number in range(1, TOURS + 1)
        ]  # fmt: skip

    @staticmethod
    def _guides(town: Town) -> list[dict[str, Any]]:
        codes = list(town.kecamatan)
        return [
            {
                "id": f"pemandu-{number:02}",
                "nama": f"Pemandu {SAMPLE} {number:02}",
                "bahasa": ["id", "en"] if number % 2 else ["id"],
                "tarif": 150_000 + 25_000 * (number % 4),
                "wilayah": [codes[number % len(codes)]],
            }
            for number in range(1, GUIDES + 1)
        ]


def _page(rows: list[dict[str, Any]], first: int, after: str | None) -> dict[str, Any]:
    """A Relay page; the cursor of a row is its id."""
    ids = [row["id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    shown = rows[start : start + max(0, first)]
    return {
        "edges": [{"cursor": row["id"], "node": row} for row in shown],
        "pageInfo": {
            "hasNextPage": start + len(shown) < len(rows),
            "endCursor": shown[-1]["id"] if shown else None,
        },
    }
