"""The tools of app teams, real ones, on the printed graph and on a running gateway."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from schema.city import city_schema, printed
from tests.commands import served
from tests.tools import installed, node

HERE = Path(__file__).parent
OPERATIONS = HERE.parents[1] / "examples" / "operations"
NAMES = sorted(file.stem for file in OPERATIONS.glob("*.graphql"))


@pytest.fixture(scope="module")
def tools() -> Path:
    return installed(HERE)


@pytest.fixture(scope="module")
def sdl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("graph") / "schema.graphql"
    file.write_text(printed(city_schema), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def address(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway with the city of the data pack, behind a socket."""
    with served(DATA_DIR=tmp_path_factory.mktemp("data")) as server:
        yield str(server.client.base_url.join("/graphql"))


@pytest.fixture(scope="module")
def read(tools: Path, sdl: Path, address: str) -> dict[str, Any]:
    """What graphql-js says about the graph and the example operations."""
    found: dict[str, Any] = json.loads(node(tools, "operations.js", address, sdl, OPERATIONS))
    return found


def test_the_graph_that_is_served_is_the_one_that_is_printed(read: dict[str, Any]) -> None:
    assert read["faults"] == []
    assert read["same"] is True


@pytest.mark.parametrize("name", NAMES)
def test_an_example_operation_is_valid_and_answered(name: str, read: dict[str, Any]) -> None:
    answer = read["operations"][name]
    assert answer["invalid"] == []
    assert answer["status"] == 200
    assert answer.get("errors", []) == []
    # Nothing is configured for warnings yet; every other question has an answer.
    assert {field for field, value in answer["data"].items() if value is None} <= {"alerts"}


def test_the_relay_compiler_takes_the_graph(tools: Path, sdl: Path, tmp_path: Path) -> None:
    """Connections, refetching by `node`, arguments, unions, interfaces, errors caught."""
    project = tmp_path / "relay"
    shutil.copytree(HERE / "relay", project)
    shutil.copy(sdl, project)
    (project / "generated").mkdir()
    (project / "queries.json").write_text("{}", encoding="utf-8")
    node(project, tools / "node_modules" / "relay-compiler" / "cli.js")
    made = {file.name.partition(".")[0] for file in (project / "generated").iterdir()}
    assert {"ComplaintsPageQuery", "ComplaintsCardQuery", "SearchPlaceQuery"} <= made
    sent: dict[str, str] = json.loads((project / "queries.json").read_text(encoding="utf-8"))
    assert len(sent) >= 6
    for text in sent.values():
        assert validate(city_schema._schema, parse(text)) == []


def test_the_code_generator_makes_types_of_graph_and_operations(tools: Path, sdl: Path) -> None:
    made = node(tools, "codegen.js", sdl, OPERATIONS)
    types = set(re.findall(r"^export type (\w+)", made, re.MULTILINE))
    named = {name.title().replace("_", "") for name in NAMES}
    assert {f"{name}Query" for name in named} <= types
    # One of, not any of: a filter with two places does not compile.
    assert "{ near?: never; bbox: BBoxInput; within?: never; area?: never; }" in made


def test_apollo_joins_pages_and_shows_what_is_not_forbidden(
    tools: Path, sdl: Path, address: str
) -> None:
    found = json.loads(node(tools, "apollo.js", address, sdl))
    assert found["seen"] == [7, 14, 21, 28]
    assert len(set(found["joined"])) == 28
    assert found["node"]["trackingId"] == found["joined"][0]
    assert found["node"]["source"]["quality"] == "SAMPLE"
    assert found["partly"]["trackingId"] == found["joined"][0]
    assert (found["partly"]["reporter"], found["partly"]["answers"]) == (None, None)
    assert sorted(found["errors"], key=str) == [
        {"path": ["complaint", "answers"], "code": "FORBIDDEN"},
        {"path": ["complaint", "reporter"], "code": "FORBIDDEN"},
    ]


def test_urql_joins_pages_asked_by_get_and_shows_what_is_not_forbidden(
    tools: Path, address: str
) -> None:
    found = json.loads(node(tools, "urql.js", address))
    assert found["seen"] == [9, 18, 27]
    assert len(set(found["joined"])) == 27
    [complaint] = found["partly"]["complaints"]["edges"]
    assert complaint["node"]["trackingId"]
    assert complaint["node"]["reporter"] is None
    assert found["partly"]["departments"]["edges"][0]["node"]["stats"] is None
    assert {(error["path"][-1], error["code"]) for error in found["errors"]} == {
        ("reporter", "FORBIDDEN"),
        ("stats", "FORBIDDEN"),
    }
