"""Findings are printed as compilers print them, and steer no terminal."""

from pathlib import Path

from connectors.declarative.findings import Finding, Severity
from connectors.ports.common import must_text
from gateway.commands.printing import LONGEST_LINE, as_json, ordered, summary, told

UNKNOWN = Finding(
    "SOURCE_UNKNOWN",
    Severity.ERROR,
    must_text("Tidak ada sumber `q`.", "There is no source `q`."),
    must_text("Yang ada: p.", "There are: p."),
    "connector.graphql",
    2,
    5,
)
TEXTS = {"connector.graphql": "satu\n  b @connect\ntiga"}


def test_a_finding_shows_its_place_its_line_and_its_remedy():
    assert told(UNKNOWN, "id", folder=Path("parkir"), texts=TEXTS) == (
        "parkir/connector.graphql:2:5: galat SOURCE_UNKNOWN: Tidak ada sumber `q`.\n"
        "    2 |   b @connect\n"
        "      |     ^\n"
        "    perbaikan: Yang ada: p."
    )


def test_the_same_in_english():
    assert told(UNKNOWN, "en").splitlines() == [
        "connector.graphql:2:5: error SOURCE_UNKNOWN: There is no source `q`.",
        "    fix: There are: p.",
    ]


def test_a_finding_without_a_place_is_one_sentence():
    finding = Finding("X", Severity.INFO, must_text("Halo."), count=3, path="/a/0")
    assert told(finding, "id") == "catatan X: Halo. (3 kali)\n    @ /a/0"


def test_a_line_that_is_not_there_is_not_shown():
    finding = Finding("X", Severity.ERROR, must_text("a"), file="connector.graphql", line=9)
    assert told(finding, "id", texts=TEXTS) == "connector.graphql:9: galat X: a"


def test_of_a_long_line_the_part_around_the_place_is_shown():
    texts = {"connector.graphql": "a" * 4999 + "B" + "c" * 5000}
    finding = Finding("X", Severity.ERROR, must_text("a"), None, "connector.graphql", 1, 5000)
    _, line, mark = told(finding, "id", texts=texts).splitlines()
    assert len(line) < LONGEST_LINE + 20
    assert line[mark.index("^")] == "B"


def test_signs_that_steer_a_terminal_are_made_visible():
    texts = {"connector.graphql": "a\x1b[31m\u202eb"}
    finding = Finding("X", Severity.ERROR, must_text("m\x07"), None, "connector.graphql", 1, 1)
    printed = told(finding, "id", texts=texts)
    assert not {"\x1b", "\u202e", "\x07"} & set(printed)


def test_errors_come_first_and_each_weight_in_the_order_of_the_files():
    def at(severity, file, line):
        return Finding("X", severity, must_text("a"), None, file, line)

    note = at(Severity.INFO, "a", 1)
    late, early = at(Severity.ERROR, "b", 9), at(Severity.ERROR, "b", 2)
    assert ordered([note, late, early]) == [early, late, note]
    assert summary([note, late, early], "id") == "2 galat, 0 peringatan"


def test_for_tools_a_finding_has_both_languages():
    assert as_json(UNKNOWN) == {
        "code": "SOURCE_UNKNOWN",
        "severity": "ERROR",
        "file": "connector.graphql",
        "line": 2,
        "column": 5,
        "path": None,
        "message": {"id": "Tidak ada sumber `q`.", "en": "There is no source `q`."},
        "fix": {"id": "Yang ada: p.", "en": "There are: p."},
        "count": 1,
    }
