"""The fixed limits of a question, in one frozen record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a question may be. Whatever is larger is refused before any work is done.

    Sizes of a document are answered with TOO_COMPLEX, sizes of a page with BAD_INPUT. The
    defaults let every document of the common tools pass (the introspection queries of
    GraphiQL, Apollo, Relay and the code generators included) and keep the time spent on the
    worst document within a fraction of a second.
    """

    characters: int = 60_000
    """Characters of the whole document, comments and blanks included."""
    tokens: int = 4_000
    """Words, numbers, texts, signs and comments of the document together."""
    digits: int = 100
    """Characters of one number written in the document."""
    nesting: int = 40
    """Brackets of any kind open at the same time: selections, arguments, lists, types."""
    directives: int = 100
    """Directives written in the document."""
    operations: int = 20
    """Operations in one document; only one of them is run."""
    fragments: int = 100
    """Named fragments in one document."""
    depth: int = 18
    """Fields below each other, fragments expanded; the introspection of tools needs 15."""
    fields: int = 2_000
    """Fields of one operation, fragments expanded."""
    aliases: int = 100
    """Aliases of one operation, fragments expanded."""
    root_fields: int = 30
    """Fields directly on the query or mutation, fragments expanded."""
    page_size: int = 500
    """The largest `first` or `last`."""
    node_ids: int = 100
    """The largest number of ids in `nodes(ids:)`."""
    values: int = 30_000
    """Values in the variables, at every level; a polygon of 9,900 points still fits."""
    comparisons: int = 40_000
    """Units of work for telling whether fields of the same name can be merged."""
    errors: int = 20
    """Mistakes reported at once; after these the reading stops."""
