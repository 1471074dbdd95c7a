"""The city that gateways are compared by, on our own gateway: an ASGI application.

    PORT=8000 MODE=cold UPSTREAM=http://127.0.0.1:9100 python -m benchmarks.peer.app

`MODE` is cold (nothing is kept between requests), warm (whole answers, five seconds) or data (what
sources answered, for good);
`SHARED=1` lets equal questions under way at the same time be one call, also when cold.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import Route

from benchmarks.peer.city import City
from benchmarks.peer.graph import Asking, graph
from connectors.kinds.web import Bounds, open_web
from connectors.upkeep.upkeep import Services
from gateway.execution.answers import AnswerCache
from gateway.execution.engine import Engine
from gateway.transport.front import Front
from gateway.transport.http import GraphQLEndpoint
from gateway.transport.keeping import Keeping, asker_of
from gateway.transport.writing import bytes_of

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request


def made() -> Front:
    """The application, for the upstream and the mode that the environment names."""
    upstream, mode = os.environ["UPSTREAM"], os.environ["MODE"]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        web = open_web(bounds=Bounds(in_use=256, idle=256))
        host = upstream.partition("://")[2]
        services = Services(web, private_hosts=frozenset({host}))
        app.state.city = City(upstream, mode, services, shared=bool(os.environ.get("SHARED")))
        try:
            yield
        finally:
            await app.state.city.upkeep.aclose()
            await web.aclose()

    async def context(_request: Request) -> Asking:
        return Asking(app.state.city)

    app = Front(lifespan=lifespan)
    engine = Engine(graph())
    keeping = Keeping(AnswerCache(engine, bytes_of), asker_of) if mode == "warm" else None
    endpoint = app.straight["/graphql"] = GraphQLEndpoint(engine, context, keeping=keeping)
    app.router.routes.append(Route("/graphql", endpoint))
    return app


def main() -> None:
    """Serve on PORT, as `python -m gateway serve` does."""
    import uvicorn

    uvicorn.run(
        "benchmarks.peer.app:made",
        factory=True,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        access_log=False,
        server_header=False,
        http="gateway.transport.wire:Wire",
    )


if __name__ == "__main__":
    main()
