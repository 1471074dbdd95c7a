"""Texts with expressions in braces, as in `/lot/{$args.id}`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.declarative.mapping import (
    ABSENT,
    Exhausted,
    MappingSyntaxError,
    Problem,
    Selection,
    apply_within,
    parse,
)
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.mapping.reader import LONGEST_TEXT
from connectors.declarative.mapping.values import kind_of, text_of
from connectors.errors import Rejected

MOST_STEPS = 20_000
MOST_SECONDS = 0.05
"""Work of one mapping of a request: it is done while everybody else waits."""
_SKIPPED = re.compile(r"[^{}\"'#]+|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#[^\n]*", re.DOTALL)
_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*|\t")


@dataclass(frozen=True, slots=True)
class Template:
    """Fixed text and expressions, in their order."""

    parts: tuple[str | Selection, ...]
    places: tuple[Place, ...] = field(default=(), compare=False)
    """Where each expression begins in the text."""

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else f"{{{part}}}" for part in self.parts)

    @property
    def expressions(self) -> tuple[Selection, ...]:
        """The expressions alone."""
        return tuple(part for part in self.parts if isinstance(part, Selection))

    def filled(
        self,
        variables: Mapping[str, Any],
        problems: list[Problem],
        write: Callable[[str], str],
        *,
        fixed: Callable[[str], str] = str,
    ) -> str:
        """The text with values in the place of expressions; null and what is missing are nothing.

        `write` makes a value fit to stand here, `fixed` the text around. Raises Rejected for a
        list or an object.
        """
        made = []
        for part in self.parts:
            if isinstance(part, str):
                made.append(fixed(part))
                continue
            value, told = worked_out(part, None, variables)
            problems.extend(told)
            made.append("" if value is ABSENT else write(scalar(value)))
        return "".join(made)


def worked_out(
    selection: Selection, data: Any, variables: Mapping[str, Any]
) -> tuple[Any, list[Problem]]:
    """What a part of a request comes to. Raises Rejected where that wants too much work."""
    try:
        return apply_within(selection, data, variables, MOST_STEPS, MOST_SECONDS)
    except Exhausted as error:
        raise Rejected("a mapping of the request wants more work than one may") from error


def scalar(value: Any) -> str:
    """A value as text. Raises Rejected when it is none: lists and objects have no one text."""
    text = text_of(value)
    if text is None:
        raise Rejected(f"an expression of the request gives {kind_of(value)}: it must be a scalar")
    return text


def read_template(text: str) -> Template:
    """The template in a text; line breaks and tabs in its fixed text are taken out.

    Raises MappingSyntaxError with the place in the text.
    """
    if len(text) > LONGEST_TEXT:
        raise MappingSyntaxError(f"the template is longer than {LONGEST_TEXT} characters", 1, 1)
    parts: list[str | Selection] = []
    places: list[Place] = []
    breaks = [found.end() for found in re.finditer("\n", text)]
    index = 0
    while index < len(text):
        opened = text.find("{", index)
        fixed = text[index:] if opened < 0 else text[index:opened]
        if "}" in fixed:
            at = _place(text, index + fixed.index("}"))
            raise MappingSyntaxError("a } without its {", *at)
        fixed = _BREAKS.sub("", fixed)
        if fixed:
            parts.append(fixed)
        if opened < 0:
            break
        index = _closed(text, opened)
        parts.append(_expression(text, opened, index))
        line = bisect_right(breaks, opened + 1)
        places.append(Place(line + 1, opened + 2 - (breaks[line - 1] if line else 0)))
    return Template(tuple(parts), tuple(places))


def _closed(text: str, opened: int) -> int:
    """The index behind the brace that closes the one here."""
    depth, index = 0, opened
    while index < len(text):
        skipped = _SKIPPED.match(text, index)
        if skipped:
            index = skipped.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        index += 1
        if depth == 0:
            return index
    raise MappingSyntaxError("the brace opened here is never closed", *_place(text, opened))


def _expression(text: str, opened: int, behind: int) -> Selection:
    inside = text[opened + 1 : behind - 1]
    if not inside.strip():
        raise MappingSyntaxError("braces without an expression", *_place(text, opened))
    try:
        return parse(inside)
    except MappingSyntaxError as error:
        at = moved(_place(text, opened + 1), error.line, error.column)
        raise MappingSyntaxError(error.message, *at) from None


def moved(begin: Place, line: int, column: int) -> Place:
    """A place in a part of a text, as a place in the whole; the part begins at `begin`."""
    if line > 1:
        return Place(begin.line + line - 1, column)
    return Place(begin.line, begin.column + column - 1)


def _place(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
