"""What the codes of settings, recorded answers, live calls and drift mean, for the people of teams.

`folder_page` is docs/connector-folder.md: both YAML files by one full example, and these codes.
"""

from __future__ import annotations

import re

from connectors.declarative import recorded_tests, settings
from connectors.declarative.codes import SaidCode as C
from connectors.ports.common import Text, must_text

MEANINGS: dict[C, Text] = {
    C.YAML_SYNTAX: must_text(
        "YAML tidak dapat dibaca: tab, tanda kutip, titik dua atau jorokan yang salah.",
        "The YAML cannot be read: a tab, a quote, a colon or the indentation is wrong.",
    ),
    C.YAML_EMPTY: must_text("Berkas kosong.", "The file is empty."),
    C.YAML_TOO_LARGE: must_text(
        "Berkas terlalu panjang, atau terlalu banyak nilai atau tingkat.",
        "The file is too long, or has too many values or levels.",
    ),
    C.YAML_ALIAS: must_text("Alias `*nama` tidak diterima.", "Aliases `*name` are not accepted."),
    C.YAML_TAG: must_text("Tanda `!…` tidak diterima.", "Tags `!…` are not accepted."),
    C.YAML_KEY: must_text("Nama kunci bukan teks.", "A key is no text."),
    C.YAML_KEY_TWICE: must_text("Sebuah kunci ada dua kali.", "A key is there twice."),
    C.YAML_NUMBER: must_text("Sebuah angka terlalu besar.", "A number is too large."),
    C.KEY_UNKNOWN: must_text("Kunci ini tidak dikenal.", "This key is not known."),
    C.KEY_MISSING: must_text("Sebuah kunci harus ada.", "A key is needed."),
    C.VALUE_KIND: must_text(
        "Teks, daftar atau objek di tempat yang lain.",
        "A text, a list or an object in the place of another.",
    ),
    C.VALUE_WRONG: must_text("Nilai yang tidak mungkin.", "A value that cannot be."),
    C.VALUE_TOO_MUCH: must_text("Nilai di luar batas.", "A value out of bounds."),
    C.VALUE_OF_OPERATOR: must_text(
        "Ditetapkan operator, bukan tim.", "Set by the operator, not by a team."
    ),
    C.TEST_CONNECTOR_UNKNOWN: must_text(
        "Uji menyebut konektor yang tidak ada.", "A test names a connector that is not there."
    ),
    C.TEST_REQUEST: must_text(
        "Permintaan yang dibuat lain dari yang diharapkan.",
        "Another request is made than expected.",
    ),
    C.TEST_RESULT: must_text(
        "Hasil pemetaan lain dari yang diharapkan.",
        "The mapping makes another result than expected.",
    ),
    C.TEST_PROBLEMS: must_text(
        "Masalah pemetaan lain dari yang disebut.",
        "There are other mapping problems than are named.",
    ),
    C.TEST_PROBLEM_UNNAMED: must_text(
        "Masalah pemetaan yang tidak disebut uji.", "A mapping problem that the test does not name."
    ),
    C.TEST_ERROR: must_text(
        "Kegagalan lain dari yang diharapkan.", "Another failure than expected."
    ),
    C.TEST_FAILED: must_text("Uji gagal tanpa diharapkan.", "A failure that nobody expects."),
    C.TEST_MISSING: must_text(
        "Konektor tanpa uji rekaman.", "A connector without a recorded test."
    ),
    C.TEST_TIME: must_text("Waktu uji habis.", "The time of the tests was over."),
    C.TEST_PERSONAL_DATA: must_text(
        "Rekaman memuat nilai yang mirip NIK, nomor ponsel atau surel.",
        "A recording holds values like a NIK, a mobile number or an e-mail address.",
    ),
    C.VALUE_UNFIT: must_text(
        "Nilai tidak cocok dengan tipe field.", "A value does not fit the type of its field."
    ),
    C.VALUE_NULL: must_text("Field dengan `!` tanpa nilai.", "A field with `!` that has no value."),
    C.LIVE_FAILED: must_text(
        "Sistem menjawab dengan kegagalan.", "The system answered with a failure."
    ),
    C.LIVE_UNREACHABLE: must_text(
        "Tidak ada jawaban yang dapat dipakai.", "There was no answer that can be used."
    ),
    C.LIVE_PROBLEM: must_text(
        "Masalah pemetaan pada jawaban langsung.", "A mapping problem in a live answer."
    ),
    C.LIVE_EMPTY: must_text("Jawaban langsung tanpa data.", "A live answer without data."),
    C.LIVE_SLOW: must_text("Jawaban langsung lambat.", "A slow live answer."),
    C.LIVE_SKIPPED: must_text("Konektor tidak dicoba.", "A connector that was not tried."),
    C.DRIFT_MISSING: must_text(
        "Kunci yang direkam tidak ada lagi.", "A recorded key is no longer there."
    ),
    C.DRIFT_NEW: must_text("Kunci baru.", "A new key."),
    C.DRIFT_KIND: must_text(
        "Nilai kini berjenis lain, atau kadang tidak ada.",
        "A value is now of another kind, or missing at times.",
    ),
    C.DRIFT_STATUS: must_text("Status jawaban lain.", "Another status of the answer."),
    C.DRIFT_SLOW: must_text(
        "Jauh lebih lambat dari sebelumnya.", "Much slower than it was before."
    ),
    C.DRIFT_PROBLEM: must_text(
        "Lebih banyak masalah pemetaan.", "More mapping problems than before."
    ),
}

_HEAD = """\
# Berkas YAML konektor · The YAML files of a connector

Di samping `connector.graphql`, folder konektor berisi `connector.yaml` dan `tests/*.yaml`.
YAML-nya polos: tanpa alias dan tanda jenis, setiap kunci sekali, hanya angka JSON yang dianggap
angka (`08123` dan `22:30` tetap teks), dan hanya `true`, `false`, `null` yang berarti khusus.

Beside `connector.graphql` a connector's folder holds `connector.yaml` and `tests/*.yaml`. The YAML
is plain: no aliases and no tags, each key once, only what JSON writes as a number is one (`08123`
and `22:30` stay texts), and only `true`, `false`, `null` mean something else than a text.
"""
_SETTINGS = """\
## `connector.yaml`

Empat baris pertama harus ada. The first four lines are needed.
"""
_TESTS = """\
## `tests/*.yaml`

Jawaban yang direkam, dan apa yang harus dihasilkan darinya; jalan tanpa jaringan. Yang tidak
disebut di `expect` tidak dibandingkan, tetapi kegagalan yang tidak diharapkan menggagalkan uji.

Recorded answers, and what must be made of them; they run without a network. What `expect` does not
name is not compared, but a failure nobody expects fails the test.
"""
_CODES = """\
## Kode · Codes

Kode lainnya · all others: [connector-findings.md](connector-findings.md).
"""
_EXAMPLE = re.compile(r"```yaml\n.*?```", re.DOTALL)


def folder_page() -> str:
    """The whole page, Markdown."""
    rows = ["| Kode · code | Arti · meaning |", "|---|---|"]
    for code, meaning in MEANINGS.items():
        rows.append(f"| `{code.value}` | {meaning.pick('id')}<br>*{meaning.pick('en')}* |")
    parts = [
        _HEAD,
        _SETTINGS,
        _example(settings.__doc__) + "\n",
        _TESTS,
        _example(recorded_tests.__doc__) + "\n",
        _CODES,
        "\n".join(rows) + "\n",
    ]
    return "\n".join(parts)


def _example(text: str | None) -> str:
    found = _EXAMPLE.search(text or "")
    return found[0] if found else ""
