"""The parser: from the text of a selection to what it means, or the place where it goes wrong."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from typing import NoReturn

from connectors.declarative.mapping.nodes import (
    Bare,
    Choice,
    Embedded,
    Expression,
    Field,
    Group,
    Item,
    Key,
    ListLiteral,
    Literal,
    MappingSyntaxError,
    Method,
    ObjectLiteral,
    Optional,
    Path,
    Place,
    Start,
    Step,
    Tree,
    Variable,
)

LONGEST_TEXT = 65_536
"""Code points of a selection."""
DEEPEST_NESTING = 50
"""Brackets in brackets. Each level costs the parser some frames of the stack."""
_LONGEST_NUMBER = 400

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_PLAIN = re.compile(r"""[^\\"']+""")
_HEX = re.compile(r"[0-9A-Fa-f]{4}")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPES = {
    '"': '"', "'": "'", "\\": "\\", "/": "/",
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip


def read(text: str) -> Tree:
    """The selection in a text. Raises MappingSyntaxError and nothing else."""
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0
        self.depth = 0
        self.breaks = [found.end() for found in re.finditer("\n", text)]
        if len(text) > LONGEST_TEXT:
            self.fail(f"the selection is longer than {LONGEST_TEXT} characters")

    # --------------------------------------------------------------------------- places

    def place(self, index: int | None = None) -> Place:
        index = self.index if index is None else index
        line = bisect_right(self.breaks, index)
        return Place(line + 1, index - (self.breaks[line - 1] if line else 0) + 1)

    def fail(self, message: str, index: int | None = None) -> NoReturn:
        raise MappingSyntaxError(message, *self.place(index))

    def here(self) -> str:
        """What stands here, for a message."""
        if self.index >= len(self.text):
            return "the end of the selection"
        return repr(self.text[self.index])

    # --------------------------------------------------------------------------- tokens

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.index)
        self.index = found.end() if found else self.index

    def sees(self, mark: str) -> bool:
        return self.text.startswith(mark, self.index)

    def takes(self, mark: str) -> bool:
        """Whether the mark came next, after blanks; then it is behind us."""
        self.blank()
        if not self.sees(mark):
            return False
        self.index += len(mark)
        return True

    def name(self) -> str | None:
        found = _NAME.match(self.text, self.index)
        if found is None:
            return None
        self.index = found.end()
        return found[0]

    def key(self) -> str | None:
        if self.sees('"') or self.sees("'"):
            return self.string()
        return self.name()

    def string(self) -> str:
        begin, quote = self.index, self.text[self.index]
        self.index += 1
        parts: list[str] = []
        while True:
            plain = _PLAIN.match(self.text, self.index)
            if plain:
                parts.append(plain[0])
                self.index = plain.end()
            if self.index >= len(self.text):
                self.fail("a string that does not end: its closing quote is missing", begin)
            char = self.text[self.index]
            if char == "\\":
                parts.append(self.escape())
                continue
            self.index += 1
            if char == quote:
                break
            parts.append(char)
        whole = "".join(parts)
        if any("\ud800" <= char <= "\udfff" for char in whole):
            # Two escapes may be the halves of one character; one half alone is no text.
            try:
                whole = whole.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                self.fail("half a character: a \\u escape without its other half", begin)
        return whole

    def escape(self) -> str:
        begin = self.index
        char = self.text[begin + 1 : begin + 2]
        if char == "u":
            found = _HEX.match(self.text, begin + 2)
            if found is None:
                self.fail("after \\u come four hexadecimal digits", begin)
            self.index = found.end()
            return chr(int(found[0], 16))
        if char not in _ESCAPES:
            self.fail(f"unknown escape: write \\\\{char} for a backslash", begin)
        self.index = begin + 2
        return _ESCAPES[char]

    def number(self) -> Literal:
        at, begin = self.place(), self.index
        found = _NUMBER.match(self.text, begin)
        if found is None:
            self.fail(f"expected a number, found {self.here()}")
        written = found[0]
        if len(written) > _LONGEST_NUMBER:
            self.fail(f"a number longer than {_LONGEST_NUMBER} characters")
        self.index = found.end()
        if _NAME.match(self.text, self.index):
            self.fail("a number goes straight into a word; numbers have no exponent")
        value = float(written) if "." in written else int(written)
        if value in (math.inf, -math.inf):
            self.fail("a number that is too large", begin)
        return Literal(value, at)

    # --------------------------------------------------------------------------- nesting

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            self.fail(f"more than {DEEPEST_NESTING} brackets in each other")

    def closes(self, mark: str, opened: int) -> None:
        if not self.takes(mark):
            if self.index >= len(self.text):
                self.fail(f"the bracket opened here is never closed: {mark!r} is missing", opened)
            self.fail(f"expected {mark!r}, found {self.here()}")
        self.depth -= 1

    # --------------------------------------------------------------------------- selections

    def whole(self) -> Tree:
        at = self.place()
        items = self.items()
        if self.index < len(self.text):
            self.fail(f"a {self.here()} that closes nothing")
        if len(items) == 1 and items[0].name is None and not items[0].spread:
            value = items[0].value
            if isinstance(value, Path):
                return value
        self.named(items)
        return Group(tuple(items), at)

    def items(self) -> list[Item]:
        found: list[Item] = []
        while True:
            self.blank()
            if self.index >= len(self.text) or self.sees("}"):
                return found
            found.append(self.item())

    def named(self, items: list[Item]) -> None:
        """Every value needs a name, or braces whose fields are merged."""
        for item in items:
            bare = isinstance(item.value, Path) and item.value.inner is None
            if item.name is None and bare and not item.spread:
                raise MappingSyntaxError(
                    "a path of several steps has no name of its own: write `name: path`,"
                    " or `path { … }` to merge its fields",
                    *item.at,
                )

    def item(self) -> Item:
        at, begin = self.place(), self.index
        if self.takes("..."):
            self.blank()
            return Item(None, self.path(), spread=True, at=at)
        alias = self.key()
        if alias is not None and self.takes(":"):
            self.blank()
            if self.sees("{"):
                return Item(alias, self.group(), at=at)
            return Item(alias, self.path(), at=at)
        self.index = begin
        path = self.path()
        return Item(path.key, path, at=at)

    def group(self) -> Group:
        at, opened = self.place(), self.index
        self.index += 1
        self.deeper()
        items = self.items()
        self.named(items)
        self.closes("}", opened)
        return Group(tuple(items), at)

    # --------------------------------------------------------------------------- paths

    def path(self) -> Path:
        start = self.start()
        steps = self.steps()
        self.blank()
        return Path(start, steps, self.group() if self.sees("{") else None)

    def start(self) -> Start:
        at, opened = self.place(), self.index
        if self.sees("$("):
            self.index += 2
            self.deeper()
            value = self.expression()
            self.closes(")", opened)
            return Embedded(value, at)
        if self.sees("$"):
            self.index += 1
            return Variable("$" + (self.name() or ""), at)
        if self.sees("@"):
            self.index += 1
            return Variable("@", at)
        key = self.key()
        if key is None:
            self.astray()
        return Field(key, at)

    def astray(self) -> NoReturn:
        """Say what is wrong where a path should begin."""
        if self.sees(","):
            self.fail("fields are separated by blanks, not by commas")
        if self.index < len(self.text) and self.text[self.index] in "-.0123456789[{":
            self.fail("a literal stands in $( … ) here")
        if self.sees("?"):
            self.fail("?? and ?! stand in $( … ); a single ? comes directly after a step")
        self.fail(f"expected a field name, $, @ or $( … ), found {self.here()}")

    def steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while True:
            self.blank()
            at = self.place()
            if self.sees("->"):
                self.index += 2
                self.blank()
                name = self.name()
                if name is None:
                    self.fail(f"expected the name of a method after ->, found {self.here()}")
                steps.append(Method(name, self.arguments(), at))
            elif self.sees(".") and not self.sees("..."):
                self.index += 1
                self.blank()
                at = self.place()
                key = self.key()
                if key is None:
                    self.fail(f"expected a key after the point, found {self.here()}")
                steps.append(Key(key, at))
            elif self.sees("?") and not (self.sees("??") or self.sees("?!")):
                if steps and isinstance(steps[-1], Optional):
                    self.fail("one ? is enough")
                self.index += 1
                steps.append(Optional(at))
            else:
                return tuple(steps)

    def arguments(self) -> tuple[Expression, ...]:
        self.blank()
        if not self.sees("("):
            return ()
        opened = self.index
        self.index += 1
        return self.listed(")", opened)

    def listed(self, end: str, opened: int) -> tuple[Expression, ...]:
        """Values with commas between, up to a bracket; one comma more at the end is fine."""
        self.deeper()
        values: list[Expression] = []
        self.blank()
        while not self.sees(end):
            values.append(self.expression())
            if not self.takes(","):
                break
            self.blank()
        self.closes(end, opened)
        return tuple(values)

    # --------------------------------------------------------------------------- expressions

    def expression(self) -> Expression:
        self.blank()
        at = self.place()
        operands = [self.operand()]
        operator = ""
        while True:
            self.blank()
            mark = self.text[self.index : self.index + 2]
            if mark not in ("??", "?!"):
                break
            if operator and mark != operator:
                self.fail("?? and ?! do not mix: put one of them into $( … )")
            operator = mark
            self.index += 2
            self.blank()
            operands.append(self.operand())
        return Choice(operator, tuple(operands), at) if operator else operands[0]

    def operand(self) -> Expression:
        at = self.place()
        literal = self.literal()
        if literal is None:
            return self.path()
        steps = self.steps()
        return Path(Bare(literal, at), steps) if steps else literal

    def literal(self) -> Expression | None:
        at, opened = self.place(), self.index
        char = self.text[opened : opened + 1]
        if char in ('"', "'") and char:
            return Literal(self.string(), at)
        if char == "[":
            self.index += 1
            return ListLiteral(self.listed("]", opened), at)
        if char == "{":
            return self.object()
        if _NUMBER.match(self.text, opened):
            return self.number()
        word = _NAME.match(self.text, opened)
        if word and word[0] in _WORDS:
            self.index = word.end()
            return Literal(_WORDS[word[0]], at)
        if char in ("", ",", ")", "]", "}"):
            self.fail(f"expected a value, found {self.here()}")
        return None

    def object(self) -> ObjectLiteral:
        at, opened = self.place(), self.index
        self.index += 1
        self.deeper()
        entries: list[tuple[str, Expression]] = []
        self.blank()
        while not self.sees("}"):
            place = self.place()
            key = self.key()
            if key is None:
                self.fail(f"expected a key, found {self.here()}")
            value = self.expression() if self.takes(":") else Path(Field(key, place))
            entries.append((key, value))
            if not self.takes(","):
                break
            self.blank()
        self.closes("}", opened)
        return ObjectLiteral(tuple(entries), at)
