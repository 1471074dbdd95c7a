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
from gateway.execution.answers import Kept
from gateway.execution.exchange import Answer, Outcome
from gateway.pages.explorer import PAGE_HEADERS
from gateway.transport.keeping import headers_for, is_known
from gateway.transport.negotiation import GRAPHQL_RESPONSE, HTML, JSON, choose, prefers_html
from gateway.transport.plain import media_type_of, question_of
from gateway.transport.reading import has_question, read_get, read_post
from gateway.transport.refusals import HttpRefusal
from gateway.transport.writing import VARY, Written, headers_of, written
from resolvers.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Message, Receive, Scope, Send

    from gateway.execution.exchange import Answers, GraphQLRequest
    from gateway.transport.keeping import Keeping

MakeContext: TypeAlias = "Callable[[Request], Awaitable[object]]"
"""Makes what every resolver of one request gets. A Refusal or HttpRefusal it raises is the answer."""

DEFAULT_MAX_BODY_BYTES = 1024 * 1024

_ALLOW = "GET, HEAD, POST, OPTIONS"
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
    an error instead. Bodies over `max_body_bytes` are not read. Answers are kept for others by
    `keeping`; without it none is.
    """

    def __init__(
        self,
        engine: Answers,
        make_context: MakeContext,
        *,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        graphiql_html: str | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self._engine = engine
        self._make_context = make_context
        self._max_body_bytes = max_body_bytes
        self._page = graphiql_html
        self._keeping = keeping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        media_type = self.plain(scope)
        if media_type is not None:
            body, receive = await self._body(receive)
            written = None
            if body is not None:
                written = self.at_hand(scope, body, media_type)
                question = self.question(body) if written is None else None
                if question is not None:
                    written = await self.answer(scope, question, media_type, body)
            if written is not None:
                await send({
                    "type": "http.response.start",
                    "status": written.status,
                    "headers": headers_of(written),
                })  # fmt: skip
                await send({"type": "http.response.body", "body": written.body})
                return
        await self._at_length(scope, receive, send)

    # ------------------------------------------------------------------------- the short way

    def plain(self, scope: Scope) -> str | None:
        """The media type of the answer, if the request can go the short way; else None."""
        if scope["method"] != "POST":
            return None
        return media_type_of(scope["headers"], self._max_body_bytes)

    def question(self, body: bytes) -> GraphQLRequest | None:
        """The question in the whole body of a plain request, None if it is not plain itself."""
        return question_of(body) if len(body) <= self._max_body_bytes else None

    def at_hand(self, scope: Scope, body: bytes, media_type: str) -> Written | None:
        """The answer to a plain request, if the same one was answered and that still holds."""
        keeping = self._keeping
        return None if keeping is None else keeping.at_hand(scope, body, media_type)

    async def answer(
        self, scope: Scope, question: GraphQLRequest, media_type: str, body: bytes
    ) -> Written:
        """The answer to a plain request's question, which came in this body."""
        try:
            return await self._answered(Request(scope), question, media_type, asked=body)
        except HttpRefusal as refusal:
            return _refused(refusal, media_type)

    async def _body(self, receive: Receive) -> tuple[bytes | None, Receive]:
        """The whole body, None if it does not come or is too large; and what begins with it again."""
        came: list[Message] = []
        size, more = 0, True
        while more and size <= self._max_body_bytes:
            message = await receive()
            came.append(message)
            if message["type"] != "http.request":
                break
            size += len(message.get("body", b""))
            more = message.get("more_body", False)

        async def again() -> Message:
            return came.pop(0) if came else await receive()

        return None if more else b"".join(each.get("body", b"") for each in came), again

    # -------------------------------------------------------------------------- the long way

    async def _at_length(self, scope: Scope, receive: Receive, send: Send) -> None:
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
            return Response(self._page, media_type=HTML, headers={"Vary": VARY, **PAGE_HEADERS})
        media_type = choose(accept)
        try:
            if media_type is None:
                raise _not_acceptable()
            answer = await self._answer(request, media_type)
            if is_known(request.scope, answer):
                return _unchanged(answer)
            return _response(answer)
        except HttpRefusal as refusal:
            return _response(_refused(refusal, media_type or JSON))

    async def _answer(self, request: Request, media_type: str) -> Written:
        if request.method == "POST":
            question = await read_post(request, self._max_body_bytes)
            return await self._answered(request, question, media_type)
        if request.method not in {"GET", "HEAD"}:
            message = f"The method {request.method} means nothing here; ask by POST or GET."
            raise HttpRefusal(405, message, headers={"Allow": _ALLOW})
        # No body begins like this.
        asked = b"?" + request.scope["query_string"]
        known = self.at_hand(request.scope, asked, media_type)
        if known is not None:
            return known
        question = read_get(request.scope["query_string"])
        return await self._answered(request, question, media_type, asked=asked, read_only=True)

    async def _answered(
        self,
        request: Request,
        question: GraphQLRequest,
        media_type: str,
        *,
        asked: bytes = b"",
        read_only: bool = False,
    ) -> Written:
        keeping = self._keeping
        if keeping is None:
            context = await self._context(request, media_type)
            if isinstance(context, Written):
                return context
            answer = await self._engine.run(question, context, read_only=read_only)
            return _said(answer, media_type)
        asker = keeping.asker(request.scope)
        wanted = None if asker is None else keeping.cache.sharable(question, asker)
        found: Kept | Answer | None = None if wanted is None else keeping.cache.find(wanted)
        if found is None:
            context = await self._context(request, media_type)
            if isinstance(context, Written):
                return context
            if wanted is None:
                found = await self._engine.run(question, context, read_only=read_only)
                keeping.cache.answered(question, context)
            else:
                found = await keeping.cache.answer(wanted, context, read_only=read_only)
        if isinstance(found, Kept):
            if asked and asker is not None:
                keeping.remember(found, asker, asked)
            return keeping.shown(found, media_type)
        said = _said(found, media_type)
        more = headers_for(said, found, request.scope, shared=wanted is not None)
        if more:
            said.more = {**(said.more or {}), **more}
        return said

    async def _context(self, request: Request, media_type: str) -> object:
        """What every resolver gets; a Written where the answer is that there is none."""
        try:
            return await self._make_context(request)
        except HttpRefusal:
            raise
        except Refusal as refusal:
            status = _CONTEXT_STATUS.get(refusal.code, 400)
            raise HttpRefusal(status, refusal.message, code=refusal.code) from refusal
        except Exception as fault:  # noqa: BLE001 - a caller gets a number, never a trace
            return written({"errors": [present(fault)]}, 500, media_type)


def _is_browser_visit(request: Request, accept: list[str]) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not has_question(request.scope["query_string"])
        and prefers_html(accept)
    )


def _not_acceptable() -> HttpRefusal:
    message = f"None of the types in Accept can be answered; ask for {GRAPHQL_RESPONSE} or {JSON}."
    return HttpRefusal(406, message)


def _said(answer: Answer, media_type: str) -> Written:
    status = _STATUS[answer.outcome]
    if media_type == JSON and answer.outcome is Outcome.REFUSED:
        # With the older type a client knows 200 as "the question was well-formed".
        status = 200
    more = {"Allow": "POST"} if answer.outcome is Outcome.WRITE_REFUSED else None
    return written(answer.body(), status, media_type, more)


def _refused(refusal: HttpRefusal, media_type: str) -> Written:
    error = refusal_body(refusal.code, refusal.message)
    return written({"errors": [error]}, refusal.status, media_type, refusal.headers)


def _unchanged(answer: Written) -> Response:
    response = Response(status_code=304)
    left_out = {b"content-type", b"content-length", b"x-content-type-options"}
    response.raw_headers = [pair for pair in headers_of(answer) if pair[0] not in left_out]
    return response


def _response(answer: Written) -> Response:
    response = Response(answer.body, status_code=answer.status)
    response.raw_headers = headers_of(answer)
    return response
