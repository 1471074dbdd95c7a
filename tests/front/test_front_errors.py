"""What a caller sees of each kind of exception, and what only our log sees."""

from __future__ import annotations

import logging
import re

import pytest
from graphql import GraphQLError, located_error

from connectors import errors
from connectors.ports.common import ErrorCode
from gateway.errors import LONGEST_MESSAGE, present, refusal_body
from resolvers.problems import CODES, Refusal
from tests.front.small_city import SECRET, ask


async def _error(query: str, **variables: object) -> dict[str, object]:
    answer = await ask(query, variables)
    [error] = answer.errors
    assert isinstance(error["extensions"], dict)
    return error


async def test_a_refusal_keeps_its_code_and_message() -> None:
    assert await _error("{ refused }") == {
        "message": "Only officers see this; sign in as one.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["refused"],
        "extensions": {"code": "FORBIDDEN"},
    }


async def test_a_source_that_fails_is_explained_in_both_languages_without_its_words() -> None:
    error = await _error("{ late }")
    assert error["message"] == "The source did not answer in time."
    assert error["extensions"] == {
        "code": "UPSTREAM_TIMEOUT",
        "pesan": "Sumber data tidak menjawab tepat waktu.",
        "source": "laksa",
    }


async def test_a_source_may_say_when_to_come_back() -> None:
    error = await _error("{ busy }")
    assert error["extensions"] == {
        "code": "UPSTREAM_DOWN",
        "pesan": "Sumber data sedang terlalu sibuk; coba lagi nanti.",
        "source": "gtfs-tayo",
        "retryAfter": 3,
    }


@pytest.mark.parametrize("kind", CODES)
def test_every_failure_of_a_source_has_a_code(kind: type[errors.ConnectorError]) -> None:
    body = present(located_error(kind(SECRET), [], ["places"]))
    code, sentence = CODES[kind]
    assert body["message"] == sentence.pick("en")
    assert body["extensions"] == {"code": code.value, "pesan": sentence.pick("id")}
    assert body["path"] == ["places"]


@pytest.mark.parametrize("query", ["{ broken }", "{ fatal }", "{ wrongNumber }"])
async def test_anything_else_is_internal_with_a_number_that_the_log_knows(
    query: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        error = await _error(query)
    extensions = error["extensions"]
    assert isinstance(extensions, dict)
    assert extensions["code"] == "INTERNAL"
    assert re.fullmatch(r"[0-9a-f]{12}", extensions["errorId"])
    assert extensions["errorId"] in caplog.text
    assert "small_city.py" in caplog.text or "scalars.py" in caplog.text
    assert SECRET not in caplog.text + str(error)


async def test_the_log_follows_the_causes_to_the_first(caplog: pytest.LogCaptureFixture) -> None:
    def chained() -> Exception:
        low, high = OSError(SECRET), RuntimeError(SECRET)
        high.__cause__ = low
        return high

    with caplog.at_level(logging.ERROR):
        present(chained())
    assert "builtins.RuntimeError" in caplog.text
    assert "builtins.OSError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{", {}),
        ("{ nothing }", {}),
        ("{ shout }", {}),
        ('{ at(moment: "gestern") }', {}),
        ("query ($m: Moment) { at(moment: $m) }", {"m": "gestern"}),
        ("query ($n: Int!) { shout(times: $n) }", {"n": 2**40}),
        ("query ($n: Int!) { shout(times: $n) }", {}),
        ("query ($n: Int = 1) { shout(times: $n) }", {"n": None}),
    ],
)
async def test_whatever_is_wrong_with_the_input_is_bad_input(
    query: str, variables: dict[str, object]
) -> None:
    error = await _error(query, **variables)
    assert error["extensions"] == {"code": "BAD_INPUT"}
    assert error["locations"]


def test_a_refusal_before_execution_keeps_the_sentence_that_says_where() -> None:
    inner = Refusal(ErrorCode.OUT_OF_AREA, "Not in this city.")
    outer = GraphQLError("Variable '$at': Not in this city.", original_error=inner)
    assert present(outer) == {
        "message": "Variable '$at': Not in this city.",
        "extensions": {"code": "OUT_OF_AREA"},
    }


def test_a_code_already_stated_is_kept_only_if_it_is_on_the_list() -> None:
    known = GraphQLError("x", path=["a"], extensions={"code": "NOT_FOUND"})
    unknown = GraphQLError(SECRET, path=["a"], extensions={"code": "OOPS"})
    assert present(known)["extensions"] == {"code": "NOT_FOUND"}
    assert "INTERNAL" in str(present(unknown)["extensions"])
    assert SECRET not in str(present(unknown))


def test_a_message_is_cut_at_a_readable_length() -> None:
    message = str(refusal_body(ErrorCode.BAD_INPUT, "x" * 10_000)["message"])
    assert len(message) == LONGEST_MESSAGE
    assert message.endswith("…")


def test_exceptions_that_never_met_graphql_are_presented_too() -> None:
    assert present(Refusal(ErrorCode.CONFLICT, "Twice."))["extensions"] == {"code": "CONFLICT"}
    assert "UPSTREAM_DOWN" in str(present(errors.Unreachable(source="laksa")))
    assert "INTERNAL" in str(present(ValueError(SECRET)))
