"""What an auditor takes home, and the program that verifies it with nothing but Python, in an empty folder."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.adapters import seal_key
from app.domain.actors import SYSTEM, SYSTEM_ID
from app.domain.chain import canonical
from app.domain.errors import Forbidden
from app.domain.seals import Leaf, Seal, header_of, signed_bytes
from app.models import Task
from app.services import store
from app.services.flow import tasks
from app.services.records import audit, export, seals, trail
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI
from tests.support.kasus import cast, finish, jam_uji, open_kk, publish

STREAM = "kasus:a"
WITH_LIBRARIES, BARE = ("-I",), ("-I", "-S")


@cache
def program() -> ModuleType:
    spec = spec_from_file_location("periksa_riwayat", export.VERIFIER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verify(where: Path, *arguments: str, python: tuple[str, ...] = BARE) -> tuple[int, str]:
    """Run the program of the export in an empty folder; exit code and what it said."""
    empty = where.parent / "kosong"
    empty.mkdir(exist_ok=True)
    command = [sys.executable, *python, str(export.VERIFIER), str(where), *arguments]
    done = subprocess.run(command, cwd=empty, capture_output=True, text=True, timeout=60, env={"PYTHONUTF8": "1"})
    assert done.stderr == ""
    return done.returncode, done.stdout


def write(stream: str, count: int) -> None:
    with unit_of_work() as session:
        for _ in range(count):
            trail.append(session, stream, SYSTEM_ID, "uji", {"n": count, "kata": "ê“✓", "x": [True, None]}, SENIN_PAGI)


@pytest.fixture
def exported(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Four seals, the third of them a change of key; kasus:a has 6 entries, kasus:b 2, the office the export."""
    write("kasus:b", 2)
    for turn in range(3):
        write(STREAM, 2)
        seals.seal_now(SYSTEM, SENIN_PAGI + turn * timedelta(minutes=2))
        if turn == 1:
            seals.rotate_key(SYSTEM, SENIN_PAGI + timedelta(minutes=3))
    target = tmp_path / "ekspor"
    export.export(SYSTEM, target, SENIN_PAGI + timedelta(minutes=5))
    (tmp_path / "kunci-kantor.pem").write_bytes((target / export.KEY).read_bytes())
    yield target


def office_key(exported: Path) -> str:
    return f"--kunci={exported.parent / 'kunci-kantor.pem'}"


@pytest.mark.parametrize("python", [WITH_LIBRARIES, BARE])
def test_ekspor_utuh_diperiksa_dengan_python_saja(exported: Path, python: tuple[str, ...]) -> None:
    code, said = verify(exported, office_key(exported), python=python)
    assert code == 0, said
    assert "UTUH: 9 catatan, 3 rangkaian, 4 segel." in said
    assert ("cryptography tidak ada" in said) == (python == BARE)
    last = said.split("--segel ")[1].strip()
    assert verify(exported, office_key(exported), f"--segel={last}")[0] == 0
    assert verify(exported)[0] == 0
    assert "dipercaya begitu saja" in verify(exported)[1]


def test_ekspor_zip_sama_isinya(app: Flask, tmp_path: Path) -> None:
    write(STREAM, 2)
    seals.seal_now(SYSTEM, SENIN_PAGI)
    runner = app.test_cli_runner()
    done = runner.invoke(args=["audit", "export", str(tmp_path / "ekspor.zip")])
    assert done.exit_code == 0, done.output
    assert verify(tmp_path / "ekspor.zip")[0] == 0
    again = runner.invoke(args=["audit", "export", str(tmp_path / "ekspor.zip")])
    assert (again.exit_code, "sudah ada" in again.output) == (1, True)
    with zipfile.ZipFile(tmp_path / "ekspor.zip") as bundle:
        bundle.extractall(tmp_path / "buka")
    alone = subprocess.run(
        [sys.executable, *BARE, "periksa_riwayat.py"], cwd=tmp_path / "buka", capture_output=True, text=True
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert list(audit.verify(SYSTEM).findings) == []


def read(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / name).read_bytes().splitlines()]


def put(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(row, sort_keys=True, separators=(",", ":")) + "\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")


def events_changed(change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Callable[[Path], None]:
    return lambda folder: put(folder, export.EVENTS, change(read(folder, export.EVENTS)))


def place(rows: list[dict[str, object]], seq: int, stream: str = STREAM) -> int:
    return next(at for at, row in enumerate(rows) if (row["aliran"], row["nomor"]) == (stream, seq))


def alter(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    rows[place(rows, 3)]["pelaku"] = "orang-lain"
    return rows


def drop(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    del rows[place(rows, 3)]
    return rows


def swap(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    one, two = place(rows, 3), place(rows, 4)
    rows[one], rows[two] = rows[two], rows[one]
    return rows


def forge(folder: Path) -> None:
    """The whole stream rewritten with right hashes, the head too."""
    rows, previous = read(folder, export.EVENTS), ""
    for row in rows:
        if row["aliran"] == STREAM:
            row["pelaku"] = "orang-lain"
            content = [previous, *(row[name] for name in ("aliran", "nomor", "pada", "pelaku", "kata_kerja", "isi"))]
            row["sidik"] = previous = hashlib.sha256(canonical(content)).hexdigest()
    put(folder, export.EVENTS, rows)
    put_head(folder, STREAM, 6, previous)


def put_head(folder: Path, stream: str, seq: int, digest: str) -> None:
    heads = [row for row in read(folder, export.HEADS) if row["aliran"] != stream]
    put(folder, export.HEADS, [*heads, {"aliran": stream, "nomor": seq, "sidik": digest}])


def cut_tail(folder: Path) -> None:
    rows = [row for row in read(folder, export.EVENTS) if row["aliran"] != STREAM or int(str(row["nomor"])) <= 4]
    put(folder, export.EVENTS, rows)
    put_head(folder, STREAM, 4, str(rows[place(rows, 4)]["sidik"]))


def drop_stream(folder: Path) -> None:
    for name in (export.EVENTS, export.HEADS):
        put(folder, name, [row for row in read(folder, name) if row["aliran"] != "kasus:b"])


def seal_lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        lines = (folder / export.SEALS).read_bytes().splitlines(keepends=True)
        (folder / export.SEALS).write_bytes(b"".join(change(lines)))

    return apply


TAMPERINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "diubah": (events_changed(alter), "kasus:a: catatan 3 diubah"),
    "dihapus": (events_changed(drop), "kasus:a: catatan 3 hilang"),
    "ditukar": (events_changed(swap), "kasus:a: catatan 3 tidak pada urutannya"),
    "ditulis ulang": (forge, "kasus:a: catatan 2 atau sebelumnya ditulis ulang: bukan yang disegel dengan segel 1"),
    "ujung dipotong": (cut_tail, "kasus:a: catatan 5 sampai 6 hilang dari ujung, padahal disegel dengan segel 4"),
    "rangkaian hilang": (drop_stream, "kasus:b: seluruh rangkaian hilang, padahal 2 catatan disegel dengan segel 1"),
    "baris rusak": (
        lambda folder: (folder / export.EVENTS).write_bytes(b"{}\n" + (folder / export.EVENTS).read_bytes()),
        "?: ",
    ),
    "segel diubah": (
        seal_lines(lambda lines: [lines[0], lines[1].replace(b'"catatan":2', b'"catatan":3'), *lines[2:]]),
        "segel.jsonl baris 2: segel 2 diubah: tanda tangannya tidak cocok",
    ),
    "ujung segel diubah": (
        seal_lines(lambda lines: [lines[0].replace(b'["kasus:b",2,', b'["kasus:b",1,'), *lines[1:]]),
        "segel.jsonl baris 1: isi segel 1 diubah",
    ),
    "segel dihapus": (seal_lines(lambda lines: [lines[0], *lines[2:]]), "segel 2 sampai 2 tidak ada di tempatnya"),
    "segel ditukar": (
        seal_lines(lambda lines: [lines[1], lines[0], *lines[2:]]),
        "segel.jsonl baris 2: segel 1 tidak pada urutannya",
    ),
    "segel dipotong": (seal_lines(lambda lines: lines[:-1]), "segel 4 yang dikenal tidak ada lagi"),
    "segel separuh": (seal_lines(lambda lines: [*lines[:-1], lines[-1][:99]]), "tidak terbaca sebagai segel"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_ekspor_yang_dirusak_ditolak_dan_disebut_di_mana(exported: Path, name: str) -> None:
    tamper, expected = TAMPERINGS[name]
    tamper(exported)
    code, said = verify(exported, office_key(exported))
    assert (code, expected in said) == (1, True), said
    assert "TIDAK UTUH" in said


def resealed(folder: Path, key: seal_key.SealKey) -> None:
    """Everything made anew by somebody with a key of their own: events, heads, seals, key and description agree."""
    forge(folder)
    heads = [Leaf(str(row["aliran"]), int(str(row["nomor"])), str(row["sidik"])) for row in read(folder, export.HEADS)]
    leaves = tuple(sorted(heads))
    header = header_of(number=1, at=SENIN_PAGI, previous="", upto=9, entries=9, leaves=leaves, key=key.public)
    seal = Seal(header, leaves, key.sign(signed_bytes(header)))
    (folder / export.SEALS).write_bytes(seal.line() + b"\n")
    (folder / export.KEY).write_bytes(seal_key.public_pem(key.public))
    said = {**json.loads((folder / export.DESCRIPTION).read_bytes()), "segel": 1, "sidik_segel": seal.hash}
    said["kunci"] = key.public
    del said["tanda"]
    said["tanda"] = key.sign(b"alur-ekspor-1\n" + canonical(said))
    (folder / export.DESCRIPTION).write_bytes(canonical(said))


@pytest.mark.parametrize("python", [WITH_LIBRARIES, BARE])
def test_kunci_yang_ditukar_bersama_seluruh_isinya_ketahuan_oleh_kunci_dari_kantor(
    exported: Path, python: tuple[str, ...]
) -> None:
    resealed(exported, seal_key.SealKey(Ed25519PrivateKey.generate()))
    assert verify(exported, python=python)[0] == 0, "by itself it agrees with itself: why the key comes another way"
    code, said = verify(exported, office_key(exported), python=python)
    assert code == 1
    assert "segel-segel ini dibuat dengan kunci lain, bukan kunci kantor" in said


def test_kunci_di_dalam_ekspor_yang_ditukar_saja_ketahuan(exported: Path) -> None:
    other = seal_key.SealKey(Ed25519PrivateKey.generate())
    (exported / export.KEY).write_bytes(seal_key.public_pem(other.public))
    assert verify(exported)[0] == 1
    assert verify(exported, office_key(exported))[0] == 1


GARBAGE = {
    export.DESCRIPTION: [b"", b"[]", b"{}", b'{"tanda":5,"segel":[],"sidik_segel":1,"kunci":[],"pada":null}'],
    export.HEADS: [b"[]\n", b'{"aliran":5,"nomor":"x","sidik":[]}\n', b"\xff\n"],
    export.SEALS: [b"\n", b'{"kepala":[],"ujung":5,"tanda":5,"tanda_baru":[]}\n', b"[[[[[[\n"],
    export.EVENTS: [b"\n", b'{"aliran":[]}\n', b"1e999\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"],
}


def test_isi_sembarang_menjadi_temuan_bukan_galat_program(sqlite_app: Flask, tmp_path: Path) -> None:
    write(STREAM, 2)
    seals.seal_now(SYSTEM, SENIN_PAGI)
    export.export(SYSTEM, tmp_path / "asli", SENIN_PAGI)
    for name, contents in GARBAGE.items():
        for number, content in enumerate(contents):
            broken = tmp_path / f"{name}-{number}"
            shutil.copytree(tmp_path / "asli", broken)
            old = b"" if name == export.DESCRIPTION else (broken / name).read_bytes()
            (broken / name).write_bytes(old + content if name == export.SEALS else content + old)
            assert verify(broken)[0] in (1, 2), (name, content[:40])


def test_baris_segel_yang_terpotong_lalu_disambung_hanya_keterangan(sqlite_app: Flask, tmp_path: Path) -> None:
    write(STREAM, 2)
    seals.seal_now(SYSTEM, SENIN_PAGI)
    with store.seals.file.open("ab") as stream:
        stream.write(b'{"kepala":{"akar"')
    write(STREAM, 2)
    seals.seal_now(SYSTEM, SENIN_PAGI + timedelta(minutes=1))
    export.export(SYSTEM, tmp_path / "ekspor", SENIN_PAGI)
    code, said = verify(tmp_path / "ekspor")
    assert (code, "KETERANGAN  segel.jsonl baris 2" in said) == (0, True), said


def test_yang_bukan_ekspor_tidak_dapat_diperiksa(exported: Path, tmp_path: Path) -> None:
    (exported / export.EVENTS).unlink()
    code, said = verify(exported, office_key(exported))
    assert (code, "catatan.jsonl tidak ada" in said) == (2, True)
    assert verify(tmp_path / "entah")[0] == 2


def test_ekspor_tidak_memuat_nama_nik_atau_jawaban(app: Flask, tmp_path: Path) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        task_id = store.session.scalars(select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
        tasks.claim(people["pak_budi"], task_id)
        version = store.session.get_one(Task, task_id).version
        tasks.release(people["pak_budi"], task_id, version, "NIK 3402995207900001 ternyata salah")
        seals.seal_now(SYSTEM, SENIN_PAGI)
    export.export(factories.actor("bu_tuti"), tmp_path / "ekspor", SENIN_PAGI)
    text = b"".join(path.read_bytes() for path in sorted((tmp_path / "ekspor").glob("*.json*"))).decode()
    assert case_id in text
    for person in factories.CAST.values():
        for private in (person.name, person.email, person.nik, person.nomor_kk, person.phone):
            assert not private or private not in text
    assert '"hilang"' not in text


def test_ekspor_tercatat_dan_hanya_untuk_auditor(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        export.export(factories.actor("pak_eko"), tmp_path / "ekspor", SENIN_PAGI)
    export.export(factories.actor("bu_tuti"), tmp_path / "ekspor", SENIN_PAGI)
    assert [row["kata_kerja"] for row in read(tmp_path / "ekspor", export.EVENTS)] == ["riwayat_diekspor"]
    assert verify(tmp_path / "ekspor")[0] == 0


def test_tanpa_kunci_di_mesin_ekspor_tetap_dapat_diperiksa(app: Flask, tmp_path: Path) -> None:
    write(STREAM, 2)
    seals.seal_now(SYSTEM, SENIN_PAGI)
    store.seals.key.unlink()
    export.export(SYSTEM, tmp_path / "ekspor", SENIN_PAGI)
    code, said = verify(tmp_path / "ekspor")
    assert (code, "tidak ditandatangani" in said) == (0, True), said


# ---- The program's own Ed25519 against the library ----

# RFC 8032, section 7.1: tests 1, 2 and 3.
RFC = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC)
def test_ed25519_sendiri_sesuai_rfc_8032(public: str, message: str, signature: str) -> None:
    args = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert program().is_signed_plain(*args)
    assert not program().is_signed_plain(*args[:2], args[2] + b"x")


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=64), st.integers(0, 511))
def test_ed25519_sendiri_sependapat_dengan_pustaka(secret: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert program().is_signed_plain(public, signature, message)
    broken = bytearray(signature)
    broken[bit // 8] ^= 1 << bit % 8
    assert not program().is_signed_plain(public, bytes(broken), message)


def test_s_di_atas_orde_dan_kunci_rusak_ditolak() -> None:
    public, message, signature = (bytes.fromhex(text) for text in RFC[1])
    raised = int.from_bytes(signature[32:], "little") + program().L
    assert not program().is_signed_plain(public, signature[:32] + raised.to_bytes(32, "little"), message)
    assert not program().is_signed_plain(b"\xff" * 32, signature, message)
    assert not program().is_signed_plain(public[:31], signature, message)
    assert not program().is_signed_plain(public, signature[:63], message)
