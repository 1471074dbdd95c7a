"""One JobPosting as a job."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeGuard

from connectors.errors import Unreadable
from connectors.kinds.collection import OriginOf
from connectors.kinds.jsonld.nodes import Node
from connectors.kinds.jsonld.values import (
    address,
    by_language,
    each,
    moment,
    number,
    texts,
    whole,
    words,
)
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.plain import plain, seen
from connectors.memory.cells import LONGEST_ID
from connectors.ports import geometry
from connectors.ports.common import Address, GeoPoint, Text
from connectors.ports.jobs import EmploymentType, JobPosting
from connectors.systems.jobposting.salaries import salary_of

NOT_STATED = "Tidak disebutkan"
"""The employer of a job whose advertisement names none."""
MOST_SKILLS = 50
LONGEST_WORDS = 300

_E = EmploymentType
_TYPES = {
    "FULLTIME": _E.FULL_TIME, "PENUHWAKTU": _E.FULL_TIME, "PERMANENT": _E.FULL_TIME,
    "TETAP": _E.FULL_TIME, "KARYAWANTETAP": _E.FULL_TIME, "REGULAR": _E.FULL_TIME,
    "PARTTIME": _E.PART_TIME, "PARUHWAKTU": _E.PART_TIME,
    "CONTRACTOR": _E.CONTRACTOR, "CONTRACT": _E.CONTRACTOR, "KONTRAK": _E.CONTRACTOR,
    "FREELANCE": _E.CONTRACTOR, "FREELANCER": _E.CONTRACTOR, "PEKERJALEPAS": _E.CONTRACTOR,
    "PKWT": _E.CONTRACTOR, "OUTSOURCING": _E.CONTRACTOR,
    "TEMPORARY": _E.TEMPORARY, "TEMP": _E.TEMPORARY, "SEMENTARA": _E.TEMPORARY,
    "SEASONAL": _E.TEMPORARY, "MUSIMAN": _E.TEMPORARY,
    "INTERN": _E.INTERN, "INTERNSHIP": _E.INTERN, "MAGANG": _E.INTERN, "TRAINEE": _E.INTERN,
    "APPRENTICESHIP": _E.INTERN, "VOLUNTEER": _E.VOLUNTEER, "RELAWAN": _E.VOLUNTEER,
    "SUKARELAWAN": _E.VOLUNTEER, "PERDIEM": _E.PER_DIEM, "HARIAN": _E.PER_DIEM,
    "HARIANLEPAS": _E.PER_DIEM, "CASUAL": _E.PER_DIEM, "OTHER": _E.OTHER, "LAINNYA": _E.OTHER,
}  # fmt: skip
_EXPERIENCE = re.compile(
    r"(\d{1,2})\s*\+?\s*(?:(?:-|\u2013|to|sampai|s/d)\s*\d{1,2}\s*)?"
    r"(years?|yrs?|tahun|thn|th|months?|bulan|bln)(?![a-z])",
    re.IGNORECASE,
)
_NONE_NEEDED = re.compile(
    r"\b(?:no (?:prior |previous |work )?(?:experience|requirements?)|tanpa pengalaman"
    r"|(?:tidak|tak) (?:diperlukan|perlu|membutuhkan|wajib|ada) ?(?:pengalaman)?"
    r"|fresh ?graduates?(?: (?:are )?welcome)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs of one document share."""

    origin: OriginOf
    zone: tzinfo
    fetched_at: datetime
    kelurahan: Kelurahan
    language: str = "id"
    currency: str = "IDR"
    """Of salaries that do not say theirs."""
    url: str = ""
    """Of the document."""
    written_at: datetime | None = None
    """When the document was last changed, as its server says."""


def job_of(job: Node, setting: Setting) -> JobPosting:
    """The job of a JobPosting. Raises Unreadable naming the property."""
    language = words(job.get("inLanguage")) or ""
    language = language[:2].lower() if re.match(r"[A-Za-z]{2}\b", language) else setting.language
    title = _plain_text(by_language(job.get("title", "name"), language), most=LONGEST_WORDS)
    if title is None:
        raise Unreadable("job: title is empty", column="title")
    said = job.get("datePosted", "dateCreated", "datePublished", "dateModified")
    # Where nobody says when, it was there when its page was written at the latest.
    posted = moment(said, setting.zone) or (None if said else setting.written_at)
    if posted is None:
        raise Unreadable("job: datePosted is missing or no date", column="datePosted")
    employer = _employer(job) or NOT_STATED
    url = address(job.get("url", "mainEntityOfPage"), setting.url)
    changed = moment(job.get("dateModified"), setting.zone)
    soon = setting.fetched_at + timedelta(days=1)
    local = _local_id(job, title, employer, url)
    point, place = _where(job)
    area = setting.kelurahan.at(point)
    salary = salary_of(job, setting.currency)
    return JobPosting(
        origin=setting.origin(
            local,
            as_of=changed if changed and changed <= soon else None,
            url=url or setting.url or None,
        ),
        title=title,
        employer=employer,
        posted_at=posted,
        description=_plain_text(by_language(job.get("description"), language)),
        point=point,
        area=area,
        address=place and _address(place, area),
        remote=any(word.upper() == "TELECOMMUTE" for word in texts(job.get("jobLocationType"))),
        employment_type=_types(job.get("employmentType")),
        salary_min=salary.low,
        salary_max=salary.high,
        salary_period=salary.period,
        education=_listed(job, "educationRequirements", "credentialCategory"),
        experience_months=_experience(job),
        skills=tuple(_skills(job.get("skills")))[:MOST_SKILLS],
        occupation=_occupation(job),
        industry=_listed(job, "industry"),
        vacancies=whole(job.get("totalJobOpenings")),
        closes_at=moment(
            job.get("validThrough", "applicationDeadline"), setting.zone, end_of_day=True
        ),
        apply_url=_apply_url(job, url, setting.url),
    )


# ------------------------------------------------------------------------------- who and which


def _local_id(job: Node, title: Text, employer: str, url: str | None) -> str:
    """Its number at the employer, else its address, else a mark of what it says."""
    for one in each(job.get("identifier")):
        # The name of a number is that of who gave it: alone it tells no job from another.
        value = words(Node(one, job.world).get("value", "@id")) if _is(one) else words(one)
        if value and (value := seen(value).strip()):
            return _fitting(value)
    if job.id is not None and not job.id.startswith("_:"):
        return _fitting(job.id)
    if url:
        return _fitting(url)
    said = (title.pick("id"), employer, words(job.get("datePosted")), words(job.get("jobLocation")))
    return hashlib.blake2b(repr(said).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _fitting(local: str) -> str:
    if len(local) <= LONGEST_ID:
        return local
    mark = hashlib.blake2b(local.encode("utf-8", "replace"), digest_size=10).hexdigest()
    return f"{local[:200]}~{mark}"


def _employer(job: Node) -> str | None:
    for one in each(job.get("hiringOrganization", "employerOverview", "provider")):
        name = words(Node(one, job.world).get("name", "legalName", "alternateName")) \
            if _is(one) else words(one)  # fmt: skip
        if name and (clean := plain(name)):
            return clean[:LONGEST_WORDS]
    return None


def _apply_url(job: Node, url: str | None, page: str) -> str | None:
    for one in each(job.get("potentialAction")):
        target = Node(one, job.world).get("target") if _is(one) else None
        target = target.get("urlTemplate", target) if _is(target) else target
        found = address(target, page) if not (_is(target) and "{" in str(target)) else None
        if found:
            return found
    contact = job.get("applicationContact")
    return url or (address(contact, page) if _is(contact) else None) or page or None


# ------------------------------------------------------------------------------- where


def _where(job: Node) -> tuple[GeoPoint | None, Address | None]:
    """The first place of work that says where it is."""
    for one in each(job.get("jobLocation")):
        if not _is(one):
            said = plain(words(one) or "")
            if said:
                return None, Address(Text({"id": said[:1_000]}))
            continue
        place = Node(one, job.world)
        point, told = _point(place), _postal(place)
        if point or told:
            return point, told
    return None, None


def _point(place: Node) -> GeoPoint | None:
    geo = next(each(place.get("geo")), None)
    holder = Node(geo, place.world) if _is(geo) else place
    lat, lng = number(holder.get("latitude")), number(holder.get("longitude"))
    try:
        return geometry.point_of(float(lat), float(lng)) if lat is not None and lng is not None \
            and (lat or lng) else None  # fmt: skip
    except ValueError:
        return None


def _postal(place: Node) -> Address | None:
    said = next(each(place.get("address")), None)
    if isinstance(said, str):
        return Address(Text({"id": plain(said)[:1_000]})) if plain(said) else None
    parts = Node(said, place.world) if _is(said) else place
    street = words(parts.get("streetAddress"))
    postal = words(parts.get("postalCode"))
    region = [words(parts.get(name)) for name in ("addressLocality", "addressRegion")]
    country = next(each(parts.get("addressCountry")), None)
    named = [street, *region, words(country)]
    found = [plain(one) for one in named if one]
    if postal and found:
        place_of_code = 1 + bool(street) if region[0] else len(found)
        found.insert(min(place_of_code, len(found)), postal)
    if not any(one for one in (street, postal, *region) if one):
        name = words(place.get("name"))
        return Address(Text({"id": plain(name)[:1_000]})) if name and plain(name) else None
    return Address(
        text=Text({"id": ", ".join(dict.fromkeys(found))[:1_000]}),
        street=plain(street)[:LONGEST_WORDS] if street else None,
        postal_code=postal[:20] if postal else None,
    )


def _address(told: Address, area: str | None) -> Address:
    if area is None:
        return told
    return Address(told.text, told.street, area, area[:8], told.postal_code)


# ------------------------------------------------------------------------------- what


def _plain_text(said: Text | None, *, most: int = 20_000) -> Text | None:
    if said is None:
        return None
    found = {lang: clean for lang, value in said if (clean := plain(value)[:most])}
    return Text(found) if found else None


def _types(value: Any) -> tuple[EmploymentType, ...]:
    found = []
    for text in texts(value):
        for part in re.split(r"[,;|/]", text.rpartition("schema.org/")[2][:LONGEST_WORDS]):
            word = re.sub(r"[^A-Z]", "", part.upper())
            if word:
                found.append(_TYPES.get(word, EmploymentType.OTHER))
    return tuple(dict.fromkeys(found))


def _listed(job: Node, name: str, inner: str = "name") -> str | None:
    """The texts of a property, put together; of objects the property `inner`."""
    found = []
    for one in each(job.get(name)):
        value = words(Node(one, job.world).get(inner, "name", "description", "@value")) \
            if _is(one) else words(one)  # fmt: skip
        if value and (clean := plain(value)):
            found.append(clean[:LONGEST_WORDS])
    return ", ".join(dict.fromkeys(found))[:LONGEST_WORDS] or None


def _experience(job: Node) -> int | None:
    """The months that are needed: 0 where none are, None where nobody said it in numbers."""
    for one in each(job.get("experienceRequirements")):
        if _is(one):
            node = Node(one, job.world)
            months = whole(node.get("monthsOfExperience"), most=1_200)
            if months is not None:
                return months
            said = words(node.get("description", "name", "@value"))
        else:
            said = words(one)
        match = _EXPERIENCE.search((said or "")[:1_000])
        if match:
            years = match[2].lower().startswith(("y", "t"))
            return int(match[1]) * (12 if years else 1)
        if _NONE_NEEDED.search((said or "")[:1_000]):
            return 0
    return None


def _skills(value: Any) -> Iterator[str]:
    seen = set()
    for text in texts(value):
        for part in re.split(r"[,;\n•|]", plain(text)[:5_000]):
            skill = part.strip(" .-\t")[:LONGEST_WORDS]
            if skill and skill.casefold() not in seen:
                seen.add(skill.casefold())
                yield skill


def _occupation(job: Node) -> str | None:
    found = _listed(job, "occupationalCategory")
    if found is None:
        for one in each(job.get("relevantOccupation")):
            if not _is(one):
                return words(one)
            node = Node(one, job.world)
            found = words(node.get("name")) or _listed(node, "occupationalCategory")
    return found


def _is(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
