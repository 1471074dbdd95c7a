"""The engine: one question in, one answer out, whatever happens in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    ASTValidationRule,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from connectors.upkeep.asking import within
from gateway.errors import present, refusal_body
from gateway.execution.compiled import Compiled, FairCompiled
from gateway.execution.compiled.pieces import DEFAULT_BYTES as DEFAULT_PIECE_BYTES
from gateway.execution.compiled.pieces import Pieces
from gateway.execution.compiled.run import Run, made
from gateway.execution.documents import Preparation, Prepared
from gateway.execution.door import Door
from gateway.execution.exchange import Answer, Outcome
from gateway.execution.executor import FairExecutor
from gateway.execution.shape import Shape, scan
from gateway.execution.shelf import Shelf
from gateway.protection.limits import Limits
from gateway.protection.pages import check_page_variables
from gateway.protection.text import check_text
from gateway.protection.values import check_values
from resolvers.problems import Refusal, bad_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence

    from graphql import GraphQLSchema
    from graphql.execution import Executor

    from gateway.execution.compiled.program import Program
    from gateway.execution.exchange import GraphQLRequest
    from gateway.execution.plans import Plan

DEFAULT_CACHE_BYTES = 16 * 1024 * 1024
DEFAULT_PROGRAM_BYTES = 16 * 1024 * 1024
DEFAULT_TEXT_BYTES = 4 * 1024 * 1024
TEXT_BYTES, BYTES_PER_SIGN = 1024, 4
"""What a text takes in memory with its shape; measured."""

INPUT_RULES: tuple[type[ASTValidationRule], ...] = (MaybeNullValidationRule,)
"""What Strawberry's inputs need beside the rules of the specification.

`@oneOf` is held by graphql-core itself, since the schema says it (`schema.city.with_one_of`).
"""


class Planned(NamedTuple):
    """What is known of a question before it is answered."""

    plan: Plan
    key: tuple[str, tuple[str, ...], tuple[str, ...], str | None]
    """Equal for questions that differ in nothing but blanks and comments; variables apart."""
    sizes: dict[str, object]
    """Page sizes written in the question, for the formula of the cost."""


class Asked(NamedTuple):
    """A document for a text, and what of the text is its own."""

    prepared: Prepared
    shape: Shape | None
    own: bool
    """Whether the document was made of this very text."""


class Engine:
    """Answers questions against one schema.

    `rules` are validation rules beside those of the specification. `executor_class` and
    `executor_options` go to graphql-core's `execute`; they are the seam for another executor.
    Trees of documents take up to `cache_bytes` of memory, compiled operations up to
    `program_bytes`, what is known of texts up to `text_bytes`, JSON of records that are asked for
    again up to `piece_bytes`; all go with the engine.
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
        text_bytes: int = DEFAULT_TEXT_BYTES,
        piece_bytes: int = DEFAULT_PIECE_BYTES,
        seconds: float = 3600.0,
        door: Door | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._seconds = seconds
        self._door = door or Door()
        self._schema = graphql_schema
        self._programs: Shelf[Program] = Shelf(program_bytes)
        self._pieces = Pieces(piece_bytes)
        self._preparation = Preparation(
            graphql_schema, self.limits, rules=rules, room=self._programs
        )
        self._documents: Shelf[Prepared] = Shelf(cache_bytes, lambda gone: gone.programs.close())
        self._texts: Shelf[Shape] = Shelf(text_bytes)
        self._executor_class = executor_class
        self._executor_options = executor_options or {}
        self._compiles = executor_class is FairCompiled and not self._executor_options
        # A rule nobody knows may look at what texts of one shape write differently.
        self._shares = self._compiles and set(rules) <= set(INPUT_RULES)

    @property
    def piece_bytes(self) -> int:
        """About how many bytes of memory the JSON of records takes that is kept."""
        return self._pieces.bytes

    # ----------------------------------------------------------------------------- answering

    async def run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        """The answer to this question; never raises for anything the question says.

        `read_only` refuses mutations. The context goes to every resolver; if it names problem
        sources they are put in the answer's extensions.
        """
        answer = self.begin(request, context, read_only=read_only)
        return answer if isinstance(answer, Answer) else await answer

    answer = run

    def begin(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer | Begun:
        """As `run`, but an answer for which nothing has to be awaited is given at once.

        What comes instead of an answer must be awaited, or its `close()` called.
        """
        if not self._door.is_free:
            return Begun(lambda: self._after_waiting(request, context, read_only=read_only))
        try:
            with within(self._seconds):
                found = self._begun(request, context, read_only=read_only)
        except Exception as fault:  # noqa: BLE001 - the last net: a caller gets a number, never a trace
            return _failed(fault)
        if isinstance(found, Answer):
            return found
        return Begun(lambda: self._ended(request.query, found), found.close)

    async def _after_waiting(
        self, request: GraphQLRequest, context: object, *, read_only: bool
    ) -> Answer:
        try:
            async with self._door.passed(request.query):
                with within(self._seconds):
                    found = self._begun(request, context, read_only=read_only)
                    return found if isinstance(found, Answer) else await found.end()
        except Exception as fault:  # noqa: BLE001 - as above
            return _failed(fault)

    async def _ended(self, question: str, found: Begun) -> Answer:
        try:
            async with self._door.passed(question):
                with within(self._seconds):
                    return await found.end()
        except Exception as fault:  # noqa: BLE001 - as above
            return _failed(fault)
        finally:
            found.close()

    def _begun(
        self, request: GraphQLRequest, context: object, *, read_only: bool
    ) -> Answer | Begun:
        asked = self._asked(request.query)
        if not isinstance(asked, Asked):
            return _refused(asked)
        return self._begun_by(asked, request, context, read_only=read_only)

    def _begun_by(
        self, asked: Asked, request: GraphQLRequest, context: object, *, read_only: bool
    ) -> Answer | Begun:
        prepared = asked.prepared
        operation = prepared.operation(request.operation_name)
        if operation.operation is not OperationType.QUERY:
            refused = _checked_kind(operation, read_only=read_only)
            if refused is not None:
                return refused
        if request.variables:
            check_values(request.variables, self.limits)
            if prepared.pages:
                try:
                    check_page_variables(prepared.pages, request.variables, self.limits)
                except GraphQLError:
                    # Where it is wrong is said of the text that was sent.
                    if asked.own:
                        raise
                    return self._begun_alone(request, context)
        if self._compiles and operation.operation is OperationType.QUERY:
            return self._compiled(asked, operation, request, context)
        return Begun(lambda: self._interpreted(prepared, request, context))

    def _compiled(
        self,
        asked: Asked,
        operation: OperationDefinitionNode,
        request: GraphQLRequest,
        context: object,
    ) -> Answer | Begun:
        prepared = asked.prepared
        known = prepared.known(operation)
        values = known.variables.read(request.variables, self.limits.errors)
        if isinstance(values, list):
            if not asked.own:
                return self._begun_alone(request, context)
            return _refused(values)
        run = made(known.base, values, context)
        program = prepared.programs.find(operation, values.coerced, lambda: run)
        if not asked.own and (program is None or prepared.programs.slots is None):
            return self._begun_alone(request, context)
        if program is None:
            return Begun(lambda: self._interpreted(prepared, request, context))
        state = run.__dict__
        if asked.shape is not None:
            state["names"], state["literals"] = asked.shape.names, asked.shape.literals
            state["slots"] = prepared.programs.slots
        if not asked.own:
            state["text"] = request.query
        if request.to_bytes:
            state["writes"] = self._pieces
        result = run.begin(program)
        if result is None or type(result) is dict:
            return _written(run, result, context)

        async def end() -> Answer:
            return _written(run, await run.end(result), context)

        return Begun(end, run.close)

    def _begun_alone(self, request: GraphQLRequest, context: object) -> Answer | Begun:
        """By a document of the text alone, since that of its shape cannot serve it."""
        found = self._own(request.query)
        if not isinstance(found, Prepared):
            return _refused(found)
        return self._begun_by(Asked(found, None, own=True), request, context, read_only=True)

    async def _interpreted(
        self, prepared: Prepared, request: GraphQLRequest, context: object
    ) -> Answer:
        options = dict(self._executor_options)
        kind = self._executor_class
        if self._compiles and prepared.operation(request.operation_name).operation is (
            OperationType.QUERY
        ):
            kind = FairExecutor
        elif issubclass(kind, Compiled):
            options["programs"] = prepared.programs
        result: ExecutionResult | Awaitable[ExecutionResult] = execute(
            self._schema,
            prepared.document,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
            max_coercion_errors=self.limits.errors,
            executor_class=kind,
            **options,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        return _answered(result.data, result.errors or [], context)

    # ----------------------------------------------------------------------------- documents

    def planned(self, request: GraphQLRequest) -> Planned | None:
        """What is known of a question; None if it is refused, for whatever it says."""
        try:
            asked = self._asked(request.query)
            if not isinstance(asked, Asked):
                return None
            operation = asked.prepared.operation(request.operation_name)
        except (Refusal, GraphQLError):
            return None
        shape = asked.shape or Shape(request.query, (), ())
        sizes: dict[str, object] = {
            f"%{number}": int(one)
            for number, one in enumerate(shape.literals)
            if one.lstrip("-").isdigit()
        }
        return Planned(asked.prepared.plan(operation), (*shape, request.operation_name), sizes)

    def _asked(self, text: str) -> Asked | list[GraphQLError]:
        """The document to answer a text with. Raises Refusal or GraphQLError when it is none."""
        shape = self._texts.get(text)
        seen = shape is not None
        if shape is None and self._shares and len(text) <= self.limits.characters:
            shape = scan(text)
        if shape is None:
            found = self._own(text)
            return Asked(found, None, own=True) if isinstance(found, Prepared) else found
        prepared = self._documents.get(shape.key)
        if prepared is None:
            made_ready = self._preparation.prepare(text, shape)
            if not isinstance(made_ready, Prepared):
                return made_ready
            prepared = made_ready
            self._documents.put(shape.key, prepared, prepared.size)
        own = prepared.text == text
        if not own and not seen and not self._serves(prepared, shape, text):
            found = self._own(text)
            return Asked(found, None, own=True) if isinstance(found, Prepared) else found
        if not seen:
            self._texts.put(text, shape, TEXT_BYTES + BYTES_PER_SIGN * len(text))
        return Asked(prepared, shape, own=own)

    def _serves(self, prepared: Prepared, shape: Shape, text: str) -> bool:
        """Whether a document serves another text of its shape."""
        slots = prepared.programs.slots
        if slots is None or not slots.allow(shape, self.limits):
            return False
        if "#" in text:
            check_text(text, self.limits)  # comments count, and are not in the shape
        return True

    def _own(self, text: str) -> Prepared | list[GraphQLError]:
        """The document of this text and no other."""
        kept = self._documents.get(("own", text))
        if kept is not None:
            return kept
        prepared = self._preparation.prepare(text)
        if isinstance(prepared, Prepared):
            self._documents.put(("own", text), prepared, prepared.size)
        return prepared


class Begun:
    """An operation that has begun and waits for something: to be awaited once, or closed."""

    __slots__ = ("close", "end")

    def __init__(
        self, end: Callable[[], Awaitable[Answer]], close: Callable[[], None] = lambda: None
    ) -> None:
        self.end = end
        self.close = close

    def __await__(self) -> Generator[Any, Any, Answer]:
        return self.end().__await__()


def _checked_kind(operation: OperationDefinitionNode, *, read_only: bool) -> Answer | None:
    """The refusal of a kind of operation that is not answered here."""
    if operation.operation is OperationType.SUBSCRIPTION:
        message = "Subscriptions are not answered at this address; ask with a query instead."
        raise bad_input(message)
    if read_only:
        message = "A mutation changes something and cannot be sent by GET; send it by POST."
        error = refusal_body(bad_input(message).code, message)
        return Answer(Outcome.WRITE_REFUSED, errors=[error])
    return None


def _written(run: Run, data: Any, context: object) -> Answer:
    return _answered(data, run.located() if run.errors else [], context)


def _answered(data: Any, errors: list[GraphQLError], context: object) -> Answer:
    # Without data, an error without a path means that execution never began (variables).
    if data is None and errors and all(error.path is None for error in errors):
        return _refused(errors)
    return Answer(
        Outcome.ANSWERED,
        data=data,
        errors=[present(error) for error in errors],
        extensions=_extensions(context),
    )


def _refused(errors: Iterable[GraphQLError]) -> Answer:
    return Answer(Outcome.REFUSED, errors=[present(error) for error in errors])


def _failed(fault: Exception) -> Answer:
    outcome = Outcome.REFUSED if isinstance(fault, (Refusal, GraphQLError)) else Outcome.FAILED
    return Answer(outcome, errors=[present(fault)])


def _extensions(context: object) -> dict[str, object]:
    named = getattr(context, "problem_sources", None)
    sources = named() if callable(named) else named
    return {"sources": list(sources)} if sources else {}
