"""Every library we depend on was decided on: it stands in the list, with what it is for."""

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<names>[^|]+) \| (?P<reason>[^|]+) \|", re.MULTILINE)


def decided():
    """The libraries of the table, with what each is for."""
    text = (ROOT / "docs" / "decisions.md").read_text().partition("\n## Libraries\n")[2]
    for row in ROW.finditer(text):
        for name in re.sub(r"\(.*?\)", "", row["names"]).split(","):
            yield name.strip(), row["reason"].strip()


def depended_on():
    """The names of all dependencies, without version, extra and platform."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [told["project"]["dependencies"], *told["dependency-groups"].values()]
    servers = (ROOT / "requirements-servers.in").read_text().splitlines()
    groups.append([line for line in servers if line and not line.startswith("#")])
    return {re.split(r"[^A-Za-z0-9._-]", line)[0] for group in groups for line in group}


def of_node():
    """The packages of Node that the tests install."""
    files = (ROOT / "tests").glob("*/**/package.json")
    ours = [file for file in files if "node_modules" not in file.parts]
    return {name for file in ours for name in json.loads(file.read_text())["dependencies"]}


def test_every_dependency_is_decided_on_with_its_reason():
    reasons = dict(decided())
    assert depended_on() <= set(reasons)
    assert all(reasons[name] for name in depended_on())


def test_no_library_stands_in_the_list_that_nothing_depends_on():
    # greenlet comes as the extra `asyncio` of SQLAlchemy.
    headings = {"library", "--"}
    assert set(dict(decided())) - headings == depended_on() | of_node() | {"greenlet"}
