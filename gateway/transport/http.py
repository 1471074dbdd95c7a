"""GraphQL over HTTP: the endpoint, by the letter of graphql.github.io/graphql-over-http.

| answer | application/json | application/graphql-response+json |
|--|--|--|
| executed, errors beside data or not | 200 | 200 |
| document or variables refused | 200 | 400 |
| not a question: JSON, types, no `query` | 400 | 400 |
| a token that is wrong, expired or revoked | 401 | 401 |
| mutation by GET, other methods | 405 | 405 |
| Accept without a type of ours | 406 | |
| body too large / not plain JSON | 413 / 415 | 413 / 415 |
| our own fault | 500 | 500 |

A page of another site can only send what a form could send: a GET, which never changes
anything, or a POST with a content type that is not read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from connectors.ports.common import ErrorCode
from gateway.errors import present, refusal_body
from gateway.execution.exchange import Answer, Outcome
from gateway.pages.explorer import PAGE_HEADERS
from gateway.transport.negotiation import GRAPHQL_RESPONSE, HTML, JSON, choose, prefers_html
from gateway.transport.reading import has_question, read_get, read_post
from gateway.transport.refusals import HttpRefusal
from gateway.transport.writing import dump
from resolvers.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from gateway.execution.engine import Engine

MakeContext: TypeAlias = "Callable[[Request], Awaitable[object]]"
"""Makes what every resolver of one request gets. A Refusal or HttpRefusal it raises is the answer."""

DEFAULT_MAX_BODY_BYTES = 1024 * 1024

_ALLOW = "GET, HEAD, POST, OPTIONS"
_VARY = "Accept, Accept-Language"
_STATUS = {
    Outcome.ANSWERED: 200,
    Outcome.REFUSED: 400,
    Outcome.WRITE_REFUSED: 405,
    Outcome.FAILED: 500,
}
_CONTEXT_STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL: 500,
}


class GraphQLEndpoint:
    """An ASGI application that answers GraphQL at one address.

    `graphiql_html` is the page a browser gets that comes without a question; None gives it
    an error instead. Bodies over `max_body_bytes` are not read.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: MakeContext,
        *,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        graphiql_html: str | None = None,
    ) -> None:
        self._engine = engine
        self._make_context = make_context
        self._max_body_bytes = max_body_bytes
        self._page = graphiql_html

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return  # nobody is there to read an answer
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accept = request.headers.getlist("accept")
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOW})
        if self._page is not None and _is_browser_visit(request, accept):
            return Response(self._page, media_type=HTML, headers={"Vary": _VARY, **PAGE_HEADERS})
        media_type = choose(accept)
        try:
            if media_type is None:
                raise _not_acceptable()
            return await self._answer(request, media_type)
        except HttpRefusal as refusal:
            error = refusal_body(refusal.code, refusal.message)
            return _response(
                {"errors": [error]}, refusal.status, media_type or JSON, refusal.headers
            )

    async def _answer(self, request: Request, media_type: str) -> Response:
        if request.method == "POST":
            question = await read_post(request, self._max_body_bytes)
        elif request.method in {"GET", "HEAD"}:
            question = read_get(request.scope["query_string"])
        else:
            message = f"The method {request.method} means nothing here; ask by POST or GET."
            raise HttpRefusal(405, message, headers={"Allow": _ALLOW})
        try:
            context = await self._make_context(request)
        except HttpRefusal:
            raise
        except Refusal as refusal:
            status = _CONTEXT_STATUS.get(refusal.code, 400)
            raise HttpRefusal(status, refusal.message, code=refusal.code) from refusal
        except Exception as fault:  # noqa: BLE001 - a caller gets a number, never a trace
            return _response({"errors": [present(fault)]}, 500, media_type)
        answer = await self._engine.run(question, context, read_only=request.method != "POST")
        return _written(answer, media_type)


def _is_browser_visit(request: Request, accept: list[str]) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not has_question(request.scope["query_string"])
        and prefers_html(accept)
    )


def _not_acceptable() -> HttpRefusal:
    message = f"None of the types in Accept can be answered; ask for {GRAPHQL_RESPONSE} or {JSON}."
    return HttpRefusal(406, message)


def _written(answer: Answer, media_type: str) -> Response:
    status = _STATUS[answer.outcome]
    if media_type == JSON and answer.outcome is Outcome.REFUSED:
        # With the older type a client knows 200 as "the question was well-formed".
        status = 200
    headers = {"Allow": "POST"} if answer.outcome is Outcome.WRITE_REFUSED else None
    return _response(answer.body(), status, media_type, headers)


def _response(
    body: object, status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    try:
        written = dump(body)
    except (TypeError, ValueError, RecursionError) as fault:
        # A resolver returned what JSON cannot hold: our fault, and nothing of it is shown.
        written, status = dump({"errors": [present(fault)]}), 500
    return Response(
        written,
        status_code=status,
        headers={
            "Content-Type": f"{media_type}; charset=utf-8",
            "Vary": _VARY,
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        },
    )
