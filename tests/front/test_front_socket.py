"""The endpoint behind a real server: one question by socket, and the audit of the specification."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.pages.explorer import graphiql_page
from tests.front.small_city import endpoint
from tests.tools import installed, node


class _Server(uvicorn.Server):
    """A server in a thread that says when it listens."""

    def __init__(self) -> None:
        routes = [Route("/graphql", endpoint(graphiql_html=graphiql_page("{ hello }")))]
        config = uvicorn.Config(
            Starlette(routes=routes), host="127.0.0.1", port=0, log_config=None, lifespan="off"
        )
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    @property
    def address(self) -> str:
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/graphql"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = _Server()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.listening.wait(20)
    yield server.address
    server.should_exit = True
    thread.join(20)


def test_a_question_by_socket_is_answered(address: str) -> None:
    with httpx.Client() as http:
        response = http.post(address, json={"query": "{ hello }"})
        head = http.head(address, params={"query": "{ hello }"})
    assert response.json() == {"data": {"hello": "Halo, dunia!"}}
    assert head.headers["content-length"] == response.headers["content-length"]


def test_a_connection_survives_a_body_that_is_too_large(address: str) -> None:
    with httpx.Client() as http:
        large = http.post(
            address,
            content=b" " * 3 * 1024 * 1024,
            headers={"Content-Type": "application/json"},
        )
        after = http.post(address, json={"query": "{ hello }"})
    assert large.status_code == 413
    assert after.status_code == 200


def test_the_audit_of_the_specification_passes(address: str) -> None:
    """Every MUST and every SHOULD of the audit that the npm package graphql-http ships."""
    audit = installed(Path(__file__).parent / "audit")
    results: list[dict[str, str]] = json.loads(node(audit, "audit.js", address))
    assert len(results) > 50
    failed = [
        f"{each['id']} {each['name']}: {each.get('reason')}"
        for each in results
        if each["status"] != "ok"
    ]
    # A MAY may fail; what fails is in the message.
    assert [name for name in failed if " MAY " not in name] == []
