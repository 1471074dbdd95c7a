"""Reading the arguments of @source and @connect; what is wrong is collected, nothing is raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)

from connectors.declarative.faults import Code, Faults
from connectors.declarative.mapping import MappingSyntaxError, Selection, faults, parse
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.model import ErrorShape, Header
from connectors.declarative.strings import Within, place_in, place_of
from connectors.declarative.templates import Template, moved, read_template
from connectors.declarative.used import Use, uses

RESERVED = frozenset(
    ("connection", "te", "trailer", "transfer-encoding", "upgrade", "keep-alive",
     "content-length", "content-encoding", "accept-encoding")
)  # fmt: skip
"""Headers that belong to the connection, and not to the question; `proxy-…` are others."""
NEVER_COPIED = frozenset(("host", "accept", "content-type"))
"""Headers that say what we ask and can read: they are written, not copied from a caller."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)

Fields = Mapping[str, ValueNode]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which variables a mapping may use, and what the place is called."""

    place: str
    variables: frozenset[str]


class Arguments:
    """Reads typed values out of arguments and objects of one description."""

    def __init__(self, found: Faults) -> None:
        self.faults = found
        self._last: tuple[StringValueNode, Within] | None = None

    # --------------------------------------------------------------------------- plain values

    def fields(
        self,
        nodes: Iterable[ArgumentNode | ObjectFieldNode],
        allowed: Iterable[str],
        where: str,
    ) -> dict[str, ValueNode]:
        """The values by name, without those whose name is not allowed here."""
        names, found = tuple(allowed), dict[str, ValueNode]()
        for node in nodes:
            name = node.name.value
            if name not in names:
                listed = ", ".join(names)
                message = f"{where} has no {name!r}; it has {listed}"
                self.faults.add(Code.ARGUMENT_UNKNOWN, message, place_of(node))
            elif name in found:
                self.faults.add(Code.ARGUMENT_TWICE, f"{name!r} is given twice", place_of(node))
            else:
                found[name] = node.value
        return found

    def object(self, given: Fields, name: str, allowed: Iterable[str]) -> dict[str, ValueNode]:
        """The fields of an object; none when it is not given."""
        node = given.get(name)
        if node is None or not self.is_a(node, ObjectValueNode, name, "an object"):
            return {}
        fields = node.fields if isinstance(node, ObjectValueNode) else ()
        return self.fields(fields, allowed, f"`{name}`")

    def is_a(self, node: ValueNode, kind: type[ValueNode], name: str, called: str) -> bool:
        """Whether a value is of a kind."""
        if isinstance(node, kind):
            return True
        self.faults.add(Code.ARGUMENT_TYPE, f"`{name}` must be {called}", place_of(node))
        return False

    def string(self, given: Fields, name: str) -> StringValueNode | None:
        """The node of a string, for its place; None when it is not given, or is none."""
        node = given.get(name)
        if node is None or not self.is_a(node, StringValueNode, name, "a string"):
            return None
        return node if isinstance(node, StringValueNode) else None

    def needed(self, given: Fields, name: str, where: Node, of: str) -> StringValueNode | None:
        """As `string`, and it must be given."""
        if name not in given:
            self.faults.add(Code.ARGUMENT_MISSING, f"{of} needs `{name}`", place_of(where))
        return self.string(given, name)

    def boolean(self, given: Fields, name: str) -> bool | None:
        """True or false, None when it is not given."""
        node = given.get(name)
        if node is None or not self.is_a(node, BooleanValueNode, name, "true or false"):
            return None
        return node.value if isinstance(node, BooleanValueNode) else None

    def size(self, given: Fields, name: str) -> int | None:
        """A number from 1 on, None when it is not given."""
        node = given.get(name)
        if node is None:
            return None
        number = int(node.value[:9]) if isinstance(node, IntValueNode) else 0
        if not 1 <= number <= 1_000_000:
            message = f"`{name}` must be a whole number from 1 on"
            self.faults.add(Code.BATCH_SIZE, message, place_of(node))
            return None
        return number

    # --------------------------------------------------------------------------- mappings

    def mapping(self, given: Fields, name: str, scope: Scope) -> Selection | None:
        """A mapping that can be read and uses what there is in its place."""
        node = self.string(given, name)
        if node is None:
            return None
        try:
            selection = parse(node.value)
        except MappingSyntaxError as error:
            self._syntax(error, node)
            return None
        self._checked(selection, scope, node, Place(1, 1))
        return selection

    def template(self, node: StringValueNode | None, scope: Scope) -> Template | None:
        """A text with expressions."""
        if node is None:
            return None
        try:
            template = read_template(node.value)
        except MappingSyntaxError as error:
            self._syntax(error, node)
            return None
        for expression, begin in zip(template.expressions, template.places, strict=True):
            self._checked(expression, scope, node, begin)
        return template

    def _syntax(self, error: MappingSyntaxError, node: StringValueNode) -> None:
        at = place_in(node, error.line, error.column)
        self.faults.add(Code.MAPPING_SYNTAX, error.message, at)

    def _checked(
        self, selection: Selection, scope: Scope, node: StringValueNode, begin: Place
    ) -> None:
        """Look for methods and variables that there are not."""
        for fault in faults(selection):
            at = self._within(node).place(*moved(begin, fault.line, fault.column))
            self.faults.add(Code.MAPPING_METHOD, fault.message, at)
        for use in uses(selection):
            if use.name not in scope.variables and not self.faults.full:
                at = self._within(node).place(*moved(begin, *use.at))
                self._variable(use, scope, at)

    def _within(self, node: StringValueNode) -> Within:
        """The places of a string; the last is remembered, for a template has many expressions."""
        if self._last is None or self._last[0] is not node:
            self._last = (node, Within(node))
        return self._last[1]

    def _variable(self, use: Use, scope: Scope, at: Place) -> None:
        if use.name == "$env":
            message = "$env would show the secrets of others: use $config, which is your own"
            self.faults.add(Code.VARIABLE_FORBIDDEN, message, at)
            return
        listed = ", ".join(sorted(scope.variables)) or "none"
        message = f"there is no {use.name} in {scope.place}; there are {listed}"
        self.faults.add(Code.VARIABLE_NOT_HERE, message, at)

    def errors(self, given: Fields, scope: Scope) -> ErrorShape:
        """How failures are told."""
        fields = self.object(given, "errors", ("message", "extensions"))
        return ErrorShape(
            self.mapping(fields, "message", scope), self.mapping(fields, "extensions", scope)
        )

    # --------------------------------------------------------------------------- headers

    def headers(self, given: Fields, scope: Scope) -> tuple[Header, ...]:
        """The headers of a request; a single object counts as a list of one."""
        node = given.get("headers")
        if node is None:
            return ()
        nodes = node.values if isinstance(node, ListValueNode) else (node,)
        found: dict[str, Header] = {}
        for item in nodes:
            header = self._header(item, scope)
            if header is not None and header.name.lower() in found:
                message = f"the header {header.name!r} is given twice"
                self.faults.add(Code.HEADER_TWICE, message, header.at)
            elif header is not None:
                found[header.name.lower()] = header
        return tuple(found.values())

    def _header(self, node: ValueNode, scope: Scope) -> Header | None:
        at = place_of(node)
        if not isinstance(node, ObjectValueNode):
            self.faults.add(Code.ARGUMENT_TYPE, "a header must be an object", at)
            return None
        fields = self.fields(node.fields, ("name", "from", "value"), "a header")
        name = self.needed(fields, "name", node, "a header")
        if ("from" in fields) == ("value" in fields):
            message = "a header has either `value` or `from`"
            self.faults.add(Code.HEADER_SHAPE, message, at)
            return None
        copied = self.string(fields, "from")
        value = self.template(self.string(fields, "value"), scope)
        if name is None or not self._sendable(name, copied=copied is not None):
            return None
        if copied is None:
            return Header(name.value, value, at=at) if value is not None else None
        if not _TOKEN.fullmatch(copied.value):
            self.faults.add(Code.HEADER_NAME, "no name of a header", place_of(copied))
            return None
        return Header(name.value, copied=copied.value.lower(), at=at)

    def _sendable(self, node: StringValueNode, *, copied: bool) -> bool:
        name = node.value.lower()
        if not _TOKEN.fullmatch(name):
            code, message = Code.HEADER_NAME, f"{node.value!r} is no name of a header"
        elif name in RESERVED or name.startswith("proxy-"):
            code, message = Code.HEADER_RESERVED, f"{node.value!r} belongs to the connection"
        elif copied and name in NEVER_COPIED:
            code, message = (
                Code.HEADER_NOT_COPIED,
                f"{node.value!r} is not copied from the caller: write it with `value`",
            )
        else:
            return True
        self.faults.add(code, message, place_of(node))
        return False
