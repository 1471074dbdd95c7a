"""The application at whose addresses questions are answered before any list of routes is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from gateway.transport.http import GraphQLEndpoint


class Front(Starlette):
    """Starlette, but for the requests that go straight to an endpoint.

    What is sent to a path of `straight` goes to its endpoint without passing middleware and
    routes, as long as no middleware has been added.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.straight: dict[str, GraphQLEndpoint] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        endpoint = None
        if scope["type"] == "http" and scope["method"] == "POST":
            endpoint = self.endpoint(scope["path"])
        if endpoint is None:
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await endpoint(scope, receive, send)

    def endpoint(self, path: str) -> GraphQLEndpoint | None:
        """What answers at a path without any detour, None if nothing does."""
        return None if self.user_middleware else self.straight.get(path)
