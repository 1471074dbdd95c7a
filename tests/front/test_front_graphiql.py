"""GraphiQL comes from us alone."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette

from gateway.pages.explorer import ASSETS, CONTENT_TYPES, graphiql_page, graphiql_routes
from tests.front.small_city import client

EXAMPLE = 'query Contoh {\n  hello(name: "<b>&")\n}'
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def _files() -> httpx.AsyncClient:
    application = Starlette(routes=graphiql_routes())
    transport = httpx.ASGITransport(app=application)
    return httpx.AsyncClient(transport=transport, base_url="http://kota.test")


async def test_a_browser_without_a_question_gets_graphiql() -> None:
    async with client(graphiql_html=graphiql_page(EXAMPLE)) as http:
        page = await http.get("/graphql", headers=BROWSER)
        answer = await http.get("/graphql", headers=BROWSER, params={"query": "{ hello }"})
        machine = await http.get("/graphql", headers={"Accept": "*/*"})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["vary"] == "Accept, Accept-Language, Authorization"
    assert answer.json() == {"data": {"hello": "Halo, dunia!"}}
    assert machine.status_code == 400


async def test_without_a_page_a_browser_gets_an_error_it_can_read() -> None:
    async with client() as http:
        response = await http.get("/graphql", headers=BROWSER)
    assert response.status_code == 400
    assert "no `query`" in response.json()["errors"][0]["message"]


def test_the_example_is_in_the_page_as_text() -> None:
    page = graphiql_page(EXAMPLE)
    assert "query Contoh {&#10;  hello(name: &quot;&lt;b&gt;&amp;&quot;)&#10;}" in page


def test_the_page_names_no_other_server() -> None:
    assert re.findall(r"(?:https?:)?//[^\s\"']+", graphiql_page(EXAMPLE)) == []


def test_the_style_sheet_loads_nothing() -> None:
    style = (ASSETS / "graphiql.css").read_text()
    assert "@import" not in style
    assert all(address.startswith("data:") for address in re.findall(r"url\(([^)]*)\)", style))


async def test_every_file_the_page_names_is_served_and_may_be_kept() -> None:
    addresses = re.findall(r'(?:src|href)="(/[^"]+)"', graphiql_page(EXAMPLE))
    assert len(addresses) == 5
    async with _files() as http:
        for address in addresses:
            response = await http.get(address)
            assert response.status_code == 200
            assert "immutable" in response.headers["cache-control"]
            assert response.headers["content-type"].startswith(("text/css", "text/javascript"))
            assert len(response.content) > 100


@pytest.mark.parametrize("name", ["README.md", "..%2Fexplorer.py", "nothing.js"])
async def test_no_other_file_is_served(name: str) -> None:
    async with _files() as http:
        assert (await http.get(f"/graphiql/{name}")).status_code == 404


def test_every_served_file_is_there_with_its_licences() -> None:
    assert all((ASSETS / name).is_file() for name in CONTENT_TYPES)
    licences = (ASSETS / "LICENCES.txt").read_text()
    for package in ("graphiql 3.8.3 (MIT)", "react 18.3.1 (MIT)", "codemirror 5"):
        assert package in licences
