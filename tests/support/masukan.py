"""What browsers, scripts and mischief send into a form: strategies over the fields of tests.support.serba."""

from typing import Any

from hypothesis import strategies as st

from app.procedures.model.form import Field, Form

NASTY = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\x0b",
        "\x1b[31m",
        "\u202eabc",
        "‮",
        "\u2028",
        "e\u0301" * 9,
        "🙂" * 31,
        "ı",
        "ﬃ",
    ),
    *("x" * 50_000, "1" * 5000, "-1", "0", "٣", "²", "½", "1e400", "NaN", "Infinity", "1_0", "0x10", "+5", "1.0"),
    *("0000-01-01", "9999-12-31", "2026-02-31", "31 Februari 2026", "2020-W01-1", "20200101", "1 Januari 1", "24:00"),
    *("ya", "tidak", "on", "True", "a", "b", "c", "a,b", "None", "null", "[]", "{}", "<script>alert(1)</script>"),
    *("{{7*7}}", "{0.__class__}", "%s", "../../etc/passwd", "'; DROP TABLE users;--", "3402994505850001", "kalurahan"),
)
GOOD: dict[str, tuple[Any, ...]] = {
    "teks": ("Budi", "Ny. Sri Ñ"),
    "teks_panjang": ("Satu\r\ndua", "tiga"),
    "angka": ("7", "900", 12),
    "tanggal": ("2020-02-29", "17 Agustus 2019", "2026-11-23"),
    "jam": ("09.30", "7:05", "23:59:59"),
    "pilihan": ("a", "b", "1", "2"),
    "pilihan_banyak": (["a"], ["c", "a", "a"], "b"),
    "ya_tidak": ("ya", "tidak", True, False),
    "pernyataan": ("ya", True, "on"),
    "nik": ("3402994505850001", "3402 9945 0585 0001"),
    "nomor_kk": ("3402990101100001",),
    "nomor_hp": ("0812 3456 789", "+62 811 0000 001"),
    "email": ("sari@contoh.id",),
    "wilayah": ({"kapanewon": "340299", "kalurahan": "3402992001"},),
    "menurut_elemen": ("1", "Islam", "2001-01-01", "apa saja"),
    "berkas": (["foto-ktp"], "foto-ktp", ["kk-pdf", "kk-pdf"]),
}
MEANING = (
    *("typename", "__class__", "__init__", "__dict__", "data", "validate", "populate_obj", "csrf_token", "errors"),
    *(
        "process",
        "meta",
        "Meta",
        "_fields",
        "aksi",
        "versi",
        "kunci",
        "ditampilkan",
        "",
        ".",
        "..",
        "s_tabel",
        "s_tabel.",
    ),
    *("s_tabel.0", "s_tabel.0.", "s_tabel.-1.T_teks", "s_tabel.99999999999999999999.T_teks", "s_tabel.0.T_teks.0"),
    *(
        "s_tabel.00.T_teks",
        "s_tabel.٣.T_teks",
        "berkas.f106.nilai",
        "berkas.f106",
        "berkas..",
        "unggah:",
        "\0",
        "s_teks\0",
    ),
)

texts = st.sampled_from(NASTY) | st.text(max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | texts
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def value(field: Field) -> st.SearchStrategy[Any]:
    """Mostly something that could be right."""
    if field.kind == "tabel":
        row = st.fixed_dictionaries({}, optional={column.id: value(column) for column in field.columns})
        return st.lists(row | row | anything, max_size=6) | anything
    fitting = st.sampled_from(GOOD.get(field.kind, ("",)))
    return st.one_of(fitting, fitting, fitting, anything)


def raw(form: Form, prefix: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values for the fields whose names begin with `prefix`, any of them missing, and for keys that are none."""
    fields = [field for section in form.sections for field in section.fields if field.id.startswith(prefix)]
    known = st.fixed_dictionaries({}, optional={field.id: value(field) for field in fields})
    strange = st.dictionaries(st.sampled_from(MEANING), anything, max_size=3)
    return st.tuples(strange, known).map(lambda both: {**both[0], **both[1]})


def posted(form: Form, prefix: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """What a browser could send: pairs, keys repeated, unknown, and of rows that do not exist."""
    fields = [field for section in form.sections for field in section.fields if field.id.startswith(prefix)]
    names = [field.id for field in fields] + [
        f"{field.id}.{number}.{column.id}" for field in fields for column in field.columns for number in (0, 1, 7)
    ]
    good = [str(each) for fitting in GOOD.values() for each in fitting if isinstance(each, str)]
    pair = st.tuples(st.sampled_from(names) | st.sampled_from(MEANING), st.sampled_from(good) | texts)
    return st.lists(pair, max_size=25)
