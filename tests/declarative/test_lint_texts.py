"""The texts of the findings: complete, in both languages, and as the page for teams shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.declarative.codes import SaidCode
from connectors.declarative.faults import Code, Fault
from connectors.declarative.lint import RULES
from connectors.declarative.lint.details import translated
from connectors.declarative.lint.notes import Notes
from connectors.declarative.lint.reading import note_fault
from connectors.declarative.lint.table import table
from connectors.declarative.lint.texts_others import OTHERS
from connectors.declarative.meanings import MEANINGS
from connectors.declarative.sdl import read_sdl
from tests.declarative.lint_cases import CASES, READING, SELECTIONS, Broken, query, told

PAGE = Path(__file__).parents[2] / "docs" / "connector-findings.md"
MAPPING = Path(__file__).parents[2] / "connectors" / "declarative" / "mapping" / "reader.py"


def test_the_page_for_teams_begins_with_the_table():
    assert PAGE.read_text().startswith(table())


def test_every_code_about_settings_recordings_and_calls_has_its_meaning():
    meant = {code.value for code in MEANINGS}
    assert {code.value for code in SaidCode} <= meant | set(RULES)
    # The lint may tell of a missing test before the tests are run: in the same words.
    assert meant & set(RULES) <= {"TEST_MISSING"}
    assert set(OTHERS) & (set(RULES) | meant) == set()


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_told_in_both_languages_with_the_same_gaps(code: str):
    rule = RULES[code]
    gaps = [set(re.findall(r"(?<!\{)\{([a-z_]+)\}", text)) for text in rule[1:]]
    assert gaps[0] == gaps[1]
    assert gaps[2] == gaps[3]
    assert all(rule[1:])
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", code)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_no_gap_of_a_text_stays_open(case: Broken):
    for finding in told(case.sdl, case.settings).findings:
        for text in (finding.message, finding.fix):
            for said in text.by_lang.values() if text else ():
                assert "  " not in said
                assert not re.search(r"\{(what|type|where|listed|detail|kind|name)\}", said)


MESSAGES = [
    *('"', '"\\ud800"', '"\\u00"', '"\\q"', "$(-)", "$(1e5)", "a:$(" + "9" * 401 + ")"),
    *("a" * 65_537, "$(" * 51, "a { b", "$(1 2)", "}", "a b.c", "a, b", "a: 5", "a: ?? b"),
    *("a: $(a ?? b ?! c)", "a??b", "a: %", "a: b->", "a: b.", "a: $(a ?? )", "a: $({1: 2})"),
    *("a: b?" + "?" * 1, "a: $(" + "9" * 399 + ".0)", "a: b ? ?"),
]


@pytest.mark.parametrize("selection", MESSAGES, ids=range(len(MESSAGES)))
def test_a_mapping_that_cannot_be_read_is_explained_in_both_languages(selection: str):
    text = '"""' + selection.replace('"""', "") + '"""'
    (fault,) = [
        fault
        for fault in read_sdl(
            query(f'a: Int @connect(source: "s", http: {{GET: "/"}}, selection: {text})')
        ).faults
        if fault.code is Code.MAPPING_SYNTAX
    ] or [Fault(Code.MAPPING_SYNTAX, "one ? is enough", 1, 1)]
    assert all(translated(fault.message)), fault.message


def test_every_message_of_the_parser_has_a_translation():
    written = re.findall(r'self\.fail\(f?"([^"]+)"', MAPPING.read_text())
    assert len(written) > 20
    for message in written:
        filled = re.sub(r"\{[^}]+\}", "7", message)
        assert all(translated(filled.replace("\\\\", "\\"))), message


@pytest.mark.parametrize("method", ["nope", "map", "slice(1,2,3)", "match", "match(1)", "as(1)"])
def test_a_wrong_method_is_explained_in_both_languages(method: str):
    sdl = query(f'a: Int @connect(source: "s", http: {{GET: "/"}}, selection: "$.a->{method}")')
    (fault,) = read_sdl(sdl).faults
    assert all(translated(fault.message)), fault.message


def test_what_stands_in_a_string_is_not_repeated():
    found = told('type ParkirLot { a: "rahasia-sekali" }')
    assert "rahasia" not in "".join(str(finding) for finding in found.findings)
    assert "String" in found.findings[0].message.pick("en")


def test_a_secret_is_not_repeated():
    cases = [case for case in CASES if case.code.startswith("SECRET")]
    for case in cases:
        for finding in told(case.sdl).findings:
            assert "abc" not in finding.told("en") + finding.told("id")


def test_words_of_a_team_are_short_and_visible():
    notes = Notes()
    notes.add("SOURCE_UNKNOWN", what="a\u202e\n" + "x" * 500, listed="-")
    (finding,) = notes.listed()
    said = finding.message.pick("en")
    assert len(said) < 120
    assert said.isprintable()


def test_a_fault_without_words_is_told_all_the_same():
    notes = Notes()
    for code in Code:
        note_fault(Fault(code, "", 1, 1), notes)
    assert {finding.code for finding in notes.listed()} == {code.value for code in Code}


def test_the_cases_hold_each_code_of_reading():
    assert {case.code for case in [*READING, *SELECTIONS]} >= {code.value for code in Code}
