"""From a question to an answer: parse, guard, validate, execute."""
