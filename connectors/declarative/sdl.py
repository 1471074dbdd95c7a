"""Reading a team's description: SDL with @source and @connect into sources and connectors.

Nothing is fetched: addresses in @link are names of versions, @key says by which fields a type is
known. All faults are collected with their places; what has none is usable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    parse,
)
from graphql.language import DirectiveNode, Node, Visitor, visit

from connectors.declarative.arguments import Arguments, Fields, Scope
from connectors.declarative.faults import Code, Fault, Faults
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.model import Connect, Source
from connectors.declarative.strings import place_of
from connectors.declarative.templates import Template
from connectors.declarative.used import uses

LONGEST_SDL = 500_000
"""Code points of a description."""
_MOST_TOKENS = 40_000
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SOURCE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_AUTHORITY = re.compile(r"https?://[A-Za-z0-9.\-_\[\]:]+(?=[/?#]|$)", re.ASCII)
_OURS = re.compile(r"@[\s,]*(?:source|connect)\b")
_SHARED = frozenset(("$config", "$context", "$request"))
_ANSWER = frozenset(("$status", "$response"))
_ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode


@dataclass(frozen=True, slots=True)
class Description:
    """What a team's SDL says."""

    document: DocumentNode | None
    """None when it cannot be read at all."""
    sources: tuple[Source, ...]
    connects: tuple[Connect, ...]
    keys: tuple[tuple[str, str], ...]
    """Types and the fields of their @key, as written."""
    faults: tuple[Fault, ...]

    def source_of(self, connect: Connect) -> Source | None:
        """The source a connector names."""
        return next((found for found in self.sources if found.name == connect.source), None)


def read_sdl(text: str) -> Description:
    """The description in a text. Never raises: what is wrong is in `faults`."""
    found = Faults()
    document = _document(text, found)
    if document is None:
        return Description(None, (), (), (), found.listed())
    reader = _Reader(document, found)
    return reader.description()


def _document(text: str, found: Faults) -> DocumentNode | None:
    if len(text) > LONGEST_SDL:
        message = f"the description is longer than {LONGEST_SDL} characters"
        found.add(Code.SDL_TOO_LARGE, message, Place(1, 1))
        return None
    try:
        return parse(text, max_tokens=_MOST_TOKENS)
    except GraphQLSyntaxError as error:
        at = error.locations[0] if error.locations else None
        place = Place(at.line, at.column) if at else Place(1, 1)
        found.add(Code.SDL_SYNTAX, error.message.removeprefix("Syntax Error: "), place)
    return None


class _Reader:
    def __init__(self, document: DocumentNode, found: Faults) -> None:
        self.document = document
        self.faults = found
        self.arguments = Arguments(found)
        self.sources: dict[str, Source] = {}
        self.connects: list[Connect] = []
        self.seen: set[int] = set()
        """The directives in places where they belong."""

    def description(self) -> Description:
        objects = [n for n in self.document.definitions if isinstance(n, _ObjectNode)]
        for node in self.document.definitions:
            if isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
                for directive in _named(node.directives, "source"):
                    self.seen.add(id(directive))
                    self.source(directive)
        for node in objects:
            self.type(node)
        text = self.document.loc.source.body if self.document.loc else ""
        if len(_OURS.findall(text)) > len(self.seen):
            visit(self.document, _Strays(self))
        self.unique_ids()
        keys = tuple(
            (node.name.value, value.value)
            for node in objects
            for directive in _named(node.directives, "key")
            for argument in directive.arguments or ()
            if argument.name.value == "fields"
            and isinstance(value := argument.value, StringValueNode)
        )
        return Description(
            self.document,
            tuple(self.sources.values()),
            tuple(self.connects),
            keys,
            self.faults.listed(),
        )

    def unique_ids(self) -> None:
        ids: set[str] = set()
        for connect in self.connects:
            if connect.id is not None and connect.id in ids:
                message = f"two connectors have the id {connect.id!r}"
                self.faults.add(Code.CONNECT_ID_TWICE, message, connect.at)
            ids.add(connect.id or "")

    # --------------------------------------------------------------------------- @source

    def source(self, node: ConstDirectiveNode) -> None:
        read, at = self.arguments, place_of(node)
        given = read.fields(
            node.arguments or (), ("name", "http", "errors", "isSuccess"), "@source"
        )
        name = read.needed(given, "name", node, "@source")
        if "http" not in given:
            self.faults.add(Code.ARGUMENT_MISSING, "@source needs `http`", at)
        known = isinstance(given.get("http"), ObjectValueNode)
        http = read.object(given, "http", ("baseURL", "headers", "path", "queryParams"))
        address = read.needed(http, "baseURL", node, "`http`") if known else None
        base = read.template(address, Scope("a base address", frozenset(("$config",))))
        if address is not None and base is not None:
            self.absolute(base, address, configured=True)
        asking = Scope("the request of a source", _SHARED)
        hearing = Scope("the answer to a source", _SHARED | _ANSWER)
        made = Source(
            name.value if name else "",
            base or Template(()),
            read.headers(http, asking),
            read.mapping(http, "path", asking),
            read.mapping(http, "queryParams", asking),
            read.errors(given, hearing),
            read.mapping(given, "isSuccess", hearing),
            at,
        )
        if name is None:
            return
        if not _SOURCE_NAME.fullmatch(made.name):
            message = (
                "the name of a source is of letters, digits, _ and -, and begins with a letter"
            )
            self.faults.add(Code.SOURCE_NAME, message, place_of(name))
        elif made.name in self.sources:
            message = f"there is another source {made.name!r}"
            self.faults.add(Code.SOURCE_TWICE, message, place_of(name))
        else:
            self.sources[made.name] = made

    def absolute(self, url: Template, node: StringValueNode, *, configured: bool = False) -> None:
        """An address with its host: fixed, or the operator's own from `$config`."""
        first = url.parts[0] if url.parts else ""
        fixed = first if isinstance(first, str) else ""
        if configured and not _AUTHORITY.match(fixed) and url.expressions:
            return  # checked when the operator's values are known
        rest = fixed.partition("://")[2]
        if _ABSOLUTE.match(fixed) and not re.search(r"[/?#]", rest) and len(url.parts) > 1:
            message = "an expression stands in the host: the host must be fixed"
            self.faults.add(Code.URL_EXPRESSION_IN_HOST, message, place_of(node))
        elif not _AUTHORITY.match(fixed):
            message = "an address needs a scheme, http or https, and a host without a password"
            self.faults.add(Code.URL_NOT_ABSOLUTE, message, place_of(node))

    # --------------------------------------------------------------------------- @connect

    def type(self, node: _ObjectNode) -> None:
        name = node.name.value
        root = name in ("Query", "Mutation", "Subscription")
        for directive in _named(node.directives, "connect"):
            self.seen.add(id(directive))
            if root:
                message = f"@connect stands on fields of {name}, not on {name} itself"
                self.faults.add(Code.CONNECT_ON_ROOT, message, place_of(directive))
            else:
                self.connect(directive, name, None)
        for field in node.fields or ():
            for directive in _named(field.directives, "connect"):
                self.seen.add(id(directive))
                if name == "Subscription":
                    message = "subscriptions cannot be connected"
                    self.faults.add(Code.CONNECT_ON_SUBSCRIPTION, message, place_of(directive))
                else:
                    self.connect(directive, name, field)

    def connect(
        self, node: ConstDirectiveNode, owner: str, field: FieldDefinitionNode | None
    ) -> None:
        read = self.arguments
        allowed = ("source", "id", "http", "selection", "entity", "batch", "errors", "isSuccess")
        given = read.fields(node.arguments or (), allowed, "@connect")
        asking, hearing = _scopes(owner, field)
        if "http" not in given:
            self.faults.add(Code.ARGUMENT_MISSING, "@connect needs `http`", place_of(node))
        parts = (*_METHODS, "headers", "body", "path", "queryParams")
        http = read.object(given, "http", parts)
        method, url = self.address(given, http, asking)
        read.needed(given, "selection", node, "@connect")
        selection = read.mapping(given, "selection", hearing)
        ident = read.string(given, "id")
        source = read.string(given, "source")
        headers = read.headers(http, asking)
        path = read.mapping(http, "path", asking)
        query = read.mapping(http, "queryParams", asking)
        body = read.mapping(http, "body", asking)
        errors = read.errors(given, hearing)
        is_success = read.mapping(given, "isSuccess", hearing)
        entity = self.entity(given, owner, field)
        batch_size = self.batch(given, field)
        if url is None or selection is None:
            return
        made = Connect(
            owner,
            field.name.value if field else None,
            method,
            url,
            selection,
            source.value if source else None,
            ident.value if ident else None,
            headers,
            path,
            query,
            body,
            entity,
            batch_size,
            errors,
            is_success,
            place_of(node),
        )
        self.consistent(made, field)
        self.connects.append(made)

    def address(self, given: Fields, http: Fields, asking: Scope) -> tuple[str, Template | None]:
        """The method and the address."""
        methods = [name for name in _METHODS if name in http]
        if isinstance(given.get("http"), ObjectValueNode) and len(methods) != 1:
            listed = ", ".join(_METHODS)
            message = f"`http` needs exactly one of {listed}; it has {len(methods)}"
            self.faults.add(Code.METHOD_COUNT, message, place_of(given["http"]))
        if not methods:
            return "", None
        written = self.arguments.string(http, methods[0])
        url = self.arguments.template(written, asking)
        source = self.arguments.string(given, "source")
        if written is None or url is None:
            return methods[0], url
        if source is None:
            self.absolute(url, written)
        elif source.value not in self.sources:
            listed = ", ".join(sorted(self.sources)) or "none"
            message = f"there is no source {source.value!r}; there are {listed}"
            self.faults.add(Code.SOURCE_UNKNOWN, message, place_of(source))
        first = url.parts[0] if url.parts else ""
        if source is not None and isinstance(first, str) and _ABSOLUTE.match(first):
            message = "the source gives scheme and host: begin with a slash"
            self.faults.add(Code.URL_NOT_RELATIVE, message, place_of(written))
        return methods[0], url

    def entity(self, given: Fields, owner: str, field: FieldDefinitionNode | None) -> bool:
        value = self.arguments.boolean(given, "entity")
        if value is None:
            return False
        at = place_of(given["entity"])
        if field is None and not value:
            message = "a connector on a type always resolves it by key: leave `entity` out"
            self.faults.add(Code.ENTITY_PLACE, message, at)
        elif field is not None and value and owner != "Query":
            message = "`entity: true` stands on fields of Query"
            self.faults.add(Code.ENTITY_PLACE, message, at)
        elif field is not None and value and not isinstance(field.type, NamedTypeNode):
            message = "an entity field gives one object that may be null, no list and no `!`"
            self.faults.add(Code.ENTITY_TYPE, message, place_of(field.type))
        return value

    def batch(self, given: Fields, field: FieldDefinitionNode | None) -> int | None:
        if "batch" not in given:
            return None
        fields = self.arguments.object(given, "batch", ("maxSize",))
        if field is not None:
            message = "`batch` stands on types, with $batch in the request"
            self.faults.add(Code.BATCH_PLACE, message, place_of(given["batch"]))
        return self.arguments.size(fields, "maxSize")

    def consistent(self, connect: Connect, field: FieldDefinitionNode | None) -> None:
        """What two arguments together must fulfil."""
        names = {use.name for part in connect.asking for use in uses(part)}
        names |= {use.name for use in uses(connect.selection)}
        if {"$batch", "$this"} <= names:
            message = "$batch and $this do not go together: a request is for many or for one"
            self.faults.add(Code.BATCH_WITH_THIS, message, connect.at)
        if not connect.entity or field is None:
            return
        known = self.fields_of(_base(field))
        unknown = [
            argument.name.value
            for argument in field.arguments or ()
            if known and argument.name.value not in known
        ]
        if unknown or not field.arguments:
            message = "the arguments of an entity field are the fields its type is known by"
            message += f"; {unknown[0]!r} is none" if unknown else "; it has no argument"
            self.faults.add(Code.ENTITY_ARGUMENTS, message, place_of(field))

    def fields_of(self, name: str) -> set[str]:
        """The fields of a type of this description; none when it is defined elsewhere."""
        return {
            field.name.value
            for node in self.document.definitions
            if isinstance(node, _ObjectNode) and node.name.value == name
            for field in node.fields or ()
        }


class _Strays(Visitor):
    """Finds @source and @connect where they mean nothing."""

    def __init__(self, reader: _Reader) -> None:
        super().__init__()
        self.reader = reader

    def enter_directive(self, node: DirectiveNode, *_: Node | object) -> None:
        if id(node) in self.reader.seen:
            return
        if node.name.value == "source":
            message = "@source stands on the schema: `extend schema @source(…)`"
            self.reader.faults.add(Code.SOURCE_PLACE, message, place_of(node))
        elif node.name.value == "connect":
            message = "@connect stands on object types and on their fields"
            self.reader.faults.add(Code.CONNECT_PLACE, message, place_of(node))


def _scopes(owner: str, field: FieldDefinitionNode | None) -> tuple[Scope, Scope]:
    """What a connector may use in its request, and when its answer is read."""
    if field is None:
        place, own = f"a connector on {owner}", frozenset(("$this", "$batch"))
    elif owner in ("Query", "Mutation"):
        place, own = f"a connector on {owner}.{field.name.value}", frozenset(("$args",))
    else:
        place, own = f"a connector on {owner}.{field.name.value}", frozenset(("$args", "$this"))
    asking = _SHARED | own
    return Scope(f"the request of {place}", asking), Scope(place, asking | _ANSWER)


def _named(
    directives: Iterable[ConstDirectiveNode] | None, name: str
) -> Iterable[ConstDirectiveNode]:
    return (node for node in directives or () if node.name.value == name)


def _base(field: FieldDefinitionNode) -> str:
    """The name of the type of a field, without lists and `!`."""
    kind = field.type
    while isinstance(kind, (ListTypeNode, NonNullTypeNode)):
        kind = kind.type
    return kind.name.value if isinstance(kind, NamedTypeNode) else ""
