"""What a page of figures leads to and lets people download, held against what the page itself says."""

import csv
import html
import io
import re
from collections.abc import Iterator

from flask.testing import FlaskClient

FIGURE = re.compile(r'<a href="(/pantau/daftar/[^"]+)">(?:Lihat |<svg.*?</svg>Lihat )?(\d+)(?: permohonan)?</a>', re.S)
TABLE = re.compile(r'id="tabel-([a-z]+)".*?<table[^>]*>(.*?)</table>', re.S)
# Heading on the page -> headings of the download that are added up for it, where they differ.
IN_CSV = {
    ("langkah", "Menunggu"): ("Menunggu", "Menunggu pemohon"),
    ("kapanewon", "Masuk"): ("Permohonan masuk",),
    ("kapanewon", "Selesai"): ("Permohonan selesai",),
}


def figures(page: str) -> dict[str, int]:
    """Address of a list -> the number that leads there."""
    return {html.unescape(address): int(number) for address, number in FIGURE.findall(page)}


def wrong_lists(browser: FlaskClient, found: dict[str, int]) -> list[str]:
    """Figures whose list says another number, or has another number of rows on all its pages or in its CSV."""
    wrong = []
    for address, number in found.items():
        pages = list(_pages(browser, address))
        path, _, query = address.partition("?")
        table = browser.get(f"{path}.csv?{query}").get_data(as_text=True)
        said = re.search(r"(\d+) permohonan", pages[0][pages[0].index("<h1") :])
        rows = [row for page in pages for row in re.findall(r'<th scope="row".*?</tr>', page, re.S)]
        counts = [int(said[1]) if said else -1, len(rows), len(table.splitlines()) - 1]
        wrong += [f"{address}: {number} != {counts}"] * (set(counts) != {number})
    return wrong


def _pages(browser: FlaskClient, address: str) -> Iterator[str]:
    following: str | None = address
    while following:
        page = browser.get(following).get_data(as_text=True)
        yield page
        link = re.search(r'href="([^"]+)">Halaman berikut', page)
        following = html.unescape(link[1]) if link else None


def wrong_sums(browser: FlaskClient, page: str, query: str) -> list[str]:
    """Columns of the page's tables that add up to something else than the same columns of their downloads."""
    wrong = []
    for name, table in TABLE.findall(page):
        text = browser.get(f"/pantau/unduh/{name}.csv?{query}").get_data(as_text=True).lstrip("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        for heading, total in _columns(table).items():
            wanted = [one for one in IN_CSV.get((name, heading), (heading,)) if rows and one in rows[0]]
            if wanted and "Median" not in heading:
                downloaded = sum(int(row[one] or 0) for row in rows for one in wanted)
                wrong += [f"{name}.{heading}: {total} != {downloaded}"] * (total != downloaded)
    return wrong


def _columns(table: str) -> dict[str, int]:
    """Heading -> sum, of the columns of numbers."""
    head, body = table.split("</thead>", 1)
    headings = re.findall(r'<th scope="col"([^>]*)>([^<]*)<', head)
    sums = {name: 0 for kind, name in headings if 'class="n' in kind}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S):
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
        if len(cells) == len(headings):
            for (_, name), cell in zip(headings, cells, strict=True):
                number = re.match(r"\d+$", re.sub(r"<small>.*?</small>|<[^>]+>", "", cell).strip())
                if name in sums and number:
                    sums[name] += int(number[0])
    return sums
