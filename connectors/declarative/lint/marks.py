"""Rules about directives: which there are, which do nothing here, and what is linked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    FieldDefinitionNode,
    ListValueNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ObjectValueNode,
    StringValueNode,
)
from graphql.language import DirectiveNode, Visitor, visit

from connectors.declarative.lint.case import Case
from connectors.declarative.strings import place_of

READ = frozenset(("link", "source", "connect", "key", "deprecated", "specifiedBy", "oneOf"))
"""Directives that are read here."""
HARMLESS = frozenset(("shareable", "tag", "extends", "external", "interfaceObject"))
"""Directives of federation that mean nothing where there is one graph."""
IGNORED = frozenset(
    ("requires", "provides", "override", "composeDirective", "cost", "listSize", "cacheControl",
     "context", "fromContext", "cacheTag")
)  # fmt: skip
"""Directives of others that would do something there, and do nothing here."""
ACCESS = frozenset(("authenticated", "requiresScopes", "policy", "inaccessible"))
"""Directives that hide something there: passing over them would show it."""
HIDES = "inaccessible"
"""What keeps a plain field of an object out of the graph; connectors may still read it."""
_VERSION = re.compile(r"/connect/(v[0-9][0-9.]*)/?$")
_LATEST = (0, 3)


def note_marks(case: Case) -> None:
    """Look at all directives."""
    defined = {
        node.name.value
        for node in case.document.definitions
        if isinstance(node, DirectiveDefinitionNode)
    }
    visit(case.document, _Marks(case, defined))


class _Marks(Visitor):
    def __init__(self, case: Case, defined: set[str]) -> None:
        super().__init__()
        self.case = case
        self.defined = defined

    def enter_directive(self, node: DirectiveNode, *around: Any) -> None:
        written = node.name.value
        name = written.removeprefix("federation__")
        at = place_of(node)
        if name == HIDES and _is_kept_back(around[-1]):
            return
        if name in ACCESS:
            self.case.notes.add("DIRECTIVE_ACCESS", at, what=written)
        elif name in IGNORED:
            self.case.notes.add("DIRECTIVE_NO_EFFECT", at, what=written)
        elif name not in READ | HARMLESS | self.defined:
            self.case.notes.add("DIRECTIVE_UNKNOWN", at, what=written)
        elif name == "link":
            _link(self.case, node)


def _is_kept_back(ancestors: Sequence[Any]) -> bool:
    """Whether a directive stands on a field that the graph can leave out: one of an object."""
    nodes: list[Any] = [None, None, *(each for each in ancestors if isinstance(each, Node))]
    owner, field = nodes[-2:]
    return (
        isinstance(field, FieldDefinitionNode)
        and isinstance(owner, (ObjectTypeDefinitionNode, ObjectTypeExtensionNode))
        and owner.name.value not in ("Query", "Mutation")
        and not any(each.name.value == "connect" for each in field.directives or ())
    )


def _link(case: Case, node: ConstDirectiveNode | DirectiveNode) -> None:
    """Addresses name versions and are never fetched."""
    given: dict[str, ArgumentNode] = {}
    for argument in node.arguments or ():
        given.setdefault(argument.name.value, argument)
    url = given["url"].value if "url" in given else None
    address = url.value if isinstance(url, StringValueNode) else ""
    ours = "/connect/" in address or "/federation/" in address
    version = _VERSION.search(address)
    if url is not None and version:
        numbers = tuple(int(part[:6]) for part in version[1][1:].split(".") if part)
        if numbers > _LATEST:
            case.notes.add("LINK_VERSION", place_of(url), what=version[1])
    if "/connect/" in address and "as" in given:
        case.notes.add("LINK_RENAMED", place_of(given["as"]))
    imports = given["import"].value if "import" in given else None
    for item in imports.values if ours and isinstance(imports, ListValueNode) else ():
        if not isinstance(item, ObjectValueNode):
            continue
        said = {field.name.value: field.value for field in item.fields}
        name, alias = said.get("name"), said.get("as")
        texts = [getattr(value, "value", None) for value in (name, alias)]
        if alias is not None and texts[0] != texts[1]:
            case.notes.add("LINK_RENAMED", place_of(item))
