"""The texts of what will hurt, and of what is good to know."""

from __future__ import annotations

from connectors.declarative.lint.texts_rule import Rule, info, warning

WARNINGS: dict[str, Rule] = {
    # ----------------------------------------------------------------- load
    "LIST_UNBOUNDED": warning(
        "Daftar `{what}` tidak mengirim batas maupun halaman: bisa datang semuanya.",
        "The list `{what}` sends no limit and no page: everything may come.",
        "Kirim parameter seperti `limit`, `size` atau `page`.",
        "Send a parameter such as `limit`, `size` or `page`.",
    ),
    "N_PLUS_ONE": warning(
        "`{what}` bertanya sekali untuk setiap butir sebuah daftar.",
        "`{what}` asks once for every item of a list.",
        "Pakai konektor pada tipe dengan `$batch`, atau ambil dari jawaban daftarnya.",
        "Use a connector on the type with `$batch`, or take it of the answer to the list.",
    ),
    "N_PLUS_ONE_WEAK": warning(
        "`{what}` bertanya sekali untuk setiap butir, dan sistemnya lemah: ini akan macet.",
        "`{what}` asks once for every item, and the system is weak: this will get stuck.",
        "Pakai konektor pada tipe dengan `$batch` sebelum mendaftar.",
        "Use a connector on the type with `$batch` before registering.",
    ),
    "NON_NULL_REMOTE": warning(
        "`{what}` tidak boleh null, tetapi dijawab sistem lain: bila mati, seluruh halaman kosong.",
        "`{what}` cannot be null, but another system answers: when it is down the page is empty.",
        "Hapus `!`, juga dari butir daftar.",
        "Take the `!` out, of list items too.",
    ),
    "WRITE_ON_QUERY": warning(
        "`{what}` memakai {method}: Query hanya membaca, dan dapat diulang oleh gateway.",
        "`{what}` uses {method}: a Query only reads, and may be repeated by the gateway.",
        "Pakai GET, atau pindahkan ke `Mutation` bila mengubah sesuatu.",
        "Use GET, or move it to `Mutation` if it changes something.",
    ),
    "READ_ON_MUTATION": warning(
        "`{what}` memakai GET: Mutation mengubah sesuatu.",
        "`{what}` uses GET: a Mutation changes something.",
        "Pakai POST, PUT, PATCH atau DELETE, atau pindahkan ke `Query`.",
        "Use POST, PUT, PATCH or DELETE, or move it to `Query`.",
    ),
    # ----------------------------------------------------------------- hosts and secrets
    "HOST_PRIVATE": warning(
        "Host {what} ada di jaringan dalam: operator harus mengizinkannya.",
        "The host {what} is on an inner network: an operator must allow it.",
        "Beri tahu operator, atau pakai nama host yang terbuka.",
        "Tell the operator, or use a public name.",
    ),
    "HTTP_PLAIN": warning(
        "Alamat memakai http: siapa pun di jalan dapat membaca dan mengubahnya.",
        "The address uses http: anybody on the way can read and change it.",
        "Pakai https.",
        "Use https.",
    ),
    "SECRET_IN_ADDRESS": warning(
        "`{what}` tertulis terbuka, dan seperti sebuah rahasia.",
        "`{what}` is written openly, and looks like a secret.",
        "Pindahkan ke header dengan `$config`; alamat masuk ke catatan server.",
        "Move it into a header with `$config`; addresses get into logs.",
    ),
    # ----------------------------------------------------------------- selections, variables
    "FIELD_NOT_ALWAYS": warning(
        "Lewat jalan ini `{type}` datang tanpa `{what}`, dan tidak ada yang melengkapinya.",
        "On this way `{type}` comes without `{what}`, and nothing completes it.",
        "Pilih juga di sini, atau beri `{type}` konektor dengan kunci yang dipilih di sini.",
        "Select it here too, or give `{type}` a connector by a key that is selected here.",
    ),
    "AMBIGUOUS_LITERAL": warning(
        "`{what}` dibaca berbeda oleh versi lain bahasa ini: field di v0.3, nilai di v0.4.",
        "`{what}` is read differently by other versions: a field in v0.3, a value in v0.4.",
        'Tulis `$."{key}"` untuk field, `$({literal})` untuk nilai.',
        'Write `$."{key}"` for the field, `$({literal})` for the value.',
    ),
    "ARGUMENT_UNUSED": warning(
        "Argumen `{what}` tidak dipakai oleh konektor.",
        "The argument `{what}` is not used by the connector.",
        "Pakai `$args.{name}`, atau hapus argumennya.",
        "Use `$args.{name}`, or take the argument out.",
    ),
    "BATCH_UNUSED": warning(
        "`batch` ditulis, tetapi permintaan tidak memakai `$batch`.",
        "`batch` is given, but the request does not use `$batch`.",
        "Pakai `$batch`, atau hapus `batch`.",
        "Use `$batch`, or take `batch` out.",
    ),
    "KEY_UNRESOLVED": warning(
        "Tidak ada konektor yang mencari `{type}` dengan kunci `{what}`.",
        "No connector finds a `{type}` by the key `{what}`.",
        "Tambahkan konektor pada tipe dengan `$batch`, atau field `entity: true`.",
        "Add a connector on the type with `$batch`, or a field with `entity: true`.",
    ),
    # ----------------------------------------------------------------- names and directives
    "LINK_VERSION": warning(
        "Berkas menyebut versi {what}; gateway membaca v0.3.",
        "The file names version {what}; the gateway reads v0.3.",
        "Tulis `connect/v0.3`.",
        "Write `connect/v0.3`.",
    ),
    "SCALAR_SHARED": warning(
        "Skalar `{what}` sudah ada di kota; yang dipakai milik kota.",
        "The scalar `{what}` is there in the city; the city's is used.",
        "Hapus definisinya.",
        "Take the definition out.",
    ),
    "DIRECTIVE_DEFINED": warning(
        "Definisi direktif `@{what}` tidak berpengaruh di sini.",
        "The definition of the directive `@{what}` has no effect here.",
        "Dapat dihapus, bersama pemakaiannya.",
        "It can be taken out, with its uses.",
    ),
    "DIRECTIVE_NO_EFFECT": warning(
        "`@{what}` tidak berpengaruh di sini.",
        "`@{what}` has no effect here.",
        "Dapat dihapus.",
        "It can be taken out.",
    ),
    "SOURCE_UNUSED": warning(
        "Sumber `{what}` tidak dipakai.",
        "The source `{what}` is not used.",
        "Hapus, atau sebut di sebuah `@connect`.",
        "Take it out, or name it in a `@connect`.",
    ),
    "TYPE_UNUSED": warning(
        "Tipe `{what}` tidak dapat dicapai dari mana pun.",
        "The type `{what}` cannot be reached from anywhere.",
        "Hapus, atau jadikan tipe sebuah field.",
        "Take it out, or make it the type of a field.",
    ),
    "NAMES_UNUSED": warning(
        "`{what}` diminta di `names`, tetapi tidak ada di berkas.",
        "`{what}` is claimed in `names`, but is not in the file.",
        "Hapus dari `names`.",
        "Take it out of `names`.",
    ),
    "DESCRIPTION_MISSING": warning(
        "`{what}` tidak mempunyai keterangan.",
        "`{what}` has no description.",
        'Tulis di atasnya, dalam bahasa Indonesia: `"""Keterangan."""`.',
        'Write one above it, in Indonesian: `"""Keterangan."""`.',
    ),
    "DESCRIPTION_LANGUAGE": warning(
        "Keterangan `{what}` tampaknya tidak ada dalam bahasa Indonesia.",
        "The description of `{what}` seems not to be in Indonesian.",
        "Tulis dahulu dalam bahasa Indonesia, lalu bahasa Inggris bila ingin.",
        "Write it in Indonesian first, then in English if you like.",
    ),
    # ----------------------------------------------------------------- care
    "PERSONAL_DATA": warning(
        "`{what}` tampaknya data pribadi, dan tujuannya tidak ditulis.",
        "`{what}` looks like personal data, and its purpose is not written.",
        "Tulis di `personal_data` dengan tujuannya (UU PDP 27/2022), atau hapus field itu.",
        "List it under `personal_data` with its purpose, or take the field out.",
    ),
    "PERSONAL_DATA_UNKNOWN": warning(
        "`personal_data` menyebut `{what}`, yang tidak ada di berkas.",
        "`personal_data` names `{what}`, which is not in the file.",
        "Tulis `Tipe.field` seperti di `connector.graphql`.",
        "Write `Type.field` as in `connector.graphql`.",
    ),
    "PRIVATE_UNKNOWN": warning(
        "`private` menyebut `{what}`, yang tidak mempunyai konektor.",
        "`private` names `{what}`, which has no connector.",
        "Tulis `Tipe.field` dari sebuah `@connect`.",
        "Write the `Type.field` of a `@connect`.",
    ),
    "CONTACT_MISSING": warning(
        "Tidak ada kontak: bila rusak, tidak ada yang dapat diberi tahu.",
        "There is no contact: when it breaks nobody can be told.",
        "Tulis `contact: {{ name: …, email: … }}`.",
        "Write `contact: {{ name: …, email: … }}`.",
    ),
    "TIME_LIMIT_MISSING": warning(
        "Tidak ada batas waktu: yang bawaan berlaku.",
        "There is no time limit: the default applies.",
        "Tulis `upkeep: {{ total_timeout: 5s }}` menurut sistem tim.",
        "Write `upkeep: {{ total_timeout: 5s }}` as fits the team's system.",
    ),
    "LICENCE_MISSING": warning(
        "Tidak ada lisensi: orang lain tidak tahu apakah boleh memakai datanya.",
        "There is no licence: others do not know whether they may use the data.",
        "Tulis `licence:` di `connector.yaml`.",
        "Write `licence:` in `connector.yaml`.",
    ),
    "EXPIRY_MISSING": warning(
        "Tidak ada tanggal akhir: bila tim bubar, konektor tinggal tanpa pemilik.",
        "There is no expiry: when the team leaves, the connector stays without an owner.",
        "Tulis `expires:` dengan tanggal, misalnya setahun lagi.",
        "Write `expires:` with a date, for example a year from now.",
    ),
    "FRESH_FOR_NONE": warning(
        "`fresh_for` nol: setiap pertanyaan sampai ke sistem tim.",
        "`fresh_for` is nothing: every question reaches the team's system.",
        "Beri beberapa detik, misalnya `fresh_for: 30s`.",
        "Give it some seconds, for example `fresh_for: 30s`.",
    ),
    "TEST_MISSING": warning(
        "`{what}` tidak punya uji rekaman.",
        "`{what}` has no recorded test.",
        "Simpan satu jawaban sistem Anda di tests/*.yaml beserta hasil yang diharapkan.",
        "Save one answer of your system in tests/*.yaml, with the result it must give.",
    ),
    # ----------------------------------------------------------------- good to know
    "EXTENDS_APPROVAL": info(
        "Tipe `{what}` milik kota atau tim lain ditambah: operator harus menyetujui.",
        "The type `{what}` of the city or of another team is extended: an operator must approve.",
        "Tunggu persetujuan setelah mendaftar.",
        "Wait for approval after registering.",
    ),
    "FINDINGS_MANY": info(
        "Ada {what} temuan lagi yang tidak ditampilkan.",
        "There are {what} more findings that are not shown.",
        "Perbaiki yang ini dahulu, lalu periksa lagi.",
        "Correct these first, then check again.",
    ),
}
"""By code."""
