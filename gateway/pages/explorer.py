"""GraphiQL: the page on which a person asks, and the files it needs."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

ASSETS: Final = Path(__file__).parent / "graphiql"

CONTENT_TYPES: Final = {
    "graphiql.css": "text/css; charset=utf-8",
    "graphiql.js": "text/javascript; charset=utf-8",
    "react.js": "text/javascript; charset=utf-8",
    "react-dom.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "LICENCES.txt": "text/plain; charset=utf-8",
}
"""The files that are served; nothing else in the folder is reachable."""

PAGE_HEADERS: Final = {
    # GraphiQL writes style elements and draws icons from data; scripts come from us alone.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of the page itself."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Tangerang LIVE Gateway</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="{css}">
  <style>body {{ margin: 0 }} #graphiql {{ height: 100vh; height: 100dvh }}</style>
</head>
<body>
  <div id="graphiql" data-example="{example}">Loading GraphiQL…</div>
  <noscript>GraphiQL needs JavaScript; a question can also be sent here by POST.</noscript>
  <script src="{react}"></script>
  <script src="{react_dom}"></script>
  <script src="{graphiql}"></script>
  <script src="{start}"></script>
</body>
</html>
"""


def graphiql_page(example_query: str) -> str:
    """The HTML of GraphiQL, opened with this query.

    It asks at the address it was loaded from. Its files are expected under `/graphiql/`, see
    `graphiql_routes`; to be sent with PAGE_HEADERS.
    """
    return _PAGE.format(
        css=_address("graphiql.css"),
        react=_address("react.js"),
        react_dom=_address("react-dom.js"),
        graphiql=_address("graphiql.js"),
        start=_address("start.js"),
        # Line ends written as references survive in an attribute whatever reads it.
        example=escape(example_query, quote=True).replace("\n", "&#10;"),
    )


def graphiql_routes() -> list[Route]:
    """`/graphiql/<file>` for the files of the page; 404 for any other name."""
    return [Route("/graphiql/{name}", _asset)]


def _address(name: str) -> str:
    """Where the page finds a file: a new address with each new content, so it may be kept."""
    return f"/graphiql/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:12]}"


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    content_type = CONTENT_TYPES.get(name)
    if content_type is None:
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    return FileResponse(
        ASSETS / name,
        headers={
            "Content-Type": content_type,
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )
