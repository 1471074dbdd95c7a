"""From an HTTP request to a `GraphQLRequest`, or to a refusal that says what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from gateway.execution.exchange import GraphQLRequest
from gateway.transport.negotiation import JSON
from gateway.transport.refusals import HttpRefusal, malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_PARAMETERS = ("query", "operationName", "variables", "extensions")
_BOM = b"\xef\xbb\xbf"
_MOST_URL_PARAMETERS = 50
_CONTENT_TYPE = re.compile(r'\s*([^\s;,]+)\s*((?:;\s*[^\s;=,]+=(?:"[^"]*"|[^\s;,"]*)\s*)*);?\s*')


async def read_post(request: Request, max_body_bytes: int) -> GraphQLRequest:
    """The question in a POST body. Raises HttpRefusal."""
    _check_content_type(request.headers.getlist("content-type"))
    _check_encoding(request.headers.getlist("content-encoding"))
    body = await _read_body(request, max_body_bytes)
    return _question(_parse_json(body, "The request body"))


def read_get(query_string: bytes) -> GraphQLRequest:
    """The question in the parameters of a URL. Raises HttpRefusal."""
    parameters: dict[str, object] = {}
    for name, value in _url_parameters(query_string):
        if name not in _PARAMETERS:
            continue
        if name in parameters:
            message = f"The URL has the parameter `{name}` more than once; send it once."
            raise malformed(message)
        parameters[name] = value
    for name in ("variables", "extensions"):
        written = parameters.get(name)
        if isinstance(written, str):
            # An empty parameter means the same as none.
            where = f"The URL parameter `{name}`"
            parameters[name] = _parse_json(written.encode(), where) if written else None
    return _question(parameters)


def has_question(query_string: bytes) -> bool:
    """Whether a URL carries a `query` parameter, readable or not."""
    return any(part.partition(b"=")[0] == b"query" for part in query_string.split(b"&"))


def _check_content_type(values: list[str]) -> None:
    advice = f"Send JSON with `Content-Type: {JSON}`."
    if not values:
        message = f"The request has no Content-Type. {advice}"
        raise HttpRefusal(415, message)
    found = _CONTENT_TYPE.fullmatch(values[0])
    if len(values) > 1 or found is None or found[1].lower() != JSON:
        message = f"The Content-Type {_quoted(', '.join(values))} is not read here. {advice}"
        raise HttpRefusal(415, message)
    for parameter in found[2].split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value.strip('" ').lower() not in {"utf-8", "utf8"}:
            message = f"The charset {_quoted(value)} is not read here; send the body in UTF-8."
            raise HttpRefusal(415, message)


def _check_encoding(values: list[str]) -> None:
    codings = {coding.strip().lower() for value in values for coding in value.split(",")}
    if codings - {"", "identity"}:
        message = (
            f"The body is compressed ({_quoted(', '.join(values))}), which is not read here."
            " Send it without Content-Encoding."
        )
        raise HttpRefusal(415, message, headers={"Accept-Encoding": "identity"})


async def _read_body(request: Request, max_body_bytes: int) -> bytes:
    """The whole body, counted as it arrives.

    The Content-Length is only believed when it already says too much.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 15 or int(declared) > max_body_bytes):
        raise _too_large(max_body_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body_bytes:
            raise _too_large(max_body_bytes)
    return bytes(body)


def _too_large(max_body_bytes: int) -> HttpRefusal:
    message = f"The body is larger than {max_body_bytes} bytes. Ask for less at once."
    # What is left of the body is not read, so the connection cannot be used again.
    return HttpRefusal(413, message, headers={"Connection": "close"})


def _parse_json(body: bytes, where: str) -> object:
    body = body.removeprefix(_BOM)  # RFC 8259 lets a reader ignore it
    if not body.strip():
        message = f"{where} is empty; a JSON object with `query` is expected."
        raise malformed(message)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        try:
            body.decode()
        except UnicodeDecodeError as wrong:
            message = f"{where} is not UTF-8: the byte at offset {wrong.start} is wrong."
            raise malformed(message) from None
        message = f"{where} is not JSON: {error.msg}, at line {error.lineno}, column {error.colno}."
        raise malformed(message) from None


def _url_parameters(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_URL_PARAMETERS,
        )
    except UnicodeDecodeError:
        message = "The URL is not UTF-8; write each byte of the UTF-8 text as %XX."
    except ValueError:
        message = f"The URL has more than {_MOST_URL_PARAMETERS} parameters; four have a meaning."
    raise malformed(message)


def _question(parsed: object) -> GraphQLRequest:
    """The question in a map of parameters; each of a wrong type is named."""
    if isinstance(parsed, list):
        message = (
            "The body is a list; several questions in one request (batching) are not answered."
            " Send one JSON object with `query`."
        )
        raise malformed(message)
    if not isinstance(parsed, dict):
        message = f"The body is {_kind(parsed)}; a JSON object with `query` is expected."
        raise malformed(message)
    query = parsed.get("query")
    if query is None:
        message = "There is no `query`; send the GraphQL document as the string `query`."
        raise malformed(message)
    if not isinstance(query, str):
        raise _wrong_type("query", query, "a string with a GraphQL document")
    name = parsed.get("operationName")
    if name is not None and not isinstance(name, str):
        raise _wrong_type("operationName", name, "a string, null or absent")
    return GraphQLRequest(
        query,
        operation_name=name or None,
        variables=_map(parsed, "variables"),
        extensions=_map(parsed, "extensions"),
        to_bytes=True,
    )


def _map(parsed: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = parsed.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong_type(name, value, "a JSON object, null or absent")
    return value


def _wrong_type(name: str, value: object, wanted: str) -> HttpRefusal:
    return malformed(f"`{name}` is {_kind(value)}; it must be {wanted}.")


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 100 else text[:99] + "…")
