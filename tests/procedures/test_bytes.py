"""Whatever bytes stand in the three files, the check answers with faults and never with an exception."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Fault, ProcedureInvalid
from app.procedures.check import check
from app.procedures.files import ProcedureFiles
from app.procedures.yamltext import MAX_BYTES, load
from tests.procedures import kk

PATHS = sorted(kk.files().files)
TOKENS = [
    b"",
    b"\0",
    b"\xff\xfe",
    b": ",
    b"- ",
    b"{",
    b"]",
    b"\n",
    b"&a",
    b"*a",
    b"!!python/object:os.system",
    b"no",
    b"12:30",
    b'"',
    b"%YAML 9.9\n---\n",
    b"---\n",
    b"</bpmn:process>",
    b"<![CDATA[",
    b"&#0;",
    b"&xxe;",
    b"isi_permohonan",
    b"gw_berkas",
    b"999999999999",
    "ı\u202e🙂".encode(),
]

WORDS = ["- ", "x", "{}", "[]", "ya", "0", "kode/x", "a.b"]


@st.composite
def mutations(draw: st.DrawFn) -> ProcedureFiles:
    files = kk.files()
    path = draw(st.sampled_from(PATHS))
    raw = files.files[path]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        raw = raw[:start] + draw(st.sampled_from(TOKENS) | st.binary(max_size=8)) + raw[end:]
    return replace(files, files={**files.files, path: raw})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_berkas_rusak_apa_pun_memberi_kesalahan_bukan_jejak_galat(files: ProcedureFiles) -> None:
    for fault in check(files):
        assert isinstance(fault, Fault)
        assert fault.file
        assert fault.message


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), st.integers(0, 400), st.sampled_from(WORDS))
def test_baris_yang_diganti_isinya_tidak_menjatuhkan_pemeriksaan(path: str, number: int, value: str) -> None:
    """Swaps the value of one YAML line (or cuts one XML line), so that the text still parses more often than not."""
    files = kk.files()
    lines = files.files[path].decode().splitlines()
    at = number % len(lines)
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}{colon} {value}" if path.endswith("yaml") else ""
    for fault in check(replace(files, files={**files.files, path: "\n".join(lines).encode()})):
        assert fault.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\na: 2", 2, "ditulis dua kali; yang pertama di baris 1"),
        ("a: &x [1]\nb: *x", 1, "Jangkar YAML"),
        ("a: !!python/object:os.system x", 1, "Tag YAML"),
        ("a: 1\n---\nb: 2", 2, "satu dokumen"),
        ("a: [1, 2", 1, "tidak dapat dibaca"),
        ("a:\n\t- b", 2, "tidak dapat dibaca"),
        ("[a, b]: c", 1, "Nama kunci"),
        ("", 1, "kosong"),
    ],
)
def test_yaml_yang_tidak_dipakai_ditolak_dengan_barisnya(text: str, line: int, message: str) -> None:
    with pytest.raises(ProcedureInvalid) as caught:
        load(text.encode(), "a.yaml")
    assert message in caught.value.faults[0].message
    assert caught.value.faults[0].line == line


def test_semua_nilai_tetap_teks() -> None:
    data = load(b"a: no\nb: 12:30\nc: 010\nd: 1e3\ne:\nf: 2026-01-01\ng: null", "a.yaml").data
    assert data == {"a": "no", "b": "12:30", "c": "010", "d": "1e3", "e": "", "f": "2026-01-01", "g": "null"}


def test_yaml_yang_terlalu_besar_atau_terlalu_dalam_ditolak() -> None:
    for raw in (b"a: " + b"x" * MAX_BYTES, b"[" * 5000, b"\xff", b"a: \x00", b"a: " + b"[" * 40 + b"]" * 40):
        with pytest.raises(ProcedureInvalid):
            load(raw, "a.yaml")


@pytest.mark.parametrize("pattern", ["(a+)+b", "a*b*c*d", "\\1", "[a", "a{1,2}{3}", "\\d" * 40 + "("])
def test_pola_yang_bisa_berputar_lama_ditolak(pattern: str) -> None:
    files = kk.files()
    path = "forms/_bersama/pemohon.yaml"
    text = files.files[path].decode().replace('pola: "[0-9]{1,3}"', f"pola: '{pattern}'", 1)
    found = check(replace(files, files={**files.files, path: text.encode()}))
    assert [fault for fault in found if fault.file == path and "ola hanya boleh" in fault.message]
