"""One table turns what happened to a source into a code and a sentence in two languages."""

import pytest

from connectors import errors
from connectors.ports.common import ErrorCode, ScopedId
from connectors.ports.connectors import SourceState
from resolvers.context import failed
from resolvers.problems import CODES, explain
from tests.builders import context

# Systems may have errors of their own below these.
ours = {
    kind for kind in errors.ConnectorError.__subclasses__() if kind.__module__ == errors.__name__
}


def test_the_table_has_every_leaf_of_the_error_tree_and_nothing_else():
    assert set(CODES) == ours


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = {
        line.split("── ")[1].split()[0] for line in errors.__doc__.splitlines() if "── " in line
    }
    assert drawn == {kind.__name__ for kind in ours}


@pytest.mark.parametrize("kind", sorted(ours, key=str))
def test_a_sentence_is_there_in_both_languages_and_never_the_upstreams(kind):
    code, sentence = explain(kind("SELECT secret FROM upstream", source="laksa"))
    assert code in {
        ErrorCode.UPSTREAM_DOWN,
        ErrorCode.UPSTREAM_INVALID,
        ErrorCode.UPSTREAM_TIMEOUT,
    }
    words = dict(sentence)
    assert set(words) == {"id", "en"}
    assert all(text.endswith(".") and "secret" not in text for text in words.values())


def test_a_more_exact_error_of_a_system_is_explained_as_its_kind():
    class TooSlow(errors.TimedOut):
        pass

    assert explain(TooSlow()) == CODES[errors.TimedOut]


def test_a_bare_connector_error_counts_as_broken():
    assert explain(errors.ConnectorError()) == CODES[errors.Broken]


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (errors.TimedOut(source="a"), SourceState.TIMEOUT, ErrorCode.UPSTREAM_TIMEOUT),
        (errors.Unreachable(source="a"), SourceState.DOWN, ErrorCode.UPSTREAM_DOWN),
        (errors.SwitchedOff(source="a"), SourceState.DISABLED, ErrorCode.UPSTREAM_DOWN),
        (errors.NotConfigured(source="a"), SourceState.DISABLED, None),
        (errors.Overloaded(source="a", retry_after=30), SourceState.DOWN, ErrorCode.UPSTREAM_DOWN),
    ],
)
def test_a_failure_becomes_a_status(error, state, code):
    status = failed(error)
    assert (status.connector, status.state, status.code) == ("a", state, code)
    assert status.retry_after == error.retry_after


def test_the_problems_of_a_request_are_told_once_per_source_in_the_callers_language():
    request = context(lang="en")
    request.note(failed(errors.TimedOut(source="a")))
    request.note(failed(errors.Unreachable(source="a")))
    assert request.problem_sources == [
        {
            "connector": "a",
            "state": "TIMEOUT",
            "code": "UPSTREAM_TIMEOUT",
            "message": "The source did not answer in time.",
            "asOf": None,
            "retryAfter": None,
        }
    ]


def test_ids_remember_their_source():
    assert str(ScopedId("laksa", "4711")) == "laksa:4711"
