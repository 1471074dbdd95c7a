"""Vacancies as schema.org JobPosting: one JSON-LD file, and pages behind a site map."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from gateway.synthetic.exchange import Question, Reply, absent, json_reply, text_reply
from gateway.synthetic.town import SAMPLE, Spot, Town, street

FEED = 30
PAGES = 8
TITLES = (
    ("Operator Produksi", "FULL_TIME", 5_100_000, "MONTH"),
    ("Perawat Klinik", "FULL_TIME", 5_600_000, "MONTH"),
    ("Kasir Minimarket", "PART_TIME", 28_000, "HOUR"),
    ("Pengemudi Bus Kota", "FULL_TIME", 5_300_000, "MONTH"),
    ("Desainer Grafis Magang", "INTERN", 2_000_000, "MONTH"),
    ("Teknisi Listrik", ["FULL_TIME", "CONTRACTOR"], 5_400_000, "MONTH"),
)
EMPLOYERS = ("PT Contoh Makmur", "CV Contoh Jaya", "Klinik Contoh Sehat", "Toko Contoh Raya")


class _Vacancies:
    def __init__(self, town: Town, name: str, count: int) -> None:
        self._town = town
        self._name = name
        self._spots = town.spots(name, count)

    def postings(self) -> list[dict[str, Any]]:
        """All of today: each posted within the last month, open for another."""
        return [self._posting(n, spot) for n, spot in enumerate(self._spots, start=1)]

    def _posting(self, number: int, spot: Spot) -> dict[str, Any]:
        chance = self._town.rng(self._name, number)
        title, kind, salary, unit = TITLES[number % len(TITLES)]
        # A vacancy that has closed is posted anew: its number stays, its days move on.
        age = (self._town.today().toordinal() + number * 5) % 28
        posted = self._town.at(self._town.today() - timedelta(days=age), 0)
        locality = {
            "@type": "PostalAddress", "streetAddress": street(chance),
            "addressLocality": "Kota Tangerang", "addressRegion": "Banten",
            "addressCountry": "ID",
        }  # fmt: skip
        return {
            "@context": "https://schema.org/",
            "@type": "JobPosting",
            "identifier": {
                "@type": "PropertyValue", "name": SAMPLE, "value": f"{self._name}-{number:03}",
            },
            "title": f"{title} ({SAMPLE})",
            "description": f"<p>{SAMPLE}: lowongan <b>buatan</b>.</p><ul><li>Jujur · teliti</li></ul>",
            "datePosted": posted.date().isoformat(),
            "validThrough": (posted + timedelta(days=60)).isoformat(),
            "employmentType": kind,
            "hiringOrganization": (
                {"@type": "Organization", "name": f"{chance.choice(EMPLOYERS)} ({SAMPLE})"}
                if number % 2
                else f"{chance.choice(EMPLOYERS)} ({SAMPLE})"
            ),
            "jobLocation": {
                "@type": "Place",
                "address": locality,
                "geo": {
                    "@type": "GeoCoordinates", "latitude": spot.point.lat,
                    "longitude": spot.point.lng,
                },
            },
            "baseSalary": {
                "@type": "MonetaryAmount",
                "currency": "IDR",
                "value": {
                    "@type": "QuantitativeValue", "minValue": salary,
                    "maxValue": salary + salary // 5, "unitText": unit,
                },
            },
            "educationRequirements": chance.choice(("SMA/SMK", "D3", "S1")),
            "totalJobOpenings": chance.randint(1, 6),
            "directApply": True,
        }  # fmt: skip


class Feed(_Vacancies):
    """`/lowongan.jsonld`: all in one list."""

    def __init__(self, town: Town) -> None:
        super().__init__(town, "lowongan", FEED)

    def __call__(self, _question: Question) -> Reply:
        """The list."""
        reply = json_reply(self.postings())
        return Reply(reply.body, "application/ld+json; charset=utf-8", tagged=True)


class Pages(_Vacancies):
    """`/sitemap.xml`, and a page for each vacancy."""

    def __init__(self, town: Town) -> None:
        super().__init__(town, "karier", PAGES)

    def __call__(self, question: Question) -> Reply:
        """The site map or a page."""
        postings = {str(p["identifier"]["value"]): p for p in self.postings()}
        if question.path == "/sitemap.xml":
            urls = "".join(
                f"<url><loc>{question.base}/lowongan/{id_}.html</loc></url>" for id_ in postings
            )
            return text_reply(
                '<?xml version="1.0" encoding="UTF-8"?>\n'
                f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
                "application/xml",
            )
        posting = postings.get(question.path.removeprefix("/lowongan/").removesuffix(".html"))
        if posting is None:
            return absent()
        embedded = json.dumps(posting, ensure_ascii=False).replace("</", "<\\/")
        return text_reply(
            f"<!DOCTYPE html>\n<html lang='id'><head><title>{escape(posting['title'])}</title>"
            '<script type="application/ld+json">{"@context":"https://schema.org",'
            '"@type":"Organization","name":"CONTOH"}</script>'
            f'<script type="application/ld+json">{embedded}</script></head>'
            f"<body><h1>{escape(posting['title'])}</h1></body></html>",
            "text/html",
        )
