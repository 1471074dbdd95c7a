"""Jobs in the graph."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from connectors.ports import jobs as ports
from resolvers import jobs as resolve
from resolvers.listings import PageArgs
from schema.common import (
    Address,
    Facet,
    GeoFilter,
    GeoPoint,
    Info,
    Money,
    Node,
    PageInfo,
    SortDirection,
    Sourced,
    SourceRef,
    SourceStatus,
    facets_field,
    id_field,
    optional_text_field,
    plain_field,
    show,
    show_enum,
    shows,
    source_field,
    sources_field,
    text_field,
    total_count_field,
)
from schema.scalars import URL

EmploymentType = show_enum(
    ports.EmploymentType,
    "Jenis pekerjaan. Kind of employment.",
    FULL_TIME="Penuh waktu. Full time.",
    PART_TIME="Paruh waktu. Part time.",
    CONTRACTOR="Kontraktor. Contractor.",
    TEMPORARY="Sementara. Temporary.",
    INTERN="Magang. Internship.",
    VOLUNTEER="Sukarela. Volunteer.",
    PER_DIEM="Harian lepas. By the day.",
    OTHER="Lainnya. Other.",
)
SalaryPeriod = show_enum(
    ports.SalaryPeriod,
    "Satuan waktu gaji. What a salary is paid for.",
    HOUR="Per jam. An hour.",
    DAY="Per hari. A day.",
    WEEK="Per minggu. A week.",
    MONTH="Per bulan. A month.",
    YEAR="Per tahun. A year.",
)
JobOrderField = show_enum(
    ports.JobOrderField,
    "Dasar urutan lowongan. What jobs are sorted by.",
    RELEVANCE="Banyaknya kata `text` dalam judul; tanpa teks menurut POSTED_AT. How many words of "
    "`text` stand in the title; POSTED_AT without a text.",
    POSTED_AT="Waktu tayang. When it was posted.",
    CLOSES_AT="Batas lamaran; yang tanpa batas terakhir. When it closes; without a date last.",
    SALARY="Gaji setara sebulan, batas atas. Pay as of a month, the upper end; unknown pay last.",
    DISTANCE="Jarak dari `where.geo.near`; yang tanpa letak terakhir. Distance from there.",
)


@strawberry.type(description="Lowongan kerja. An opening.")
class Job(Node, Sourced):
    is_type_of = shows(ports.JobPosting)
    id: strawberry.ID = id_field("Job")
    title: str = text_field("title", "Jabatan. Title.")
    description: str | None = optional_text_field(
        "description", "Keterangan, teks polos. Description, plain text without markup."
    )
    employer: str = plain_field("Perusahaan. Employer.")
    employer_verified: bool = plain_field(
        "Perusahaan sudah diperiksa Disnaker. The labour office checked the employer."
    )
    point: GeoPoint | None = plain_field("Letak. Where, if known.")
    address: Address | None = plain_field("Alamat. Address.")
    remote: bool = plain_field("Kerja jarak jauh. Can be done from afar.")
    employment_type: list[ports.EmploymentType] = plain_field("Jenis. Kinds of employment.")
    salary_min: Money | None = plain_field("Gaji terendah. Lower end of the pay.")
    salary_max: Money | None = plain_field("Gaji tertinggi. Upper end of the pay.")
    salary_period: ports.SalaryPeriod | None = plain_field("Gaji per. What the pay is for.")
    education: str | None = plain_field("Pendidikan. Least schooling, as the source words it.")
    experience_months: int | None = plain_field(
        "Pengalaman dalam bulan; 0 tidak perlu. Months of experience; 0 is none needed."
    )
    skills: list[str] = plain_field("Keahlian. Skills.")
    occupation: str | None = plain_field("Jabatan menurut KBJI. Occupation.")
    industry: str | None = plain_field("Bidang usaha menurut KBLI. Industry.")
    vacancies: int | None = plain_field("Jumlah yang dicari. How many are wanted.")
    posted_at: datetime = plain_field("Waktu tayang. When it was posted.")
    closes_at: datetime | None = plain_field("Batas lamaran. When it closes; null: not said.")

    @strawberry.field(
        description="Masih dibuka: belum ditutup dan belum ditarik. Open: not closed, not removed."
    )
    def open(self, info: Info) -> bool:
        return resolve.is_open(info.context, show(self))

    apply_url: URL | None = plain_field("Tempat melamar. Where to apply.")
    source: SourceRef = source_field()


# ------------------------------------------------------------------------------- lists


@strawberry.input(
    description="Saringan lowongan. Which jobs; fields that are left out filter nothing."
)
class JobFilter:
    text: str | None = strawberry.field(
        default=None,
        description="Semua kata ini dalam judul, keterangan, perusahaan, keahlian, jabatan atau "
        "bidang. Every word of it stands in title, description, employer, skills, occupation or "
        "industry.",
    )
    geo: GeoFilter | None = strawberry.field(default=None, description="Wilayah. Where.")
    employment_types: list[ports.EmploymentType] | None = strawberry.field(
        default=None, description="Salah satu jenis ini. Any of these kinds."
    )
    salary_at_least: Decimal | None = strawberry.field(
        default=None,
        description="Rupiah sebulan. Rupiah per month, against the upper end of the pay, else its "
        "lower end; other periods are compared as 173 hours, 25 days, 52/12 weeks, 1/12 year a "
        "month. Jobs that do not say their pay are left out.",
    )
    posted_since: datetime | None = strawberry.field(
        default=None, description="Tayang sejak waktu itu. Posted then or later."
    )
    education: list[str] | None = strawberry.field(
        default=None, description="Salah satu jenjang ini. Any of these, as the source words it."
    )
    occupation: list[str] | None = strawberry.field(
        default=None, description="Salah satu jabatan ini. Any of these occupations."
    )
    skills: list[str] | None = strawberry.field(
        default=None, description="Salah satu keahlian ini. Any of these skills."
    )
    no_experience: bool | None = strawberry.field(
        default=None,
        description="true: tanpa pengalaman; false: perlu pengalaman. True: stated that none is "
        "needed; false: that some is; jobs that say nothing are in neither.",
    )
    remote: bool | None = strawberry.field(
        default=None, description="Kerja jarak jauh. Can be done from afar."
    )
    open_only: bool = strawberry.field(
        default=True, description="Hanya yang masih dibuka. Only those still open."
    )


@strawberry.input(description="Urutan lowongan. How jobs are sorted.")
class JobOrder:
    field: ports.JobOrderField = strawberry.field(description="Dasar urutan. What by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Arah. Direction."
    )


@strawberry.type(description="Lowongan dalam daftar. One job of a list.")
class JobEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Job = plain_field("Lowongan. The job.")


@strawberry.type(description="Daftar lowongan. A list of jobs.")
class JobConnection:
    edges: list[JobEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    facets: list[Facet] = facets_field(", ".join(ports.JOB_FACETS))
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class JobQuery:
    @strawberry.field(
        description="Lowongan kerja yang masih dibuka; null bila belum ada sumbernya. Openings; "
        "only open ones unless `openOnly` is false. Without `orderBy`: best match first with a "
        "text, else newest first. Null while no source is configured."
    )
    async def jobs(
        self,
        info: Info,
        where: JobFilter | None = None,
        order_by: JobOrder | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> JobConnection | None:
        found = await resolve.find(info.context, where, order_by, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]
