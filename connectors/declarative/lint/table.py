"""The table of the codes of reading and lint, as docs/connector-findings.md begins with it.

The whole page is `gateway.findings`: what the graph says of a connector is known on higher floors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.declarative.lint.texts import Rule
from connectors.declarative.lint.texts_errors import ERRORS
from connectors.declarative.lint.texts_others import OTHERS
from connectors.declarative.lint.texts_reading import READING
from connectors.declarative.lint.texts_warnings import WARNINGS

_HEAD = """\
# Temuan konektor · Findings about connectors

Setiap temuan mempunyai kode yang tetap, tempat di berkas, penjelasan dan perbaikan dalam bahasa
Indonesia dan Inggris. **ERROR**: tidak dapat berjalan, pendaftaran ditolak. **WARNING**: akan
menyusahkan. **INFO**: baik diketahui. `…` adalah kata dari berkas tim.

Every finding has a stable code, a place in the file, an explanation and a fix in Indonesian and
English. **ERROR**: cannot work, registering is refused. **WARNING**: will hurt. **INFO**: good to
know. `…` stands for a word of the team's file.

Pengaturan, jawaban rekaman, panggilan nyata · settings, recorded answers, live calls:
[connector-folder.md](connector-folder.md)

Periksa dengan · check with: `python -m gateway connectors check FOLDER`
"""
_GAP = re.compile(r"\{[a-z_]+\}")
_PARTS: tuple[tuple[str, Mapping[str, Rule]], ...] = (
    ("Membaca berkas · Reading the file", READING),
    ("Tidak dapat berjalan · What cannot work", ERRORS),
    ("Akan menyusahkan · What will hurt", WARNINGS),
)


def table() -> str:
    """The page as far as these codes go, Markdown."""
    parts = [_HEAD]
    for title, rules in _PARTS:
        rows = [_row(code, rule) for code, rule in rules.items()]
        head = "| Kode · code | Arti · meaning | Perbaikan · fix |\n|---|---|---|"
        parts.append("\n".join([f"## {title}", "", head, *rows]) + "\n")
    rows = [f"| `{code}` | {plain(id_)}<br>*{plain(en)}* |" for code, (id_, en) in OTHERS.items()]
    parts.append("\n".join(["## Folder sebagai keseluruhan · The folder as a whole", "",
                            "| Kode · code | Arti · meaning |\n|---|---|", *rows]))  # fmt: skip
    return "\n".join(parts) + "\n"


def _row(code: str, rule: Rule) -> str:
    meaning = f"{plain(rule.id)}<br>*{plain(rule.en)}*"
    fix = f"{plain(rule.fix_id)}<br>*{plain(rule.fix_en)}*"
    return f"| `{code}` {rule.severity.value} | {meaning} | {fix} |"


def plain(text: str) -> str:
    """A text with its gaps as dots, fit to stand in a table."""
    filled = text.replace("{{", "\0").replace("}}", "\1")
    filled = _GAP.sub("…", filled).replace("\0", "{").replace("\1", "}")
    return filled.replace("|", "\\|").replace("*", "\\*").strip()
