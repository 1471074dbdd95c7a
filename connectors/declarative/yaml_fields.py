"""Values of a YAML file, read by name; every fault is told with its place and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from connectors.declarative.codes import SaidCode
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.yaml_text import Entries, Items, Node, Scalar, is_null, plain
from connectors.ports.common import Text, must_text, text

E = TypeVar("E", bound=Enum)

MOST_FINDINGS = 100
"""Of one file; who sees a hundred does not want the rest."""
_KINDS = {
    Scalar: ("sebuah teks", "a text"),
    Items: ("sebuah daftar", "a list"),
    Entries: ("sebuah objek", "an object"),
}
_YES = frozenset(("true", "yes", "ya"))
_NO = frozenset(("false", "no", "tidak"))


class Fields:
    """Reads the values of one file and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def fault(
        self,
        code: SaidCode,
        at: Place,
        path: str,
        words: tuple[str, str],
        fix: tuple[str, str] | None = None,
    ) -> None:
        """One more. `words` and `fix` are Indonesian and English."""
        if len(self.findings) >= MOST_FINDINGS:
            return
        self.findings.append(
            Finding(
                code.value,
                Severity.ERROR,
                must_text(words[0], words[1]),
                must_text(fix[0], fix[1]) if fix else None,
                self.file,
                at.line,
                at.column,
                path or None,
            )
        )

    def object(
        self,
        node: Node | None,
        known: Iterable[str] | None,
        path: str,
        *,
        meant: Mapping[str, str] | None = None,
        told: Collection[str] = (),
    ) -> dict[str, Node]:
        """The entries of an object that say something; unknown names are told.

        `known` None: any name. `meant` says what a name that others use is called here; of the
        names in `told` the caller says himself why they cannot be.
        """
        if is_null(node):
            return {}
        if not isinstance(node, Entries):
            self.kind(node, path, Entries)
            return {}
        names = None if known is None else list(known)
        for name in node.entries if names is not None else ():
            if names is not None and name not in names and name not in told:
                self.unknown(name, names, node.places[name], f"{path}/{name}", meant or {})
        return {
            name: value
            for name, value in node.entries.items()
            if not is_null(value) and (names is None or name in names or name in told)
        }

    def unknown(
        self, name: str, known: list[str], at: Place, path: str, meant: Mapping[str, str]
    ) -> None:
        """A name that nothing here has."""
        if len(self.findings) >= MOST_FINDINGS:
            return
        close = meant.get(name) or next(iter(get_close_matches(name, known, 1, 0.6)), None)
        listed = ", ".join(f"`{each}`" for each in known)
        words = (f"`{_short(name)}` tidak dikenal di sini.", f"`{_short(name)}` is not known here.")
        fix = (f"Yang ada: {listed}.", f"There are: {listed}.")
        if close:
            fix = (f"Mungkin maksudnya `{close}`.", f"You may mean `{close}`.")
        self.fault(SaidCode.KEY_UNKNOWN, at, path, words, fix)

    def kind(self, node: Node | None, path: str, wanted: type[Node]) -> None:
        """A value of another kind than is wanted here."""
        if node is None:
            return
        (id_is, en_is), (id_wants, en_wants) = _KINDS[type(node)], _KINDS[wanted]
        words = (
            f"Ini {id_is}; di sini harus {id_wants}.",
            f"This is {en_is}; it must be {en_wants}.",
        )
        fix = {
            Scalar: ("Tulis satu nilai saja.", "Write one value only."),
            Items: ("Tulis sebagai [a, b].", "Write it as [a, b]."),
            Entries: (
                "Tulis nama: nilai, menjorok di bawahnya.",
                "Write name: value, indented below.",
            ),
        }[wanted]
        self.fault(SaidCode.VALUE_KIND, node.at, path, words, fix)

    def missing(self, name: str, at: Place, path: str, example: str) -> None:
        """A name that must be there and is not."""
        words = (f"`{name}` harus ada.", f"`{name}` is needed.")
        fix = (f"Tambahkan, misalnya: {example}", f"Add it, for example: {example}")
        self.fault(SaidCode.KEY_MISSING, at, f"{path}/{name}", words, fix)

    def wrong(
        self, node: Node, path: str, words: tuple[str, str], fix: tuple[str, str] | None = None
    ) -> None:
        """A value that cannot be."""
        self.fault(SaidCode.VALUE_WRONG, node.at, path, words, fix)

    # ---------------------------------------------------------------------- single values

    def text(self, node: Node | None, path: str, *, longest: int = 500) -> str | None:
        """A text as it is written; None when there is none."""
        if is_null(node):
            return None
        if not isinstance(node, Scalar):
            self.kind(node, path, Scalar)
            return None
        said = node.text.strip()
        if len(said) > longest:
            words = (
                f"Teks ini lebih panjang dari {longest} karakter.",
                f"The text is longer than {longest} characters.",
            )
            fix = ("Persingkat.", "Make it shorter.")
            self.fault(SaidCode.VALUE_TOO_MUCH, node.at, path, words, fix)
            return None
        if not said:
            self.wrong(node, path, ("Teks ini kosong.", "The text is empty."))
        return said or None

    def texts(self, node: Node | None, path: str, *, most: int = 200) -> list[tuple[str, Scalar]]:
        """The texts of a list; one text alone is a list of one."""
        if is_null(node):
            return []
        if isinstance(node, Entries):
            self.kind(node, path, Items)
            return []
        items = node.items if isinstance(node, Items) else (node,) if node else ()
        if len(items) > most:
            words = (f"Paling banyak {most} di sini.", f"There can be {most} of them.")
            fix = ("Kurangi.", "Take some out.")
            self.fault(SaidCode.VALUE_TOO_MUCH, items[most].at, path, words, fix)
        found = []
        for index, item in enumerate(items[:most]):
            said = self.text(item, f"{path}/{index}")
            if said is not None and isinstance(item, Scalar):
                found.append((said, item))
        return found

    def said(self, node: Node | None, path: str) -> Text | None:
        """A text in one or more languages: `Parkir`, or `{id: Parkir, en: Parking}`."""
        if not isinstance(node, Entries):
            found = self.text(node, path)
            return text(found)
        by_lang = {
            name: self.text(value, f"{path}/{name}")
            for name, value in self.object(node, ("id", "en", "jv", "su"), path).items()
        }
        return text(**by_lang)

    def flag(self, node: Node | None, path: str) -> bool | None:
        """Yes or no: `true`, `yes`, `ya`, `false`, `no`, `tidak`."""
        said = self.text(node, path)
        if said is None or node is None:
            return None
        if said.lower() in _YES | _NO:
            return said.lower() in _YES
        words = ("Harus ya atau tidak.", "It must be yes or no.")
        self.wrong(node, path, words, ("Tulis `ya` atau `tidak`.", "Write `yes` or `no`."))
        return None

    def whole(self, node: Node | None, path: str, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        if is_null(node) or node is None:
            return None
        value = plain(node)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        words = (
            f"Harus bilangan bulat dari {least} sampai {most}.",
            f"It must be a whole number from {least} to {most}.",
        )
        self.wrong(node, path, words)
        return None

    def json(self, node: Node | None) -> Any:
        """Any JSON value; None when there is none."""
        return None if node is None else plain(node)

    # ---------------------------------------------------------------------- formed values

    def needed(
        self,
        said: Mapping[str, Node],
        within: Entries,
        name: str,
        form: re.Pattern[str],
        *,
        example: str,
        words: tuple[str, str],
        path: str = "",
    ) -> str | None:
        """A text that must be there and have a form."""
        node = said.get(name)
        if node is None:
            self.missing(name, within.at, path, f"{name}: {example}")
            return None
        return self.formed(node, f"{path}/{name}", form, example, words)

    def formed(
        self,
        node: Node | None,
        path: str,
        form: re.Pattern[str],
        example: str,
        words: tuple[str, str] = ("Bentuknya tidak benar.", "It has not the right form."),
    ) -> str | None:
        """A text of a form; `example` is one."""
        found = self.text(node, path)
        if found is None or node is None or form.fullmatch(found):
            return found
        fix = (f"Misalnya `{example}`.", f"For example `{example}`.")
        self.wrong(node, path, words, fix)
        return None

    def listed(
        self, node: Node | None, path: str, form: re.Pattern[str], example: str
    ) -> tuple[str, ...]:
        """Texts of one form, each once."""
        found = []
        for index, (_, item) in enumerate(self.texts(node, path)):
            fit = self.formed(item, f"{path}/{index}", form, example)
            if fit is not None:
                found.append(fit)
        return tuple(dict.fromkeys(found))

    def one_of(self, node: Node | None, path: str, kind: type[E]) -> E | None:
        """One of the names of an enum, in any case."""
        found = self.text(node, path)
        if found is None or node is None:
            return None
        if found.upper() in kind.__members__:
            return kind[found.upper()]
        listed = ", ".join(kind.__members__)
        words = (f"Harus salah satu dari {listed}.", f"It must be one of {listed}.")
        self.wrong(node, path, words)
        return None

    def day(self, node: Node | None, path: str) -> date | None:
        """A date, written 2027-12-31."""
        said = self.text(node, path)
        if said is None or node is None:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", said, re.ASCII):
                return date.fromisoformat(said)
        except ValueError:
            pass  # no such day: told below
        words = ("Ini bukan tanggal.", "This is not a date.")
        self.wrong(node, path, words, ("Misalnya 2027-12-31.", "For example 2027-12-31."))
        return None

    def address(self, node: Node | None, path: str, *, secure: bool = False) -> str | None:
        """An absolute address without a password in it; `secure`: https only."""
        said = self.text(node, path, longest=2_000)
        if said is None or node is None:
            return None
        schemes = ("https",) if secure else ("https", "http")
        if _is_address(said, schemes):
            return said
        scheme = " atau ".join(schemes), " or ".join(schemes)
        words = (
            f"Harus alamat {scheme[0]} lengkap, tanpa kata sandi di dalamnya.",
            f"It must be a whole {scheme[1]} address, without a password in it.",
        )
        fix = ("Misalnya https://dishub.example/api.", "For example https://dishub.example/api.")
        self.wrong(node, path, words, fix)
        return None


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    if re.search(r"[\s{}<>\"\\^`|]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
