"""What the fields of teams promise: nothing for one caller alone is ever promised to all."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from schema.city import build
from schema.composing import compose
from schema.promises import PROMISE
from tests.composing import teams

CORE = build(ZoneInfo("Asia/Jakarta"))._schema

OWN = 'headers: [{name: "X-Warga", from: "x-warga"}]'
MINE = f'@connect(source: "s", http: {{GET: "/saya", {OWN}}}, selection: "id nama")'
ALL = '@connect(source: "s", http: {GET: "/semua"}, selection: "id lama")'


def promise(connects: str, more: str = ""):
    """The promise of a root field with these connectors."""
    sdl = (
        teams.source("s")
        + "type PuskWarga { id: ID! nama: String lama: String }\n"
        + f"extend type Query {{ puskWarga: PuskWarga {connects} }}\n"
    )
    composed = compose(CORE, [teams.app("pusk", "Pusk", sdl, more)])
    assert composed.joined == ("pusk",), composed.left_out
    assert composed.schema.query_type is not None
    return composed.schema.query_type.fields["puskWarga"].extensions[PROMISE]


@pytest.mark.parametrize("connects", [MINE, f"{MINE} {ALL}", f"{ALL} {MINE}"])
def test_a_field_one_of_whose_connectors_is_for_one_caller_is_private(connects):
    found = promise(connects)
    assert found.private
    assert found.seconds == 0.0
    assert found.sources == ("pusk",)


def test_a_field_that_is_the_same_for_all_may_be_kept_as_long_as_its_team_says():
    assert not promise(ALL).private
    assert promise(ALL).seconds == 30.0
    assert promise(ALL, "upkeep: {fresh_for: 5m}\n").seconds == 300.0


def test_a_field_that_its_team_calls_private_is():
    assert promise(ALL, "private: [Query.puskWarga]\n").private
