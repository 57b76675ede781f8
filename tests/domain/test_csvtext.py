"""A downloaded table opens in a spreadsheet and can make it do nothing."""

import csv
import io

from app.domain.csvtext import csv_text


def test_rumus_menjadi_teks_dan_angka_tetap_angka() -> None:
    text = csv_text(
        ["Nama", "Banyak"], [["=HYPERLINK(1)", -5], [" +62", 0], ["@x", None], ["\t=1", 1], ["Biasa; saja", 2]]
    )
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert text.startswith("\ufeff")
    assert rows == [
        ["Nama", "Banyak"],
        ["'=HYPERLINK(1)", "-5"],
        ["' +62", "0"],
        ["'@x", ""],
        ["'\t=1", "1"],
        ["Biasa; saja", "2"],
    ]
