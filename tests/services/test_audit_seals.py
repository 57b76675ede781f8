"""`audit verify` with seals: what the chain alone cannot show, and what was done to the file of seals."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.adapters import seal_key
from app.domain.actors import SYSTEM, SYSTEM_ID
from app.domain.chain import entry_hash
from app.domain.seals import parse
from app.models import Event, Stream
from app.services import store
from app.services.records import audit, seals, trail
from app.services.work import unit_of_work
from tests.factories import SENIN_PAGI

STREAM = "kasus:a"


def write(stream: str, count: int) -> None:
    with unit_of_work() as session:
        for _ in range(count):
            trail.append(session, stream, SYSTEM_ID, "uji", {"n": count}, SENIN_PAGI)


def run(*statements: str, **values: object) -> None:
    with unit_of_work() as session:
        for statement in statements:
            session.execute(text(statement), values)


@pytest.fixture
def sealed(app: Flask) -> Iterator[Flask]:
    """Three seals: kasus:a grows to 2, 4 and 6 entries, kasus:b and the office have theirs from the first."""
    write("kasus:b", 2)
    write("kantor", 1)
    for turn in range(3):
        write(STREAM, 2)
        seals.seal_now(SYSTEM, SENIN_PAGI + turn * timedelta(minutes=1))
    yield app


def findings() -> list[str]:
    return [f"{finding.place}: {finding.why}" for finding in audit.verify(SYSTEM).findings]


def lines() -> list[bytes]:
    return store.seals.file.read_bytes().splitlines(keepends=True)


def rewrite(content: list[bytes]) -> None:
    store.seals.file.write_bytes(b"".join(content))


def cut(stream: str, length: int) -> None:
    """Entries and head taken back to what they once were, so that the chain itself is whole."""
    run(
        "DELETE FROM events WHERE stream = :s AND seq > :n",
        "UPDATE streams SET seq = :n, head = (SELECT hash FROM events WHERE stream = :s AND seq = :n) WHERE name = :s",
        s=stream,
        n=length,
    )


def forge(stream: str, from_seq: int) -> None:
    """Rewrite entries with all their hashes and the head, as somebody who knows how can."""
    with unit_of_work() as session:
        rows = session.query(Event).filter_by(stream=stream).order_by(Event.seq).all()
        previous = ""
        for row in rows:
            if row.seq >= from_seq:
                row.payload = {"n": 999}
            row.hash = previous = entry_hash(previous, stream, row.seq, row.at, row.actor, row.verb, row.payload)
        session.get_one(Stream, stream).head = previous


def test_riwayat_bersegel_utuh(sealed: Flask) -> None:
    report = audit.verify(SYSTEM)
    assert list(report.findings) == []
    assert (report.streams, report.entries, report.seals) == (3, 9, 3)
    assert report.last
    assert report.last.number == 3


def test_yang_ditulis_sesudah_segel_terakhir_bukan_temuan(sealed: Flask) -> None:
    write(STREAM, 3)
    write("kasus:baru", 1)
    assert findings() == []


def test_ujung_yang_dipotong_bersama_kepalanya_ketahuan(sealed: Flask) -> None:
    cut(STREAM, 4)
    assert findings() == [
        "kasus:a: catatan 5: Catatan 5 sampai 6 hilang dari ujung, padahal disegel dengan segel 3 "
        "pada Senin, 23 November 2026 pukul 08.02."
    ]


def test_ujung_yang_dipotong_lalu_ditumbuhkan_lagi_ketahuan(sealed: Flask) -> None:
    cut(STREAM, 4)
    write(STREAM, 5)
    assert [finding[:40] for finding in findings()] == ["kasus:a: catatan 6: Catatan 6 atau sebel"]


def test_rangkaian_yang_ditulis_ulang_seluruhnya_ketahuan(sealed: Flask) -> None:
    forge(STREAM, 2)
    assert [finding.split(": bukan")[0] for finding in findings()] == [
        "kasus:a: catatan 2: Catatan 2 atau sebelumnya ditulis ulang"
    ]


def test_rangkaian_yang_hilang_seluruhnya_ketahuan(sealed: Flask) -> None:
    run("DELETE FROM events WHERE stream = 'kasus:b'", "DELETE FROM streams WHERE name = 'kasus:b'")
    assert findings() == [
        "kasus:b: catatan 1: Seluruh rangkaian hilang: 2 catatan, disegel dengan segel 1 "
        "pada Senin, 23 November 2026 pukul 08.00."
    ]


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE events SET verb = 'lain' WHERE stream = 'kasus:a' AND seq = 3", 3),
        ("DELETE FROM events WHERE stream = 'kasus:a' AND seq = 3", 3),
    ],
)
def test_perubahan_dan_penghapusan_disebut_sekali(sealed: Flask, statement: str, seq: int) -> None:
    run(statement)
    assert [finding.split(": Catatan")[0] for finding in findings()] == [f"kasus:a: catatan {seq}"]


def test_baris_segel_yang_diubah_ketahuan(sealed: Flask) -> None:
    content = lines()
    rewrite([content[0], content[1].replace(b'"catatan":2', b'"catatan":3'), content[2]])
    assert findings() == ["berkas segel: baris 2: Segel 2 diubah: tanda tangannya tidak cocok dengan isinya."]


def test_ujung_di_segel_yang_diubah_agar_cocok_dengan_pemalsuan_ketahuan(sealed: Flask) -> None:
    old = lines()
    forge("kasus:b", 1)
    with unit_of_work() as session:
        head = session.get_one(Stream, "kasus:b").head.encode()
    start = old[0].index(b'["kasus:b",2,"') + len(b'["kasus:b",2,"')
    rewrite([old[0][:start] + head + old[0][start + 64 :], *old[1:]])
    assert [finding.split(",")[0] for finding in findings()] == [
        "berkas segel: baris 1: Isi segel 1 diubah: daftar ujungnya tidak sesuai akar yang ditandatangani."
    ]


def test_baris_segel_yang_dihapus_ditukar_dan_dipotong_ketahuan(sealed: Flask) -> None:
    one, two, three = lines()
    rewrite([one, three])
    assert [finding[:44] for finding in findings()] == ["berkas segel: baris 2: Segel 2 tidak ada di "]
    rewrite([two, one, three])
    assert [finding[:21] for finding in findings()] == ["berkas segel: baris 1", "berkas segel: baris 2"]
    rewrite([one, two])
    assert findings() == [
        "berkas segel: Berkas segel tertinggal: berakhir pada segel 2, padahal basis data mengenal segel 3. "
        "Ujungnya dipotong, atau ini salinan lama."
    ]
    rewrite([one, two, three[:50]])
    assert [finding[:34] for finding in findings()] == [
        "berkas segel: baris 3: Baris terak",
        "berkas segel: Berkas segel terting",
    ]
    store.seals.file.unlink()
    assert findings() == ["berkas segel: Berkas segel tidak ada atau kosong, padahal basis data mengenal segel 3."]


def test_kunci_lain_disebut(sealed: Flask, tmp_path: Path) -> None:
    other = seal_key.make(tmp_path / "lain.pem")
    assert [finding.why for finding in audit.verify(SYSTEM, other.public).findings] == [
        "Segel di berkas ini dibuat dengan kunci lain, bukan kunci kantor."
    ]
    mine = seal_key.load(store.seals.key)
    assert mine
    store.seals.key.unlink()
    without = audit.verify(SYSTEM)
    assert (list(without.findings), "tidak ada di mesin ini" in without.key_problem) == ([], True)
    assert list(audit.verify(SYSTEM, mine.public).findings) == []


def test_seluruh_rantai_segel_yang_dibuat_ulang_dengan_kunci_lain_ketahuan(sealed: Flask) -> None:
    own = store.seals.key.read_bytes()
    store.seals.key.unlink()
    store.seals.file.unlink()
    forge("kasus:b", 1)
    run("DELETE FROM seal_tip")
    seals.seal_now(SYSTEM, SENIN_PAGI)
    store.seals.key.write_bytes(own)
    assert findings() == ["berkas segel: Segel di berkas ini dibuat dengan kunci lain, bukan kunci kantor."]


def test_basis_data_dari_cadangan_lama_disebut_tersendiri(sealed: Flask) -> None:
    first = parse(lines()[0].rstrip())
    assert first
    cut(STREAM, 2)
    run("UPDATE seal_tip SET number = 1, hash = :h, event_id = 5", h=first.hash)
    found = findings()
    assert found[0].startswith(
        "berkas segel: Basis data lebih tua daripada berkas segel: hanya mengenal segel 1, "
        "sedangkan berkas sampai segel 3."
    )
    assert [finding.split(":")[1] for finding in found[1:]] == ["a"]


def test_kunci_yang_sudah_diganti_tetap_membuktikan_yang_lama(sealed: Flask) -> None:
    seals.rotate_key(SYSTEM, SENIN_PAGI + timedelta(minutes=5))
    write(STREAM, 1)
    seals.seal_now(SYSTEM, SENIN_PAGI + timedelta(minutes=6))
    assert findings() == []


def test_baris_terpotong_yang_sudah_disambung_hanya_keterangan(sealed: Flask) -> None:
    with store.seals.file.open("ab") as stream:
        stream.write(b'{"kepala":{"akar"')
    write(STREAM, 1)
    seals.seal_now(SYSTEM, SENIN_PAGI + timedelta(minutes=6))
    report = audit.verify(SYSTEM)
    assert list(report.findings) == []
    assert [note.place for note in report.notes] == ["berkas segel: baris 4"]


def test_perintah_menyebut_segel_terakhir_dan_keluar_satu_bila_ada_temuan(sealed: Flask) -> None:
    runner = sealed.test_cli_runner()
    whole = runner.invoke(args=["audit", "verify"])
    assert whole.exit_code == 0, whole.output
    assert "9 catatan dalam 3 rangkaian dan 3 segel diperiksa" in whole.output
    assert "Segel terakhir: 3, Senin, 23 November 2026 pukul 08.02, sidik " in whole.output
    store.seals.file.unlink()
    broken = runner.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert "Berkas segel tidak ada" in broken.output


def test_kunci_yang_tidak_ada_atau_tidak_terbaca_soal_setelan_bukan_temuan(sealed: Flask) -> None:
    runner = sealed.test_cli_runner()
    store.seals.key.write_text("bukan kunci")
    unreadable = runner.invoke(args=["audit", "verify"])
    assert (unreadable.exit_code, "tidak dapat dibaca" in unreadable.stderr) == (2, True), unreadable.output
    store.seals.key.unlink()
    missing = runner.invoke(args=["audit", "verify"])
    assert (missing.exit_code, "Setelan: Kunci segel tidak ada" in missing.stderr) == (2, True), missing.output
    assert "temuan" not in missing.output
    wrong = runner.invoke(args=["audit", "verify", "--public-key", "/tidak/ada.pem"])
    assert (wrong.exit_code, "Setelan: " in wrong.stderr) == (2, True)
    store.seals.file.unlink()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 1, "tampering is still tampering"


def test_perintah_kunci_dan_segel(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "create-key"]).exit_code == 0
    again = runner.invoke(args=["audit", "create-key"])
    assert (again.exit_code, "sudah ada" in again.output) == (1, True)
    write(STREAM, 1)
    sealing = runner.invoke(args=["audit", "seal"])
    assert (sealing.exit_code, sealing.stdout) == (0, "1 segel dibuat.\n")
    before = runner.invoke(args=["audit", "public-key"]).output
    assert before.startswith("-----BEGIN PUBLIC KEY-----")
    turned = runner.invoke(args=["audit", "rotate-key"])
    assert (turned.exit_code, "segel 2" in turned.output) == (0, True)
    assert runner.invoke(args=["audit", "public-key"]).output not in ("", before)
    assert findings() == []
