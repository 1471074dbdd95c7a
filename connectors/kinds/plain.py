"""Plain text of what may be HTML: tags and scripts gone, line breaks kept, signs as they are read."""

from __future__ import annotations

import html
import re

import nh3

LONGEST = 20_000
"""Characters of a text; what is beyond is left off."""

_TAGS = (
    "a|abbr|article|audio|b|big|blockquote|body|br|button|center|code|dd|del|div|dl|dt|em|embed|font"
    "|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|li|link|main|math|meta|nav|object"
    "|ol|option|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody"
    "|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video"
)
# Known names only: in "x<y and z>q" nobody meant a tag.
_MARKUP = re.compile(
    rf"</?(?:{_TAGS})(?:[\s/][^<>]{{0,2000}})?>|<!--|<!doctype\b"
    r"|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31});",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"<(?:br|/p|/li|/div|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
# What nobody sees: control characters, and those that make words run backwards.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_LINES = re.compile(r"\r\n|[\r\n\x0b\x0c]")
_SPACES = re.compile(r"[^\S\n]+")
_ROUNDS = 10


def plain(text: str) -> str:
    """The text as people read it. A text without markup keeps its words and signs as they are.

    Markup that was escaped once or more on its way is taken off, too.
    """
    text = seen("\n".join(_LINES.split(text[: 2 * LONGEST])))
    for _ in range(_ROUNDS):
        if not _MARKUP.search(text):
            break
        text = seen(html.unescape(nh3.clean(_BREAKS.sub("\n", text), tags=set(), attributes={})))
    else:  # escaped so often that nobody can mean it well
        text = text.replace("<", " ").replace("&", " ")
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST]


def seen(text: str) -> str:
    """The text without characters that nobody sees: controls, and turns of the direction."""
    return _UNSEEN.sub("", text)
