"""A plugin for graphql-core's own tests: whatever executes there is executed by compiled code."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import graphql
import graphql.execution
from graphql import ExecutionResult
from graphql.execution.execute import assume_not_async_iterable, assume_not_awaitable
from graphql.harness import default_harness

from gateway.execution import compiled
from gateway.execution.compiled import store

ROOMS: Any = sys.modules
_sync = graphql.execute_sync
NAMES = (
    "root_value", "context_value", "variable_values", "operation_name", "field_resolver",
    "type_resolver", "max_coercion_errors", "middleware", "executor_class", "check_sync",
)  # fmt: skip


def execute_sync(schema: Any, document: Any, *values: Any, **named: Any) -> Any:
    given = dict(zip(NAMES, values, strict=False)) | named
    check = given.pop("check_sync", False)
    streams = schema.get_directive("defer") or schema.get_directive("stream")
    theirs = given.get("executor_class") or given.get("middleware") or streams
    if theirs or compiled.Programs(document).reason:
        return _sync(schema, document, **given, check_sync=check)
    given["is_awaitable"] = check if callable(check) else (None if check else assume_not_awaitable)
    given["is_async_iterable"] = None if check else assume_not_async_iterable
    result = compiled.execute(schema, document, **given)
    if not isinstance(result, ExecutionResult):
        result.close()
        raise RuntimeError("GraphQL execution failed to complete synchronously.")  # noqa: TRY004
    return result


for _room in (graphql, graphql.execution, ROOMS["graphql.execution.execute"]):
    vars(_room).update(execute=compiled.execute, execute_sync=execute_sync)
_ours = default_harness._replace(execute=compiled.execute)
for _asks in vars(ROOMS["graphql.graphql"]).values():
    _defaults = getattr(_asks, "__defaults__", None)
    if _defaults:
        _asks.__defaults__ = tuple(_ours if one is default_harness else one for one in _defaults)

_programs: list[Any] = []
_make = vars(store)["compiled"]


def _counted(plan: Any) -> Any:
    made = _make(plan)
    _programs.append(made.source)
    return made


vars(store)["compiled"] = _counted


def pytest_sessionfinish() -> None:
    told = {"compiled": len(_programs), "fallbacks": dict(compiled.fallbacks)}
    Path(os.environ["COMPILED_REPORT"]).write_text(json.dumps(told))
