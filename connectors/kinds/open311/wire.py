"""GeoReport documents, XML or JSON, as one kind of plain rows.

XML becomes what the Spark convention makes of it; numbers of JSON stay as they are written, so
that ids keep their leading zeros. JSON as printed in the specification (`"service_code":001`) is
read too. Known wrappers around the rows are looked through.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.errors import ConnectorError, Refused, Rejected, Unreadable
from connectors.upkeep.documents import Document

MOST_DEPTH = 24
"""Elements or objects within each other."""
_SHOWN = 40

Row = Mapping[str, Any]
"""Values are texts, booleans, None, lists and rows; numbers are texts."""

# Strings are stepped over; then numbers with leading zeros are quoted, trailing commas dropped.
# The quantifiers are possessive: every character is looked at once.
_LOOSE = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?|(?<![\w.+-])(?P<number>-?0\d++(?:\.\d++)?)(?![\w.+-])'
    r"|,(?=\s*+[\]}])",
    re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of an errors document."""

    code: str
    """The server's own; often the HTTP status."""
    description: str


def tree(document: Document) -> Any:
    """The document as rows and lists. Raises Unreadable."""
    body = document.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:
        raise Unreadable("the answer is empty")
    return _xml(body) if _is_xml(body) else _json(_text(document))


def rows(found: Any, marker: str, *wrappers: str) -> list[Any]:
    """The rows that have the key `marker`, whatever stands around them.

    Members of a list without it are given too: the reader says what is wrong with them. Raises
    what an errors document says (see `raise_for`), Unreadable where nothing of the kind is there.
    """
    troubles = problems(found)
    if troubles:
        raise_for(troubles)
    listed = _listed(found, marker, set(wrappers), 0)
    if listed is None:
        raise Unreadable(f"there is no list of rows with {marker}{_about(found)}")
    return listed


def problems(found: Any) -> list[Problem]:
    """The entries of an errors document; empty when it is none."""
    inner = found
    for name in ("errors", "error"):
        if isinstance(inner, Mapping) and name in inner and not _is_request(inner):
            inner = inner[name]
    if isinstance(inner, (list, tuple)) and inner:
        nested = [row.get("error", row) if isinstance(row, Mapping) else row for row in inner]
    else:
        nested = [inner]
    if not all(isinstance(row, Mapping) and "code" in row and _only_error(row) for row in nested):
        return []
    return [Problem(_word(row.get("code")), _word(row.get("description"))) for row in nested]


def raise_for(troubles: Sequence[Problem]) -> None:
    """Raise what the entries say: Refused for a key (403), else Rejected; no text of theirs."""
    codes = [trouble.code for trouble in troubles]
    kind: type[ConnectorError] = Refused if "403" in codes or "401" in codes else Rejected
    said = ", ".join(code[:_SHOWN] for code in codes[:3])
    raise kind(f"the server answered with an errors document: {said!r}")


# ------------------------------------------------------------------------------- wrappers


def _listed(found: Any, marker: str, wrappers: set[str], depth: int) -> list[Any] | None:
    """The rows below `found`, None where there is nothing like them."""
    if isinstance(found, list):
        return [inner for row in found for inner in _unwrapped(row, marker, wrappers)]
    if not isinstance(found, Mapping) or depth > 3:
        return None
    if marker in found:
        return [found]
    for name in wrappers & set(found):
        if found[name] in (None, "", {}):
            return []
        listed = _listed(found[name], marker, wrappers, depth + 1)
        if listed is not None:
            return listed
    # A wrapper nobody has heard of: the one list of rows in it.
    lists = [value for value in found.values() if _has(value, marker)]
    return _listed(lists[0], marker, wrappers, depth + 1) if len(lists) == 1 else None


def _unwrapped(row: Any, marker: str, wrappers: set[str]) -> list[Any]:
    if isinstance(row, Mapping) and marker not in row and len(row) == 1:
        (name,) = row
        if name in wrappers:
            inner = row[name]
            return inner if isinstance(inner, list) else [inner]
    return [row]


def _has(value: Any, marker: str) -> bool:
    if isinstance(value, list):
        return any(isinstance(row, Mapping) and marker in row for row in value)
    return isinstance(value, Mapping) and marker in value


def _is_request(row: Row) -> bool:
    return "service_request_id" in row or "service_code" in row or "token" in row


def _only_error(row: Row) -> bool:
    return not (set(row) - {"code", "description", "message", "status", "detail"})


def _word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _about(found: Any) -> str:
    if isinstance(found, Mapping):
        return "; there is " + ", ".join(repr(str(key)[:_SHOWN]) for key in list(found)[:5])
    return f"; the document is {type(found).__name__}" if not isinstance(found, list) else ""


# ------------------------------------------------------------------------------- JSON


def _text(document: Document) -> str:
    charset = document.charset or "utf-8"
    try:
        codec = codecs.lookup(charset)
    except LookupError:
        codec = codecs.lookup("utf-8")
    # RFC 8259: UTF-8, whatever the header says; a charset that is not UTF-8 is tried after it.
    names = dict.fromkeys((json.detect_encoding(document.body), codec.name))
    for name in names:
        try:
            return document.body.decode(name).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    raise Unreadable(f"the answer is not {' or '.join(names)}")


def _json(text: str) -> Any:
    try:
        try:
            return _loaded(text)
        except json.JSONDecodeError:
            return _loaded(_LOOSE.sub(_tightened, text))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"neither XML nor JSON: {where}") from error
    except RecursionError as error:
        raise Unreadable("the answer is nested too deeply") from error


def _loaded(text: str) -> Any:
    # As text: a number may be an id, and 007 is not 7.
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=_nothing, strict=False)


def _nothing(word: str) -> None:
    """NaN and its kin say nothing."""
    del word


def _tightened(match: re.Match[str]) -> str:
    if match["number"] is not None:
        return f'"{match["number"]}"'
    return "" if match[0] == "," else match[0]


# ------------------------------------------------------------------------------- XML


def _is_xml(body: bytes) -> bool:
    return body.startswith((b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<"))


def _xml(body: bytes) -> Any:
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        where = getattr(error, "position", None)
        place = f": line {where[0]}" if where else ""
        raise Unreadable(f"not well-formed XML{place}") from error
    return {_name(root): _node(root, 0)}


def _node(element: Element, depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise Unreadable(f"elements within each other more than {MOST_DEPTH} deep")
    children = list(element)
    if not children:
        text = "".join(element.itertext()).strip()
        is_array = element.get("is_array") == "true" or element.get("type") == "array"
        return [] if is_array and not text else text or None
    names = {_name(child) for child in children}
    if _is_list(element, names, len(children)):
        return [_node(child, depth + 1) for child in children]
    row: dict[str, Any] = {}
    for name, value in _members(children, depth):
        if name not in row:
            row[name] = value
        elif isinstance(row[name], list):
            row[name].append(value)
        else:
            row[name] = [row[name], value]
    return row


def _members(children: Sequence[Element], depth: int) -> Iterator[tuple[str, Any]]:
    for child in children:
        yield _name(child), _node(child, depth + 1)


def _is_list(element: Element, names: set[str], count: int) -> bool:
    """Whether all children are members of a list: `services` of `service`, and their like."""
    if len(names) != 1:
        return False
    (name,) = names
    said = element.get("is_array") == "true" or element.get("type") == "array"
    return said or count > 1 or _name(element).endswith(f"{name}s")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
