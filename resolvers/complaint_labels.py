"""What people call the values complaints are counted by."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.ports.common import Text, must_text
from connectors.ports.complaint_stats import ComplaintDimension
from connectors.ports.complaints import Channel, ComplaintStatus, Light

STATUS: Mapping[ComplaintStatus, Text] = {
    ComplaintStatus.RECEIVED: must_text("Diterima", "Received"),
    ComplaintStatus.VERIFIED: must_text("Diperiksa", "Verified"),
    ComplaintStatus.FORWARDED: must_text("Diteruskan", "Forwarded"),
    ComplaintStatus.SCHEDULED: must_text("Dijadwalkan", "Scheduled"),
    ComplaintStatus.IN_PROGRESS: must_text("Diproses", "In progress"),
    ComplaintStatus.RESOLVED: must_text("Selesai", "Resolved"),
    ComplaintStatus.REJECTED: must_text("Ditolak", "Rejected"),
    ComplaintStatus.DUPLICATE: must_text("Ganda", "Duplicate"),
    ComplaintStatus.UNKNOWN: must_text("Tidak dikenal", "Unknown"),
    ComplaintStatus.REOPENED: must_text("Dibuka kembali", "Reopened"),
}
LIGHT: Mapping[Light, Text] = {
    Light.RED: must_text("Menunggu", "Waiting"),
    Light.YELLOW: must_text("Diproses", "In progress"),
    Light.GREEN: must_text("Selesai", "Done"),
}
CHANNEL: Mapping[Channel, Text] = {
    Channel.APP: must_text("Aplikasi", "App"),
    Channel.WEB: must_text("Laman web", "Web"),
    Channel.CALL_CENTRE: must_text("Pusat panggilan", "Call centre"),
    Channel.CALL_112: must_text("Panggilan 112", "Call to 112"),
    Channel.WHATSAPP: must_text("WhatsApp", "WhatsApp"),
    Channel.SMS: must_text("SMS", "SMS"),
    Channel.SOCIAL_MEDIA: must_text("Media sosial", "Social media"),
    Channel.EMAIL: must_text("Surel", "E-mail"),
    Channel.WALK_IN: must_text("Datang langsung", "In person"),
    Channel.LAPOR: must_text("SP4N-LAPOR!", "SP4N-LAPOR!"),
    Channel.OPEN311: must_text("Open311", "Open311"),
}

LABELS: Mapping[ComplaintDimension, Mapping[str, Text]] = {
    ComplaintDimension.STATUS: {one.value: label for one, label in STATUS.items()},
    ComplaintDimension.LIGHT: {one.value: label for one, label in LIGHT.items()},
    ComplaintDimension.CHANNEL: {one.value: label for one, label in CHANNEL.items()},
}
"""By dimension and key; departments, categories and areas have names of their own."""
