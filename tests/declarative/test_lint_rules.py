"""The rules of the lint, one sentence each: what breaks it, where that stands, and nothing more."""

from __future__ import annotations

import pytest

from connectors.declarative.faults import Code
from connectors.declarative.findings import Severity
from connectors.declarative.lint import RULES
from tests.declarative.lint_cases import CASES, ONE, SETTINGS, Broken, query, told

GOOD = told(query(ONE), tests="connector: Query.parkirLot")


def test_a_good_description_has_no_findings():
    assert [str(finding) for finding in GOOD.findings] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_what_breaks_a_rule_is_told_where_it_stands(case: Broken):
    found = told(case.sdl, case.settings)
    hits = found.of(case.code)
    assert hits, [str(finding) for finding in found.findings]
    if found.places:
        assert [(hit.file, hit.line, hit.column) for hit in hits] == found.places


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_what_breaks_one_rule_breaks_no_other(case: Broken):
    findings = told(case.sdl, case.settings).findings
    errors = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    is_error = RULES[case.code].severity is Severity.ERROR
    assert errors - case.also == ({case.code} if is_error else set())


def test_every_code_has_a_case():
    assert set(RULES) - {case.code for case in CASES} == set()


def test_every_code_of_reading_has_its_texts():
    assert {code.value for code in Code} <= set(RULES)


def test_another_team_s_type_is_extended_by_approval():
    more = (
        '\nextend type TamanKota { "Parkir." parkir: ParkirLot'
        ' @connect(source: "s", http: {GET: "/{$this.id}"}, selection: "id nama") }'
    )
    refused = told(query(ONE) + more).findings
    assert {f.code for f in refused if f.severity is Severity.ERROR} == {"EXTENDS_UNKNOWN"}
    claimed = told(query(ONE) + more, SETTINGS + "names: {extends: [TamanKota]}\n").findings
    assert [f for f in claimed if f.severity is Severity.ERROR] == []
    assert "EXTENDS_APPROVAL" in {finding.code for finding in claimed}


def test_another_team_s_type_may_be_the_answer_of_a_field_by_approval():
    more = query(ONE.replace(": ParkirLot", ": TamanKota"))
    refused = told(more).findings
    assert {f.code for f in refused if f.severity is Severity.ERROR} == {"TYPE_UNKNOWN"}
    claimed = told(more, SETTINGS + "names: {extends: [TamanKota]}\n").findings
    assert [f for f in claimed if f.severity is Severity.ERROR] == []
