"""Building the request of a connector: address, headers, body. Pure: nothing is sent here.

Values of the caller cannot leave their place: in the address everything but letters, digits and
`-._~` is escaped, so that no value adds a segment or a parameter; a value alone in a segment
cannot be `.` or `..`; a header takes no line break; and no value can name a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from connectors.declarative.mapping import ABSENT, Problem, Selection
from connectors.declarative.mapping.values import kind_of, too_large
from connectors.declarative.model import Connect, Header, Source
from connectors.declarative.templates import Template, scalar, worked_out
from connectors.errors import Rejected
from connectors.upkeep.documents import Request

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LONGEST_URL = 8_000
LONGEST_HEADER = 8_000
LONGEST_BODY = 1_000_000
_TRUSTED = "!#$%&'()*+,/:;=?@[]~"
"""What fixed text may hold unescaped: all that has a meaning in an address, and escapes."""
_SECRET = "{secret:"  # noqa: S105 - the sign of one, not one
_HOST = re.compile(r"https?://[A-Za-z0-9.\-_\[\]:]+", re.ASCII)
_SLASHES = re.compile(r"[/\\]")
_UNFIT = re.compile(r"[^\t\x20-\x7e\x80-\xff]")


class SecretName(str):
    """`{secret:name}` in `$config`: stays as it is, and is replaced when the request leaves."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Built:
    """A request, and what was not as its mappings expect it."""

    request: Request
    problems: list[Problem]


def build(
    connect: Connect,
    source: Source | None,
    variables: Mapping[str, Any],
    *,
    headers: Mapping[str, Sequence[str]] | None = None,
) -> Built:
    """The request of a connector; `source` is the one it names.

    `headers` are those of the caller's own request, names in small letters. Raises Rejected when
    the values make no request: a list in the address, a line break in a header.
    """
    problems: list[Problem] = []
    builder = _Builder(variables, problems)
    url = builder.url(connect, source)
    sent = builder.headers(connect, source, headers or {})
    body = builder.body(connect.body, sent)
    return Built(Request(url, connect.method, sent, body), problems)


def base_address(source: Source, variables: Mapping[str, Any]) -> str:
    """The base address of a source, in small letters up to its path. Raises Rejected."""
    origin, rest = _origin(_Builder(variables, []).base(source.base_url))
    return origin.lower() + rest


class _Builder:
    def __init__(self, variables: Mapping[str, Any], problems: list[Problem]) -> None:
        self.variables = variables
        self.problems = problems

    def value(self, selection: Selection) -> Any:
        """What a mapping makes; a request has no data of its own, but it is an object."""
        value, told = worked_out(selection, {}, self.variables)
        self.problems.extend(told)
        return value

    # --------------------------------------------------------------------------- address

    def url(self, connect: Connect, source: Source | None) -> str:
        own = self.filled(connect.url)
        if source is None:
            origin, base, own = *_origin(own), ""
        else:
            origin, base = _origin(self.base(source.base_url))
        begin, begin_query = _split(base)
        path, query = _split(own)
        segments = _Segments()
        segments.fixed(begin)
        segments.values(self.segments(source.path if source else None))
        segments.fixed(path)
        segments.values(self.segments(connect.path))
        pairs = [
            *_pairs(begin_query),
            *self.query(source.query if source else None),
            *_pairs(query),
            *self.query(connect.query),
        ]
        address = origin + segments.text() + ("?" + "&".join(pairs) if pairs else "")
        if len(address) > LONGEST_URL:
            raise Rejected(f"the address is longer than {LONGEST_URL} characters")
        return address

    def base(self, template: Template) -> str:
        """A base address; what `$config` says in it is the operator's and may be a host."""
        return template.filled(self.variables, self.problems, _trusted, fixed=_trusted)

    def filled(self, template: Template) -> str:
        return template.filled(self.variables, self.problems, _escaped, fixed=_trusted)

    def segments(self, selection: Selection | None) -> list[str]:
        """More segments of the path."""
        value = ABSENT if selection is None else self.value(selection)
        if value is ABSENT or value is None:
            return []
        if not isinstance(value, list):
            raise Rejected(f"`path` gives {kind_of(value)}: it must be a list of segments")
        return [_escaped(scalar(item)) for item in value if item is not None]

    def query(self, selection: Selection | None) -> Iterator[str]:
        """Parameters: null is left out, a list repeats its name."""
        value = ABSENT if selection is None else self.value(selection)
        if value is ABSENT or value is None:
            return
        if not isinstance(value, dict):
            raise Rejected(f"`queryParams` gives {kind_of(value)}: it must be an object")
        for name, inner in value.items():
            for item in inner if isinstance(inner, list) else [inner]:
                if item is not None:
                    yield f"{_escaped(name)}={_escaped(scalar(item))}"

    # --------------------------------------------------------------------------- headers

    def headers(
        self, connect: Connect, source: Source | None, given: Mapping[str, Sequence[str]]
    ) -> dict[str, str]:
        """The headers: those of the connector in the place of the source's of the same name."""
        sent: dict[str, tuple[str, str]] = {}
        for header in (*(source.headers if source else ()), *connect.headers):
            text = self.header(header, given)
            if text is None:
                continue
            if len(text) > LONGEST_HEADER or _UNFIT.search(text):
                raise Rejected(f"the value of the header {header.name!r} cannot be sent")
            sent[header.name.lower()] = (header.name, text)
        sent.setdefault("accept", ("Accept", f"{JSON}, text/plain;q=0.5"))
        return dict(sent.values())

    def header(self, header: Header, given: Mapping[str, Sequence[str]]) -> str | None:
        """The value of a header; None: it is not sent."""
        if header.copied is not None:
            values = given.get(header.copied)
            return _harmless(", ".join(values)) if values else None
        template, secrets = header.value or Template(()), 0

        def write(text: str) -> str:
            nonlocal secrets
            secrets += isinstance(text, SecretName)
            return text

        text = template.filled(self.variables, self.problems, write).strip(" \t")
        _harmless(text, secrets)
        return text if text or not template.expressions else None

    # --------------------------------------------------------------------------- body

    def body(self, selection: Selection | None, sent: dict[str, str]) -> bytes | None:
        """The body, as its content type says; JSON when nobody said."""
        value = ABSENT if selection is None else self.value(selection)
        if value is ABSENT:
            return None
        if too_large(value):
            raise Rejected("the body is too large")
        said = next((sent[name] for name in sent if name.lower() == "content-type"), "")
        kind = said.partition(";")[0].strip().lower()
        if kind == FORM:
            body = "&".join(_form(value)).encode()
        elif isinstance(value, str) and kind and not _is_json(kind):
            body = value.encode()
        else:
            sent.update({} if said else {"Content-Type": JSON})
            body = _json(value)
        if len(body) > LONGEST_BODY:
            raise Rejected(f"the body is longer than {LONGEST_BODY} bytes")
        return body


# ------------------------------------------------------------------------------- addresses


class _Segments:
    """The path of an address: slashes between segments once, empty segments left out."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._closed = False
        """Whether what came last ended with a slash: some systems insist on it."""

    def fixed(self, path: str) -> None:
        parts = [part for part in path.split("/") if part]
        if parts:
            self._add(parts)
            self._closed = path.endswith("/")

    def values(self, parts: list[str]) -> None:
        if parts:
            self._add([part for part in parts if part])
            self._closed = False

    def _add(self, parts: list[str]) -> None:
        for part in parts:
            plain = unquote(part)
            if plain == "." or ".." in _SLASHES.split(plain):
                raise Rejected("a segment of the address is . or ..: it would leave its place")
        self._parts += parts

    def text(self) -> str:
        return "/" + "/".join(self._parts) + ("/" if self._closed else "")


def _origin(address: str) -> tuple[str, str]:
    """Scheme and host, and the rest. Raises Rejected."""
    found = _HOST.match(address)
    rest = address[found.end() :] if found else ""
    if found is None or rest[:1] not in ("", "/", "?", "#"):
        raise Rejected("the address needs a scheme, http or https, and a host")
    return found[0], rest


def _split(address: str) -> tuple[str, str]:
    """Path and query; a fragment is not sent."""
    path, _, query = address.partition("#")[0].partition("?")
    return path, query


def _pairs(query: str) -> list[str]:
    return [pair for pair in query.split("&") if pair]


def _escaped(text: str) -> str:
    """A value in an address: nothing in it has a meaning there."""
    return text if isinstance(text, SecretName) else quote(text, safe="")


def _trusted(text: str) -> str:
    """Fixed text in an address: only what no address can hold is escaped."""
    return text if isinstance(text, SecretName) else quote(text, safe=_TRUSTED)


def _harmless(text: str, secrets: int = 0) -> str:
    """A header's value. Raises Rejected where more in it looks like a secret than `$config` put."""
    if text.count(_SECRET) != secrets:
        raise Rejected("a value in a header looks like the name of a secret")
    return text


# ------------------------------------------------------------------------------- bodies


def _is_json(kind: str) -> bool:
    return kind == JSON or kind.endswith("+json")


def _json(value: Any) -> bytes:
    if _names_a_secret(value):
        raise Rejected("a secret cannot be sent in a JSON body; send it in a header")
    try:
        return json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
    except (TypeError, ValueError) as error:
        raise Rejected("the body is not JSON") from error


def _names_a_secret(value: Any) -> bool:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, SecretName):
            return True
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return False


def _form(value: Any) -> Iterator[str]:
    """The pairs of a form: `a[b]=…` for what is nested, `a[0]=…` for lists; null is left out."""
    if not isinstance(value, dict):
        raise Rejected(f"the body of a form is {kind_of(value)}: it must be an object")
    for name, inner in value.items():
        yield from _field(quote_plus(name), inner)


def _field(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _field(f"{name}%5B{quote_plus(key)}%5D", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _field(f"{name}%5B{index}%5D", inner)
    elif value is not None:
        text = scalar(value)
        yield f"{name}={text if isinstance(text, SecretName) else quote_plus(text)}"
