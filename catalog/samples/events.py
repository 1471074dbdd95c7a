"""Sample events: what a city calendar may hold, at real places, around the day of the load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from catalog.samples.spots import Spot, licence_of
from connectors.ports.common import Licence, Money, Origin, must_text
from connectors.ports.events import Event, EventStatus, Offer

OriginOf = Callable[[str, Licence | None], Origin]

MARK = "Contoh: "
NOTE = must_text(
    "Data contoh: acara ini tidak nyata.", "Sample data: this event is made up and not real."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sample event is like; `day` counts from the day of the load."""

    name: tuple[str, str]
    category: str
    spot: str
    day: int
    hour: int = 9
    hours: float = 2
    days: int = 0
    """More than 0: whole days, this many."""
    rule: str | None = None
    weekday: int | None = None
    """Moved to the next such weekday (0 is Monday), so that it fits its rule."""
    price: int | None = 0
    """Rupiah; 0 is free, None is nobody said."""
    status: EventStatus = EventStatus.SCHEDULED
    seats: int | None = None


PLANS: tuple[Plan, ...] = (
    Plan(("Senam pagi", "Morning exercise"), "olahraga", "taman-elektrik", -60, 6, 1.5,
         rule="FREQ=WEEKLY;BYDAY=SU", weekday=6),
    Plan(("Lari sore", "Evening run"), "olahraga", "taman-potret", -40, 16, 2,
         rule="FREQ=WEEKLY;BYDAY=WE,FR", weekday=2),
    Plan(("Pasar kuliner malam", "Night food market"), "kuliner", "pasar-lama-tangerang", -30, 18, 4,
         rule="FREQ=MONTHLY;BYDAY=1SA", weekday=5),
    Plan(("Tur museum terbuka", "Open museum tour"), "sejarah", "museum-benteng-heritage", -20, 10,
         2, rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", weekday=5, price=30000, seats=25),
    Plan(("Pameran foto kota tua", "Old town photo exhibition"), "budaya",
         "museum-benteng-heritage", -5, days=21, price=20000),
    Plan(("Festival tepi sungai", "Riverside festival"), "budaya", "bendungan-pintu-air-sepuluh",
         12, days=3),
    Plan(("Pentas musik taman", "Music in the park"), "musik", "taman-elektrik", 5, 19, 3),
    Plan(("Bazar buku", "Book fair"), "buku", "tangcity-mall", 8, days=4),
    Plan(("Kelas batik", "Batik class"), "lokakarya", "kampung-bekelir", 3, 13, 3, price=75000,
         seats=12),
    Plan(("Lomba mewarnai anak", "Children's colouring contest"), "anak", "taman-potret", 9, 8, 3,
         price=15000, seats=80),
    Plan(("Bersih danau bersama", "Lake clean-up"), "lingkungan", "situ-cipondoh", 6, 7, 3),
    Plan(("Kajian akbar", "Public lecture"), "keagamaan", "masjid-raya-al-a-zhom", 4, 8, 3),
    Plan(("Buka bersama warga", "Neighbours' dinner"), "keagamaan", "masjid-raya-al-a-zhom", 18, 17,
         3, status=EventStatus.TENTATIVE),
    Plan(("Konser amal", "Charity concert"), "musik", "stadion-benteng", 15, 19, 4, price=100000,
         seats=500, status=EventStatus.POSTPONED),
    Plan(("Turnamen bulu tangkis", "Badminton tournament"), "olahraga", "gor-jatiuwung", 20, days=2,
         price=25000),
    Plan(("Pelatihan UMKM", "Training for small businesses"), "ekonomi",
         "pusat-pemerintahan-kota-tangerang-puspem", 2, 9, 6, seats=40),
    Plan(("Bursa kerja", "Job fair"), "ekonomi", "tangcity-mall", 25, days=2),
    Plan(("Donor darah", "Blood drive"), "kesehatan", "pusat-pemerintahan-kota-tangerang-puspem",
         7, 8, 5),
    Plan(("Pemutaran film", "Film evening"), "film", "taman-laksa", 10, 19, 2.5,
         status=EventStatus.CANCELLED),
    Plan(("Wisata sepeda", "Bicycle outing"), "olahraga", "taman-laksa", -1, 6, 3,
         status=EventStatus.RESCHEDULED),
    Plan(("Peringatan hari taman", "Parks day"), "lingkungan", "taman-pisang", -14, 8, 4),
    Plan(("Malam puisi", "Poetry night"), "buku", "kampung-bekelir", -7, 19, 2, price=None),
    Plan(("Dongeng pagi", "Story morning"), "anak", "taman-potret", 1, 9, 1,
         rule="FREQ=DAILY;COUNT=5"),
    Plan(("Pameran tahunan", "Yearly exhibition"), "budaya",
         "pusat-pemerintahan-kota-tangerang-puspem", 30, days=5, rule="FREQ=YEARLY"),
)  # fmt: skip


def make_events(
    spots: Mapping[str, Spot], origin: OriginOf, rng: Random, now: datetime, zone: ZoneInfo
) -> list[Event]:
    """One event per plan. The same chance and the same `now` make the same events."""
    today = now.astimezone(zone).date()
    found = []
    for number, plan in enumerate(PLANS, start=1):
        spot = spots.get(plan.spot)
        where = origin(f"contoh-{number}", licence_of([spot] if spot else []))
        found.append(_event(plan, spot, where, _when(plan, today, zone), rng))
    return found


def _event(
    plan: Plan, spot: Spot | None, origin: Origin, when: tuple[datetime, datetime], rng: Random
) -> Event:
    starts_at, ends_at = when
    excluded: tuple[datetime, ...] = ()
    if plan.rule == "FREQ=WEEKLY;BYDAY=SU":
        # One Sunday in reach was called off.
        excluded = (starts_at + timedelta(weeks=-plan.day // 7 + rng.randint(1, 3)),)
    return Event(
        origin=origin,
        name=must_text(MARK + plan.name[0], MARK + plan.name[1]),
        description=NOTE,
        status=plan.status,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=plan.days > 0,
        zone=str(starts_at.tzinfo),
        recurrence=plan.rule,
        excluded=excluded,
        place=spot.id if spot else None,
        place_text=spot.name.pick("id") if spot else None,
        point=spot.point if spot else None,
        area=spot.area if spot else None,
        categories=(plan.category,),
        organizer=f"{MARK}Panitia {rng.randint(1, 9)}",
        offers=_offers(plan),
        capacity_left=rng.randint(0, plan.seats) if plan.seats else None,
    )


def _when(plan: Plan, today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    day = today + timedelta(days=plan.day)
    if plan.weekday is not None:
        day += timedelta(days=(plan.weekday - day.weekday()) % 7)
    while plan.rule == "FREQ=MONTHLY;BYDAY=1SA" and day.day > 7:
        day += timedelta(weeks=1)
    if plan.days:
        midnight = datetime.combine(day, time(0), zone)
        return midnight, datetime.combine(day + timedelta(days=plan.days), time(0), zone)
    starts_at = datetime.combine(day, time(plan.hour), zone)
    return starts_at, starts_at + timedelta(hours=plan.hours)


def _offers(plan: Plan) -> tuple[Offer, ...]:
    if plan.price is None:
        return ()
    if not plan.price:
        return (Offer(is_free=True),)
    return (Offer(is_free=False, price=Money(Decimal(plan.price))),)
