"""The texts of what goes wrong while a description is read: one for each `faults.Code`.

`{what}` is the word it is about, `{listed}` what there is instead, `{detail}` more in the language
of the text.
"""

from __future__ import annotations

from connectors.declarative.lint.texts_rule import Rule, error

READING: dict[str, Rule] = {
    "SDL_SYNTAX": error(
        "Berkas bukan SDL yang dapat dibaca. {detail}",
        "The file is no SDL that can be read. {detail}",
        "Perbaiki di baris dan kolom ini: biasanya kurung, tanda kutip atau titik dua yang kurang.",
        "Correct it at this line and column: mostly a bracket, a quote or a colon is missing.",
    ),
    "SDL_TOO_LARGE": error(
        "Berkas lebih panjang dari 500.000 karakter.",
        "The file is longer than 500,000 characters.",
        "Bagi menjadi beberapa konektor.",
        "Split it into several connectors.",
    ),
    "ARGUMENT_UNKNOWN": error(
        "Tidak ada argumen `{what}` di sini.",
        "There is no argument `{what}` here.",
        "Yang ada: {listed}.",
        "There are: {listed}.",
    ),
    "ARGUMENT_TWICE": error(
        "`{what}` ditulis dua kali.",
        "`{what}` is given twice.",
        "Hapus salah satunya.",
        "Take one of them out.",
    ),
    "ARGUMENT_MISSING": error(
        "`{what}` harus ada di sini.",
        "`{what}` is needed here.",
        "Tambahkan `{what}: …`.",
        "Add `{what}: …`.",
    ),
    "ARGUMENT_TYPE": error(
        "Nilai `{what}` salah jenisnya: harus {detail}.",
        "The value of `{what}` is of the wrong kind: it must be {detail}.",
        "Tulis {detail}.",
        "Write {detail}.",
    ),
    "SOURCE_PLACE": error(
        "`@source` hanya berarti pada skema.",
        "`@source` means something on the schema only.",
        "Tulis `extend schema @source(…)`.",
        "Write `extend schema @source(…)`.",
    ),
    "SOURCE_NAME": error(
        "Nama sumber tidak dapat dipakai.",
        "The name of the source cannot be used.",
        "Pakai huruf, angka, `_` dan `-`, diawali huruf, paling panjang 64.",
        "Use letters, digits, `_` and `-`, a letter first, 64 at most.",
    ),
    "SOURCE_TWICE": error(
        "Ada dua sumber bernama `{what}`.",
        "There are two sources named `{what}`.",
        "Beri salah satunya nama lain.",
        "Give one of them another name.",
    ),
    "SOURCE_UNKNOWN": error(
        "Tidak ada sumber `{what}`.",
        "There is no source `{what}`.",
        "Yang ada: {listed}. Tambahkan dengan `extend schema @source(name: …)`.",
        "There are: {listed}. Add it with `extend schema @source(name: …)`.",
    ),
    "CONNECT_PLACE": error(
        "`@connect` hanya berarti pada tipe objek dan field-nya.",
        "`@connect` means something on object types and their fields only.",
        "Pindahkan ke field tipe objek; interface dan union baru ada di v0.4.",
        "Move it to a field of an object type; interfaces and unions come with v0.4 only.",
    ),
    "CONNECT_ON_ROOT": error(
        "`@connect` tidak dapat berada pada `{what}` sendiri.",
        "`@connect` cannot stand on `{what}` itself.",
        "Tulis di belakang sebuah field dari `{what}`.",
        "Write it behind a field of `{what}`.",
    ),
    "CONNECT_ON_SUBSCRIPTION": error(
        "Subscription tidak dapat dihubungkan.",
        "Subscriptions cannot be connected.",
        "Jadikan field `Query`; klien dapat bertanya lagi.",
        "Make it a field of `Query`; clients can ask again.",
    ),
    "CONNECT_ID_TWICE": error(
        "Dua konektor mempunyai id `{what}`.",
        "Two connectors have the id `{what}`.",
        "Beri salah satunya id lain.",
        "Give one of them another id.",
    ),
    "METHOD_COUNT": error(
        "`http` harus mempunyai tepat satu metode.",
        "`http` needs exactly one method.",
        "Tulis satu dari GET, POST, PUT, PATCH, DELETE.",
        "Write one of GET, POST, PUT, PATCH, DELETE.",
    ),
    "URL_NOT_ABSOLUTE": error(
        "Alamat harus lengkap: skema dan host, tanpa nama pengguna dan kata sandi.",
        "The address must be whole: scheme and host, without user and password.",
        "Tulis `https://host/…`, atau sebut sebuah sumber dengan `source:`.",
        "Write `https://host/…`, or name a source with `source:`.",
    ),
    "URL_NOT_RELATIVE": error(
        "Sumber sudah memberi skema dan host.",
        "The source gives scheme and host already.",
        "Awali alamat ini dengan garis miring: `/…`.",
        "Begin this address with a slash: `/…`.",
    ),
    "URL_EXPRESSION_IN_HOST": error(
        "Ada ekspresi di dalam host: host harus tetap.",
        "An expression stands in the host: the host must be fixed.",
        "Tulis host sebagai teks; nilai hanya boleh di jalur, kueri, header atau isi.",
        "Write the host as text; values belong into path, query, headers or body.",
    ),
    "HEADER_SHAPE": error(
        "Header harus mempunyai `value` atau `from`, dan hanya salah satu.",
        "A header has either `value` or `from`.",
        "Hapus atau tambahkan salah satunya.",
        "Take one out, or add one.",
    ),
    "HEADER_NAME": error(
        "Ini bukan nama header.",
        "This is no name of a header.",
        "Pakai huruf, angka dan `-`, misalnya `X-Api-Key`.",
        "Use letters, digits and `-`, for example `X-Api-Key`.",
    ),
    "HEADER_RESERVED": error(
        "Header `{what}` milik sambungan, bukan milik pertanyaan.",
        "The header `{what}` belongs to the connection, not to the question.",
        "Hapus; gateway yang mengurusnya.",
        "Take it out; the gateway cares for it.",
    ),
    "HEADER_NOT_COPIED": error(
        "Header `{what}` tidak disalin dari pemanggil.",
        "The header `{what}` is not copied from the caller.",
        "Tulis nilainya dengan `value`.",
        "Write it with `value`.",
    ),
    "HEADER_TWICE": error(
        "Header `{what}` ditulis dua kali.",
        "The header `{what}` is given twice.",
        "Hapus salah satunya; huruf besar dan kecil sama saja.",
        "Take one of them out; capital and small letters are the same.",
    ),
    "MAPPING_SYNTAX": error(
        "Pemetaan tidak dapat dibaca. {detail}",
        "The mapping cannot be read. {detail}",
        "Perbaiki di baris dan kolom ini.",
        "Correct it at this line and column.",
    ),
    "MAPPING_METHOD": error(
        "Metode dipanggil dengan cara yang tidak ada. {detail}",
        "A method is called in a way there is not. {detail}",
        "Lihat daftar metode bahasa pemetaan v0.3.",
        "See the methods of the mapping language v0.3.",
    ),
    "VARIABLE_FORBIDDEN": error(
        "`$env` akan memperlihatkan rahasia tim lain.",
        "`$env` would show the secrets of other teams.",
        "Pakai `$config`, milik tim sendiri, diisi di `connector.yaml`.",
        "Use `$config`, which is your own and filled in `connector.yaml`.",
    ),
    "VARIABLE_NOT_HERE": error(
        "Tidak ada `{what}` di tempat ini.",
        "There is no `{what}` in this place.",
        "Yang ada: {listed}.",
        "There are: {listed}.",
    ),
    "BATCH_PLACE": error(
        "`batch` hanya berarti pada konektor sebuah tipe.",
        "`batch` means something in the connector of a type only.",
        "Pindahkan konektor ke tipenya dan pakai `$batch` di permintaan.",
        "Move the connector to the type, and use `$batch` in the request.",
    ),
    "BATCH_SIZE": error(
        "`{what}` harus bilangan bulat mulai dari 1.",
        "`{what}` must be a whole number from 1 on.",
        "Tulis misalnya `maxSize: 50`.",
        "Write for example `maxSize: 50`.",
    ),
    "BATCH_WITH_THIS": error(
        "`$batch` dan `$this` tidak dapat bersama: permintaan untuk banyak atau untuk satu.",
        "`$batch` and `$this` do not go together: a request is for many or for one.",
        "Pakai `$batch` saja.",
        "Use `$batch` alone.",
    ),
    "ENTITY_PLACE": error(
        "`entity` tidak berarti di sini.",
        "`entity` means nothing here.",
        "`entity: true` ada pada field `Query`; pada tipe, hapus saja.",
        "`entity: true` stands on fields of `Query`; on a type, leave it out.",
    ),
    "ENTITY_TYPE": error(
        "Field entitas memberi satu objek yang boleh null: tanpa daftar, tanpa `!`.",
        "An entity field gives one object that may be null: no list, no `!`.",
        "Tulis nama tipe saja.",
        "Write the name of the type alone.",
    ),
    "ENTITY_ARGUMENTS": error(
        "Argumen field entitas adalah field pengenal tipenya. {detail}",
        "The arguments of an entity field are the fields its type is known by. {detail}",
        "Beri argumen nama yang sama dengan field tipe, misalnya `id`.",
        "Name the arguments like fields of the type, for example `id`.",
    ),
}
"""By code."""
