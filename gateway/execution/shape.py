"""The shape of a document: what is left of its text when aliases and literals are taken out.

Two texts of one shape are parsed, validated and compiled alike, so what was made for one serves the
other with its own names and values. One scan finds the shape; it is never parsed. What could
change validation or meaning stays in the shape: the kinds of literals, which of them are equal (two
fields merge if their arguments are equal), names of all kinds, aliases that are equal to a name,
literals of variable definitions and of directives, texts with escapes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKENS = re.compile(
    r'''
    [ \t\n\r,\ufeff]*+ (?: \#[^\n\r]*+ [ \t\n\r,\ufeff]*+ )*+
    (
      [A-Za-z_][0-9A-Za-z_]*+
    | [{}()\[\]:!$=@|&]
    | \.\.\.
    | [-0-9](?:[eE][+-]|[0-9A-Za-z_.])*+
    | """(?:\\"""|[^"]|"(?!""))*+"""
    | "(?!"")(?:\\.|[^"\\\n\r])*+"
    | .
    | \Z
    )
    ''',
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r'"[^"\\\x00-\x1f\x7f-\x9f]*+"')
"""A text that means what it says, sign by sign."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_BROKEN = re.compile("[\ud800-\udfff]")
"""Half a sign; the lexer refuses it even in comments."""
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_DIGIT = frozenset("-0123456789")
_SIGNS = frozenset("{}()[]:!$=@|&")


class Shape(NamedTuple):
    """The shape of a text, and what was taken out of it."""

    key: str
    """Equal for texts of one shape, and for no others."""
    names: tuple[str, ...]
    """The aliases, each once, in the order they first stand in."""
    literals: tuple[str, ...]
    """Numbers and texts in arguments of fields, as written, each once, in that order."""


def scan(text: str, fixed: frozenset[str] = frozenset()) -> Shape | None:
    """The shape of a text, None if it has signs that are not GraphQL's.

    Aliases in `fixed` stay in the shape. Time is linear in the length of the text.
    """
    if not text.isascii() and _BROKEN.search(text):
        return None
    tokens = _TOKENS.findall(text)
    while tokens and not tokens[-1]:
        tokens.pop()
    out: list[str] = []
    names: dict[str, str] = {}
    literals: dict[str, str] = {}
    last = len(tokens) - 1
    round_, curly, constant = 0, 0, False
    for index, token in enumerate(tokens):
        first = token[0]
        if first in _NAME:
            if not round_ and index < last and tokens[index + 1] == ":" and token not in fixed:
                if first == "_" and token.startswith("__"):
                    return scan(text, fixed | {token})
                mark = names.get(token)
                if mark is None:
                    mark = names[token] = f"%a{len(names)}"
                token = mark
        elif first in _SIGNS:
            if first == "(":
                round_ += 1
                if round_ == 1:
                    constant = curly == 0 or (index > 1 and tokens[index - 2] == "@")
            elif first == ")":
                round_ -= 1
            elif not round_:
                curly += (first == "{") - (first == "}")
        elif first in _DIGIT:
            if not _NUMBER.fullmatch(token):
                return None
            if round_ and not constant:
                mark = literals.get(token)
                if mark is None:
                    kind = "i" if token.lstrip("-").isdigit() else "f"
                    mark = literals[token] = f"%{kind}{len(literals)}"
                token = mark
        elif first == '"':
            if token == '"':
                return None
            if round_ and not constant and _PLAIN.fullmatch(token):
                mark = literals.get(token)
                if mark is None:
                    mark = literals[token] = f"%s{len(literals)}"
                token = mark
        elif token != "...":
            return None
        out.append(token)
    if names:
        same = names.keys() & set(out)
        if same:
            return scan(text, fixed | same)
    return Shape(" ".join(out), tuple(names), tuple(literals))
