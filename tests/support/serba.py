"""KK with every kind of field added to two of its forms: plain, hidden by an answer, in rows, called oddly."""

from dataclasses import replace
from functools import cache

from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles
from app.procedures.model.procedure import Procedure
from tests.procedures import kk

FIRST, JUDGING = "isi_permohonan", "periksa_berkas"
ODD = (
    "typename",
    "name",
    "type",
    "id",
    "self",
    "cls",
    "mro",
    "items",
    "get",
    "keys",
    "iter",
    "obj",
    "formdata",
    "kwargs",
)
"""Words that some library gives a meaning to; a field may be called so."""

_SIMPLE = """
      - {id: P_teks, jenis: teks, label: Teks, maks: 30}
      - {id: P_pola, jenis: teks, label: Berpola, pola: "[0-9]{1,3}"}
      - {id: P_panjang, jenis: teks_panjang, label: Teks panjang, maks: 300}
      - {id: P_angka, jenis: angka, label: Angka, min: 2, maks: 900}
      - {id: P_tanggal, jenis: tanggal, label: Tanggal, paling_awal: 2000-01-01, paling_akhir: hari_ini}
      - {id: P_jam, jenis: jam, label: Jam}
      - {id: P_pilihan, jenis: pilihan, label: Pilihan, pilihan: {a: A, b: B}}
      - {id: P_kode, jenis: pilihan, label: Kode, pilihan_dari: kode/agama}
      - {id: P_ya, jenis: ya_tidak, label: Ya atau tidak}
      - {id: P_nik, jenis: nik, label: NIK}
      - {id: P_kk, jenis: nomor_kk, label: Nomor KK}
      - {id: P_hp, jenis: nomor_hp, label: HP}
      - {id: P_email, jenis: email, label: Email}
      - {id: P_berkas, jenis: berkas, label: Berkas, maks_halaman: 3, format: [jpg, pdf]}
"""
_PAGE_ONLY = """
      - {id: P_banyak, jenis: pilihan_banyak, label: Banyak, pilihan: {a: A, b: B, c: C}}
      - {id: P_wilayah, jenis: wilayah, label: Wilayah}
      - {id: P_setuju, jenis: pernyataan, label: Setuju}
      - {id: P_tetap, jenis: teks, label: Tetap, tetap: Selalu begini}
"""
_TABLE = """
      - id: P_tabel
        jenis: tabel
        label: Tabel
        min_baris: 0
        maks_baris: 4
        judul_baris: "{T_teks}"
        kolom:
COLUMNS
          - id: T_elemen
            jenis: pilihan
            label: Elemen
            wajib: tidak
            pilihan: {agama: {label: Agama, isian: kode/agama}, lahir: {label: Lahir, isian: tanggal}, lain: Lain}
          - {id: T_isi, jenis: menurut_elemen, label: Isi, elemen_dari: T_elemen, maks: 40, wajib: tidak}
          - {id: T_rahasia, jenis: teks, label: Rahasia, tampil_jika: {T_pilihan: b}}
        aturan:
          - {jika: T_teks kembar, tolak: Sudah ada.}
"""


def _fields(text: str, prefix: str, optional: bool) -> str:
    named = text.replace("P_", prefix)
    return named.replace("}\n", ", wajib: tidak}\n").replace("}, wajib", "}, wajib") if optional else named


def _sections(prefix: str, *, with_files: bool) -> str:
    simple = _SIMPLE if with_files else "\n".join(line for line in _SIMPLE.splitlines() if "berkas" not in line) + "\n"
    columns = _fields(simple, "T_", True).replace("      - ", "          - ").strip("\n")
    table = _TABLE.replace("COLUMNS", columns).replace("P_", prefix)
    odd = "".join(f"      - {{id: {word}, jenis: teks, label: Kata {word}, wajib: tidak}}\n" for word in ODD)
    return f"""
  - id: {prefix}pilihan_bebas
    judul: Serba
    isian:
{_fields(simple + _PAGE_ONLY, prefix, True).strip(chr(10))}
      - {{id: {prefix}saklar, jenis: ya_tidak, label: Saklar, wajib: tidak}}
  - id: {prefix}bersyarat
    judul: Serba wajib
    tampil_jika: {{{prefix}saklar: ya}}
    isian:
{_fields(simple + _PAGE_ONLY, prefix + "w_", False).strip(chr(10))}
  - id: {prefix}baris
    judul: Serba baris
    isian:{table.rstrip().replace("jenis: tabel", "jenis: tabel" + chr(10) + "        wajib: tidak", 1)}
  - id: {prefix}aneh
    judul: Nama aneh
    isian:
{odd}"""


@cache
def files() -> ProcedureFiles:
    known = kk.files()
    changed = dict(known.files)
    for step, prefix, before in (
        (FIRST, "s_", b"periksa_jawaban:"),
        (JUDGING, "p_", b"aturan:\n  - {jika: {keputusan"),
    ):
        path = known.form_path(step)
        text = changed[path]
        assert text.count(before) == 1
        extra = _sections(prefix, with_files=step == FIRST)
        changed[path] = text.replace(before, extra.lstrip("\n").encode() + before)
    return replace(known, files=changed)


@cache
def procedure() -> Procedure:
    return compile_procedure(files())
