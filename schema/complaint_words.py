"""The enums of complaints in the graph."""

from __future__ import annotations

from connectors.ports import complaint_categories as category_ports
from connectors.ports import complaint_stats as stats_ports
from connectors.ports import complaints as ports
from schema.common import show_enum

Light = show_enum(
    ports.Light,
    "Warna yang dilihat warga. What the citizen sees. RED: RECEIVED, VERIFIED, FORWARDED, REOPENED. "
    "YELLOW: SCHEDULED, IN_PROGRESS, and RESOLVED as long as proof is missing. GREEN: RESOLVED with "
    "proof. Null for REJECTED, DUPLICATE and UNKNOWN.",
    RED="Merah, menunggu. Waiting.",
    YELLOW="Kuning, diproses. In progress.",
    GREEN="Hijau, selesai dengan bukti. Done, with proof.",
)
ComplaintStatus = show_enum(
    ports.ComplaintStatus,
    "Tahap pengaduan. What the workflow knows; each value folds to one Light and to Open311 open or "
    "closed.",
    RECEIVED="Diterima. Received (Open311 open).",
    VERIFIED="Diperiksa petugas. Verified by an officer (open).",
    FORWARDED="Diteruskan (disposisi) ke OPD. Forwarded to a department (open).",
    SCHEDULED="Dijadwalkan. The work is scheduled (open).",
    IN_PROGRESS="Diproses. Work is under way (open).",
    RESOLVED="Selesai. Resolved (closed).",
    REJECTED="Ditolak. Rejected (closed).",
    DUPLICATE="Ganda. Repeats another one (closed).",
    UNKNOWN="Kata yang tidak dikenal. An upstream word that no table maps.",
    REOPENED="Dibuka kembali. Opened again (open).",
)
Delivery = show_enum(
    ports.Delivery,
    "Pengiriman ke sistem asal. How far it got on its way to its system.",
    WAITING="Menunggu dikirim. Waiting to be sent.",
    DELIVERED="Terkirim. Delivered.",
    FAILED="Gagal dikirim. Could not be delivered.",
)
Channel = show_enum(
    ports.Channel,
    "Saluran pengaduan. The way it came in.",
    APP="Aplikasi. The app.",
    WEB="Laman web. The web.",
    CALL_CENTRE="Pusat panggilan. A call centre.",
    CALL_112="Panggilan 112. The emergency number 112.",
    WHATSAPP="WhatsApp.",
    SMS="SMS.",
    SOCIAL_MEDIA="Media sosial. Social media.",
    EMAIL="Surel. E-mail.",
    WALK_IN="Datang langsung. In person.",
    LAPOR="SP4N-LAPOR!, the national system.",
    OPEN311="Open311.",
)
Visibility = show_enum(
    ports.Visibility,
    "Siapa boleh melihat. Who may see it.",
    PUBLIC="Umum. Everybody.",
    ANONYMOUS="Umum tanpa pelapor. Everybody, without the reporter.",
    PRIVATE="Rahasia. Officers only.",
)
UnmaskPurpose = show_enum(
    ports.UnmaskPurpose,
    "Keperluan membuka data pribadi; setiap kali dicatat. Why personal data are unmasked; audited.",
    CONTACT_REPORTER="Menghubungi pelapor. To reach the reporter.",
    VERIFY_IDENTITY="Memeriksa identitas. To verify who it is.",
    LEGAL_REQUEST="Permintaan hukum. A request by law.",
)
IntakeMode = show_enum(
    category_ports.IntakeMode,
    "Cara sistem asal menerima laporan (Open311). How its system takes a complaint.",
    REALTIME="Langsung bernomor. Gives a number at once.",
    BATCH="Nomor menyusul. Gives a token, the number follows.",
    BLACKBOX="Tanpa nomor. Gives no number.",
)
FormFieldKind = show_enum(
    category_ports.FormFieldKind,
    "Jenis isian formulir (Open311). Kind of a form field.",
    STRING="Teks pendek. A short text.",
    NUMBER="Angka. A number.",
    DATETIME="Waktu. A date and time.",
    TEXT="Teks panjang. A long text.",
    SINGLE_VALUE_LIST="Pilih satu. One of a list.",
    MULTI_VALUE_LIST="Pilih beberapa. Several of a list.",
)
ComplaintOrderField = show_enum(
    ports.ComplaintOrderField,
    "Urutan pengaduan. What complaints are sorted by; those without the value come last.",
    CREATED_AT="Waktu dikirim. When it was sent.",
    UPDATED_AT="Waktu berubah. When it last changed.",
    DUE_AT="Tenggat. When it is due.",
    FOLLOWERS="Jumlah pendukung. How many follow it.",
    DISTANCE="Jarak dari `from`. Distance from `from`, else from the centre of `geo.near`.",
)
ComplaintDimension = show_enum(
    stats_ports.ComplaintDimension,
    "Kelompok statistik. What complaints are grouped by.",
    STATUS="Tahap. Status.",
    LIGHT="Warna. Light.",
    DEPARTMENT="OPD yang menangani. Responsible department, by code.",
    CATEGORY="Topik. Category, by code.",
    KECAMATAN="Kecamatan, menurut kode. By Kemendagri code.",
    KELURAHAN="Kelurahan, menurut kode. By Kemendagri code.",
    CHANNEL="Saluran. Channel.",
)
StatInterval = show_enum(
    stats_ports.StatInterval,
    "Selang waktu statistik, menurut waktu dikirim dan kalender kota. Interval, by the time sent.",
    DAY="Hari. Day.",
    WEEK="Minggu, mulai Senin. Week, from Monday.",
    MONTH="Bulan. Month.",
)
