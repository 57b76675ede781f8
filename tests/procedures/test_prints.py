"""Forms to print: the language of their texts, their tables, and every fault with file and line."""

from dataclasses import replace
from typing import Any

import pytest

from app.procedures.answers import clean
from app.procedures.check import check
from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles
from app.procedures.model.prints import PrintBlock
from app.procedures.printing import filled, table_rows, used_fields
from app.procedures.prints import put
from tests.procedures import kk
from tests.procedures.broken import ISI, changed, line_of

CETAK = "forms/kk-perubahan-data/cetak/f106_terisi.yaml"


def form() -> Any:
    return kk.procedure().forms[kk.procedure().first_step]


def answers(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    raw = kk.changed()
    base = raw["perubahan"][0]
    return clean(form(), {**raw, **more, "perubahan": [{**base, **each} for each in changes] or [base]}, kk.context())


def tables() -> list[PrintBlock]:
    return [block for block in kk.procedure().prints["f106_terisi"].blocks if block.table]


def rows(number: int, given: dict[str, Any]) -> list[list[str]]:
    table = tables()[number].table
    assert table is not None
    return table_rows(table, form(), given)


@pytest.mark.parametrize(
    ("text", "values", "made"),
    [
        ("{alamat}[, RT {rt}][ RW {rw}]", {"alamat": "Dusun", "rt": "03"}, "Dusun, RT 03"),
        ("{alamat}[, RT {rt}]", {}, ""),
        ("{a} {b}", {"a": "{b}", "b": "[x]"}, "{b} [x]"),
        ("[{a}]", {"a": "{nik} ]["}, "{nik} ]["),
    ],
)
def test_teks_diisi_dan_nilai_tidak_pernah_dibaca_sebagai_teks_formulir(
    text: str, values: dict[str, str], made: str
) -> None:
    assert put(text, values) == made


def test_alamat_tertulis_dengan_wilayahnya() -> None:
    details = next(block for block in kk.procedure().prints["f106_terisi"].blocks if block.kind == "rincian")
    made = {label: filled(text, form(), answers()) for label, text in details.lines}
    assert made["NIK"] == kk.BU_SARI["nik"]
    assert made["Alamat rumah"].startswith("Dusun Contoh, RT 03, ")


def test_perubahan_satu_orang_berdampingan_di_bagian_a() -> None:
    school = {
        "elemen": "pendidikan_terakhir",
        "semula": "5",
        "menjadi": "8",
        "dasar": "Ijazah",
        "nomor_dokumen": "No. 1",
    }
    given = answers({}, school)
    (line,) = rows(1, given)
    assert line[:5] == ["1", "Sari Contoh", "SLTA/SMA/Sederajat", "Diploma IV", "Ijazah, No. 1"]
    assert line[5:] == ["Mengurus Rumah Tangga", "Karyawan Swasta", "Surat keterangan kerja", ""]
    assert rows(2, given) == [[""] * 10]


def test_perubahan_lainnya_menyebut_datanya_di_bagian_b() -> None:
    other = {"elemen": "lainnya", "elemen_lainnya": "Telepon", "semula": "1", "menjadi": "2", "keterangan": "Baru"}
    made = rows(2, answers(other))
    assert made == [["1", "Sari Contoh", "", "", "", "Lainnya: Telepon", "1", "2", "Surat keterangan kerja", "Baru"]]


def test_setiap_elemen_di_formulir_punya_tempat_di_cetakan() -> None:
    column = next(each for each in form().field("perubahan").columns if each.id == "elemen")
    groups = [column for block in tables() if block.table for column in block.table.columns if column.columns]
    placed = [value for group in groups for value in group.only["elemen"]]
    assert sorted(placed) == sorted(option.value for option in column.options)


def test_keluarga_kecil_mendapat_lima_baris() -> None:
    assert len(rows(0, answers())) == 5


def test_isian_yang_dipakai_cetakan_diketahui() -> None:
    assert used_fields(kk.procedure().prints["f106_terisi"]) >= {"nama", "nik", "alamat", "anggota", "perubahan"}


def test_cetakan_ikut_dalam_sidik_dan_bundel() -> None:
    files = kk.files()
    other = changed((CETAK, "arah: mendatar", "arah: tegak"))
    assert other.hash != files.hash
    again = ProcedureFiles.from_bundle(files.to_bundle())
    assert compile_procedure(again).prints == kk.procedure().prints
    assert "f106_terisi" not in files.form_steps


FAULTS = {
    "potongan_tak_dikenal": (CETAK, "  - rincian:", "  - rincain:", "rincain", "Maksud Anda 'rincian'?"),
    "isian_tak_dikenal": (CETAK, 'isi: "{nomor_kk}"', 'isi: "{nomor_k}"', "{nomor_k}", "Maksud Anda 'nomor_kk'?"),
    "tabel_tak_dikenal": (CETAK, "dari: anggota", "dari: angota", "dari: angota", "Tabel 'angota' tidak ada"),
    "kolom_tak_dikenal": (CETAK, 'isi: "{shdk}"', 'isi: "{shdkk}"', "{shdkk}", "Maksud Anda 'shdk'?"),
    "per_tak_dikenal": (CETAK, "per: anggota   ", "per: angota   ", "per: angota", "Isian 'angota' tidak ada"),
    "saring_tak_dikenal": (CETAK, "{elemen: agama}", "{element: agama}", "{element", "Maksud Anda 'elemen'?"),
    "nilai_tak_dikenal": (CETAK, "{elemen: agama}", "{elemen: agamma}", "agamma", "tidak punya pilihan 'agamma'"),
    "nama_tak_dikenal": (CETAK, 'nama: "{nama}", met', 'nama: "{nma}", met', "{nma}", "Isian 'nma' tidak ada"),
    "kurung_tak_berpasangan": (CETAK, "[, RT {rt}]", "[, RT {rt}", "RT {rt}", "tidak berpasangan"),
    "isian_tabel_sebagai_teks": (
        CETAK,
        'isi: "{nik}"}\n',
        'isi: "{anggota}"}\n',
        'NIK, isi: "{ang',
        "tidak dapat dicetak",
    ),
    "unduhan_tak_dikenal": (
        ISI,
        "unduhan: f106_terisi",
        "unduhan: f106_trisi",
        "f106_trisi",
        "Maksud Anda 'f106_terisi'?",
    ),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())
def test_kesalahan_cetakan_disebut_dengan_berkas_dan_baris(case: tuple[str, str, str, str, str]) -> None:
    path, old, new, where, said = case
    files = changed((path, old, new))
    line = line_of(files, path, where)
    found = [fault for fault in check(files) if (fault.file, fault.line) == (path, line) and said in fault.message]
    assert found, [str(fault) for fault in check(files)]


def test_cetakan_yang_tidak_dipakai_disebut() -> None:
    files = kk.files()
    files = replace(files, files={**files.files, CETAK.replace("f106_terisi", "lain"): files.files[CETAK]})
    assert any("tak pernah dicetak" in fault.message for fault in check(files))


def test_cetakan_yang_hilang_disebut() -> None:
    files = kk.files()
    files = replace(files, files={path: raw for path, raw in files.files.items() if path != CETAK})
    assert any(fault.file == ISI and f"Buat {CETAK}." in fault.message for fault in check(files))
