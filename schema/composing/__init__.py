"""Putting the teams' descriptions together with the city's own graph.

`compose` makes one graph of all; a description that does not fit is left out with findings and
stops nobody. `breaking_changes` says what a new graph takes away from clients of the old one.
"""

from schema.composing.changes import breaking_changes
from schema.composing.joining import Composition, compose

__all__ = ["Composition", "breaking_changes", "compose"]
