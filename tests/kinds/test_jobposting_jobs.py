"""Jobs of schema.org: documents in every form, values in every shape, pages, lists and faults."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.jsonld.loads import loads
from connectors.kinds.jsonld.nodes import World
from connectors.kinds.jsonld.pages import blocks
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.whereabouts import Whereabouts
from connectors.ports.common import GeoPoint, Money
from connectors.ports.jobs import EmploymentType, JobPosting, SalaryPeriod
from connectors.systems.jobposting.jobs import Options, reader
from connectors.systems.jobposting.salaries import Salary, salary_in
from connectors.upkeep.documents import Answer, Document, Stamp
from tests import builders
from tests.kinds.told import HOME, Source, told

JAKARTA = ZoneInfo("Asia/Jakarta")
SAMPLES = Path(__file__).parents[3] / "shared" / "fixtures" / "schemaorg"
HTML = {"content-type": "text/html; charset=utf-8"}


def posting(**said: Any) -> dict[str, Any]:
    """A job posting with its context; None takes a property away."""
    made = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Juru masak",
        "datePosted": "2026-11-20",
        "hiringOrganization": {"@type": "Organization", "name": "PT Benteng"},
        "identifier": {"@type": "PropertyValue", "name": "PT Benteng", "value": "J-1"},
        **{name.replace("at_", "@"): value for name, value in said.items()},
    }
    return {name: value for name, value in made.items() if value is not None}


def page(*scripts: str, kind: str = 'type="application/ld+json"') -> Answer:
    body = "".join(f"<script {kind}>{script}</script>\n" for script in scripts)
    text = f"<!DOCTYPE html><html><head><title>Lowongan</title>{body}</head><body></body></html>"
    return Answer(200, HTML, text.encode())


async def opened(document: Any, **options: Any) -> Source:
    if isinstance(document, dict) and "@context" not in document and "" in document:
        return await told("jobposting.jobs", document, city=JAKARTA, **options)
    said = document if isinstance(document, (str, bytes, Answer)) else json.dumps(document)
    return await told("jobposting.jobs", said, city=JAKARTA, **options)


async def jobs(document: Any, **options: Any) -> list[JobPosting]:
    source = await opened(document, **options)
    found: list[JobPosting] = await source.records()
    assert source.reasons == []
    return found


async def job(**said: Any) -> JobPosting:
    (one,) = await jobs(posting(**said))
    return one


# ------------------------------------------------------------------------------- documents


async def test_a_posting_becomes_a_job() -> None:
    one = await job(
        description="<p>Memasak &amp; menyajikan</p><ul><li>Pagi</li></ul><script>x()</script>",
        validThrough="2026-12-31", url="https://kerja.example/1", totalJobOpenings=3,
        industry="Kuliner", dateModified="2026-11-21T08:00:00+07:00", directApply=True,
    )  # fmt: skip
    assert one.origin.local_id == "J-1"
    assert (one.title.pick("id"), one.employer) == ("Juru masak", "PT Benteng")
    assert one.posted_at == datetime(2026, 11, 20, tzinfo=JAKARTA)
    assert one.closes_at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=JAKARTA)
    assert one.description is not None
    assert one.description.pick("id") == "Memasak & menyajikan\nPagi"
    assert one.origin.as_of == datetime(2026, 11, 21, 1, tzinfo=UTC)
    assert one.origin.url == one.apply_url == "https://kerja.example/1"
    assert (one.vacancies, one.industry) == (3, "Kuliner")
    assert one.removed is False
    assert one.employer_verified is False


def plainly(context: Any, prefix: str = "") -> dict[str, Any]:
    """The same posting in another way of naming things."""
    return {
        "@context": context,
        "@type": f"{prefix}JobPosting",
        f"{prefix}title": "Juru masak",
        f"{prefix}datePosted": "2026-11-20",
        f"{prefix}hiringOrganization": {f"{prefix}name": "PT Benteng"},
        f"{prefix}identifier": "J-1",
    }


@pytest.mark.parametrize(
    "document",
    [
        posting(),
        [posting()],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, posting()]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": posting()}]},
        {"@type": "DataFeed", "dataFeedElement": {"@type": "DataFeedItem", "item": posting()}},
        {"@type": "WebPage", "mainEntity": posting()},
        posting(at_type=["JobPosting", "Thing"]),
        posting(at_type="https://schema.org/JobPosting"),
        plainly("http://schema.org/"),
        plainly({"schema": "http://schema.org/"}, "schema:"),
        plainly({"s": "https://schema.org/"}, "s:"),
        plainly(None, "http://schema.org/"),
        plainly({"@vocab": "https://schema.org/", "jabatan": "schema:title"}),
        [plainly(None, "https://schema.org/") | {"https://schema.org/title": [{"@value": "Juru masak"}]}],
        {
            "@context": "https://schema.org",
            "@graph": [
                {"@id": "#pt", "@type": "Organization", "name": "PT Benteng"},
                posting(hiringOrganization={"@id": "#pt"}, at_context=None),
            ],
        },
    ],
)  # fmt: skip
async def test_every_form_of_a_document_is_read(document: Any) -> None:
    (one,) = await jobs(document)
    assert (one.origin.local_id, one.title.pick("id"), one.employer) == (
        "J-1", "Juru masak", "PT Benteng"
    )  # fmt: skip


async def test_names_that_a_context_gives_are_understood() -> None:
    said = {"@context": {"jabatan": "https://schema.org/title", "no": {"@id": "schema:identifier"}}}
    (one,) = await jobs(
        {**posting(title=None, identifier=None), **said, "jabatan": "Supir", "no": "7"}
    )
    assert (one.title.pick("id"), one.origin.local_id) == ("Supir", "7")


async def test_a_posting_told_in_several_places_is_one_job() -> None:
    text = json.dumps(posting(at_id="https://kerja.example/1#job", identifier=None))
    (one,) = await jobs(page(text, text))
    assert one.origin.local_id == "https://kerja.example/1#job"


# ------------------------------------------------------------------------------- pages


async def test_the_blocks_of_a_page_are_read_however_they_are_wrapped() -> None:
    texts = [json.dumps(posting(identifier=str(number), title=f"J{number}")) for number in range(7)]
    answer = page(
        texts[0],
        f"\n//<![CDATA[\n{texts[1]}\n//]]>\n",
        f"/*<![CDATA[*/{texts[2]}/*]]>*/",
        f"<!--\n{texts[3]}\n-->",
        f"{texts[4]};",
        "[" + texts[5] + ",\n]",
        texts[6].replace('"', "&quot;"),
    )
    assert [one.title.pick("id") for one in await jobs(answer)] == [f"J{n}" for n in range(7)]


async def test_only_blocks_of_this_type_count_and_none_that_is_commented_out() -> None:
    text = json.dumps(posting())
    for kind in (
        "type='application/ld+json'",
        "TYPE=application/LD+JSON",
        'id="x" type="application/ld+json; charset=utf-8"',
    ):
        assert len(await jobs(page(text, kind=kind))) == 1
    hidden = (
        f'<html><!-- <script type="application/ld+json">{text}</script> --><script>{text}</script>'
    )
    with pytest.raises(errors.Unreadable, match="without any JSON-LD"):
        await jobs(Answer(200, HTML, hidden.encode()))


async def test_a_broken_block_costs_itself_alone() -> None:
    source = await opened(page('{"@type": "JobPosting", "title": ', json.dumps(posting())))
    assert len(await source.records()) == 1
    assert source.reasons == ["page: block 1: no JSON"]


async def test_a_page_without_jobs_is_empty_only_when_it_holds_linked_data() -> None:
    other = json.dumps({"@context": "https://schema.org", "@type": "Organization", "name": "X"})
    assert await jobs(page(other)) == []
    with pytest.raises(errors.Unreadable):
        await jobs(Answer(200, HTML, b"<html><body>Silakan masuk</body></html>"))


def test_a_page_of_open_tags_takes_no_longer_than_another() -> None:
    assert list(blocks("<script type=application/ld+json>" * 50_000)) == []
    assert list(blocks("<!--" * 50_000)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ('{"a": "satu\ndua\tx"}', {"a": "satu\ndua\tx"}),
        ('{"a": "b" /* catatan */, // lagi\n "c": "http://d"}', {"a": "b", "c": "http://d"}),
        ('{"a": "it\\\'s"}', {"a": "it's"}),
        ('{"a": ",}"}', {"a": ",}"}),
        ('\ufeff{"a": 1};', {"a": 1}),
    ],
)
def test_the_usual_slips_are_put_right(text: str, found: Any) -> None:
    assert loads(text) == [found]


def test_documents_one_after_another_are_all_read() -> None:
    assert loads('{"a": 1}\n{"a": 2}') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["", "halo", '{"a": ', "3", '"x"', "[" * 100_000, '{"a": "b'])
def test_what_cannot_be_put_right_is_unreadable(text: str) -> None:
    with pytest.raises(errors.Unreadable):
        loads(text)


# ------------------------------------------------------------------------------- lists


SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://luar.example/kerja/1</loc><lastmod>2026-11-20</lastmod></url>
<url><loc>https://luar.example/kerja/2</loc></url>
<url><loc>https://luar.example/tentang</loc></url></urlset>"""
RSS = """<rss version="2.0"><channel><link>https://luar.example/</link>
<item><link>https://luar.example/kerja/1</link></item>
<item><link> /kerja/2 </link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom">
<entry><link rel="self" href="/x"/><link href="/kerja/1"/></entry>
<entry><link rel="alternate" href="https://luar.example/kerja/2#atas"/></entry></feed>"""
LINES = "https://luar.example/kerja/1\nhttps://luar.example/kerja/2\n"
FEEDS = "<sitemapindex><sitemap><loc>https://luar.example/peta</loc></sitemap></sitemapindex>"


def kerja(number: int) -> Answer:
    return page(json.dumps(posting(identifier=str(number), url=f"/kerja/{number}")))


@pytest.mark.parametrize("index", [SITEMAP, RSS, ATOM, LINES, FEEDS])
async def test_the_pages_of_a_list_are_read(index: str) -> None:
    documents = {
        "": index, "peta": gzip.compress(SITEMAP.encode()), "kerja/1": kerja(1), "kerja/2": kerja(2)
    }  # fmt: skip
    source = await opened(documents, pages="/kerja/")
    found = await source.records()
    assert [one.origin.local_id for one in found] == ["1", "2"]
    assert found[0].apply_url == "https://luar.example/kerja/1"


async def test_a_list_that_holds_html_or_is_called_so_is_still_a_list() -> None:
    item = "<description><![CDATA[<html><head><body>]]></description></item>"
    rss = RSS.replace("</item>", item, 1)
    pages = {"kerja/1": kerja(1), "kerja/2": kerja(2)}
    for said in (rss, Answer(200, HTML, rss.encode())):
        assert len(await (await opened({"": said, **pages})).records()) == 2
    xhtml = '<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"><head>'
    text = (
        f"{xhtml}<script type='application/ld+json'>{json.dumps(posting())}</script></head></html>"
    )
    assert (
        len(await jobs(Answer(200, {"content-type": "application/xhtml+xml"}, text.encode()))) == 1
    )


async def test_a_page_that_was_taken_down_is_no_failure_and_a_broken_one_leaves_the_others() -> (
    None
):
    documents = {"": LINES, "kerja/1": Answer(410, {}), "kerja/2": kerja(2)}
    assert len(await (await opened(documents)).records()) == 1
    broken = {"": LINES, "kerja/1": Answer(500, {}), "kerja/2": kerja(2)}
    line = {"upkeep": {"max_retries": 0}}
    assert len(await (await opened(broken, line=line)).records()) == 1


async def test_no_more_pages_are_read_than_the_line_allows() -> None:
    source = await opened({"": LINES, "kerja/1": kerja(1), "kerja/2": kerja(2)}, most_pages=1)
    assert len(await source.records()) == 1
    assert [request.url for request in source.web.asked] == [HOME, f"{HOME}kerja/1"]


# ------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("said", "employer"),
    [
        ("PT A", "PT A"),
        ({"name": "PT A"}, "PT A"),
        ({"@type": "Organization", "legalName": "PT A"}, "PT A"),
        ([{"name": ""}, {"name": "PT A"}], "PT A"),
        ({"name": {"@value": "PT A", "@language": "id"}}, "PT A"),
        ({"name": "<b>PT A</b>"}, "PT A"),
        (None, "Tidak disebutkan"),
    ],
)
async def test_the_employer_is_a_name(said: Any, employer: str) -> None:
    assert (await job(hiringOrganization=said)).employer == employer


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("A1", "A1"), (17, "17"), ({"value": 17}, "17"), ([{"value": "A1"}, "A2"], "A1"),
        ({"@type": "PropertyValue", "name": "PT", "value": {"@value": "A1"}}, "A1"),
    ],
)  # fmt: skip
async def test_the_id_is_the_number_of_the_employer(said: Any, id: str) -> None:  # noqa: A002 - its name
    assert (await job(identifier=said)).origin.local_id == id


async def test_without_a_number_the_address_is_the_id_else_a_mark_that_stays() -> None:
    by_url = await job(identifier=None, url="https://kerja.example/9")
    assert by_url.origin.local_id == "https://kerja.example/9"
    first, again = await job(identifier=None), await job(identifier=None)
    other = await job(identifier=None, title="Supir")
    assert first.origin.local_id == again.origin.local_id != other.origin.local_id


async def test_one_number_at_two_employers_is_two_jobs() -> None:
    found = await jobs([posting(), posting(hiringOrganization="PT Lain"), posting()])
    assert [one.origin.local_id for one in found] == ["J-1", "J-1@PT Lain"]


async def test_texts_come_by_language() -> None:
    one = await job(title=[
        {"@language": "en", "@value": "Cook"}, {"@language": "id-ID", "@value": "Juru masak"}
    ])  # fmt: skip
    assert dict(one.title) == {"en": "Cook", "id": "Juru masak"}
    assert dict((await job(title="Cook", inLanguage="en-US")).title) == {"en": "Cook"}
    assert dict((await job(title={"id": "Koki", "en": "Cook"})).title) == {
        "id": "Koki",
        "en": "Cook",
    }


FIVE, SEVEN = Money(Decimal(5_000_000)), Money(Decimal(7_000_000))
MONTH = SalaryPeriod.MONTH


@pytest.mark.parametrize(
    ("said", "salary"),
    [
        ({"currency": "IDR", "value": {"value": 5000000, "unitText": "MONTH"}},
         Salary(FIVE, FIVE, MONTH)),
        ({"currency": "IDR", "value": {"minValue": 5000000, "maxValue": "7000000",
                                       "unitText": "MONTH"}}, Salary(FIVE, SEVEN, MONTH)),
        ({"currency": "IDR", "minValue": "5.000.000", "maxValue": "7,000,000.00",
          "unitText": "per bulan"}, Salary(FIVE, SEVEN, MONTH)),
        ({"currency": "IDR", "value": 5000000, "unitText": "month"}, Salary(FIVE, FIVE, MONTH)),
        ({"currency": "IDR", "value": {"minValue": 5000000, "unitCode": "MON"}},
         Salary(FIVE, None, MONTH)),
        ([{"currency": "IDR", "value": [{"value": 5e6}]}], Salary(FIVE, FIVE, None)),
        ({"@type": "PriceSpecification", "priceCurrency": "IDR", "price": "5000000"},
         Salary(FIVE, FIVE, None)),
        (5000000, Salary(FIVE, FIVE, None)),
        ("5000000", Salary(FIVE, FIVE, None)),
        ("Rp 5.000.000 - Rp 7.000.000 per bulan", Salary(FIVE, SEVEN, MONTH)),
        ("Rp5.000.000,00/bulan", Salary(FIVE, FIVE, MONTH)),
        ("5 - 7 juta sebulan", Salary(FIVE, SEVEN, None)),
        ("Mulai Rp 5 jt", Salary(FIVE, None, None)),
        ("hingga 7 juta", Salary(None, SEVEN, None)),
        ("USD 4,5", Salary(Money(Decimal("4.5"), "USD"), Money(Decimal("4.5"), "USD"), None)),
        ({"currency": "SGD", "value": {"value": 20, "unitText": "HOUR"}},
         Salary(Money(Decimal(20), "SGD"), Money(Decimal(20), "SGD"), SalaryPeriod.HOUR)),
        ("Kompetitif", Salary()),
        (0, Salary()),
        ({"currency": "IDR", "value": {"minValue": 7000000, "maxValue": 5000000}}, Salary()),
        ({"currency": "IDR", "value": {"value": None}}, Salary()),
        (True, Salary()),
        (10**15, Salary()),
    ],
)  # fmt: skip
async def test_the_salary_is_read_in_every_shape(said: Any, salary: Salary) -> None:
    one = await job(baseSalary=said)
    assert Salary(one.salary_min, one.salary_max, one.salary_period) == salary


async def test_the_currency_of_a_bare_amount_is_that_beside_it() -> None:
    one = await job(baseSalary="100000", salaryCurrency="USD")
    assert one.salary_min == Money(Decimal(100000), "USD")


@pytest.mark.parametrize(
    ("said", "types"),
    [
        ("FULL_TIME", ["FULL_TIME"]),
        ("Full-time", ["FULL_TIME"]),
        (["PART_TIME", "CONTRACTOR"], ["PART_TIME", "CONTRACTOR"]),
        ("FULL_TIME, PART_TIME", ["FULL_TIME", "PART_TIME"]),
        ("https://schema.org/INTERN", ["INTERN"]),
        ("Paruh Waktu", ["PART_TIME"]),
        ("Magang", ["INTERN"]),
        ("harian lepas", ["PER_DIEM"]),
        ("Sesuka hati", ["OTHER"]),
        (None, []),
    ],
)
async def test_the_employment_types_are_ours(said: Any, types: list[str]) -> None:
    assert (await job(employmentType=said)).employment_type == tuple(map(EmploymentType, types))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Tangerang", "Tangerang"),
        ({"@type": "Place", "name": "Kantor Pusat"}, "Kantor Pusat"),
        ({"@type": "Place", "address": "Jalan Daan Mogot 1"}, "Jalan Daan Mogot 1"),
        ({"@type": "PostalAddress", "addressLocality": "Tangerang", "addressCountry": "ID"},
         "Tangerang, ID"),
        ({"address": {"streetAddress": "Jl. A 1", "addressLocality": "Kota Tangerang",
                      "addressRegion": "Banten", "postalCode": 15111,
                      "addressCountry": {"@type": "Country", "name": "Indonesia"}}},
         "Jl. A 1, Kota Tangerang, 15111, Banten, Indonesia"),
        ([{"@type": "VirtualLocation"}, {"address": {"addressLocality": "Tangerang"}}], "Tangerang"),
        ({"address": [{"addressLocality": "Tangerang"}]}, "Tangerang"),
        (None, None),
    ],
)  # fmt: skip
async def test_the_place_of_work_is_told(said: Any, text: str | None) -> None:
    one = await job(jobLocation=said)
    assert (one.address.text.pick("id") if one.address else None) == text


async def test_the_parts_of_an_address_and_the_point_are_kept() -> None:
    geo = {"@type": "GeoCoordinates", "latitude": "-6.17", "longitude": 106.64}
    address = {"streetAddress": "Jl. A 1", "postalCode": "15111"}
    one = await job(jobLocation={"@type": "Place", "geo": geo, "address": address})
    assert one.point == GeoPoint(-6.17, 106.64)
    assert one.address is not None
    assert (one.address.street, one.address.postal_code) == ("Jl. A 1", "15111")
    wrong = {"geo": {"latitude": 106.64, "longitude": -6.17}, "name": "A"}
    assert (await job(jobLocation=wrong)).point is None


async def test_work_from_anywhere_is_remote() -> None:
    assert (await job(jobLocationType="TELECOMMUTE")).remote is True
    assert (await job(jobLocationType=["telecommute"])).remote is True
    assert (await job()).remote is False


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ({"@type": "OccupationalExperienceRequirements", "monthsOfExperience": "36"}, 36),
        ("Minimum 3 years experience", 36),
        ("Pengalaman 1-2 tahun", 12),
        ("6 bulan", 6),
        ("no requirements", 0),
        ("Fresh graduate", 0),
        ("Tidak diperlukan pengalaman", 0),
        ("Berpengalaman", None),
        (None, None),
    ],
)
async def test_experience_is_counted_in_months(said: Any, months: int | None) -> None:
    assert (await job(experienceRequirements=said)).experience_months == months


async def test_the_further_facts_are_read_in_every_shape() -> None:
    one = await job(
        skills=["Masak, Saji", {"@type": "DefinedTerm", "name": "masak"}, "K3"],
        educationRequirements={"@type": "EducationalOccupationalCredential",
                               "credentialCategory": "high school"},
        occupationalCategory={"@type": "CategoryCode", "codeValue": "5120", "name": "Juru masak"},
        industry=[{"name": "Kuliner"}, "Hotel"],
        totalJobOpenings="2",
    )  # fmt: skip
    assert one.skills == ("Masak", "Saji", "K3")
    assert one.education == "high school"
    assert one.occupation == "Juru masak"
    assert one.industry == "Kuliner, Hotel"
    assert one.vacancies == 2
    relevant = {"@type": "Occupation", "name": "Koki", "occupationalCategory": {"name": "x"}}
    assert (await job(relevantOccupation=relevant)).occupation == "Koki"


@pytest.mark.parametrize(
    ("said", "closes"),
    [
        ("2026-12-31T17:00:00+07:00", datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ("2026-12-31T17:00:00Z", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("2026-12-31T17:00", datetime(2026, 12, 31, 17, tzinfo=JAKARTA)),
        ("2026-12-31 17:00:00", datetime(2026, 12, 31, 17, tzinfo=JAKARTA)),
        ({"@type": "Date", "@value": "20261231"}, datetime(2026, 12, 31, 23, 59, 59, tzinfo=JAKARTA)),
        (1_798_736_400_000, datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("2020-01-01", datetime(2020, 1, 1, 23, 59, 59, tzinfo=JAKARTA)),
        ("sampai terisi", None),
        ("9999-12-31", None),
        (2026, None),
        (None, None),
    ],
)  # fmt: skip
async def test_a_job_closes_at_the_end_of_its_last_day(said: Any, closes: datetime | None) -> None:
    assert (await job(validThrough=said)).closes_at == closes


async def test_a_job_without_a_date_was_there_when_its_page_was_written() -> None:
    head = {"last-modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
    body = json.dumps(posting(datePosted=None)).encode()
    (one,) = await jobs(Answer(200, head, body))
    assert one.posted_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    with pytest.raises(errors.Unreadable, match="datePosted"):
        await jobs(Answer(200, {"last-modified": "kemarin"}, body))


def test_a_salary_of_many_numbers_is_none() -> None:
    assert salary_in("UMK 2026 5.069.708 ditambah 500.000 dan 20%", "IDR") == Salary()


# ------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"title": None}, "title is empty"),
        ({"title": "<b></b>"}, "title is empty"),
        ({"datePosted": None}, "datePosted is missing"),
        ({"datePosted": "kemarin"}, "datePosted is missing"),
    ],
)
async def test_a_posting_that_cannot_be_a_job_is_rejected_and_the_others_stay(
    said: dict[str, Any], complaint: str
) -> None:
    source = await opened([posting(identifier="x", **said), posting()])
    assert [one.origin.local_id for one in await source.records()] == ["J-1"]
    assert complaint in source.reasons[0]


@pytest.mark.parametrize(
    "text", ["", "halo", '{"error": "x"}', '[{"id": 1}]', "<xml/>", '{"@type": "JobPosting"', "3"]
)
async def test_what_holds_no_linked_data_is_unreadable(text: str) -> None:
    with pytest.raises(errors.Unreadable):
        await jobs(text)


async def test_a_list_without_jobs_is_empty() -> None:
    assert await jobs("[]") == []
    assert await jobs({"@context": "https://schema.org", "@graph": []}) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["@type", "@id", "@value", "@list", "@context", "@graph", "name", "value",
                         "minValue", "unitText", "currency", "address", "geo", "latitude"])
        | st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
PROPERTIES = st.sampled_from([
    "title", "description", "datePosted", "validThrough", "hiringOrganization", "jobLocation",
    "employmentType", "baseSalary", "identifier", "skills", "url", "experienceRequirements",
    "educationRequirements", "totalJobOpenings", "potentialAction", "applicationContact",
    "relevantOccupation", "inLanguage", "@id", "@context", "dateModified", "salaryCurrency",
])  # fmt: skip


@given(st.dictionaries(PROPERTIES, VALUES, max_size=8))
def test_no_posting_fails_in_any_other_way(said: dict[str, Any]) -> None:
    read = reader(builders.binding(), Options(Whereabouts(), JAKARTA), Kelurahan([]))(HOME)
    body = json.dumps([posting() | said, said]).encode("utf-8", "replace")
    with suppress(errors.Unreadable):
        read(Document(body), Stamp(builders.NOON))


@given(st.text(alphabet='{}[]",:\\/*<!->\n a1', max_size=60))
def test_no_text_fails_in_any_other_way(text: str) -> None:
    with suppress(errors.Unreadable):
        World(loads(text))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"currency": "rupiah"}, "`currency`"),
        ({"zone": "Mars"}, "`zone`"),
        ({"language": "x"}, "`language`"),
        ({"most_pages": 0}, "`most_pages`"),
        ({"page": "x"}, "unknown option"),
    ],
)
async def test_a_wrong_option_is_said(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        await told("jobposting.jobs", "", **options)


async def published(pattern: str) -> list[Source]:
    files = sorted(SAMPLES.glob(pattern))
    return [await opened(file.read_bytes()) for file in files]


async def test_published_samples_are_read() -> None:
    for source in await published("jobposting_1*"):
        (one,) = await source.records()
        assert one.title.pick("id") == "Software Engineer"
        assert one.salary_min == Money(Decimal(100000), "USD")
        assert one.experience_months == 36
        assert one.address is not None
        assert one.address.text.pick("id") == "Kirkland, WA"
    for source in await published("jobposting_2*"):  # it does not say when it was posted
        with pytest.raises(errors.Unreadable, match="datePosted"):
            await source.records()
    for source in await published("event_*"):
        assert await source.records() == []
