"""What a question is compiled to, for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLSchema, VariableNode, parse, validate
from graphql.execution import Executor
from graphql.language import DirectiveNode, Visitor, visit

from gateway.execution.compiled.executor import Compiled
from gateway.execution.compiled.plan import FieldPlan, Planner
from gateway.execution.compiled.program import compiled
from gateway.execution.compiled.store import Programs
from gateway.execution.plans import Plan, plan


def explained(schema: GraphQLSchema, text: str, variables: Mapping[str, Any] | None = None) -> str:
    """The plan and the source of a question's operation.

    Raises GraphQLError when it cannot be parsed, ValueError when it is not valid, has several
    operations, lacks variables, or is not compiled.
    """
    document = parse(text)
    errors = validate(schema, document)
    if errors:
        raise ValueError("; ".join(error.message for error in errors))
    programs = Programs(document)
    if programs.reason is not None:
        raise ValueError(f"This is left to graphql-core: {programs.reason}.")
    conditions = _Conditions()
    visit(document, conditions)
    # A condition that nobody gave is taken as true; the plan says so.
    assumed = dict.fromkeys(conditions.names - set(variables or {}), True)
    executor = Compiled.build(
        schema, document, raw_variable_values={**(variables or {}), **assumed}, programs=programs
    )
    if not isinstance(executor, Executor):
        raise ValueError("; ".join(error.message for error in executor))  # noqa: TRY004
    root = schema.get_root_type(executor.operation.operation)
    if root is None:
        raise ValueError(f"The schema has no {executor.operation.operation.value}.")
    program = compiled(Planner(executor, default_resolver=True).plan(root))
    lines = [*_told(plan(schema, document, executor.operation))]
    lines.append(f"# {len(program.plan.objects)} selections")
    lines += [f"# assumed: ${name} = true" for name in sorted(assumed)]
    for each in program.plan.objects:
        lines.append(f"# object_{each.number}: {each.type.name}")
        lines += [f"#     {one.response_name}: {_how(one)}" for one in each.fields]
    return "\n".join([*lines, "", program.source])


def _told(known: Plan) -> list[str]:
    cache = known.cache
    who = "everybody" if not cache.by_role else "everybody without a role"
    kept = f"{cache.seconds:g} seconds, for {who}" if cache.keeps else "never"
    facts = {
        "root fields": ", ".join(known.root_fields),
        "sources": ", ".join(sorted(known.sources)) or "none",
        "roles": ", ".join(sorted(role.value for role in known.roles)) or "none",
        "cost": str(known.cost),
        "kept": kept + (", by language" if cache.keeps and cache.by_language else ""),
        "streams": "yes" if known.streams else "no",
    }
    return [f"# {name}: {said}" for name, said in facts.items()]


def _how(plan: FieldPlan) -> str:
    if plan.is_typename:
        return "known"
    if plan.attribute is not None:
        return f"attribute {plan.attribute}"
    return "resolver, " + ("arguments read" if plan.arguments is None else "arguments known")


class _Conditions(Visitor):
    """The variables that `@skip` and `@include` ask."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value in {"skip", "include"}:
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names.add(argument.value.name.value)
