import pickle
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.conditions import Condition, ConditionError, compile_condition

FLOW = [
    ("periksa_berkas", "keputusan", "lengkap"),
    ("periksa_berkas", "keputusan", "usul_tolak"),
    ("putuskan_penolakan", "keputusan", "tolak"),
    ("periksa_berkas", "jenis_ditetapkan", "perubahan"),
    ("verifikasi_draft", "keputusan", "valid"),
    ("verifikasi_draft", "keputusan", "salah_entri"),
    ("tanda_tangan_kk", "keputusan", "ditandatangani"),
    ("kirim_kk", "keputusan", "terkirim"),
    ("terima_kk", "hasil", "baik"),
    ("tangani_keluhan", "keputusan", "kirim_ulang"),
    ("entri_siak", "status_entri", "tersimpan"),
    ("pulihkan_data", "keputusan", "sudah_ditandatangani"),
]
ESCAPES = [
    "random._os.getpid()",
    "uuid.os.environ",
    "().__class__.__base__.__subclasses__()",
    "__import__('os').system('x')",
    "9**9**9",
    "'%1000000000d' % 1",
    '=x = "y"',
    '${a.b == "x"}',
    'f"{a.b}"',
    'a.b == f"{a.b}"',
    "lambda: a.b",
    "(x := a.b)",
    "[x for x in a.b]",
    "any(x for x in a.b)",
    "{x for x in a.b}",
    "{'a': a.b}",
    "a.b.c == 1",
    "a['b'] == 1",
    "a.b[0] == 1",
    "a().b == 1",
    "a.b() == 1",
    "a._b == 1",
    "_a.b == 1",
    "a.b__class__ == 1",
    "a.b + 1 == 2",
    "-a.b == 1",
    "a.b if a.b else a.c",
    "await a.b",
    "yield a.b",
    "a.b is None",
    "a.b == None",
    "a.b == ...",
    "a.b == 1.5",
    "a.b == 1j",
    "a.b == b'x'",
    "a.b == [[1]]",
    "a.b == [*a.c]",
    "a.b == ''",
    "a.b in []",
    "a.b in 'teks'",
    "1 == 1",
    "True",
    "'lengkap'",
    "a",
    "a.b == lengkap",
    "a.b = 'x'",
    "a.b == 1; a.c == 2",
    "import os",
    "a.b == 1 # catatan",
    "a.b == '\\x41'",
    "a.b == 1\0",
    "a.b == '\ud800'",
    "a.b == 99999999999999999999",
    "a.b == " + "9" * 490,
    "(" * 250 + "a.b" + ")" * 250,
    "not " * 120 + "a.b",
    "a.b == 1 or " * 41 + "a.b",
    "a.b == [" + "1," * 200 + "]",
    "x" * 501,
    "",
    "   ",
    "(a.b == 1) == (a.c == 1)",
]


def holds(text: str, answers: dict[str, dict[str, object]], visits: dict[str, int] | None = None) -> bool:
    return compile_condition(text).holds(answers, visits)


@pytest.mark.parametrize(("step", "field", "value"), FLOW)
def test_kondisi_gerbang_alur_acuan(step: str, field: str, value: str) -> None:
    condition = compile_condition(f'{step}.{field} == "{value}"')
    assert condition.references == {(step, field)}
    assert condition.values == {(step, field, value)}
    assert condition.holds({step: {field: value}})
    assert not condition.holds({step: {field: "lain"}})
    assert not condition.holds({})


@pytest.mark.parametrize("text", ESCAPES)
def test_yang_di_luar_bahasa_ditolak_dengan_sebab_dan_yang_boleh(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(text)
    assert "Yang boleh: langkah.isian" in caught.value.pesan
    assert len(caught.value.pesan) < 400


def test_satu_sama_dengan_diberi_petunjuk() -> None:
    with pytest.raises(ConditionError, match="pakai == "):
        compile_condition('a.b = "x"')


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_perbandingan_dengan_kosong_selalu_salah(operator: str, empty: object) -> None:
    assert not holds(f'a.b {operator} "x"', {"a": {"b": empty}})
    assert not holds(f'a.b {operator} "x"', {"a": {}})
    assert not holds(f'a.b {operator} "x"', {})
    assert not holds(f"a.b {operator} a.c", {"a": {"b": empty, "c": empty}})


def test_not_in_dengan_kosong_salah_tetapi_not_di_depan_benar() -> None:
    assert not holds('a.b not in ["x"]', {})
    assert not holds('"x" not in a.b', {"a": {"b": []}})
    assert holds('not a.b == "x"', {})
    assert holds('not (a.b in ["x"])', {})
    assert holds("not a.b", {})


def test_keanggotaan_di_daftar_dan_di_pilihan_banyak() -> None:
    assert holds('a.b in ["x", "y"]', {"a": {"b": "y"}})
    assert holds('a.b not in ("x", "y")', {"a": {"b": "z"}})
    assert holds('"x" in a.b', {"a": {"b": ["x", "z"]}})
    assert holds('"y" not in a.b', {"a": {"b": ["x", "z"]}})
    assert not holds('"x" in a.b', {"a": {"b": "xyz"}})
    assert holds("a.b in a.c", {"a": {"b": "x", "c": ["x"]}})


def test_ya_dan_tidak_sama_dengan_benar_dan_salah() -> None:
    assert holds('a.b == "ya"', {"a": {"b": True}})
    assert holds('a.b == "tidak"', {"a": {"b": False}})
    assert holds("a.b == True", {"a": {"b": "ya"}})
    assert holds('a.b != "ya"', {"a": {"b": False}})
    assert not holds("a.b == 1", {"a": {"b": True}})
    assert not holds('a.b == "True"', {"a": {"b": True}})


@pytest.mark.parametrize("value", ["teks", ["x"], {"x": 1}, True, 1.5, object()])
def test_urutan_antara_jenis_berbeda_salah_tanpa_galat(value: object) -> None:
    for operator in ("<", "<=", ">", ">="):
        assert not holds(f"a.b {operator} 3", {"a": {"b": value}})


def test_urutan_angka_dan_tanggal() -> None:
    assert holds("1 < a.b <= 3", {"a": {"b": 3}})
    assert not holds("1 < a.b <= 3", {"a": {"b": 4}})
    assert holds("a.b > -1", {"a": {"b": 0}})
    assert holds('a.b < "2026-02-01"', {"a": {"b": "2026-01-31"}})


def test_kunjungan_yang_belum_pernah_adalah_nol() -> None:
    condition = compile_condition("kunjungan.lengkapi_berkas < 3")
    assert condition.visits == {"lengkapi_berkas"}
    assert condition.references == frozenset()
    assert condition.holds({})
    assert not condition.holds({}, {"lengkapi_berkas": 3})
    assert holds("kunjungan.x", {}, {"x": 1})
    assert not holds("kunjungan.x", {})


@pytest.mark.parametrize(("value", "expected"), [("x", True), (["x"], True), (True, True), (7, True)])
def test_isian_saja_berarti_terisi(value: object, expected: bool) -> None:
    assert holds("a.b", {"a": {"b": value}}) is expected


@pytest.mark.parametrize("value", [None, "", [], False, "tidak", 0])
def test_isian_kosong_atau_tidak_bukan_terisi(value: object) -> None:
    assert not holds("a.b", {"a": {"b": value}})


def test_and_or_not_dan_semua_nilai_dilaporkan() -> None:
    condition = compile_condition('a.b == "x" and (c.d in ["y", 2] or not "z" == e.f) and "w" in g.h')
    assert condition.references == {("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")}
    assert condition.values == {
        ("a", "b", "x"),
        ("c", "d", "y"),
        ("c", "d", 2),
        ("e", "f", "z"),
        ("g", "h", "w"),
    }
    assert condition.holds({"a": {"b": "x"}, "g": {"h": ["w"]}})
    assert not condition.holds({"a": {"b": "x"}, "e": {"f": "z"}, "g": {"h": ["w"]}})


def test_kondisi_boleh_berbaris_dan_dapat_dikirim_antarproses() -> None:
    condition = compile_condition('  a.b == "x"\n  and a.c == "y"\n')
    assert condition.holds({"a": {"b": "x", "c": "y"}})
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert hash(condition)


PIECES = st.sampled_from(
    [
        "a.b",
        "kunjungan.x",
        '"x"',
        "1",
        "True",
        "[",
        "]",
        "(",
        ")",
        ",",
        "==",
        "!=",
        "<",
        "in",
        "not",
        "and",
        "or",
        "is",
        "lambda",
        ":",
        ":=",
        "if",
        "else",
        "**",
        "-",
        ".",
        "__",
        "f'",
        "{",
        "}",
        "for",
        "#",
        "@",
        "~",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def _compiled(text: str) -> Condition | None:
    begun = time.thread_time()
    try:
        return compile_condition(text)
    except ConditionError as fault:
        assert "Yang boleh" in fault.pesan
        return None
    finally:
        assert time.thread_time() - begun < 1


@given(st.text(max_size=600))
@example("\x00" * 500)
@example("🙂.x == 1")
def test_teks_acak_hanya_menimbulkan_condition_error(text: str) -> None:
    _compiled(text)


@settings(max_examples=300)
@given(st.lists(PIECES, min_size=1, max_size=40).map(" ".join), VALUES, VALUES)
def test_potongan_acak_dinilai_dua_nilai_dalam_waktu_terbatas(text: str, answer: object, count: object) -> None:
    condition = _compiled(text)
    if condition is not None:
        begun = time.thread_time()
        assert condition.holds({"a": {"b": answer}}, {"x": 2}) in (True, False)
        assert condition.holds({"a": answer}, {"x": count}) in (True, False)  # type: ignore[dict-item]
        assert time.thread_time() - begun < 1


@given(VALUES, VALUES, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]))
def test_jawaban_apa_pun_tidak_pernah_menimbulkan_galat(left: object, right: object, operator: str) -> None:
    compile_condition(f"a.b {operator} a.c").holds({"a": {"b": left, "c": right}})
    assert not (
        holds("a.b == a.c", {"a": {"b": left, "c": right}}) and holds("a.b != a.c", {"a": {"b": left, "c": right}})
    )
