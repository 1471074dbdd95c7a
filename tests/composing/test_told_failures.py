"""What a team's system says of its failures reaches a caller without what is nobody's business."""

from __future__ import annotations

from gateway.synthetic.exchange import json_reply
from tests.composing import teams
from tests.composing.teams import house, system

FIELD = """
type GagalApa { id: ID }
extend type Query {
  gagalApa: GagalApa @connect(source: "s", http: {GET: "/"}, selection: "id",
    errors: {message: "pesan", extensions: "kode password detail kunci_api: kunci"})
}
"""
SAID = {
    "pesan": "Warga 3671011502900001 di http://10.0.0.1/x",
    "kode": "PENUH",
    "password": "s3cret",
    "kunci": 12345,
    "detail": {"accessToken": "abc", "Set-Cookie": ["x"], "jumlah": 3, "telepon": "081234567890"},
}


async def test_what_stands_under_the_name_of_a_secret_is_hidden_whatever_it_is(tmp_path):
    async with system(lambda _: json_reply(SAID, status=422)) as server:
        allowed = frozenset({server.url.partition("://")[2]})
        async with house(tmp_path, private_hosts=allowed) as city:
            sdl = teams.source("s", server.url) + FIELD
            await city.register(teams.submission("gagal", "Gagal", sdl))
            error = await city.error("{ gagalApa { id } }")
    assert "3671011502900001" not in error["message"]
    assert "10.0.0.1" not in error["message"]
    told = error["extensions"]["connectors"]
    assert told["kode"] == "PENUH"
    assert told["password"] == told["kunci_api"] == "***"
    detail = told["detail"]
    assert (detail["accessToken"], detail["Set-Cookie"], detail["jumlah"]) == ("***", "***", 3)
    assert "81234567890" not in detail["telepon"]
