"""The first guard: one linear look at the text of a document, before it is parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.ports.common import ErrorCode
from gateway.protection.values import no_nul
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from gateway.protection.limits import Limits

# Every branch ends at the end of the text at the latest and gives nothing back (the `+`
# after a quantifier), so an unclosed text cannot make the scan begin again at each quote.
_TOKEN = re.compile(
    r'''
      (?P<text>"""(?:\\"""|[^"]|"(?!""))*+(?:"""|\Z)|"(?:\\.|[^"\\\r\n])*+(?:"|\Z|(?=[\r\n\\])))
    | (?P<comment>\#[^\r\n]*+)
    | (?P<open>[{\[(])
    | (?P<close>[}\])])
    | (?P<number>-?[0-9][0-9A-Za-z_.]*+(?:(?<=[eE])[+-][0-9A-Za-z_.]*+)?)
    | (?P<directive>@)
    | [A-Za-z_][0-9A-Za-z_]*+
    | \.\.\.
    | [!$&:=|]
    ''',
    re.VERBOSE,
)

# An escape, not a written backslash that is followed by the letter u.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")


def _too_complex(what: str, found: str, most: int, advice: str) -> Refusal:
    return Refusal(
        ErrorCode.TOO_COMPLEX,
        f"The document {what} {found}; the limit is {most}. {advice}",
    )


def check_text(document: str, limits: Limits) -> None:
    """Refuse a document whose text is too long, too deep or full of signs.

    Time is linear in the length of the text. What is not GraphQL at all is left to the
    parser, which says where the mistake is. Raises Refusal.
    """
    if len(document) > limits.characters:
        raise _too_complex(
            "is",
            f"{len(document)} characters long",
            limits.characters,
            "Put long values into variables, or split the document.",
        )
    _check_nul(document)
    tokens = depth = directives = 0
    for match in _TOKEN.finditer(document):
        tokens += 1
        match match.lastgroup:
            case "open":
                depth += 1
                if depth > limits.nesting:
                    raise _too_complex(
                        "opens",
                        f"more brackets inside each other than allowed"
                        f" ({_where(document, match.start())})",
                        limits.nesting,
                        "Ask for fewer levels at once.",
                    )
            case "close":
                depth -= 1
            case "directive":
                directives += 1
            case "number":
                _check_digits(document, match, limits)
    if tokens > limits.tokens:
        raise _too_complex(
            "has",
            f"{tokens} words and signs",
            limits.tokens,
            "Put long values into variables, or split the document.",
        )
    if directives > limits.directives:
        raise _too_complex(
            "has", f"{directives} directives", limits.directives, "Use fewer directives."
        )


def _check_nul(document: str) -> None:
    """Refuse the sign U+0000, written as it is or as an escape in a text. Raises Refusal."""
    place = document.find("\0")
    if place < 0 and "\\u" in document:
        texts = (match for match in _TOKEN.finditer(document) if match.lastgroup == "text")
        # Between three quotes nothing is an escape.
        written = (match for match in texts if not match[0].startswith('"""'))
        place = next((match.start() for match in written if _NUL.search(match[0])), -1)
    if place >= 0:
        raise no_nul(f"The text at {_where(document, place)}")


def _check_digits(document: str, match: re.Match[str], limits: Limits) -> None:
    length = match.end() - match.start()
    if length > limits.digits:
        message = (
            f"A number of {length} characters is written at {_where(document, match.start())};"
            f" at most {limits.digits} are read. Write a shorter number."
        )
        raise bad_input(message)


def _where(document: str, offset: int) -> str:
    """Line and column of a place in the text, both counted from one."""
    line = document.count("\n", 0, offset) + 1
    column = offset - document.rfind("\n", 0, offset)
    return f"line {line}, column {column}"
