"""The enums of transit in the graph."""

from __future__ import annotations

from connectors.ports import transit as ports
from schema.common import show_enum

TransitMode = show_enum(
    ports.TransitMode,
    "Moda angkutan. Mode of transit.",
    BUS="Bus. Bus.",
    BRT="Bus raya terpadu. Bus rapid transit.",
    MINIBUS="Angkot atau mobil pengumpan. Minibus, shared taxi.",
    RAIL="Kereta. Train.",
    AIRPORT_RAIL="Kereta bandara. Airport train.",
    METRO="MRT. Metro.",
    LIGHT_RAIL="LRT, trem, kereta gantung. Light rail, tram, cable car.",
    FERRY="Kapal. Ferry.",
    TOURIST_BUS="Bus wisata. Tourist bus.",
    UNKNOWN="Tidak dikenal. A kind that no table maps.",
)
StopKind = show_enum(
    ports.StopKind,
    "Jenis tempat henti. What a stop is.",
    STOP="Halte atau peron. A stop or a platform.",
    STATION="Stasiun. A station.",
    ENTRANCE="Pintu stasiun. An entrance of a station.",
    NODE="Titik di dalam stasiun. A point inside a station.",
    BOARDING_AREA="Tempat naik di peron. A place on a platform.",
)
RealtimeState = show_enum(
    ports.RealtimeState,
    "Keadaan waktu nyata. What realtime says.",
    SCHEDULED_ONLY="Menurut jadwal saja. No realtime source: the timetable alone.",
    UPDATED="Diperbarui. Updated by realtime.",
    CANCELED="Dibatalkan. Cancelled.",
    SKIPPED="Dilewati. The stop is left out.",
    ADDED="Tambahan. An extra trip.",
    NO_DATA="Tanpa kabar. The realtime source says nothing about it.",
)
Boarding = show_enum(
    ports.Boarding,
    "Cara naik. How one boards.",
    REGULAR="Biasa. As usual.",
    NONE="Tidak dapat naik. No boarding here.",
    PHONE_AGENCY="Telepon dahulu. Phone the operator first.",
    ASK_DRIVER="Beri tanda kepada pengemudi. Ask the driver.",
)
Occupancy = show_enum(
    ports.Occupancy,
    "Kepadatan kendaraan. How full a vehicle is.",
    EMPTY="Kosong. Empty.",
    MANY_SEATS="Banyak kursi. Many seats free.",
    FEW_SEATS="Sedikit kursi. Few seats free.",
    STANDING="Berdiri. Standing room only.",
    CRUSHED="Berdesakan. Crushed standing room.",
    FULL="Penuh. Full.",
    NOT_ACCEPTING="Tidak menerima penumpang. Takes nobody.",
    UNKNOWN="Tidak diketahui. Nobody said.",
)
