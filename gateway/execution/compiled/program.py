"""A plan made into functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from graphql import is_object_type
from graphql.execution.collect_fields import GroupedFieldSet
from graphql.pyutils import Path

from gateway.execution.compiled import runtime
from gateway.execution.compiled.kinds import KINDS
from gateway.execution.compiled.pieces import MOST_SHEETS, Pieces, Sheet, pieced, worthwhile
from gateway.execution.compiled.plan import FieldPlan, Plan, unwrapped
from gateway.execution.compiled.quick import TEXTS
from gateway.execution.compiled.recipes import Recipe, recipe
from gateway.execution.compiled.source import Writer

NAMES: dict[str, Any] = {
    "KINDS": KINDS,
    "LISTS": frozenset({list, tuple}),
    "Path": Path,
    "TEXTS": TEXTS,
    "now": perf_counter,
    **{
        name: getattr(runtime, name)
        for name in (
            "arguments", "at", "completed", "converted", "doubtful", "failed", "failed_item", "gathered", "general",
            "info", "new", "odd_item", "pending", "pending_item",
        )
    },
}  # fmt: skip
"""What generated code may call."""


BYTES, BYTES_PER_SIGN = 2048, 5
"""What a program takes in memory, by the length of its source; measured."""


@dataclass(slots=True, eq=False)
class Program:
    """An operation as functions. `source` is their text."""

    plan: Plan
    source: str
    root: Callable[[Any, Any, Path | None], Any]
    grouped: GroupedFieldSet
    objects: dict[tuple[int, str], Callable[[Any, Any, Any], Any]]
    """(identity of the field's details, object type) -> its selection."""
    leaves: dict[tuple[int, str], Callable[[Any, Any], dict[str, Any] | None]]
    """The same, for selections of leaves alone: the result by the source alone, if it is usual."""
    lists: dict[tuple[int, int, str], Any]
    """(identity of the field's details, of the list type, parent type) -> its items."""
    straight: dict[int, Callable[[Any, Any, Any], Any]]
    """Identity of the details of a field that answers a list, or one object and nobody is asked
    whether a value is one -> what completes it."""

    recipes: dict[Any, Recipe]
    """A list's function -> how the JSON of its items is made of frozen records alone."""
    sheets: dict[tuple[Any, tuple[str, ...]], Sheet] = field(default_factory=dict)
    """(a list's function, the names its items use) -> the pieces kept for it."""

    def pieced(self, x: Any, room: Pieces, fill: Any, items: Any, path: Path) -> Any:
        """The JSON of a list by pieces that are kept, None if it is to be completed as usual."""
        recipe = self.recipes.get(fill)
        if recipe is None or not worthwhile(recipe, items):
            return None
        key = fill, tuple([x.names[slot] for slot in recipe.slots])
        sheet = self.sheets.get(key)
        if sheet is None:
            if len(self.sheets) >= MOST_SHEETS:
                self.sheets.clear()
            sheet = self.sheets[key] = room.sheet()
        return pieced(x, recipe, sheet, items, path)

    @property
    def size(self) -> int:
        """About how many bytes of memory this takes, its part of the document's tree included."""
        return BYTES + BYTES_PER_SIGN * len(self.source)


def compiled(plan: Plan) -> Program:
    """The program of a plan."""
    writer = Writer(plan)
    source = writer.source()
    made: dict[str, Any] = {**NAMES, **writer.constants}
    # Names of fields come from the schema, aliases are GraphQL names and written by repr().
    exec(compile(source, "<operation>", "exec"), made)  # noqa: S102
    return Program(
        plan,
        source,
        made[f"object_{plan.root.number}"],
        {each.response_name: each.details for each in plan.root.fields},
        {
            (id(each.details), name): made[f"object_{below.number}"]
            for each in plan.fields()
            for name, below in each.objects.items()
        },
        {
            (id(each.details), name): made[f"leaves_{below.number}"]
            for each in plan.fields()
            for name, below in each.objects.items()
            if f"leaves_{below.number}" in made
        },
        {key: made[name] for key, name in writer.lists.items()},
        {
            id(each.details): _straight_list(made[name], each)
            for name, (each, kind) in writer.filled.items()
            if unwrapped(each.type) is kind
        }
        | {
            id(each.details): made[f"object_{below.number}"]
            for each in plan.fields()
            if is_object_type(kind := unwrapped(each.type)) and kind.is_type_of is None
            for below in each.objects.values()
        },
        {
            made[name]: found
            for name, (each, kind) in writer.filled.items()
            if (found := _recipe(each, unwrapped(kind.of_type))) is not None
        },
    )


def _straight_list(fill: Any, F: FieldPlan) -> Callable[[Any, Any, Any], Any]:  # noqa: N803
    def run(x: Any, value: Any, path: Path) -> Any:
        if type(value) is list:
            return x.complete_items(fill, value, path, None)
        return x.complete_value(F.type, F.details, runtime.info(x, F, path), path, value, None)

    return run


def _recipe(each: FieldPlan, item: Any) -> Recipe | None:
    if not is_object_type(item) or item.is_type_of is not None or item.name not in each.objects:
        return None
    return recipe(each.objects[item.name])
