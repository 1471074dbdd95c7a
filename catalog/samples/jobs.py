"""Sample jobs: common occupations in real kelurahan, with employers that do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from catalog.samples.spots import Kelurahan, point_in
from connectors.ports.common import Address, Money, Origin, must_text
from connectors.ports.jobs import EmploymentType, JobPosting, SalaryPeriod

OriginOf = Callable[[str, datetime], Origin]

MARK = "Contoh: "
MANY = 40
NOTE = (
    "Data contoh: lowongan ini tidak nyata.",
    "Sample data: this opening is made up and not real.",
)

FULL, PART = EmploymentType.FULL_TIME, EmploymentType.PART_TIME
TEMPORARY, INTERN = EmploymentType.TEMPORARY, EmploymentType.INTERN
DAILY = EmploymentType.PER_DIEM


@dataclass(frozen=True, slots=True)
class Kind:
    """What a sample job is like; the pay is in thousands of rupiah."""

    title: tuple[str, str]
    occupation: str
    industry: str
    education: str
    skills: tuple[str, ...]
    types: tuple[EmploymentType, ...] = (FULL,)
    pay: tuple[int, int] | None = None
    period: SalaryPeriod = SalaryPeriod.MONTH
    remote: bool = False


KINDS: tuple[Kind, ...] = (
    Kind(("Operator produksi", "Production operator"), "Operator mesin", "Manufaktur", "SMA/SMK",
         ("pengoperasian mesin",), pay=(5400, 6000)),
    Kind(("Staf gudang", "Warehouse clerk"), "Tenaga gudang", "Logistik", "SMA/SMK",
         ("inventaris", "forklift"), pay=(5400, 6200)),
    Kind(("Kurir", "Courier"), "Pengemudi", "Logistik", "SMP", ("SIM C",), (PART, DAILY),
         (150, 250), SalaryPeriod.DAY),
    Kind(("Kasir", "Cashier"), "Penjualan", "Perdagangan eceran", "SMA/SMK", ("pelayanan",),
         (FULL, PART), (30, 40), SalaryPeriod.HOUR),
    Kind(("Perawat", "Nurse"), "Tenaga kesehatan", "Kesehatan", "D3", ("STR", "rawat inap"),
         pay=(5800, 7500)),
    Kind(("Guru les", "Tutor"), "Pengajar", "Pendidikan", "S1", ("matematika",), (PART,),
         (60, 100), SalaryPeriod.HOUR),
    Kind(("Pengembang web", "Web developer"), "Teknologi informasi", "Informasi dan komunikasi",
         "S1", ("Python", "JavaScript"), pay=(9000, 15000), remote=True),
    Kind(("Magang desain grafis", "Graphic design intern"), "Desain", "Periklanan", "SMA/SMK",
         ("ilustrasi",), (INTERN,), remote=True),
    Kind(("Juru masak", "Cook"), "Tata boga", "Akomodasi dan makan minum", "SMA/SMK",
         ("masakan Indonesia",), pay=(5400, 7000)),
    Kind(("Teknisi listrik", "Electrician"), "Teknisi", "Konstruksi", "SMA/SMK",
         ("instalasi listrik", "K3"), (FULL, TEMPORARY), pay=(5600, 7200)),
    Kind(("Akuntan", "Accountant"), "Keuangan", "Jasa keuangan", "S1", ("pajak", "pembukuan"),
         pay=(90000, 120000), period=SalaryPeriod.YEAR),
    Kind(("Petugas kebersihan", "Cleaner"), "Kebersihan", "Jasa perorangan", "SD", (), (FULL, DAILY)),
)  # fmt: skip


def make_jobs(
    where: Sequence[Kelurahan], origin: OriginOf, rng: Random, now: datetime
) -> Iterator[JobPosting]:
    """Forty jobs, most of them open. The same chance and the same `now` make the same jobs."""
    for number in range(1, MANY + 1):
        kind = KINDS[(number - 1) % len(KINDS)]
        posted_at = now - timedelta(hours=rng.randint(1, 40 * 24))
        place = rng.choice(where) if where else None
        yield _job(number, kind, place, origin(f"contoh-{number}", posted_at), rng)


def _job(
    number: int, kind: Kind, place: Kelurahan | None, origin: Origin, rng: Random
) -> JobPosting:
    now = origin.fetched_at
    months = rng.choice((None, 0, 0, 6, 12, 24, 36))
    low, high = _pay(kind, rng)
    return JobPosting(
        origin=origin,
        title=must_text(MARK + kind.title[0], MARK + kind.title[1]),
        employer=f"{MARK}Perusahaan {rng.randint(1, 15)}",
        posted_at=origin.as_of,
        description=must_text(*NOTE),
        point=point_in(place, rng) if place else None,
        area=place.code if place else None,
        address=_address(place) if place else None,
        remote=kind.remote and rng.random() < 0.7,
        employment_type=kind.types,
        salary_min=low,
        salary_max=high,
        salary_period=kind.period if low else None,
        education=kind.education,
        experience_months=months,
        skills=kind.skills,
        occupation=kind.occupation,
        industry=kind.industry,
        vacancies=rng.choice((None, 1, 2, 5, 10)),
        # Every eighth is closed already, every tenth says no date.
        closes_at=None
        if number % 10 == 0
        else now + timedelta(days=-rng.randint(1, 5) if number % 8 == 0 else rng.randint(5, 45)),
        removed=number == 33,
    )


def _pay(kind: Kind, rng: Random) -> tuple[Money | None, Money | None]:
    if kind.pay is None:
        return None, None
    low, high = kind.pay
    step = max(1, (high - low) // 10)
    raised = rng.randint(0, 5) * step
    return Money(Decimal(low + raised) * 1000), Money(Decimal(high + raised) * 1000)


def _address(place: Kelurahan) -> Address:
    return Address(
        must_text(f"Kelurahan {place.name}, Kota Tangerang"),
        kelurahan=place.code,
        kecamatan=place.code[:8],
    )
