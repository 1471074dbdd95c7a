"""From a question to an answer: parse, guard, validate, execute.

`execute` takes and answers what `graphql.execute` does, by compiled operations.
"""

from gateway.execution.compiled import execute, fallbacks

__all__ = ["execute", "fallbacks"]
