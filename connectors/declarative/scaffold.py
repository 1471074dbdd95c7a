"""`connectors new`: the folder of a connector from one saved answer, to be reviewed by people.

What it writes can be read, joined and tested as it is. Personal data in the answer is masked, and
values in the address that look like keys become secrets.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from connectors.declarative.app import read_app
from connectors.declarative.guessing import (
    Guessed,
    GuessedType,
    Guesses,
    Seen,
    field_name,
    indented,
    quoted,
)
from connectors.declarative.mapping import ABSENT
from connectors.declarative.masking import masked, telling, wiped
from connectors.declarative.recorded import read_recorded, run_recorded
from connectors.declarative.submission import (
    SDL_FILE,
    SETTINGS_FILE,
    RecordedFile,
    Submission,
)
from connectors.declarative.yaml_writing import text_of, written

LONGEST_ANSWER = 5_000_000
"""Code points of a saved answer."""
MOST_ITEMS = 3
"""Items of a list that are recorded."""
_LONGEST_TEXT = 300
_LONGEST_RECORDED = 400_000
_LONGEST_KEY = 200
_DEEPEST = 40
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Za-z0-9]{1,39}", re.ASCII)
_WRAPPERS = (
    "data",
    "items",
    "results",
    "result",
    "rows",
    "records",
    "list",
    "hasil",
    "daftar",
    "isi",
)
"""Keys under which systems put what was asked for."""
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", re.ASCII)
_SECRET = re.compile(
    r"api_?-?key|key|token|access_?token|secret|password|pass|auth|kunci|sandi", re.IGNORECASE
)
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/?{}\[\]]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A folder that was begun."""

    submission: Submission
    personal: tuple[str, ...] = ()
    """Fields whose names tell of persons; their purposes are to be filled in."""
    odd: tuple[str, ...] = ()
    """Keys without one kind, which became texts of JSON."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The files by their names."""
        made = self.submission
        tests = {file.name: file.text for file in made.tests}
        return {SDL_FILE: made.sdl, SETTINGS_FILE: made.settings, **tests}


def scaffold(
    answer: str,
    *,
    key: str,
    app: str,
    prefix: str,
    address: str,
    name: str | None = None,
    values: Mapping[str, str] | None = None,
) -> Scaffold:
    """A connector that reads what was answered at an address.

    `{name}` in the address becomes an argument; `values` say with which the answer was saved.
    Raises ValueError with a sentence for whoever typed it.
    """
    _check(key, app, prefix)
    data = masked(_cleaned(_read(answer), 0))
    where = _Address(address, values or {})
    unwrapped, path = _unwrapped(data)
    seen = Seen()
    seen.look(unwrapped)
    root = field_name(f"{prefix} {where.word or 'semua'}")
    small = prefix[0].lower() + prefix[1:]
    if not root.startswith(small):
        root = small + root[:1].upper() + root[1:]
    guesses = Guesses(prefix)
    guessed = guesses.of(seen, where.word or "semua")
    sdl = _sdl(key, where, guesses.types, _Root(root, guessed, path))
    named = {"connector": key, "app": app, "name": name or prefix, "prefix": prefix}
    settings = _settings(named, where, guesses.personal)
    empty = Submission(key, app, sdl, settings)
    tests = _recorded(empty, root, where, _hidden(data))
    made = Submission(key, app, sdl, settings, (RecordedFile(f"tests/{root}.yaml", tests),))
    return Scaffold(made, tuple(guesses.personal), tuple(dict.fromkeys(guesses.odd)))


def _check(key: str, app: str, prefix: str) -> None:
    for what, said in (("key", key), ("app", app)):
        if not _KEY.fullmatch(said):
            raise ValueError(f"{what} {said!r}: small letters, digits and dashes only")
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"prefix {prefix!r}: a capital, then letters and digits, as in Parkir")


# ------------------------------------------------------------------------------- the answer


def _read(answer: str) -> Any:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError(
            f"the answer is longer than {LONGEST_ANSWER} characters; save a part of it"
        )
    try:
        return json.loads(answer.removeprefix("\ufeff"))
    except RecursionError as error:
        raise ValueError("the answer has too many levels") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"the answer is not JSON ({place}): {error.msg}") from error
    except ValueError as error:
        raise ValueError("the answer holds a number that is too long") from error


def _cleaned(value: Any, depth: int) -> Any:
    """The answer without what no file and no graph can hold."""
    if isinstance(value, (dict, list)) and depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            _characters(name): _cleaned(item, depth + 1)
            for name, item in value.items()
            if len(name) <= _LONGEST_KEY
        }
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _characters(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**250:
        return str(value)
    return value


def _characters(text: str) -> str:
    """Halves of characters are none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unwrapped(data: Any) -> tuple[Any, list[str]]:
    """What was asked for, out of what systems wrap it in, and the keys that lead there."""
    path: list[str] = []
    while isinstance(data, dict) and len(path) < 3:
        wrapper = next((name for name in data if name.lower() in _WRAPPERS), None)
        others = [value for name, value in data.items() if name != wrapper]
        if wrapper is None or any(isinstance(value, list) for value in others):
            break
        if not isinstance(data[wrapper], (dict, list)) or not data[wrapper]:
            break
        path.append(wrapper)
        data = data[wrapper]
    return data, path


def _hidden(value: Any) -> Any:
    """The answer without what stands under names that tell of persons."""
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    if isinstance(value, dict):
        return {
            name: wiped(item) if telling(name) else _hidden(item) for name, item in value.items()
        }
    return value


def _short(value: Any, items: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
    if isinstance(value, list):
        return [_short(item, items) for item in value[:items]]
    if isinstance(value, dict):
        return {name: _short(item, items) for name, item in value.items()}
    return value


# ------------------------------------------------------------------------------- the address


class _Address:
    """Where the answer came from: base, path with arguments, secrets."""

    def __init__(self, address: str, values: Mapping[str, str]) -> None:
        address = address.strip()
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(_BAD_ADDRESS) from None
        fit = parts.scheme in ("http", "https") and host and "@" not in parts.netloc
        if not fit or "{" in parts.netloc or not _ADDRESS.fullmatch(parts.path + parts.query):
            raise ValueError(_BAD_ADDRESS)
        shown = f"[{host}]" if host and ":" in host else host
        origin = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
        if not re.fullmatch(r"https?://[A-Za-z0-9.\-_\[\]:]+", origin):
            raise ValueError(_BAD_ADDRESS)
        before, _, last = parts.path.rstrip("/").rpartition("/")
        while "{" in before or (last.startswith("{") and before):
            before, _, more = before.rpartition("/")
            last = f"{more}/{last}"
        slash = "/" if parts.path.endswith("/") and parts.path != "/" else ""
        self.base = origin + before
        self.path = f"/{last}{slash}"
        self.arguments = list(dict.fromkeys(_PLACE.findall(self.path + "?" + parts.query)))
        if re.search(r"[{}]", _PLACE.sub("", self.path + parts.query)):
            raise ValueError(_BAD_ADDRESS)
        self.values = {name: values.get(name, "1") for name in self.arguments}
        self.secrets: dict[str, str] = {}
        self.query = "&".join(self._pair(pair) for pair in parts.query.split("&") if pair)
        fixed = [each for each in re.split(r"[/.]", last) if each and "{" not in each]
        self.word = next((each for each in reversed(fixed) if re.search(r"[A-Za-z]", each)), "")
        self.word = re.sub(r"[^A-Za-z0-9]+", " ", self.word).strip()[:40]

    def _pair(self, pair: str) -> str:
        name, has, value = pair.partition("=")
        if has and value and "{" not in value and _SECRET.fullmatch(name):
            config = field_name(name)
            self.secrets[config] = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "kunci"
            return f"{name}={{$config.{config}}}"
        return pair

    @property
    def template(self) -> str:
        """The address behind the base, as `@connect` has it."""
        text = self.path + (f"?{self.query}" if self.query else "")
        return _PLACE.sub(lambda found: f"{{$args.{found[1]}}}", text)


_BAD_ADDRESS = (
    "the address: http or https, a host, a path, without a password, with {name} for arguments,"
    " as in https://parkir.example/api/lot/{id}"
)


# ------------------------------------------------------------------------------- the texts


class _Root(NamedTuple):
    """The field of Query."""

    name: str
    guessed: Guessed
    path: list[str]


def _sdl(key: str, where: _Address, types: list[GuessedType], field: _Root) -> str:
    root, guessed, path = field
    arguments = ", ".join(f"{name}: ID!" for name in where.arguments)
    said = f"({arguments})" if arguments else ""
    start = "".join(f".{_step(name)}" for name in path)
    if guessed.lines is None or guessed.method or start:
        head = f"${start}{guessed.method}"
        lines = [head] if guessed.lines is None else [f"{head} {{", *indented(guessed.lines), "}"]
    else:
        lines = guessed.lines
    selection = "\n".join(f"      {line}" for line in lines).replace('"""', '\\"""')
    template = json.dumps(where.template)
    made = [
        "extend schema",
        f'  @source(name: "{key}", http: {{ baseURL: "{where.base}" }})',
        "",
        "extend type Query {",
        f'  "Data dari {where.path}."'.replace("{", "").replace("}", ""),
        f"  {root}{said}: {guessed.type}",
        "    @connect(",
        f'      source: "{key}"',
        f"      http: {{ GET: {template} }}",
        '      selection: """',
        selection,
        '      """',
        "    )",
        "}",
    ]
    for each in types:
        word = re.sub(r"[^A-Za-z0-9 ]+", " ", each.word).strip() or "nilai"
        made += ["", f'"Isi {word}."', f"type {each.name} {{"]
        made += [f"  {name}: {kind}" for name, kind in each.fields]
        made.append("}")
    return "\n".join(made) + "\n"


def _step(name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII)
    return name if plain and name not in ("true", "false", "null") else quoted(name)


def _settings(named: Mapping[str, str], where: _Address, personal: list[str]) -> str:
    made = [
        *(f"{name}: {text_of(said)}" for name, said in named.items()),
        "# Siapa yang dihubungi bila ada masalah / who is written to when something is wrong:",
        "# contact: {name: Tim Parkir, email: parkir@dinas.example}",
        "# Izin pakai dan tanggal akhir / licence and last day:",
        "# licence: {spdx: CC-BY-4.0, attribution: Dinas Anda}",
        "# expires: 2027-12-31",
        "upkeep:",
        "  total_timeout: 5s",
        "  fresh_for: 5m",
        "  keep_for: 1d",
        "languages: [id]",
    ]
    if personal:
        made += ["# Data pribadi, dan untuk apa / personal data, and what for:", "personal_data:"]
        made += [f"  {coordinate}:" for coordinate in personal]
    if where.secrets:
        made += ["# Rahasia dipasang operator / secrets are put in by the operator:", "config:"]
        made += [f'  {name}: "{{secret:{secret}}}"' for name, secret in where.secrets.items()]
    return "\n".join(made) + "\n"


def _recorded(empty: Submission, root: str, where: _Address, data: Any) -> str:
    """The recorded answer with what is made of it now. Raises ValueError for a huge one."""
    test: dict[str, Any] = {"name": f"jawaban {where.path}"[:100], "connector": f"Query.{root}"}
    if where.values:
        test["variables"] = {"$args": dict(where.values)}
    for items in (MOST_ITEMS, 1):
        test["answer"] = {"status": 200, "body": _short(data, items)}
        file = RecordedFile("tests/new.yaml", written({"tests": [test]}))
        if len(file.text) <= _LONGEST_RECORDED and not read_recorded(file)[1]:
            return written({"tests": [{**test, "expect": _expected(empty, file)}]})
    raise ValueError("the answer is too wide to be recorded; save a part of it")


def _expected(empty: Submission, file: RecordedFile) -> dict[str, Any]:
    """The request and the result of the one test of a file."""
    draft = Submission(empty.key, empty.app, empty.sdl, empty.settings, (file,))
    expect: dict[str, Any] = {}
    for result in run_recorded(read_app(draft)).results:
        if result.request is not None:
            expect["request"] = {"method": result.request.method, "url": result.request.url}
        if result.outcome is not None and result.outcome.failure is None:
            value = result.outcome.value
            expect["result"] = None if value is ABSENT else value
            problems = [problem.message for problem in result.outcome.problems]
            expect["problems"] = problems
    return expect
