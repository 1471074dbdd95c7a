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
    | """(?:\\"""|[^"]|"(?!""))*+(?:""")?+
    | "(?:\\.|[^"\\\n\r])*+"?+
    | .
    | \Z
    )
    ''',
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r'"[^"\\\x00-\x1f\x7f-\x9f]*+"')
"""A text that means what it says, sign by sign."""
_TEXT = re.compile(r'''"""(?:\\"""|[^"]|"(?!""))*+"""|"(?!"")(?:\\.|[^"\\\n\r])*+"''', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_BROKEN = re.compile("[\ud800-\udfff]")
"""Half a sign; the lexer refuses it even in comments."""
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_SIGNS = frozenset("{}()[]:!$=@|&")


class Shape(NamedTuple):
    """The shape of a text, and what was taken out of it."""

    key: str
    """Equal for texts of one shape, and for no others."""
    names: tuple[str, ...]
    """The aliases, each once, in the order they first stand in."""
    literals: tuple[str, ...]
    """Numbers and texts in arguments of fields, as written, each once, in that order."""


def scan(  # noqa: C901, PLR0912 - one loop, since calls cost more than what they do
    text: str, fixed: frozenset[str] = frozenset()
) -> Shape | None:
    """The shape of a text, None if it has signs that are not GraphQL's.

    Aliases in `fixed` stay in the shape. Time is linear in the length of the text.
    """
    if not text.isascii() and _BROKEN.search(text):
        return None
    tokens = _TOKENS.findall(text)
    while tokens and not tokens[-1]:
        tokens.pop()
    tokens.append("")
    out: list[str] = []
    put = out.append
    names: dict[str, str] = {}
    literals: dict[str, str] = {}
    round_, curly, constant = 0, 0, False
    for index, word in enumerate(tokens):
        if word in _SIGNS:
            put(word)
            if word == "(":
                round_ += 1
                if round_ == 1:
                    constant = not curly or (index > 1 and tokens[index - 2] == "@")
            elif word == ")":
                round_ -= 1
            elif not round_:
                curly += (word == "{") - (word == "}")
        elif word[:1] in _LETTERS:
            if round_ or tokens[index + 1] != ":" or word in fixed:
                put(word)
            else:
                put(names.get(word) or names.setdefault(word, f"%a{len(names)}"))
        elif not word:
            break
        else:
            kind = _kind(word)
            if kind is None:
                return None
            if not kind or not round_ or constant:
                put(word)
            else:
                put(literals.get(word) or literals.setdefault(word, f"%{kind}{len(literals)}"))
    if names:
        same = {name for name in names if name[:2] == "__"} | (names.keys() & set(out))
        if same:
            return scan(text, fixed | same)
    return Shape(" ".join(out), tuple(names), tuple(literals))


def _kind(word: str) -> str | None:
    """Of a literal: i, f or s; empty where it is to stay in the shape; None if it is no literal."""
    if word == "...":
        return ""
    if word[0] == '"':
        if _PLAIN.fullmatch(word):
            return "s"
        return "" if _TEXT.fullmatch(word) else None
    if not _NUMBER.fullmatch(word):
        return None
    return "i" if word.lstrip("-").isdigit() else "f"
