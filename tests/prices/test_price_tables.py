"""Tables of prices as people export them: headings, signs, days, encodings, lines that are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.sheets import read_sheet
from connectors.kinds.written_dates import read_date
from tests.prices.lists import TABLE, Told, prices_of, told


async def table(body: str | bytes, kind: str = "text/csv", **options: Any) -> Any:
    return await Told(body, kind).open("table.prices", **options)


async def said(body: str | bytes, kind: str = "text/csv", **options: Any) -> list[tuple[Any, ...]]:
    """Day, commodity, unit, price."""
    found = await prices_of(await table(body, kind, **options))
    return sorted((told(p)[0], told(p)[1], told(p)[3], told(p)[4]) for p in found)


BERAS = [("2026-09-30", "beras-medium", "kg", 13_600)]


@pytest.mark.parametrize(
    "body",
    [
        'Tanggal,Komoditas,Satuan,Harga\n30/09/2026,Beras Medium,Rp./Kg,"Rp 13.600,00"\n',
        "tgl\tKomoditi\tHarga (Rp/kg)\n30 September 2026\tBERAS MEDIUM\t13.600\n",
        "No;Nama Bahan Pokok;HARGA HARI INI;tanggal;sat\n1;Beras Medium (kg);13600,0;30-9-26;\n",
        "date|commodity|price|unit\n2026-09-30T00:00:00|Beras  Medium|13,600|KG\n",
        "sep=;\nTanggal;Nama Barang;Harga\n46295;Beras Medium;Rp13.600,-/kg\n",
        "Daftar Harga Pasar\nTanggal: 30 September 2026\n\nNo;Uraian;Harga (Rp/Kg)\n1;Beras Medium;13600\n",
        "Komoditas;Satuan;30/09/2026\nBeras Medium;kg;13.600\n",
        "Hari/Tanggal;Komoditas Pangan;Harga/kg\n30 Sep 2026 08.00 WIB;Beras Medium;13.600\n",
        "Tgl.;Produk;Harga Rp. per Kg\n30/09/2026;Beras Medium;13.600\n",
        "No;Komoditas (kg);46295\n1;Beras Medium (kg);13600\n",
    ],
)  # fmt: skip
async def test_one_price_written_in_many_ways_is_one_price(body: str) -> None:
    assert await said(body) == BERAS


LONG = (
    "Tanggal;Komoditas;Satuan;Harga;Pasar\n30/09/2026;Beras Medium;kg;13.600;Pasar Ciputat – Baru\n"  # noqa: RUF001 - not in every encoding
)


@pytest.mark.parametrize(
    ("encoding", "mark", "kind"),
    [
        ("utf-8", b"", "text/csv"), ("utf-8-sig", b"", "text/csv"), ("utf-16", b"", "text/csv"),
        ("utf-16-le", b"", ""), ("utf-16-be", b"\xfe\xff", ""), ("cp1252", b"", "text/csv"),
        ("cp1252", b"", "text/csv; charset=utf-8"), ("utf-32", b"", ""),
    ],
)  # fmt: skip
async def test_every_encoding_that_spreadsheets_write_is_read(
    encoding: str, mark: bytes, kind: str
) -> None:
    source = await table(mark + LONG.encode(encoding), kind)
    (price,) = await prices_of(source)
    (market,) = await source.markets_by_id([price.market.local if price.market else ""])
    assert market.name == LONG.rpartition(";")[2].strip()


async def test_lines_that_are_no_observation_are_told_and_the_others_count() -> None:
    source = await table(
        "Tanggal;Komoditas;Harga\n"
        "30/09/2026;Beras Medium;13600\n"
        ";;\n"
        "Tanggal;Komoditas;Harga\n"
        "30/09/2026;Beras Medium;13700\n"
        "30/09/2026;Rata-rata;13650\n"
        "31/09/2026;Gula;1\n"
        "30/09/2026;;5\n"
        "30/09/2026;Telur;banyak\n"
        ";Garam;5\n"
        "30/09/2026;Ikan;5;7\n"
        "Jumlah;;13650\n"
        "30/09/2026;Tahu;n/a\n"
    )
    assert [told(p)[1:5:3] for p in await prices_of(source)] == [
        ("beras-medium", 13_600), ("tahu", None),
    ]  # fmt: skip
    reasons = sorted(reason for _, reason in source.rejected)
    assert reasons == [
        "line 10: the date is empty",
        "line 11: 4 cells under 3 columns",
        "line 12: is a total or an average, no observation",
        "line 6: is a total or an average, no observation",
        "line 7: the date '31/09/2026' day is out of range for month",
        "line 8: the commodity is empty",
        "line 9: the price is no amount of money: 'banyak'",
        "price: '2026-09-30.nasional.any.beras-medium.kg' stands in an earlier row",
    ]


async def test_a_thousand_without_quotation_marks_does_not_become_thirteen_rupiah() -> None:
    body = "Tanggal,Komoditas,Harga\n30/09/2026,Beras,13,600\n"
    with pytest.raises(errors.Unreadable, match="line 2: 4 cells under 3 columns"):
        await said(body)


async def test_a_table_of_the_humanitarian_exchange_is_read_without_its_tags() -> None:
    body = (
        "date,admin1,admin2,market,latitude,longitude,category,commodity,unit,priceflag,pricetype,"
        "currency,price,usdprice\n"
        "#date,#adm1+name,#adm2+name,#loc+market+name,#geo+lat,#geo+lon,#item+type,#item+name,"
        "#item+unit,#item+price+flag,#item+price+type,#currency,#value,#value+usd\n"
        "2026-09-15,BANTEN,TANGERANG,Pasar Anyar,-6.17,106.63,cereals,Rice,KG,aggregate,Retail,IDR,"
        "14000.0,0.85\n"
        "2026-09-15,JAMBI,JAMBI,Pasar Jambi,-1.6,103.6,cereals,Rice,KG,actual,Retail,IDR,13000.0,0.8\n"
    )
    source = await table(body, only={"admin1": "Banten"})
    (price,) = await prices_of(source)
    assert told(price) == ("2026-09-15", "rice", None, "kg", 14_000, None)
    assert price.estimated, "an average is said to be one"
    (market,) = await source.markets_by_id(["pasar-anyar"])
    assert (market.point.lat, market.point.lng) == (-6.17, 106.63)
    assert source.rejected == []


async def test_a_range_is_a_lowest_and_a_highest_price_and_no_average() -> None:
    body = "Tanggal;Komoditas;Harga;HET\n30/09/2026;Beras Medium;13.000 - 14.000;13.500\n"
    (price,) = await prices_of(await table(body))
    assert price.price is None
    assert [m and m.amount for m in (price.low, price.high, price.ceiling)] == [13000, 14000, 13500]


async def test_days_as_columns_leave_out_headings_between_the_rows() -> None:
    body = (
        "Komoditas;Satuan;29/09/2026;30/09/2026\n"
        "BERAS;;;\nBeras Medium;kg;13.500;13.600\nBeras Premium;kg;-;15.000\n"
    )
    source = await table(body)
    assert [told(p)[1:] for p in await prices_of(source)] == [
        ("beras-medium", None, "kg", 13500, None), ("beras-premium", None, "kg", None, None),
        ("beras-medium", None, "kg", 13600, 13500), ("beras-premium", None, "kg", 15000, None),
    ]  # fmt: skip
    assert [reason for _, reason in source.rejected] == ["line 2: nothing stands under any day"]


async def test_markets_as_columns_are_prices_at_markets_and_their_average_is_left_out() -> None:
    body = (
        "HARGA BAHAN POKOK PER 30 SEPTEMBER 2026;;;;\n"
        "Komoditas;Satuan;Pasar Anyar;Pasar Poris;Rata-rata\n"
        "Beras Medium;kg;13.500;13.700;13.600\nTahu;kg;;;\n"
    )
    source = await table(body)
    found = {str(p.market): p.price and p.price.amount for p in await prices_of(source)}
    assert found == {"harga:pasar-anyar": 13_500, "harga:pasar-poris": 13_700}
    assert {p.date for p in await prices_of(source)} == {date(2026, 9, 30)}
    assert [reason for _, reason in source.rejected] == ["line 4: nothing stands under any market"]


async def test_a_catalogue_line_names_what_no_heading_tells() -> None:
    body = "Kapan;Apa;Berapa;Di mana\n09/30/2026;Beras Medium;13600;36.71.01\n"
    source = await table(
        body, columns={"date": "kapan", "commodity": "Apa", "price": "Berapa", "area": "Di mana"},
        dates="mdy", level="Pasar Tradisional", unit="kg", market="Pasar Anyar",
        commodities={"Beras Medium": "tpid-beras"},
    )  # fmt: skip
    (price,) = await prices_of(source)
    assert told(price) == ("2026-09-30", "tpid-beras", "36.71.01", "kg", 13600, None)
    assert (price.level and price.level.value, str(price.market)) == (
        "RETAIL_TRADITIONAL", "harga:pasar-anyar",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("a;b\n1;2\n", "no heading names a commodity and a price; the first line has 'a', 'b'"),
        ("", "no heading names"),
        ("Tanggal;Komoditas;Harga;Harga\n30/09/2026;A;1;2\n", "two columns are headed 'Harga'"),
        (b"\x00\x01\x02\x00\xff" * 9, "not text"),
        (b"PK\x03\x04" + b"x" * 99, "a workbook, no table of texts"),
        (
            "Tanggal;Komoditas;Harga\n30/09/2026;" + "A " * 60_000 + ";1\n",
            "more than 300 characters",
        ),
        (
            "Tanggal;Komoditas;Harga\n30/09/2026;A;1" + " " * 90_000 + "2\n",
            "more than 300 characters",
        ),
        ("Tanggal;Komoditas;Harga\nx;A;1\n", "none of 1 rows could be read: line 2: the date 'x'"),
    ],
)
async def test_what_is_no_table_of_prices_is_an_error(body: str | bytes, reason: str) -> None:
    with pytest.raises(errors.Unreadable, match=reason):
        await said(body, "")


async def test_a_table_without_rows_is_empty() -> None:
    assert await said("Tanggal;Komoditas;Harga\n") == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"area": "Banten"}, "`area` must be a code"),
        ({"level": "murah"}, "`level` must be one of PRODUCER"),
        ({"dates": "ymd"}, "`dates` must be one of dmy, mdy"),
        ({"delimiter": ";;"}, "`delimiter` must be one character"),
        ({"encoding": "klingon"}, "'klingon' is not known"),
        ({"columns": {"harga": "x"}}, "columns: unknown 'harga'; there are: date"),
        ({"only": {"a": 1}}, "`only` must be a table of texts"),
        ({"colour": 1}, "unknown option 'colour'"),
    ],
)
async def test_wrong_options_say_what_they_take(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        await table(TABLE, **options)


async def test_a_column_that_only_speaks_of_must_be_there() -> None:
    with pytest.raises(errors.Unreadable, match="headed 'kota'"):
        await said(TABLE, only={"kota": "x"})


# ------------------------------------------------------------------------------- days and cells

WRITTEN = [
    "2026-09-30", "2026/9/30", "30/09/2026", "30-9-2026", "30.09.2026", "30/09/26", "46295",
    "46295.75", "30 September 2026", "30 Sept. 2026", "30-Sep-26", "Rabu, 30 September 2026",
    "Rabu, 30/09/2026", "2026-09-30 07:00:00", "2026-09-30T07:00:00+07:00", "30/09/2026 07.00 WIB",
    "Sep 30, 2026", "SEPTEMBER 30 2026",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_one_day_written_in_many_ways_is_one_day(written: str) -> None:
    assert read_date(written) == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("written", "month"),
    [("1 Pebruari 2026", 2), ("1 Mei 2026", 5), ("1 Agt 2026", 8), ("1 Okt 2026", 10),
     ("1 Nopember 2026", 11), ("1 Des 2026", 12)],
)  # fmt: skip
def test_months_are_read_in_indonesian(written: str, month: int) -> None:
    assert read_date(written) == date(2026, month, 1)


@pytest.mark.parametrize(
    "written", ["", "besok", "31/09/2026", "13600", "99999", "30 Foo 2026", "x" * 99]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"no date|month|day|than"):
        read_date(written)


@given(st.dates(date(1970, 1, 2), date(2099, 12, 31)))
def test_a_day_and_its_number_in_a_spreadsheet_are_one(day: date) -> None:
    assert read_date(str((day - date(1899, 12, 30)).days)) == day
    assert read_date(day.strftime("%d/%m/%Y")) == day
    assert read_date(day.strftime("%m/%d/%Y"), "mdy") == day


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_lines_or_unreadable(body: bytes) -> None:
    try:
        lines = read_sheet(body)
    except errors.Unreadable:
        return
    assert all(any(line.cells) for line in lines)


cells = st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n"'), max_size=9).map(
    str.strip
)


@given(st.lists(st.lists(cells.filter(bool), min_size=3, max_size=3), min_size=2, max_size=6))
def test_a_table_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    body = "\r\n".join("\t".join(f'"{cell}"' for cell in row) for row in rows)
    found = [list(line.cells) for line in read_sheet(body.encode("utf-16"), delimiter="\t")]
    assert found == [[cell.strip(" \t\r\n\xa0") for cell in row] for row in rows]


async def test_a_file_is_as_good_as_an_address(tmp_path: Path) -> None:
    from dataclasses import replace

    from connectors import registry
    from connectors.ports.common import must_text
    from connectors.ports.connectors import Binding, ConnectorKind
    from tests import builders

    (tmp_path / "harga.csv").write_text(TABLE, encoding="utf-8")
    options = {"from": "file", "path": "harga.csv"}
    binding = Binding(
        "harga", must_text("Harga"), ConnectorKind.PRICE_CSV, ("prices",), "table.prices",
        options=options,
    )  # fmt: skip
    tools = replace(builders.tools(), data_folder=tmp_path, city_folder=tmp_path)
    source = await registry.open_source(binding, tools)
    assert len(await prices_of(source)) == 6
