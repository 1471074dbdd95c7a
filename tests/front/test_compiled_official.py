"""graphql-core's own execution tests, from its source distribution, through compiled operations."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import graphql
import pytest

VERSION = "3.3.2"
HASH = "15d6eee7d4364fbc202833bc6bd0d504004d8ae7c0aaf620fa884d8e437622f2"
ROOT = Path(__file__).parents[2]

EXPECTED_FALLBACKS = {"@defer", "@stream", "middleware", "executor_class", "is_async_iterable",
                      "is_awaitable", "fragment with variables", "condition without a value",
                      "selection that cannot be collected"}  # fmt: skip
"""Why an operation of theirs may go through graphql-core itself."""


@pytest.fixture(scope="session")
def distribution(request: pytest.FixtureRequest) -> Path:
    """graphql-core's source distribution, fetched once and kept in pytest's cache."""
    kept = Path(request.config.cache.mkdir("graphql-core"))
    archive = kept / f"graphql_core-{VERSION}.tar.gz"
    if not archive.exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary",
             "graphql-core", "-d", str(kept), f"graphql-core=={VERSION}"],
            check=True,
        )  # fmt: skip
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == HASH
    return archive


def test_the_tests_are_those_of_the_graphql_core_in_use() -> None:
    assert graphql.__version__ == VERSION


def test_graphql_cores_execution_tests_pass_through_compiled_operations(
    distribution: Path, tmp_path: Path
) -> None:
    with tarfile.open(distribution) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "run").mkdir()
    (tmp_path / f"graphql_core-{VERSION}" / "tests").rename(tmp_path / "run" / "tests")
    (tmp_path / "run" / "pytest.ini").write_text(
        "[pytest]\npython_classes = PyTest*\nasyncio_mode = strict\n"
        "asyncio_default_fixture_loop_scope = function\nmarkers = timeout(seconds)\n"
    )
    report = tmp_path / "report.json"
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "through_compiled", "-p", "no:cacheprovider",
         "tests/execution"],
        cwd=tmp_path / "run",
        env=os.environ
        | {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}", "COMPILED_REPORT": str(report)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    told = json.loads(report.read_text())
    assert told["compiled"] > 300
    assert set(told["fallbacks"]) <= EXPECTED_FALLBACKS
