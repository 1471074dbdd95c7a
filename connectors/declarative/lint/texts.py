"""Every code that is said about a description: how bad it is, what it means, what to do.

The texts have gaps in braces for the words of the team; docs/connector-findings.md shows them all.
"""

from __future__ import annotations

from connectors.declarative.lint.texts_errors import ERRORS
from connectors.declarative.lint.texts_reading import READING
from connectors.declarative.lint.texts_rule import Rule
from connectors.declarative.lint.texts_warnings import WARNINGS

RULES: dict[str, Rule] = {**READING, **ERRORS, **WARNINGS}
"""By code."""

__all__ = ["RULES", "Rule"]
