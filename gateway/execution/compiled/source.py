"""The Python source of a plan: one function for each selection, one for each list."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLInt,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.type.scalars import serialize_id, serialize_string

from gateway.execution.compiled.direct import Direct
from gateway.execution.compiled.joins import together
from gateway.execution.compiled.kinds import CALLABLE, MAPPING, ODD
from gateway.execution.compiled.plan import FieldPlan, ObjectPlan, Plan, looks_at_info, unwrapped
from gateway.execution.compiled.quick import lines
from gateway.execution.compiled.words import members


class Writer:
    """Writes the source of a plan, and names what the source refers to.

    `constants` are the names the source uses, `lists` says which function fills which list, `filled` of
    which field and type the list of a function is.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.constants: dict[str, Any] = {}
        self.lists: dict[tuple[int, int, str], str] = {}
        self.filled: dict[str, tuple[FieldPlan, Any]] = {}
        self._lines: list[str] = []
        self._fillers: list[tuple[str, FieldPlan, GraphQLOutputType]] = []
        self._number = 0
        self._quick: dict[int, tuple[list[str], list[FieldPlan]]] = {}
        """Selections that are usually read in one go: the lines that do it, and what is left."""

    def source(self) -> str:
        """The whole source."""
        for each in self.plan.objects:
            found = None if each is self.plan.root else lines(each, self._fast, self._constant)
            if found is not None:
                self._quick[each.number] = found
        for each in self.plan.objects:
            self._object(each)
        while self._fillers:
            self._filler(*self._fillers.pop())
        return "\n".join(self._lines) + "\n"

    def _is_leafy(self, number: int) -> bool:
        """Whether a selection has leaves alone, that are usually read in one go."""
        return number in self._quick and not self._quick[number][1]

    def _put(self, depth: int, *lines: str) -> None:
        self._lines.extend("    " * depth + line for line in lines)

    def _constant(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{self._number}"
        self._number += 1
        self.constants[name] = value
        return name

    # ---------------------------------------------------------------------------- objects

    def _object(self, plan: ObjectPlan) -> None:
        quick = self._quick.get(plan.number)
        if quick is None:
            self._put(0, f"def object_{plan.number}(x, s, p):  # {plan.type.name}")
            self._begun(plan, plan.fields)
            self._put(1, "r = {}")
            self._fields(plan.fields)
            return
        read, rest = quick
        if rest:
            self._put(0, f"def object_{plan.number}(x, s, p):  # {plan.type.name}, usually")
        else:
            self._put(0, f"def leaves_{plan.number}(x, s):  # {plan.type.name}, usually")
        if any(each.slot is not None for each in plan.fields):
            self._put(1, "N = x.names")
        self._put(1, *read)
        if rest:
            self._begun(plan, rest)
            self._fields(rest)
        else:
            self._put(1, "return r", "")
            self._put(0, f"def object_{plan.number}(x, s, p):  # {plan.type.name}")
            self._put(1, f"r = leaves_{plan.number}(x, s)")
            self._put(1, f"return whole_{plan.number}(x, s, p) if r is None else r", "")
        self._put(0, f"def whole_{plan.number}(x, s, p):  # {plan.type.name}")
        self._begun(plan, plan.fields)
        self._put(1, "r = {}")
        self._fields(plan.fields)

    def _begun(self, plan: ObjectPlan, some: list[FieldPlan]) -> None:
        """What the fields need to know."""
        is_root = plan is self.plan.root
        fields = [each for each in some if not each.is_typename]
        if not is_root and any(not self._leaf(each) for each in fields):
            self._put(1, "if type(p) is not Path:", "    p = new(Path, p)")
        if any(each.attribute is not None and each.resolve is None for each in fields):
            self._put(1, f"m = KINDS[type(s)] & {MAPPING}")
        if any(each.slot is not None for each in some):
            self._put(1, "N = x.names")

    def _fields(self, fields: list[FieldPlan]) -> None:
        """The fields one after the other, into `r`."""
        self._put(1, "aw = []", "try:")
        for each in fields:
            self._field(each)
        self._put(2, "pass")
        self._put(
            1,
            "except Exception:",
            "    if aw:",
            "        x.settle_in_background([r[name] for name in aw])",
            "    raise",
            "return gathered(r, aw) if aw else r",
            "",
        )  # fmt: skip

    @staticmethod
    def _leaf(plan: FieldPlan) -> bool:
        """Whether a field needs no place until it fails."""
        if not is_leaf_type(unwrapped(plan.type)):
            return False
        behind = plan.direct
        return plan.attribute is not None or (behind is not None and not behind.looks)

    def _field(self, plan: FieldPlan) -> None:
        key = repr(plan.response_name) if plan.slot is None else f"N[{plan.slot}]"
        if plan.is_typename:
            self._put(2, f"r[{key}] = {plan.parent.name!r}")
            return
        known = self._constant("F", plan)
        if together(plan) is not None:
            self._put(2, "J = x.joins", "if J is not None:")
            self._put(3, f"r[{key}] = None", f"J.append(({known}, s, p, r))")
            self._put(2, "else:")
            begin = len(self._lines)
            self._resolved(plan, known, key)
            self._lines[begin:] = [f"    {line}" for line in self._lines[begin:]]
        elif plan.attribute is None and plan.direct is not None:
            self._called(plan, plan.direct, known, key)
        elif plan.attribute is None:
            self._resolved(plan, known, key)
        else:
            self._read(plan, known, key)

    def _note(self, depth: int, key: str) -> None:
        self._put(
            depth,
            f"if v is not None and KINDS[type(v)] & {ODD} and x.is_awaitable(v):",
            f"    aw.append({key})",
        )

    def _read(self, plan: FieldPlan, known: str, key: str) -> None:
        """A field that is an attribute, or a key, of the source."""
        name = plan.attribute
        asks = plan.resolve is None
        self._put(2, "try:")
        read = f"s.get({name!r}) if m else getattr(s, {name!r}, None)" if asks else f"s.{name}"
        self._put(3, f"v = {read}")
        self._put(2, "except Exception as e:", f"    r[{key}] = failed(x, {known}, p, e)", "else:")
        word = "if"
        kind = unwrapped(plan.type)
        if is_leaf_type(kind) and (fast := self._fast(kind, "v")):
            test, value = fast
            self._put(3, f"if {test}:", f"    r[{key}] = {value}")
            word = "elif"
        if not is_non_null_type(plan.type):
            self._put(3, f"{word} v is None:", f"    r[{key}] = None")
            word = "elif"
        odd = ODD | CALLABLE if asks else ODD
        inline = not is_leaf_type(kind) and self._inlines(plan, kind)
        if inline:
            self._put(3, f"{word} not KINDS[type(v)] & {odd}{self._only(kind)}:")
            self._put(4, f"q = new(Path, (p, {key}, {plan.parent.name!r}))", "try:")
            if looks_at_info(plan.type):
                self._put(5, f"i = info(x, {known}, q)")
            else:
                self._put(5, "i = None")
            self._complete(5, plan, known, kind)
            self._put(5, f"v = pending(x, {known}, q, v)")
            self._put(4, "except Exception as e:", f"    v = failed(x, {known}, p, e)")
            self._put(4, f"r[{key}] = v")
            self._note(4, key)
            word = "elif"
        if word == "if":
            self._put(3, f"r[{key}] = v = general(x, {known}, p, v)")
            self._note(3, key)
        else:
            self._put(3, "else:", f"    r[{key}] = v = general(x, {known}, p, v)")
            self._note(4, key)

    def _resolved(self, plan: FieldPlan, known: str, key: str) -> None:
        """A field with a resolver."""
        kind = unwrapped(plan.type)
        resolve = "x.field_resolver" if plan.resolve is None else self._constant("R", plan.resolve)
        self._put(2, f"q = new(Path, (p, {key}, {plan.parent.name!r}))", "try:")
        self._put(3, f"i = info(x, {known}, q)")
        if plan.arguments == {}:
            given = ""
        elif plan.arguments is None:
            given = f", **arguments(x, {known})"
        else:
            given = f", **{self._constant('A', plan.arguments)}"
        self._put(3, f"v = {resolve}(s, i{given})")
        word = "if"
        if is_leaf_type(kind) and (fast := self._fast(kind, "v")):
            test, value = fast
            self._put(3, f"if {test}:", f"    v = {value}")
            word = "elif"
        elif self._inlines(plan, kind):
            self._put(3, f"if not KINDS[type(v)] & {ODD}{self._only(kind)}:")
            self._complete(4, plan, known, kind)
            self._put(4, f"v = pending(x, {known}, q, v)")
            word = "elif"
        if not is_non_null_type(plan.type):
            self._put(3, f"{word} v is None:", "    pass")
            word = "elif"
        done = f"v = completed(x, {known}, q, i, v)"
        self._put(3, *([done] if word == "if" else ["else:", f"    {done}"]))
        self._put(2, "except Exception as e:")
        self._put(3, f"v = failed(x, {known}, p, e)")
        self._put(2, f"r[{key}] = v")
        self._note(2, key)

    def _called(self, plan: FieldPlan, behind: Direct, known: str, key: str) -> None:
        """A field whose resolver is called without what stands before it."""
        told = behind.looks
        self._put(2, "try:")
        self._call(plan, behind, known, key)
        kind = unwrapped(plan.type)
        word = "if"
        if is_leaf_type(kind) and (fast := self._fast(kind, "v")):
            test, value = fast
            self._put(3, f"if {test}:", f"    v = {value}")
            word = "elif"
        elif self._inlines(plan, kind):
            self._put(3, f"if not KINDS[type(v)] & {ODD}{self._only(kind)}:")
            self._complete(4, plan, known, kind)
            self._put(4, f"v = pending(x, {known}, q, v)")
            word = "elif"
        if not is_non_null_type(plan.type):
            self._put(3, f"{word} v is None:", "    pass")
            word = "elif"
        done = [] if told else [f"q = at(x, p, {known})", f"i = info(x, {known}, q)"]
        done.append(f"v = completed(x, {known}, q, i, v)")
        if word == "if":
            self._put(3, *done)
        else:
            self._put(3, "else:", *(f"    {line}" for line in done))
        self._put(2, "except Exception as e:")
        self._put(3, f"v = failed(x, {known}, p, e)")
        self._put(2, f"r[{key}] = v")
        self._note(2, key)

    def _call(self, plan: FieldPlan, behind: Direct, known: str, key: str) -> None:
        """Let `v` be what the function behind a field gives, told only what it asks for."""
        call = self._constant("R", behind.call)
        place = f"q = new(Path, (p, {key}, {plan.parent.name!r}))"
        told = f"i = info(x, {known}, q)"
        given = ["s"] if behind.positional else []
        given += [f"{name}=s" for name in behind.sources]
        if behind.looks:
            # Arguments that are read anew may want to know who asks.
            field = self._constant("D", behind.field)
            make = self._constant("I", behind.make_info)
            self._put(3, place, told, f"t = {make}(_raw_info=i, _field={field})")
            if behind.info is not None:
                given.append(f"{behind.info}=t")
        elif self._inlines(plan, unwrapped(plan.type)):
            self._put(3, place, told if looks_at_info(plan.type) else "i = None")
        if behind.field.arguments:
            given.append(f"**converted(x, {known}, {'t' if behind.looks else None})")
        self._put(3, f"v = {call}({', '.join(given)})")

    # ------------------------------------------------------------------------- completing

    @staticmethod
    def _inlines(plan: FieldPlan, kind: GraphQLOutputType) -> bool:
        return is_list_type(kind) or (is_object_type(kind) and kind.name in plan.objects)

    @staticmethod
    def _only(kind: GraphQLOutputType) -> str:
        return " and type(v) in LISTS" if is_list_type(kind) else ""

    def _complete(self, depth: int, plan: FieldPlan, known: str, kind: GraphQLOutputType) -> None:
        """Complete `v`, which is neither nothing nor odd, at `q` with `i`; it may raise."""
        if is_list_type(kind):
            name = self._list(plan, kind)
            self._put(depth, f"v = x.complete_items({name}, v, q, i)")
            return
        assert is_object_type(kind)  # noqa: S101 - the callers ask `_inlines`
        self._as_object(depth, plan, known, kind, "v", "q")

    def _as_object(  # noqa: PLR0917 - names of what the code is about
        self, depth: int, plan: FieldPlan, known: str, kind: Any, value: str, place: str
    ) -> None:
        number = plan.objects[kind.name].number
        run = f"object_{number}"
        if kind.is_type_of is None and self._is_leafy(number):
            self._put(depth, f"w = leaves_{number}(x, {value})")
            self._put(depth, f"v = whole_{number}(x, {value}, {place}) if w is None else w")
            return
        if kind.is_type_of is None:
            self._put(depth, f"v = {run}(x, {value}, {place})")
            return
        test, of = self._constant("T", kind.is_type_of), self._constant("O", kind)
        path = place if place == "q" else f"new(Path, {place})"
        self._put(
            depth,
            f"t = {test}({value}, i)",
            "if t is True:",
            f"    v = {run}(x, {value}, {place})",
            "else:",
            f"    v = doubtful(x, {known}, {of}, {path}, {value}, t)",
        )

    def _list(self, plan: FieldPlan, kind: Any) -> str:
        key = (id(plan.details), id(kind), plan.parent.name)
        name = self.lists.get(key)
        if name is None:
            name = self.lists[key] = f"list_{len(self.lists)}"
            self._fillers.append((name, plan, kind))
            self.filled[name] = plan, kind
        return name

    def _filler(self, name: str, plan: FieldPlan, kind: Any) -> None:
        """The function that completes items until none is left (True) or its turn is over."""
        known, item = self._constant("F", plan), kind.of_type
        inner = unwrapped(item)
        of = self._constant("K", item)
        self._put(0, f"def {name}(x, it, out, aw, q, i):  # {plan.parent.name}.{plan.name}")
        self._put(1, "put = out.append", "end = x.turn and now() + x.turn")
        if looks_at_info(item):
            self._put(1, "if i is None:", f"    i = info(x, {known}, q)")
        self._put(1, "for item in it:")
        odd = f"odd_item(x, {known}, {of}, q, i, item, out, aw)"
        fast = self._fast(inner, "item") if is_leaf_type(inner) else None
        if fast:
            test, value = fast
            self._put(2, f"if {test}:", f"    put({value})", "else:", f"    {odd}")
        elif is_object_type(inner) and inner.name in plan.objects:
            self._put(2, f"if KINDS[type(item)] & {ODD}:", f"    {odd}", "else:", "    try:")
            self._as_object(4, plan, known, inner, "item", "(q, len(out), None)")
            self._put(4, "if type(v) is dict:", "    put(v)", "else:")
            self._put(5, f"pending_item(x, {known}, {of}, q, out, aw, v)")
            self._put(3, "except Exception as e:")
            self._put(4, f"failed_item(x, {known}, {of}, q, out, e)")
        else:
            self._put(2, odd)
        self._put(2, "if end is not None and now() > end:", "    return False")
        self._put(1, "return True", "")

    def _fast(self, kind: Any, name: str) -> tuple[str, str] | None:
        """(a test, the value) for the usual values of a leaf type that are written as they are."""
        writes = kind.coerce_output_value
        if writes is serialize_string or writes is serialize_id:
            return f"type({name}) is str", name
        if kind is GraphQLInt:
            return f"type({name}) is int and -2147483648 <= {name} <= 2147483647", name
        if kind is GraphQLFloat:
            return f"type({name}) is float and {name} - {name} == 0.0", name
        if kind is GraphQLBoolean:
            return f"type({name}) is bool", name
        if type(kind) is GraphQLEnumType:
            words = self._constant("E", kind._value_lookup)  # noqa: SLF001 - its own table
            return f"type({name}) is str and {name} in {words}", f"{words}[{name}]"
        found = members(kind)
        if found is not None:
            words, of = self._constant("E", found), self._constant("W", kind.wrapped_cls)
            return f"type({name}) is {of} and id({name}) in {words}", f"{words}[id({name})]"
        return None
