"""Words as a search index wants them: plain tokens and stems, Indonesian and English alike.

The same tokens are made for SQLite and PostgreSQL, so that both find the same; neither brings an
Indonesian stemmer of its own everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import snowballstemmer

STEM = "zz"
"""What stems begin with in the index, so that a prefix never meets one by chance."""

_TOKEN = re.compile(r"[^\W_]+")
_LONGEST = 40


def tokens(text: str) -> list[str]:
    """The words of a text: lower case, without accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [token[:_LONGEST] for token in _TOKEN.findall(plain)]


def begins(text: str, asked: Sequence[str]) -> bool:
    """Whether the words of a text begin like those asked for, from the first one on.

    >>> begins("Pasar Anyar", ["pas"]), begins("Sampah di Pasar Baru", ["pas"])
    (True, False)
    """
    there = tokens(text)[: len(asked)]
    return len(there) == len(asked) and all(map(str.startswith, there, asked))


@lru_cache(maxsize=20_000)
def stems(token: str) -> tuple[str, ...]:
    """The Indonesian and the English stem of a word, marked; none for numbers and short words."""
    if len(token) < 4 or token.isdigit():
        return ()
    indonesian, english = _stemmers()
    found = {indonesian.stemWord(token), english.stemWord(token)}
    return tuple(sorted(STEM + stem for stem in found if len(stem) >= 3))


@lru_cache(maxsize=1)
def _stemmers() -> tuple[snowballstemmer.IndonesianStemmer, snowballstemmer.EnglishStemmer]:
    import snowballstemmer  # brings the stemmers of thirty languages

    return snowballstemmer.stemmer("indonesian"), snowballstemmer.stemmer("english")


def indexed(text: str) -> str:
    """The words of a text and their stems, one space between, for the index."""
    found = tokens(text)
    marked = [stem for token in dict.fromkeys(found) for stem in stems(token)]
    return " ".join(found + marked)


def asked(question: str, *, most: int = 12) -> list[tuple[str, tuple[str, ...]]]:
    """The words of a question, each with its stems; at most `most`, the rest is left out."""
    return [(token, stems(token)) for token in dict.fromkeys(tokens(question))][:most]
