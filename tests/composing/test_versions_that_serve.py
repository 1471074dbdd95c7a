"""Where an earlier version serves, its system is asked as that version described it."""

from __future__ import annotations

from typing import Any

from tests.composing import teams
from tests.composing.teams import house, system

FIELDS = """
type LamaLot { id: ID! nama: String }
extend type Query {
  lamaLots: [LamaLot] @connect(source: "s", http: {GET: "/lots", queryParams: "t: $config.tahun"},
    selection: "$.data { id nama }")
}
"""


async def test_the_version_that_serves_is_asked_at_its_own_hosts_with_its_own_values(tmp_path):
    heard: list[tuple[str, str]] = []

    def answer(where):
        def reply(question):
            heard.append((where, question.target))
            return {"data": [{"id": "1", "nama": where}]}

        return reply

    async with system(answer("old")) as old, system(answer("new")) as new:
        hosts = frozenset(server.url.partition("://")[2] for server in (old, new))
        first = teams.submission(
            "lama", "Lama", teams.source("s", old.url) + FIELDS, "config: {tahun: 2025}\n"
        )
        # It opens, and does not fit any more: the city has a type of this name by now.
        second = teams.submission(
            "lama",
            "Lama",
            teams.source("s", new.url) + FIELDS + "type Place { id: ID }\n",
            "config: {tahun: 2026}\n",
        )
        async with house(tmp_path, private_hosts=hosts) as city:
            await city.register(second, lama=first)
            source: Any = city.city.board.switchboard.get("lama")
            assert source.connector.app.submission == second
            found = await city.data("{ lamaLots { id nama } }")
            assert found == {"lamaLots": [{"id": "1", "nama": "old"}]}
            assert heard == [("old", "/lots?t=2025")]
            assert source.quarantined == ()
            # What it was told is kept as its own, and is given up with it.
            assert [upkeep.mark for upkeep in source.upkeeps] == ["lama", "lama~2"]
            assert source.upkeeps[1].limits.hosts == {old.url.partition("://")[2]}
