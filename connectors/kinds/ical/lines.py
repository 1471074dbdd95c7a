"""The lines of a calendar, put together into components. One broken line costs no more than itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from connectors.errors import Unreadable

MOST_LINES = 500_000
MOST_COMPONENTS = 50_000
DEEPEST = 8
LONGEST_LINE = 100_000
"""Characters; longer ones hold pictures, which are not read."""

_FOLD = re.compile(rb"\n[ \t]")
_BEGIN = re.compile(r"^[ \t]*BEGIN[ \t]*:", re.IGNORECASE | re.MULTILINE)
# A vertical tab is what word processors leave of a line break.
_PAGING = re.compile(r"[\x0b\x0c]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BARE = re.compile(r"([A-Za-z0-9-]{1,60}):")
"""A name without parameters, as most lines have."""
_NAME = re.compile(r"\s*([A-Za-z0-9-]{1,60})\s*[;:]")
_PIECE = re.compile(r"\\.|,|[^\\,]+|\\", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\;,:nN\"])")


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its name and parameters in capitals, its value as written."""

    name: str
    params: Mapping[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value of a TEXT, unescaped."""
        return unescaped(self.value).strip()

    @property
    def texts(self) -> list[str]:
        """The values of a list of TEXTs: parted by commas that are not escaped."""
        parts = [""]
        for piece in _PIECE.findall(self.value):
            if piece == ",":
                parts.append("")
            else:
                parts[-1] += piece
        return [text for part in parts if (text := unescaped(part).strip())]


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    fault: str | None = None
    """Why it cannot be trusted as a whole."""

    def every(self, *names: str) -> Iterator[Line]:
        """The lines of these names, in their order."""
        return (line for line in self.lines if line.name in names)

    def first(self, *names: str) -> Line | None:
        """The first line of the first of these names that is there."""
        for name in names:
            for line in self.every(name):
                return line
        return None

    def text(self, *names: str) -> str:
        """The text of that line, empty where there is none."""
        line = self.first(*names)
        return "" if line is None else line.text

    def named(self, name: str) -> Iterator[Component]:
        """The components within this one that have this name."""
        return (part for part in self.parts if part.name == name)


def unescaped(value: str) -> str:
    """The text that a TEXT value stands for."""
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def read_components(body: bytes, charset: str = "") -> list[Component]:
    """The outermost components: calendars, or what somebody wrote without one.

    Raises Unreadable when there are none, and when the document ends in the middle.
    """
    stack = [Component("")]
    for text in _unfolded(body, charset):
        line = _line(text)
        if line is None:
            continue
        if line.name == "BEGIN":
            if len(stack) > DEEPEST:
                raise Unreadable(f"a calendar of more than {DEEPEST} parts within each other")
            _begin(stack, line.value.strip().upper()[:40])
        elif line.name == "END":
            _end(stack, line.value.strip().upper())
        else:
            stack[-1].lines.append(line)
    if len(stack) > 1:
        raise Unreadable("the calendar ends in the middle")
    if not stack[0].parts:
        raise Unreadable("no iCalendar: nothing begins in it")
    return stack[0].parts


# ------------------------------------------------------------------------------- parts


def _begin(stack: list[Component], name: str) -> None:
    # Neither stands in its like: the one before was never ended.
    if name in ("VEVENT", "VCALENDAR") and any(one.name == name for one in stack):
        _close(stack, name)
        stack.pop().fault = "has no END"
    part = Component(name)
    stack[-1].parts.append(part)
    stack.append(part)


def _end(stack: list[Component], name: str) -> None:
    if any(one.name == name for one in stack[1:]):
        _close(stack, name)
        stack.pop()


def _close(stack: list[Component], name: str) -> None:
    """Leave what was not ended within the innermost component of this name."""
    while stack[-1].name != name:
        stack.pop().fault = "has no END"


def _unfolded(body: bytes, charset: str) -> Iterator[str]:
    """The lines, unfolded before they are decoded: a fold may part the bytes of one letter.

    Raises Unreadable when there are too many, before any of them is read.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    body = body.removeprefix(b"\xef\xbb\xbf")
    body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = _decoded(_FOLD.sub(b"", body), charset)
    if text.count("\n") > MOST_LINES:
        raise Unreadable(f"a calendar of more than {MOST_LINES} lines")
    if sum(1 for _ in _BEGIN.finditer(text)) > MOST_COMPONENTS:
        raise Unreadable(f"a calendar of more than {MOST_COMPONENTS} parts")
    text = _CONTROL.sub("", _PAGING.sub(" ", text))
    return (line for line in text.split("\n") if line.strip() and len(line) <= LONGEST_LINE)


def _decoded(body: bytes, charset: str) -> str:
    for encoding in ("utf-8", charset or "utf-8"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")  # what old programmes write without saying so


def _line(text: str) -> Line | None:
    """The line; None for one that is no property, such as a text that somebody did not fold."""
    if not _NAME.match(text):
        return None
    if (bare := _BARE.match(text)) is not None and bare.end() < len(text):
        return Line(bare[1].upper(), {}, text[bare.end() :])
    try:
        name, params, value = Contentline(text).raw_parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    plain = {
        str(key).upper(): ",".join(map(str, said)) if isinstance(said, list) else str(said)
        for key, said in params.items()
    }
    return Line(str(name).upper(), plain, str(value))
