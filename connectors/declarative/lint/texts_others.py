"""What the codes of settings, recorded answers, live calls and drift mean, for the page of teams.

Their findings carry texts of their own, with the value at fault; here is what they have in common.
"""

from __future__ import annotations

OTHERS: dict[str, tuple[str, str]] = {
    # ----------------------------------------------------------------- the folder
    "CONNECTOR_DIFFERS": (
        "Didaftarkan sebagai konektor lain daripada yang ditulis berkas.",
        "It is handed in as another connector than the file says.",
    ),
    "APP_DIFFERS": (
        "Didaftarkan untuk aplikasi lain daripada yang ditulis berkas.",
        "It is handed in for another app than the file says.",
    ),
    "BASE_ADDRESS": (
        "`baseURL` bukan alamat setelah nilai `$config` dimasukkan.",
        "`baseURL` is no address with the values of `$config`.",
    ),
    # ----------------------------------------------------------------- YAML
    "YAML_SYNTAX": (
        "Berkas bukan YAML yang dapat dibaca.",
        "The file is no YAML that can be read.",
    ),
    "YAML_EMPTY": ("Berkas kosong.", "The file is empty."),
    "YAML_TOO_LARGE": ("Berkas terlalu besar.", "The file is too large."),
    "YAML_ALIAS": ("Jangkar dan alias tidak dibaca.", "Anchors and aliases are not read."),
    "YAML_TAG": ("Tag tidak dibaca.", "Tags are not read."),
    "YAML_KEY": ("Sebuah kunci bukan teks.", "A key is no text."),
    "YAML_KEY_TWICE": ("Sebuah kunci ada dua kali.", "A key is there twice."),
    "YAML_NUMBER": ("Sebuah bilangan tidak dapat dipakai.", "A number cannot be used."),
    "KEY_UNKNOWN": ("Nama tidak dikenal di sini.", "A name is not known here."),
    "KEY_MISSING": ("Nama yang harus ada tidak ada.", "A name that must be there is missing."),
    "VALUE_KIND": ("Nilai berjenis lain.", "A value is of another kind."),
    "VALUE_WRONG": ("Nilai tidak mungkin.", "A value cannot be."),
    "VALUE_TOO_MUCH": ("Terlalu panjang atau terlalu banyak.", "Too long, or too many."),
    "VALUE_OF_OPERATOR": ("Hanya operator yang menetapkannya.", "Only an operator sets it."),
    # ----------------------------------------------------------------- recorded answers
    "TEST_CONNECTOR_UNKNOWN": (
        "Uji menyebut konektor yang tidak ada.",
        "A test names a connector that is not there.",
    ),
    "TEST_REQUEST": ("Permintaan bukan yang diharapkan.", "The request is not the expected one."),
    "TEST_RESULT": ("Hasil bukan yang diharapkan.", "The result is not the expected one."),
    "TEST_PROBLEMS": (
        "Masalah pemetaan bukan yang diharapkan.",
        "The mapping problems are not the expected ones.",
    ),
    "TEST_PROBLEM_UNNAMED": (
        "Ada masalah pemetaan yang tidak disebut uji.",
        "There is a mapping problem that the test does not name.",
    ),
    "TEST_ERROR": ("Kegagalan bukan yang diharapkan.", "The failure is not the expected one."),
    "TEST_FAILED": ("Uji tidak dapat dijalankan.", "The test cannot be run."),
    "TEST_TIME": ("Uji memakan waktu terlalu lama.", "The tests take too long."),
    "TEST_PERSONAL_DATA": (
        "Rekaman tampaknya berisi data pribadi.",
        "The recording seems to hold personal data.",
    ),
    "VALUE_UNFIT": (
        "Nilai tidak cocok dengan tipe field-nya.",
        "A value does not fit the type of its field.",
    ),
    "VALUE_NULL": (
        "Nilai kosong pada field yang tidak boleh null.",
        "A value is missing where a field cannot be null.",
    ),
    # ----------------------------------------------------------------- live calls, drift
    "LIVE_FAILED": ("Sistem menjawab dengan kegagalan.", "The system answered with a failure."),
    "LIVE_UNREACHABLE": ("Sistem tidak dapat dicapai.", "The system cannot be reached."),
    "LIVE_PROBLEM": (
        "Jawaban tidak seperti yang diharapkan pemetaan.",
        "The answer is not as the mapping expects it.",
    ),
    "LIVE_EMPTY": ("Jawaban tidak berisi apa pun.", "The answer holds nothing."),
    "LIVE_SLOW": ("Jawaban datang lambat.", "The answer came late."),
    "LIVE_SKIPPED": ("Panggilan dilewati.", "The call was left out."),
    "DRIFT_MISSING": ("Sesuatu dalam jawaban hilang.", "Something in the answer is gone."),
    "DRIFT_NEW": ("Sesuatu dalam jawaban baru.", "Something in the answer is new."),
    "DRIFT_KIND": ("Sesuatu berganti jenis.", "Something is of another kind now."),
    "DRIFT_STATUS": ("Status jawaban berganti.", "The status of the answer changed."),
    "DRIFT_SLOW": ("Sistem menjadi lambat.", "The system became slow."),
    "DRIFT_PROBLEM": ("Muncul masalah pemetaan baru.", "There are new mapping problems."),
}
"""By code: Indonesian and English."""
