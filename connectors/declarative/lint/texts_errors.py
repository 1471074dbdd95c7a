"""The texts of what cannot work, found by comparing the parts of a description with each other."""

from __future__ import annotations

from connectors.declarative.lint.texts_rule import Rule, error

ERRORS: dict[str, Rule] = {
    # ----------------------------------------------------------------- types and names
    "EXECUTABLE": error(
        "Operasi dan fragmen tidak termasuk dalam deskripsi.",
        "Operations and fragments do not belong into a description.",
        "Hapus; tulis hanya tipe, `extend schema` dan `extend type`.",
        "Take it out; write types, `extend schema` and `extend type` only.",
    ),
    "SCHEMA_ROOTS": error(
        "Tipe akar bernama `Query` dan `Mutation`, tidak dapat diganti.",
        "The root types are `Query` and `Mutation` and cannot be replaced.",
        "Hapus `schema {{ … }}`; tulis `extend type Query {{ … }}`.",
        "Take `schema {{ … }}` out; write `extend type Query {{ … }}`.",
    ),
    "SUBSCRIPTION": error(
        "Subscription tidak dapat dihubungkan.",
        "Subscriptions cannot be connected.",
        "Jadikan field `Query`; klien dapat bertanya lagi.",
        "Make them fields of `Query`; clients can ask again.",
    ),
    "ABSTRACT_TYPE": error(
        "Interface dan union (`{what}`) baru ada di v0.4 bahasa ini.",
        "Interfaces and unions (`{what}`) come with v0.4 of the language only.",
        "Pakai tipe objek dengan field yang boleh null.",
        "Use an object type with fields that may be null.",
    ),
    "TYPE_TAKEN": error(
        "Tipe `{what}` sudah milik kota.",
        "The type `{what}` is the city's already.",
        "Beri nama dengan prefiks tim; untuk menambah field, tulis `extend type {what}`.",
        "Name it with the team's prefix; to add fields, write `extend type {what}`.",
    ),
    "TYPE_TWICE": error(
        "Tipe `{what}` didefinisikan dua kali dalam berkas ini.",
        "The type `{what}` is defined twice in this file.",
        "Gabungkan keduanya, atau pakai `extend`.",
        "Join the two, or use `extend`.",
    ),
    "TYPE_UNKNOWN": error(
        "Tidak ada tipe `{what}`.",
        "There is no type `{what}`.",
        "Periksa ejaan, atau definisikan tipenya.",
        "Check the spelling, or define the type.",
    ),
    "TYPE_EMPTY": error(
        "Tipe `{what}` tidak mempunyai isi.",
        "The type `{what}` has nothing in it.",
        "Beri paling sedikit satu field atau nilai.",
        "Give it at least one field or value.",
    ),
    "TYPE_POSITION": error(
        "`{what}` tidak dapat dipakai di sini: {kind}.",
        "`{what}` cannot be used here: {kind}.",
        "Untuk argumen pakai `input`, enum atau skalar; untuk field pakai `type`, enum atau skalar.",
        "Arguments take an `input`, an enum or a scalar; fields give a `type`, an enum or a scalar.",
    ),
    "EXTENDS_UNKNOWN": error(
        "`extend` untuk `{what}`, yang tidak ada di kota maupun di berkas ini.",
        "`extend` of `{what}`, which neither the city nor this file has.",
        "Periksa ejaan, hapus kata `extend`, atau minta tipe tim lain di `names.extends`.",
        "Check the spelling, take `extend` out, or claim another team's type in `names.extends`.",
    ),
    "EXTENDS_KIND": error(
        "`{what}` tidak dapat ditambah seperti ini.",
        "`{what}` cannot be extended like this.",
        "Dari kota hanya tipe objek yang dapat ditambah; yang sendiri dengan kata definisinya.",
        "Of the city only object types can be extended; your own by the word of its definition.",
    ),
    "CITY_RECORD": error(
        "`{what}` dibuat oleh kota sendiri: jawaban konektor tidak dapat menjadi tipe ini.",
        "`{what}` is made by the city itself: an answer of a connector cannot become one.",
        "Definisikan tipe sendiri dengan prefiks tim.",
        "Define a type of your own with the team's prefix.",
    ),
    "CONNECT_ON_CITY": error(
        "`@connect` tidak dapat berada pada tipe kota `{what}` sendiri.",
        "`@connect` cannot stand on the city's type `{what}` itself.",
        "Tambahkan sebuah field dengan `extend type {what}` dan hubungkan field itu.",
        "Add a field with `extend type {what}` and connect that field.",
    ),
    "EXTENDS_UNCLAIMED": error(
        "Tipe `{what}` milik kota ditambah tanpa diminta.",
        "The city's type `{what}` is extended without having been asked for.",
        "Tulis `names: {{ extends: [{what}] }}` di `connector.yaml`; operator harus menyetujui.",
        "Write `names: {{ extends: [{what}] }}` in `connector.yaml`; an operator must approve.",
    ),
    "NAME_UNCLAIMED": error(
        "`{what}` tidak diawali prefiks tim `{prefix}` dan tidak diminta.",
        "`{what}` does not begin with the team's prefix `{prefix}` and is not claimed.",
        "Ganti namanya, atau tulis di `names.{list}` di `connector.yaml`.",
        "Rename it, or list it under `names.{list}` in `connector.yaml`.",
    ),
    "NAME_RESERVED": error(
        "Nama `{what}` diawali `__`, yang milik GraphQL sendiri.",
        "The name `{what}` begins with `__`, which is GraphQL's own.",
        "Ganti namanya.",
        "Rename it.",
    ),
    "NAME_TWICE": error(
        "`{what}` ada dua kali di sini.",
        "`{what}` is here twice.",
        "Hapus atau ganti nama salah satunya.",
        "Take out or rename one of them.",
    ),
    "FIELD_TAKEN": error(
        "Field `{what}` sudah milik kota.",
        "The field `{what}` is the city's already.",
        "Pakai nama lain, diawali prefiks tim.",
        "Use another name, beginning with the team's prefix.",
    ),
    "DIRECTIVE_UNKNOWN": error(
        "Tidak ada direktif `@{what}`.",
        "There is no directive `@{what}`.",
        "Yang dikenal: @link, @source, @connect, @key, @deprecated.",
        "Known are @link, @source, @connect, @key, @deprecated.",
    ),
    "DIRECTIVE_ACCESS": error(
        "`@{what}` tidak dijaga oleh gateway ini: siapa pun dapat membaca yang ditandainya.",
        "`@{what}` is not enforced by this gateway: anybody can read what it marks.",
        "Hapus field itu dari deskripsi, atau tulis di `private` bila milik satu pemanggil.",
        "Take the field out, or list it under `private` if it belongs to one caller.",
    ),
    "LINK_RENAMED": error(
        "`@link` memberi nama lain; gateway hanya mengenal @source, @connect dan @key.",
        "`@link` gives another name; the gateway knows @source, @connect and @key only.",
        "Hapus `as:` dan pakai nama asli.",
        "Take `as:` out and use the plain names.",
    ),
    "ARGUMENT_DEFAULT": error(
        "Nilai bawaan `{what}` tidak cocok dengan tipenya.",
        "The default of `{what}` does not fit its type.",
        "Tulis nilai dari tipe itu, atau hapus nilai bawaannya.",
        "Write a value of that type, or take the default out.",
    ),
    "INPUT_CIRCULAR": error(
        "Input `{what}` mewajibkan dirinya sendiri: tidak pernah dapat diisi.",
        "The input `{what}` needs itself: it can never be filled.",
        "Hapus satu `!` dalam lingkaran itu.",
        "Take out one `!` of the circle.",
    ),
    "SCHEMA_INVALID": error(
        "Bersama seluruh kota ini bukan skema yang sah. {detail}",
        "Together with the city this is no valid schema. {detail}",
        "Perbaiki menurut aturan GraphQL.",
        "Correct it by the rules of GraphQL.",
    ),
    # ----------------------------------------------------------------- selections
    "SELECTION_UNKNOWN_FIELD": error(
        "Tipe `{type}` tidak mempunyai field `{what}`.",
        "The type `{type}` has no field `{what}`.",
        "Perbaiki nama di kiri titik dua, atau tambahkan field ke tipenya.",
        "Correct the name left of the colon, or add the field to the type.",
    ),
    "SELECTION_ON_LEAF": error(
        "`{what}` adalah `{type}`, tanpa isi: tidak dapat berupa objek.",
        "`{what}` is a `{type}`, which has no fields: it cannot be an object.",
        "Hapus kurung; untuk satu nilai di atas, tulis `$.kunci`.",
        "Take the braces out; at the top, write `$.key` for one value.",
    ),
    "SELECTION_MISSING": error(
        "`{what}` adalah objek `{type}`: pilih field-nya.",
        "`{what}` is an object, `{type}`: its fields must be selected.",
        "Tulis `{what} {{ … }}` dengan field dari `{type}`.",
        "Write `{what} {{ … }}` with fields of `{type}`.",
    ),
    "FIELD_UNCOVERED": error(
        "Tidak ada konektor yang mengisi `{what}`.",
        "No connector fills `{what}`.",
        "Tulis field itu di `selection`, beri `@connect` sendiri, atau hapus.",
        "Put the field into a `selection`, give it a `@connect` of its own, or take it out.",
    ),
    "FIELD_ARGUMENTS": error(
        "`{what}` mempunyai argumen tetapi tidak mempunyai konektor.",
        "`{what}` has arguments and no connector.",
        "Beri `@connect` sendiri, atau hapus argumennya.",
        "Give it a `@connect` of its own, or take the arguments out.",
    ),
    "TYPE_CIRCULAR": error(
        "`{what}` memilih `{type}` di dalam `{type}` sendiri.",
        "`{what}` selects `{type}` inside of `{type}` itself.",
        "Beri field itu `@connect` sendiri, atau pakai tipe lain yang lebih kecil.",
        "Give the field a `@connect` of its own, or use another, smaller type.",
    ),
    # ----------------------------------------------------------------- variables and keys
    "ARGS_UNKNOWN": error(
        "`{what}`: `{where}` tidak mempunyai argumen itu.",
        "`{what}`: `{where}` has no such argument.",
        "Yang ada: {listed}.",
        "There are: {listed}.",
    ),
    "THIS_UNKNOWN": error(
        "`{what}`: tipe `{where}` tidak mempunyai field itu.",
        "`{what}`: the type `{where}` has no such field.",
        "Yang ada: {listed}.",
        "There are: {listed}.",
    ),
    "THIS_CIRCULAR": error(
        "`{what}` membutuhkan `{other}`, yang baru ada setelah `{what}` dijawab.",
        "`{what}` needs `{other}`, which is there only after `{what}` was answered.",
        "Isi `{other}` dari konektor lain.",
        "Fill `{other}` from another connector.",
    ),
    "BATCH_KEY_UNKNOWN": error(
        "`{what}`: tipe `{where}` tidak mempunyai field itu.",
        "`{what}`: the type `{where}` has no such field.",
        "Yang ada: {listed}.",
        "There are: {listed}.",
    ),
    "BATCH_KEY_UNSELECTED": error(
        "`{what}` dipakai untuk bertanya, tetapi tidak dipilih dari jawaban: baris tidak dikenali.",
        "`{what}` is asked by, but not selected of the answer: rows cannot be told apart.",
        "Tambahkan `{what}` ke `selection`.",
        "Add `{what}` to the `selection`.",
    ),
    "KEY_SYNTAX": error(
        "`@key` membutuhkan `fields` dengan nama field, dipisah spasi.",
        "`@key` needs `fields` with names of fields, blanks between them.",
        'Tulis `@key(fields: "id")`.',
        'Write `@key(fields: "id")`.',
    ),
    "KEY_UNKNOWN_FIELD": error(
        "`@key` menyebut `{what}`, yang tidak dimiliki `{type}`.",
        "`@key` names `{what}`, which `{type}` does not have.",
        "Perbaiki namanya, atau tambahkan field itu.",
        "Correct the name, or add the field.",
    ),
    "ENTITY_WITHOUT_KEY": error(
        "Konektor pada tipe `{what}` tidak memakai `$batch` maupun `$this`: tidak tahu yang mana.",
        "The connector on the type `{what}` uses neither `$batch` nor `$this`: which one is meant?",
        "Pakai misalnya `$batch.id` di alamat, kueri atau isi.",
        "Use for example `$batch.id` in address, query or body.",
    ),
    "ENTITY_NOT_OBJECT": error(
        "`{what}` bukan objek: tidak dapat menjadi entitas.",
        "`{what}` is no object: it cannot be an entity.",
        "Hapus `entity: true`.",
        "Take `entity: true` out.",
    ),
    "REQUEST_WITHOUT_DATA": error(
        "`{what}` diambil dari jawaban, tetapi saat permintaan disusun belum ada jawaban.",
        "`{what}` is taken of an answer, and there is none while the request is made.",
        "Pakai `$args.…`, `$this.…`, `$batch.…`, `$config.…`, atau `@.…` di argumen metode.",
        "Use `$args.…`, `$this.…`, `$batch.…`, `$config.…`, or `@.…` in arguments of methods.",
    ),
    "RESULT_COMPOUND": error(
        "Ini selalu menjadi objek atau daftar; yang diperlukan {kind}.",
        "This always comes to an object or a list; what is needed is {kind}.",
        "Satu nilai ditulis dengan jalurnya, misalnya `$.pesan`: `pesan` saja membuat objek.",
        "One value is written as a path, such as `$.message`: `message` alone makes an object.",
    ),
    # ----------------------------------------------------------------- hosts and secrets
    "HOST_FORBIDDEN": error(
        "Host ini tidak dapat dituju: {kind}.",
        "This host cannot be asked: {kind}.",
        "Tulis nama host yang biasa, misalnya `api.dinas.example`.",
        "Write an ordinary name of a host, such as `api.dinas.example`.",
    ),
    "SECRET_PLAIN": error(
        "Sebuah rahasia tertulis terbuka di berkas ini.",
        "A secret is written openly in this file.",
        "Tulis `{{$config.nama}}` dan di `connector.yaml` `config: {{ nama: '{{secret:…}}' }}`; ganti rahasia itu.",
        "Write `{{$config.name}}` and in `connector.yaml` `config: {{ name: '{{secret:…}}' }}`; renew the secret.",
    ),
}
"""By code."""
