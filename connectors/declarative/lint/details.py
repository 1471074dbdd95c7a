"""What the readers say of a place, in both languages: patterns of their messages."""

from __future__ import annotations

import re

_DETAILS: tuple[tuple[str, str, str], ...] = (
    # pattern, Indonesian, English; `\1` is what the first group found
    # ------------------------------------------------------------ values of arguments
    (r".* must be an object", "sebuah objek `{ … }`", "an object `{ … }`"),
    (r".* must be a string", "sebuah teks", "a string"),
    (r".* must be true or false", "true atau false", "true or false"),
    # ------------------------------------------------------------ mappings
    (
        r"the (?:selection|template) is longer than (\d+) characters",
        r"Lebih panjang dari \1 karakter.",
        r"It is longer than \1 characters.",
    ),
    (
        r"a string that does not end.*",
        "Teks tidak ditutup: tanda kutip akhirnya kurang.",
        "A string does not end: its closing quote is missing.",
    ),
    (
        r"half a character.*",
        r"Setengah karakter: lolosan \\u tanpa pasangannya.",
        r"Half a character: a \\u escape without its other half.",
    ),
    (
        r"after \\u come four hexadecimal digits",
        r"Setelah \\u harus ada empat digit heksadesimal.",
        r"After \\u come four hexadecimal digits.",
    ),
    (
        r"unknown escape: write (.+) for a backslash",
        r"Lolosan tidak dikenal: garis miring terbalik ditulis dua kali.",
        r"Unknown escape: a backslash is written twice.",
    ),
    (
        r"a number longer than (\d+) characters",
        r"Bilangan lebih panjang dari \1 karakter.",
        r"A number is longer than \1 characters.",
    ),
    (
        r"a number goes straight into a word.*",
        "Bilangan menyambung ke sebuah kata; tidak ada eksponen.",
        "A number goes straight into a word; numbers have no exponent.",
    ),
    (r"a number that is too large", "Bilangan terlalu besar.", "A number is too large."),
    (
        r"more than (\d+) brackets in each other",
        r"Lebih dari \1 kurung bersarang.",
        r"There are more than \1 brackets in each other.",
    ),
    (
        r"the bracket opened here is never closed: '?(.+?)'? is missing",
        r"Kurung yang dibuka di sini tidak ditutup: `\1` kurang.",
        r"The bracket opened here is never closed: `\1` is missing.",
    ),
    (
        r"the brace opened here is never closed",
        "Kurung yang dibuka di sini tidak ditutup: `}` kurang.",
        "The brace opened here is never closed: `}` is missing.",
    ),
    (r"a \} without its \{", "Ada `}` tanpa `{`.", "There is a `}` without its `{`."),
    (
        r"braces without an expression",
        "Kurung tanpa ekspresi di dalamnya.",
        "There are braces without an expression.",
    ),
    (
        r"an? ['\"]?(.+?)['\"]? that closes nothing",
        r"`\1` tidak menutup apa pun.",
        r"`\1` closes nothing.",
    ),
    (
        r"a path of several steps has no name.*",
        "Jalur beberapa langkah tidak punya nama: tulis `nama: jalur`, atau `jalur { … }`.",
        "A path of several steps has no name: write `name: path`, or `path { … }`.",
    ),
    (
        r"fields are separated by blanks, not by commas",
        "Field dipisah dengan spasi, bukan koma.",
        "Fields are separated by blanks, not by commas.",
    ),
    (
        r"a literal stands in \$\( … \) here",
        "Nilai tetap ditulis dalam `$( … )` di sini.",
        "A literal stands in `$( … )` here.",
    ),
    (
        r"\?\? and \?! stand in.*",
        "`??` dan `?!` ditulis dalam `$( … )`; satu `?` langsung setelah sebuah langkah.",
        "`??` and `?!` stand in `$( … )`; a single `?` comes directly after a step.",
    ),
    (r"one \? is enough", "Satu `?` cukup.", "One `?` is enough."),
    (
        r"\?\? and \?! do not mix.*",
        "`??` dan `?!` tidak dicampur: tulis salah satunya dalam `$( … )`.",
        "`??` and `?!` do not mix: put one of them into `$( … )`.",
    ),
    (
        r"expected (.+), found (.+)",
        r"Di sini seharusnya \1, tetapi ada \2.",
        r"Expected \1, found \2.",
    ),
    # ------------------------------------------------------------ methods
    (
        r"there is no method ->(\w+)",
        r"Metode `->\1` tidak ada.",
        r"There is no method `->\1`.",
    ),
    (
        r"->(\w+) takes (\d+) arguments, not (\d+)",
        r"`->\1` menerima \2 argumen, bukan \3.",
        r"`->\1` takes \2 arguments, not \3.",
    ),
    (
        r"->(\w+) takes (\d+) to (\d+) arguments, not (\d+)",
        r"`->\1` menerima \2 sampai \3 argumen, bukan \4.",
        r"`->\1` takes \2 to \3 arguments, not \4.",
    ),
    (
        r"->(\w+) takes at least (\d+) arguments, not (\d+)",
        r"`->\1` menerima paling sedikit \2 argumen, bukan \3.",
        r"`->\1` takes at least \2 arguments, not \3.",
    ),
    (
        r"->(\w+) takes pairs.*",
        r"`->\1` menerima pasangan: `[calon, nilai]`.",
        r"`->\1` takes pairs: `[candidate, value]`.",
    ),
    (
        r"->(\w+) takes a name of your own.*",
        r"`->\1` menerima nama sendiri dahulu: `->as($nama)`.",
        r"`->\1` takes a name of your own first: `->as($name)`.",
    ),
    # ------------------------------------------------------------ entities
    (
        r"the arguments of an entity field .*; '(\w+)' is none",
        r"`\1` bukan salah satunya.",
        r"`\1` is none.",
    ),
    (
        r"the arguments of an entity field .*; it has no argument",
        "Field ini tidak mempunyai argumen.",
        "This one has no argument.",
    ),
    # ------------------------------------------------------------ SDL
    (
        r"Expected (.+), found (.+)\.",
        r"Di sini seharusnya \1, tetapi ada \2.",
        r"Expected \1, found \2.",
    ),
    (r"Unexpected (\S+|Name '.*')\.", r"\1 tidak diharapkan di sini.", r"Unexpected \1."),
    (r"Unterminated string\.", "Sebuah teks tidak ditutup.", "A string is not closed."),
    (r"Invalid number.*", "Bilangan tidak sah.", "A number is not valid."),
    (r"Invalid .*escape sequence.*", "Lolosan tidak dikenal.", "Unknown escape."),
    (r"Document contains more than (\d+) tokens.*", r"Lebih dari \1 kata.", r"It has more than \1 words."),
    (r"(?:Invalid|Unexpected) (?:single|character).*", "Karakter ini tidak dapat ada di sini.", "This character cannot stand here."),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.DOTALL), id_, en) for pattern, id_, en in _DETAILS)
_WORDS = (
    # of the English messages, in Indonesian
    ("a field name, $, @ or $( … )", "nama field, `$`, `@` atau `$( … )`"),
    ("the name of a method after ->", "nama metode setelah `->`"),
    ("a key after the point", "kunci setelah titik"),
    ("the end of the selection", "akhir pemetaan"),
    ("a number", "bilangan"),
    ("a value", "nilai"),
    ("a key", "kunci"),
    ("<EOF>", "akhir berkas"),
    ("Name", "nama"),
)
_STRINGS = re.compile(r"\b(String|BlockString) .*?(?=, found|\.?$)", re.DOTALL)
"""What is written in strings is not repeated: it may be a secret."""


def translated(message: str) -> tuple[str, str]:
    """A message of a reader in Indonesian and English; both empty when it is an unknown one."""
    plain = _STRINGS.sub(r"\1", message)
    for pattern, id_, en in _COMPILED:
        found = pattern.fullmatch(plain)
        if found:
            inside = found.expand(id_)
            for english, indonesian in _WORDS:
                inside = inside.replace(english, indonesian)
            return inside, found.expand(en)
    return "", ""
