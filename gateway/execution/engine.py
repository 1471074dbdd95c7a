"""The engine: one question in, one answer out, whatever happens in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import ASTValidationRule, ExecutionResult, GraphQLError, OperationType, execute
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from connectors.upkeep.asking import within
from gateway.errors import present, refusal_body
from gateway.execution.compiled import Compiled, FairCompiled
from gateway.execution.documents import Preparation, Prepared
from gateway.execution.door import Door
from gateway.execution.exchange import Answer, NamesProblemSources, Outcome
from gateway.execution.shelf import Shelf
from gateway.protection.limits import Limits
from gateway.protection.pages import check_page_variables
from gateway.protection.values import check_values
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from graphql import GraphQLSchema
    from graphql.execution import Executor

    from gateway.execution.compiled.program import Program
    from gateway.execution.exchange import GraphQLRequest

DEFAULT_CACHE_BYTES = 16 * 1024 * 1024
DEFAULT_PROGRAM_BYTES = 16 * 1024 * 1024

INPUT_RULES: tuple[type[ASTValidationRule], ...] = (MaybeNullValidationRule,)
"""What Strawberry's inputs need beside the rules of the specification.

`@oneOf` is held by graphql-core itself, since the schema says it (`schema.city.with_one_of`).
"""


class Engine:
    """Answers questions against one schema.

    `rules` are validation rules beside those of the specification. `executor_class` and
    `executor_options` go to graphql-core's `execute`; they are the seam for another executor.
    Trees of documents take up to `cache_bytes` of memory, compiled operations up to
    `program_bytes`; both go with the engine.
    `seconds` is how long the sources of one question are waited for, once the `door` let it in.
    """

    def __init__(
        self,
        graphql_schema: GraphQLSchema,
        limits: Limits | None = None,
        *,
        rules: Sequence[type[ASTValidationRule]] = INPUT_RULES,
        executor_class: type[Executor[Any]] = FairCompiled,
        executor_options: dict[str, Any] | None = None,
        cache_bytes: int = DEFAULT_CACHE_BYTES,
        program_bytes: int = DEFAULT_PROGRAM_BYTES,
        seconds: float = 3600.0,
        door: Door | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._seconds = seconds
        self._door = door or Door()
        self._schema = graphql_schema
        self._programs: Shelf[Program] = Shelf(program_bytes)
        self._preparation = Preparation(
            graphql_schema, self.limits, rules=rules, room=self._programs
        )
        self._documents: Shelf[Prepared] = Shelf(cache_bytes, lambda gone: gone.programs.close())
        self._executor_class = executor_class
        self._executor_options = executor_options or {}

    async def run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        """The answer to this question; never raises for anything the question says.

        `read_only` refuses mutations. The context goes to every resolver; if it names problem
        sources they are put in the answer's extensions.
        """
        try:
            async with self._door.passed(request.query):
                with within(self._seconds):
                    return await self._run(request, context, read_only=read_only)
        except (Refusal, GraphQLError) as refusal:
            return Answer(Outcome.REFUSED, errors=[present(refusal)])
        except Exception as fault:  # noqa: BLE001 - the last net: a caller gets a number, never a trace
            return Answer(Outcome.FAILED, errors=[present(fault)])

    async def _run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        prepared = self._prepared(request.query)
        if not isinstance(prepared, Prepared):
            return _refused(prepared)
        operation = prepared.operation(request.operation_name)
        if operation.operation is OperationType.SUBSCRIPTION:
            message = "Subscriptions are not answered at this address; ask with a query instead."
            raise bad_input(message)
        if read_only and operation.operation is not OperationType.QUERY:
            message = "A mutation changes something and cannot be sent by GET; send it by POST."
            error = refusal_body(bad_input(message).code, message)
            return Answer(Outcome.WRITE_REFUSED, errors=[error])
        check_values(request.variables, self.limits)
        check_page_variables(prepared.pages, request.variables, self.limits)
        result = await self._execute(prepared, request, context)
        errors = result.errors or []
        # Without data, an error without a path means that execution never began (variables).
        if result.data is None and errors and all(error.path is None for error in errors):
            return _refused(errors)
        return Answer(
            Outcome.ANSWERED,
            data=result.data,
            errors=[present(error) for error in errors],
            extensions=_extensions(context),
        )

    def _prepared(self, text: str) -> Prepared | list[GraphQLError]:
        kept = self._documents.get(text)
        if kept is not None:
            return kept
        prepared = self._preparation.prepare(text)
        if isinstance(prepared, Prepared):
            self._documents.put(text, prepared, prepared.size)
        return prepared

    async def _execute(
        self, prepared: Prepared, request: GraphQLRequest, context: object
    ) -> ExecutionResult:
        result: ExecutionResult | Awaitable[ExecutionResult] = execute(
            self._schema,
            prepared.document,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
            max_coercion_errors=self.limits.errors,
            executor_class=self._executor_class,
            **self._options(prepared),
        )
        return result if isinstance(result, ExecutionResult) else await result

    def _options(self, prepared: Prepared) -> dict[str, Any]:
        if issubclass(self._executor_class, Compiled):
            return {**self._executor_options, "programs": prepared.programs}
        return self._executor_options


def _refused(errors: Iterable[GraphQLError]) -> Answer:
    return Answer(Outcome.REFUSED, errors=[present(error) for error in errors])


def _extensions(context: object) -> dict[str, object]:
    if not isinstance(context, NamesProblemSources):
        return {}
    named = context.problem_sources
    sources = named() if callable(named) else named
    return {"sources": list(sources)} if sources else {}
