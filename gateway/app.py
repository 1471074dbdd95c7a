"""The application: the list of what is served, and what each request carries."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from catalog.pack import Pack
from connectors.ports.common import GeoPoint
from gateway import VERSION, calendar, media
from gateway.execution.answers import AnswerCache
from gateway.health import health_routes
from gateway.identity.callers import ANONYMOUS
from gateway.identity.headers import PassedOn
from gateway.language import preferred
from gateway.lifespan import City, graphs_of, opened
from gateway.metrics import metrics_routes
from gateway.pages.examples import FIRST_QUERY
from gateway.pages.explorer import graphiql_page, graphiql_routes
from gateway.settings import Settings
from gateway.transport.front import Front
from gateway.transport.http import GraphQLEndpoint
from gateway.transport.keeping import Keeping, asker_of
from gateway.transport.writing import bytes_of
from resolvers import events
from resolvers.context import Caller, Context


def create_app(settings: Settings | None = None) -> Starlette:
    """The gateway as an ASGI application; without settings, those of the environment."""
    chosen = settings or Settings.of(os.environ)
    graphs = graphs_of(chosen, ZoneInfo(Pack.of(chosen.city).city["zone"]))

    answers = AnswerCache(graphs.current, bytes_of, max_bytes=chosen.answer_bytes)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(chosen, graphs=graphs, answers=answers) as city:
            app.state.city = city
            yield

    app = Front(lifespan=lifespan)
    app.state.answers = answers

    def context(request: Request) -> Context:
        return context_of(request, app.state.city)

    async def context_of_caller(request: Request) -> Context:
        city: City = app.state.city
        return context_of(request, city, await city.identity.caller(request))

    async def checks() -> dict[str, bool]:
        city: City = app.state.city
        return await city.checks()

    endpoint = GraphQLEndpoint(
        graphs.current,
        context_of_caller,
        max_body_bytes=chosen.max_body_bytes,
        graphiql_html=graphiql_page(FIRST_QUERY) if chosen.graphiql else None,
        keeping=Keeping(answers, lambda scope: asker_of(scope, chosen.public_url)),
    )
    app.straight["/graphql"] = endpoint
    routes: list[BaseRoute] = [
        Route("/", _home),
        Route("/graphql", endpoint),
        *(graphiql_routes() if chosen.graphiql else []),
        *health_routes(checks),
        *metrics_routes(graphs, answers),
        *media.routes(),
        *calendar.routes(lambda request, id_: events.one(context(request), id_)),
    ]
    app.router.routes.extend(routes)
    return app


def context_of(request: Request, city: City, caller: Caller = ANONYMOUS) -> Context:
    """What every resolver of this request gets."""
    return Context(
        switchboard=city.board.switchboard,
        caller=caller,
        registrar=city.registrar,
        lang=preferred(request.headers.get("accept-language")),
        base_url=city.settings.public_url or str(request.base_url).rstrip("/"),
        version=VERSION,
        zone=city.zone,
        centre=GeoPoint(**city.pack.city["centre"]),
        ready=city.ready,
        headers=PassedOn(request.headers),
        most_upstream_calls=city.settings.max_upstream_calls,
    )


async def _home(_request: Request) -> Response:
    return RedirectResponse("/graphql", status_code=307)
