"""Every finding that can reach a team is on its page, in both languages, with what to do."""

import re
from pathlib import Path

import pytest
from graphql import BreakingChangeType, DangerousChangeType, build_schema

from connectors.declarative.findings import Finding, Severity
from connectors.declarative.lint import RULES
from connectors.declarative.lint.texts_others import OTHERS
from connectors.declarative.meanings import MEANINGS
from connectors.ports.common import must_text
from gateway.checking import breaks
from gateway.dossiers import NOT_LIVE
from gateway.findings import codes, page
from gateway.rehearsing import in_order
from schema.composing import breaking_changes
from schema.composing.changes import CHANGES
from schema.composing.telling import JoiningCode, finding

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_the_page_is_made_of_the_tables():
    assert (DOCS / "connector-findings.md").read_text() == page()


def test_every_code_is_on_one_of_the_two_pages():
    findings = (DOCS / "connector-findings.md").read_text()
    folder = (DOCS / "connector-folder.md").read_text()
    for code in {*RULES, *OTHERS, *codes()}:
        assert f"`{code}`" in findings, code
    for said in MEANINGS:
        assert f"`{said.value}`" in folder, said


def test_every_change_graphql_knows_has_its_words():
    kinds = {f"BREAKING_{kind.name}" for kind in BreakingChangeType}
    kinds |= {f"DANGEROUS_{kind.name}" for kind in DangerousChangeType}
    assert set(CHANGES) == kinds


@pytest.mark.parametrize(
    "one",
    [
        *(finding(code, name="x", owner="y") for code in JoiningCode),
        *(Finding(code, *told) for code, told in CHANGES.items()),
        breaks("x"),
        NOT_LIVE,
    ],
    ids=lambda one: one.code,
)
def test_a_finding_is_told_in_both_languages_with_what_to_do(one):
    for text in (one.message, one.fix):
        assert {"id", "en"} <= set(text.by_lang)
        assert text.pick("id") != text.pick("en")


def test_no_code_is_written_in_the_source_that_no_page_has():
    known = {*RULES, *OTHERS, *codes(), *(code.value for code in MEANINGS)}
    begun = ("GRAPH", "BREAKING", "DANGEROUS", "REHEARSAL", "DRIFT", "LIVE", "TEST", "YAML")
    pattern = re.compile(rf'"((?:{"|".join(begun)})_[A-Z_]+)"')
    rooms = ("connectors/declarative", "schema/composing", "catalog/registrations")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    files += [*(ROOT / "gateway").glob("*.py"), *(ROOT / "gateway" / "watching").glob("*.py")]
    written = {code for file in files for code in pattern.findall(file.read_text())}
    assert {one for one in written if not one.startswith("LIVE_")} <= known


def test_what_is_added_is_told_with_what_to_do():
    before = build_schema("enum E { A } type Query { e: E }")
    after = build_schema("enum E { A B } type Query { e: E }")
    (found,) = breaking_changes(before, after)
    assert (found.code, found.severity) == ("DANGEROUS_VALUE_ADDED_TO_ENUM", Severity.INFO)
    assert found.fix is not None


def test_what_two_looks_found_in_the_same_place_is_told_once():
    def missing(line: int, where: str = "Query.a") -> Finding:
        message = must_text(f"`{where}` tidak punya uji.", f"`{where}` has no test.")
        return Finding(
            "TEST_MISSING", Severity.WARNING, message, None, "connector.graphql", line, 3, where
        )

    hard = Finding("SDL_SYNTAX", Severity.ERROR, must_text("Salah.", "Wrong."))
    other = Finding("SDL_SYNTAX", Severity.ERROR, must_text("Salah lagi.", "Wrong again."))
    told = in_order((missing(1), missing(2), hard, missing(1), missing(1, "Query.b"), other))
    assert told == (hard, other, missing(1), missing(2), missing(1, "Query.b"))
