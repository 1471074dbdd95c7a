"""`tests/*.yaml`: recorded answers, and what a connector must make of them. No network.

All of it in one example; a test needs a `name` and a `connector`:

```yaml
tests:
  - name: satu lot
    connector: Query.parkirLot         # where it stands, `Type.field` or `Type`, or its id
    variables:                         # $args, $this, $batch, $context; $config adds to the file's
      $args: {id: L 1}
    headers: {x-warga: w7}             # of the caller's own request
    answer:
      status: 200                      # 200 unless said
      headers: {content-type: application/json}
      body: {data: {kode: L1, sisa: "12"}}     # JSON; or `text:`, exactly as it came
    expect:
      request:
        method: GET
        url: https://parkir.example/lot/L%201  # or from the path on: /lot/L%201
        headers: {x-warga: w7}         # only those named are compared
        body: null                     # JSON, or a text; null: none is sent
      result: {id: L1, free: 12}       # null also when there is none
      problems: []                     # texts found in the problems, or {message: …, path: /a/0}
  - name: lot tidak ada
    connector: Query.parkirLot
    variables: {$args: {id: X}}
    answer: {status: 404, body: {pesan: tidak ada}}
    expect:
      error: {message: tidak ada, code: CONNECTOR_FETCH, extensions: {http: {status: 404}}}
```

A test without `answer` is about the request alone. What `expect` does not name is not compared,
but a failure nobody expects fails the test, and a problem nobody names is a warning. Values are
those of plain YAML as `yaml_text` reads them: `08123` and `22:30` are texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.declarative.codes import SaidCode
from connectors.declarative.findings import Finding
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.mapping.values import ABSENT
from connectors.declarative.submission import RecordedFile
from connectors.declarative.yaml_fields import Fields
from connectors.declarative.yaml_text import Entries, Items, Node, Scalar, is_null, plain, read_yaml
from connectors.upkeep.documents import Answer

LONGEST_RECORDING = 1_000_000
"""Code points of a file."""
MOST_TESTS = 500
"""Of a file."""
VARIABLES = ("$args", "$this", "$batch", "$config", "$context")
"""What a test may give."""
_TEST = ("name", "connector", "variables", "headers", "answer", "expect")
_MEANT = {
    "target": "connector", "nama": "name", "konektor": "connector", "variabel": "variables",
    "args": "variables", "response": "answer", "jawaban": "answer", "apiResponse": "answer",
    "apiResponseBody": "answer", "expected": "expect", "harapan": "expect", "data": "body",
    "connectorRequest": "request", "connectorResponse": "result", "errors": "error",
    "hasil": "result", "cases": "tests",
}  # fmt: skip
_METHOD = re.compile(r"GET|POST|PUT|PATCH|DELETE")


@dataclass(frozen=True, slots=True)
class ExpectedProblem:
    """A problem of the mapping: part of its message, and where in the data."""

    message: str = ""
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedRequest:
    """What must be sent; None and ABSENT are not compared."""

    method: str | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in small letters."""
    body: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a test; None and ABSENT are not compared."""

    request: ExpectedRequest | None = None
    result: Any = ABSENT
    problems: tuple[ExpectedProblem, ...] | None = None
    error: Mapping[str, Any] | None = None
    """Of `message`, `code` and `extensions` those that are compared."""


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """A recorded answer, and what must be made of it."""

    file: str
    name: str
    connector: str
    """Coordinate or id, as it is written."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """With their signs."""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the caller's own request, names in small letters."""
    answer: Answer | None = None
    expected: Expected = Expected()
    node: Entries | None = field(default=None, compare=False, repr=False)
    """As it was written: for places."""

    def place(self, pointer: str) -> Place | None:
        """Where something of it stands in its file: the nearest that is written there."""
        at: Node | None = self.node
        place = at.at if at is not None else None
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(at, Entries) and name in at.entries:
                place, at = at.places[name], at.entries[name]
            elif isinstance(at, Items) and name.isdigit() and int(name) < len(at.items):
                at = at.items[int(name)]
                place = at.at
            else:
                break
        return place


def read_recorded(file: RecordedFile) -> tuple[list[RecordedTest], list[Finding]]:
    """The tests of a file that can be read, and what is wrong with it. Never raises."""
    root, findings = read_yaml(file.text, file.name, longest=LONGEST_RECORDING)
    if root is None:
        return [], findings
    reader = _Reader(Fields(file.name))
    tests = reader.tests(root)
    found = [*findings, *reader.fields.findings]
    return tests, sorted(found, key=lambda each: (each.line or 0, each.column or 0))


class _Reader:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def tests(self, root: Node) -> list[RecordedTest]:
        fields, path = self.fields, ""
        listed: Node | None = root
        if not isinstance(root, Items):
            path = "/tests"
            listed = fields.object(root, ("tests",), "", meant=_MEANT).get("tests")
            if listed is None and isinstance(root, Entries):
                fields.missing("tests", root.at, "", "tests: [{name: …, connector: …}]")
        if listed is None:
            return []
        if not isinstance(listed, Items):
            fields.kind(listed, path, Items)
            return []
        if len(listed.items) > MOST_TESTS:
            words = (f"Paling banyak {MOST_TESTS} uji.", f"There can be {MOST_TESTS} tests.")
            fix = ("Bagi menjadi beberapa berkas.", "Split the file.")
            at = listed.items[MOST_TESTS].at
            fields.fault(SaidCode.VALUE_TOO_MUCH, at, path, words, fix)
        tests = [
            self.test(item, f"{path}/{index}")
            for index, item in enumerate(listed.items[:MOST_TESTS])
        ]
        return [test for test in tests if test is not None]

    def test(self, node: Node, path: str) -> RecordedTest | None:
        fields = self.fields
        if not isinstance(node, Entries):
            fields.kind(node, path, Entries)
            return None
        before = len(fields.findings)
        said = fields.object(node, _TEST, path, meant=_MEANT)
        name = fields.text(said.get("name"), f"{path}/name")
        connector = fields.text(said.get("connector"), f"{path}/connector")
        for needed, example in (("name", "satu lot"), ("connector", "Query.parkirLot")):
            if needed not in said:
                fields.missing(needed, node.at, path, f"{needed}: {example}")
        variables = self.variables(said.get("variables"), f"{path}/variables")
        headers = self.headers(said.get("headers"), f"{path}/headers")
        answer = self.answer(said.get("answer"), f"{path}/answer")
        expected = self.expected(said.get("expect"), f"{path}/expect")
        if name is None or connector is None or len(fields.findings) > before:
            return None
        asked = {key: (value,) for key, value in headers.items()}
        return RecordedTest(fields.file, name, connector, variables, asked, answer, expected, node)

    def variables(self, node: Node | None, path: str) -> dict[str, Any]:
        found = {}
        bare = {name[1:]: name for name in VARIABLES}
        names = (*VARIABLES, *bare)
        for name, value in self.fields.object(node, names, path).items():
            sign = bare.get(name, name)
            wanted: type[Node] = Items if sign == "$batch" else Entries
            if isinstance(value, wanted):
                found[sign] = plain(value)
            else:
                self.fields.kind(value, f"{path}/{name}", wanted)
        return found

    def headers(self, node: Node | None, path: str) -> dict[str, str]:
        found = {}
        for name, value in self.fields.object(node, None, path).items():
            text = self.fields.text(value, f"{path}/{name}", longest=8_000)
            if text is not None:
                found[name.lower()] = text
        return found

    def answer(self, node: Node | None, path: str) -> Answer | None:
        if is_null(node) or node is None:
            return None
        fields = self.fields
        said = fields.object(node, ("status", "headers", "body", "text"), path, meant=_MEANT)
        status = fields.whole(said.get("status"), f"{path}/status", 100, 599)
        headers = self.headers(said.get("headers"), f"{path}/headers")
        if "body" in said and "text" in said:
            words = ("`body` dan `text` tidak bersama.", "`body` and `text` do not go together.")
            fix = ("Pakai satu saja.", "Use one of them.")
            fields.wrong(said["text"], f"{path}/text", words, fix)
        text, body = said.get("text"), said.get("body")
        if text is not None and not isinstance(text, Scalar):
            fields.kind(text, f"{path}/text", Scalar)
        elif isinstance(text, Scalar):
            headers.setdefault("content-type", "text/plain")
            return Answer(status or 200, headers, text.text.encode())
        if isinstance(node, Entries) and "body" in node.entries and status != 204:
            headers.setdefault("content-type", "application/json")
            value = None if body is None else plain(body)
            return Answer(status or 200, headers, _json(value))
        return Answer(status or 200, headers)

    def expected(self, node: Node | None, path: str) -> Expected:
        said = self.fields.object(
            node, ("request", "result", "problems", "error"), path, meant=_MEANT
        )
        written = node.entries if isinstance(node, Entries) else {}
        result = plain(written["result"]) if "result" in written else ABSENT
        problems = self.problems(written.get("problems"), f"{path}/problems")
        error = self.error(said.get("error"), f"{path}/error")
        request = self.request(said.get("request"), f"{path}/request")
        return Expected(request, result, problems, error)

    def request(self, node: Node | None, path: str) -> ExpectedRequest | None:
        if is_null(node) or node is None:
            return None
        names = ("method", "url", "headers", "body")
        said = self.fields.object(node, names, path, meant=_MEANT)
        method = self.fields.formed(said.get("method"), f"{path}/method", _METHOD, "GET")
        url = self.fields.text(said.get("url"), f"{path}/url", longest=8_000)
        headers = self.headers(said.get("headers"), f"{path}/headers")
        written = node.entries if isinstance(node, Entries) else {}
        body = plain(written["body"]) if "body" in written else ABSENT
        return ExpectedRequest(method, url, headers, body)

    def problems(self, node: Node | None, path: str) -> tuple[ExpectedProblem, ...] | None:
        if is_null(node) or node is None:
            return None
        if not isinstance(node, Items):
            self.fields.kind(node, path, Items)
            return None
        found = []
        for index, item in enumerate(node.items):
            place = f"{path}/{index}"
            if isinstance(item, Scalar):
                found.append(ExpectedProblem(self.fields.text(item, place) or ""))
                continue
            said = self.fields.object(item, ("message", "path"), place)
            message = self.fields.text(said.get("message"), f"{place}/message")
            pointer = self.fields.text(said.get("path"), f"{place}/path")
            found.append(ExpectedProblem(message or "", pointer))
        return tuple(found)

    def error(self, node: Node | None, path: str) -> dict[str, Any] | None:
        if is_null(node):
            return None
        if isinstance(node, Scalar):
            return {"message": node.text}
        said = self.fields.object(node, ("message", "code", "extensions"), path)
        return {name: plain(value) for name, value in said.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
