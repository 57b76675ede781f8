"""Sealing: what was added goes under one line a minute, once, by whoever is first, and a crash loses no number."""

import json
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.adapters import seal_key
from app.adapters.seal_file import SealFile
from app.domain.actors import SYSTEM, SYSTEM_ID
from app.domain.errors import Forbidden, SealRefused
from app.domain.seal_chain import SealChain
from app.domain.seals import RESTORED, Seal, parse
from app.services import store
from app.services.records import audit, seal_keys, seals, trail
from app.services.records.seal_standing import Tip, read_tip
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI

MENIT = timedelta(minutes=1)


def write(stream: str = "kasus:a", at: datetime = SENIN_PAGI, count: int = 1) -> None:
    with unit_of_work() as session:
        for _ in range(count):
            trail.append(session, stream, SYSTEM_ID, "uji", {}, at)


def lines() -> list[bytes]:
    return list(SealFile(store.seals.file).lines())


def written() -> list[Seal]:
    found = [parse(line) for line in lines()]
    assert all(found)
    return [seal for seal in found if seal]


def tip() -> Tip:
    found = read_tip(store.session())
    store.session.rollback()
    return found


def run(*statements: str) -> None:
    with unit_of_work() as session:
        for statement in statements:
            session.execute(text(statement))


def chain_faults() -> list[str]:
    chain = SealChain(seal_key.is_signed)
    list(chain.read(lines()))
    return [fault.why for fault in chain.faults]


@pytest.fixture
def at() -> datetime:
    return SENIN_PAGI


def test_satu_segel_memuat_ujung_setiap_rangkaian_yang_bertambah(app: Flask, at: datetime) -> None:
    write("kasus:a", count=3)
    write("kantor")
    assert seals.seal_what_is_due(at) == 1
    write("kasus:a")
    assert seals.seal_what_is_due(at + MENIT) == 1
    first, second = written()
    assert [(leaf.stream, leaf.seq) for leaf in first.leaves] == [("kantor", 1), ("kasus:a", 3)]
    assert [(leaf.stream, leaf.seq) for leaf in second.leaves] == [("kasus:a", 4)]
    assert (first.number, second.number, second.previous) == (1, 2, first.hash)
    assert (first.header["catatan"], second.header["catatan"]) == (4, 1)
    assert chain_faults() == []
    assert tip() == Tip(2, second.hash, second.header["sampai"], at + MENIT)


def test_tanpa_catatan_sama_sekali_tidak_ada_kunci_dan_segel(app: Flask, at: datetime) -> None:
    assert seals.seal_what_is_due(at) == 0
    assert not store.seals.file.exists()
    assert not store.seals.key.exists()
    assert seals.age(at) is None


def test_yang_diam_tidak_disegel_kecuali_sejam_sekali(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    assert seals.seal_what_is_due(at + 30 * MENIT) == 0
    assert seals.seal_what_is_due(at + 61 * MENIT) == 1
    assert written()[-1].leaves == ()
    assert chain_faults() == []


def test_dalam_semenit_tidak_ada_segel_kedua(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    write()
    assert seals.seal_what_is_due(at + timedelta(seconds=30)) == 0
    assert (seals.age(at + timedelta(seconds=30)), seals.waiting(at + timedelta(seconds=30))) == (30.0, 30.0)
    assert seals.seal_what_is_due(at + MENIT) == 1
    assert seals.waiting(at + MENIT) == 0.0


def test_catatan_yang_banyak_menjadi_beberapa_segel(
    sqlite_app: Flask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "LIMIT", 10)
    for name in "abcde":
        write(f"kasus:{name}", count=5)
    assert seals.seal_what_is_due(at) == 3
    assert [seal.header["catatan"] for seal in written()] == [10, 10, 5]
    assert chain_faults() == []


def test_kunci_dan_berkas_segel_hanya_terbuka_bagi_pemiliknya(sqlite_app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    assert store.seals.key.stat().st_mode & 0o777 == 0o600
    assert store.seals.file.stat().st_mode & 0o007 == 0
    assert b"PRIVATE" not in store.seals.file.read_bytes()
    store.seals.key.chmod(0o644)
    write()
    with pytest.raises(OSError, match="chmod 600"):
        seals.seal_now(SYSTEM, at + MENIT)


def test_sepuluh_penyegel_bersamaan_tidak_pernah_memberi_nomor_yang_sama(app: Flask, at: datetime) -> None:
    for turn in range(6):
        write(f"kasus:{turn}")
        moment = at + turn * 2 * MENIT
        start = threading.Barrier(5)

        def one(moment: datetime = moment, start: threading.Barrier = start) -> None:
            with app.app_context():
                start.wait()
                seals.seal_what_is_due(moment)
                store.session.remove()

        threads = [threading.Thread(target=one) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [seal.number for seal in written()] == [1, 2, 3, 4, 5, 6]
    assert chain_faults() == []


def test_mati_antara_berkas_dan_basis_data_disambung_tanpa_mengulang_nomor(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    before = tip()
    write()
    seals.seal_what_is_due(at + MENIT)
    run(f"UPDATE seal_tip SET number = 1, hash = '{before.hash}', event_id = {before.event_id}")
    write("kasus:b")
    assert seals.seal_what_is_due(at + 2 * MENIT) == 1
    assert [seal.number for seal in written()] == [1, 2, 3]
    assert [leaf.stream for leaf in written()[2].leaves] == ["kasus:b"], "what was sealed is not sealed again"
    assert chain_faults() == []


def test_basis_data_yang_gagal_sesudah_berkas_ditulis_menyusul_kemudian(
    app: Flask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SystemExit("killed")

    write()
    with monkeypatch.context() as patch:
        patch.setattr(seals, "move_tip", fail)
        with pytest.raises(SystemExit):
            seals.seal_what_is_due(at)
    assert (tip().number, len(lines())) == (0, 1)
    assert seals.seal_what_is_due(at) == 0, "noted, and nothing is left to seal"
    assert (tip().number, len(lines())) == (1, 1)
    write()
    assert seals.seal_what_is_due(at + MENIT) == 1
    assert chain_faults() == []


def test_mati_di_tengah_baris_tidak_menghalangi_segel_berikutnya(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    with store.seals.file.open("ab") as stream:
        stream.write(written()[0].line()[:200])
    write()
    assert seals.seal_what_is_due(at + MENIT) == 1
    chain = SealChain(seal_key.is_signed)
    assert [seal.number for seal in chain.read(lines())] == [1, 2]
    assert chain.faults == []
    assert [note.line for note in chain.notes] == [2]


def test_segel_utuh_yang_kehilangan_akhir_barisnya_tetap_segel(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    os.truncate(store.seals.file, store.seals.file.stat().st_size - 1)
    write()
    assert seals.seal_what_is_due(at + MENIT) == 1
    assert [seal.number for seal in written()] == [1, 2]


def test_berkas_yang_hilang_tidak_diganti_rantai_baru(
    app: Flask, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    write()
    seals.seal_what_is_due(at)
    store.seals.file.unlink()
    write()
    assert seals.seal_what_is_due(at + MENIT) == 0
    assert not store.seals.file.exists()
    assert "tidak ada, padahal basis data mengenal segel 1" in caplog.text
    assert seals.waiting(at + 5 * MENIT) > 180


def test_berkas_yang_dipotong_menunggu_orang_lalu_diteruskan_dengan_lubang_yang_tercatat(
    app: Flask, at: datetime
) -> None:
    for turn in range(3):
        write()
        seals.seal_what_is_due(at + turn * MENIT)
    store.seals.file.write_bytes(lines()[0] + b"\n")
    write()
    with pytest.raises(SealRefused, match="berakhir pada segel 1"):
        seals.seal_now(SYSTEM, at + 4 * MENIT)
    seals.seal_now(SYSTEM, at + 4 * MENIT, continue_after_loss=True)
    assert [seal.number for seal in written()] == [1, 4]
    assert chain_faults() == ["Segel 2 sampai 3 hilang dari berkas; kantor meneruskan dengan sengaja pada segel 4."]


def test_basis_data_dari_cadangan_melanjutkan_nomor_berkas_dan_mengatakannya(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    old = tip()
    for turn in (1, 2):
        write()
        seals.seal_what_is_due(at + turn * MENIT)
    head = "(SELECT hash FROM events WHERE seq = 1)"
    run(
        f"UPDATE seal_tip SET number = 1, hash = '{old.hash}', event_id = {old.event_id}",
        f"UPDATE streams SET seq = 1, head = {head}",
        "DELETE FROM events WHERE seq > 1",
    )
    assert seals.seal_what_is_due(at + 3 * MENIT) == 1
    last = written()[-1]
    assert (last.number, last.header["sambungan"], last.header["dari"]) == (4, RESTORED, 1)
    assert chain_faults() == [
        "Sejak segel 4, basis data berasal dari cadangan keadaan segel 1; "
        "yang disegel di antaranya tidak ada lagi di basis data."
    ]


def test_berkas_segel_milik_basis_data_lain_ditolak(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    run("DELETE FROM seal_tip", "UPDATE events SET hash = 'lain'")
    with pytest.raises(SealRefused, match="belum pernah disegel"):
        seals.seal_now(SYSTEM, at + MENIT)


def test_dua_mesin_dengan_dua_berkas_tidak_membuat_dua_rantai(app: Flask, at: datetime, tmp_path: Path) -> None:
    write()
    seals.seal_what_is_due(at)
    here = store.seals
    there = store.SealPlaces(here.key, tmp_path / "lain" / "segel.jsonl", makes_key=True)
    write()
    store.seals = there
    with pytest.raises(SealRefused, match="tidak ada, padahal"):
        seals.seal_now(SYSTEM, at + MENIT)
    store.seals = here
    assert not there.file.exists()


def test_kunci_baru_meneruskan_rantai_dengan_dua_tanda_tangan(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    old = seal_key.load(store.seals.key)
    turn = seals.rotate_key(SYSTEM, at + MENIT)
    new = seal_key.load(store.seals.key)
    assert old and new
    assert (turn.key, turn.next_key) == (old.public, new.public)
    write()
    seals.seal_what_is_due(at + 2 * MENIT)
    assert written()[-1].key == new.public
    assert chain_faults() == []


def test_pergantian_kunci_yang_terpotong_diselesaikan_saat_menyegel_lagi(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    old = store.seals.key.read_bytes()
    turn = seals.rotate_key(SYSTEM, at + MENIT)
    new = store.seals.key.read_bytes()
    store.seals.key.with_name("kunci-berikutnya.pem").write_bytes(new)
    store.seals.key.with_name("kunci-berikutnya.pem").chmod(0o600)
    store.seals.key.write_bytes(old)
    write()
    assert seals.seal_what_is_due(at + 2 * MENIT) == 1
    assert written()[-1].key == turn.next_key
    assert not store.seals.key.with_name("kunci-berikutnya.pem").exists()


def test_kunci_lain_tidak_meneruskan_rantai(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    store.seals.key.unlink()
    write()
    with pytest.raises(SealRefused, match="tidak ada"):
        seals.seal_now(SYSTEM, at + MENIT)
    seal_key.make(store.seals.key)
    with pytest.raises(SealRefused, match="bukan kunci yang harus"):
        seals.seal_now(SYSTEM, at + MENIT)
    assert len(lines()) == 1


def test_kunci_yang_hilang_selamanya_meneruskan_nomor_dan_tetap_terlihat(app: Flask, at: datetime) -> None:
    write()
    seals.seal_what_is_due(at)
    store.seals.key.unlink()
    store.seals.file.rename(store.seals.file.with_name("arsip.jsonl"))
    write()
    seal_keys.create(SYSTEM)
    made = seals.seal_now(SYSTEM, at + MENIT, continue_after_loss=True)
    assert [seal.number for seal in made] == [2]
    assert chain_faults() == ["Segel 1 hilang dari berkas; kantor meneruskan dengan sengaja pada segel 2."]


def test_produksi_tidak_membuat_kunci_sendiri(app: Flask, at: datetime) -> None:
    write()
    store.seals = store.SealPlaces(store.seals.key, store.seals.file, makes_key=False)
    with pytest.raises(SealRefused, match="create-key"):
        seals.seal_now(SYSTEM, at)


def test_catatan_yang_disimpan_terlambat_tetap_mendapat_segel(postgresql_app: Flask, at: datetime) -> None:
    """An event with a lower id that is committed after one with a higher id is not passed over."""
    session = store.session()
    trail.append(session, "kasus:lambat", SYSTEM_ID, "uji", {}, at)
    session.flush()

    def others() -> None:
        with postgresql_app.app_context():
            write("kasus:cepat")
            seals.seal_what_is_due(at)
            store.session.remove()

    thread = threading.Thread(target=others)
    thread.start()
    thread.join(0.7)
    assert thread.is_alive(), "it waits for whoever is adding"
    session.commit()
    thread.join()
    seals.seal_what_is_due(at + MENIT)
    sealed = {leaf.stream for seal in written() for leaf in seal.leaves}
    assert sealed == {"kasus:lambat", "kasus:cepat"}


def test_sepuluh_ribu_rangkaian_dalam_satu_segel(app: Flask, at: datetime) -> None:
    with unit_of_work() as session:
        for number in range(10_000):
            chain = trail.Chain(f"kasus:{number}", 0, trail.START, is_new=True)
            chain.add(SYSTEM_ID, "uji", {}, at)
            session.execute(trail._INSERT_EVENTS, chain.rows)
    assert seals.seal_what_is_due(at) == 1
    assert written()[0].header["rangkaian"] == 10_000
    assert chain_faults() == []


def test_memeriksa_sambil_menulis_dan_menyegel_tidak_membunyikan_tanda_palsu(app: Flask, at: datetime) -> None:
    done = threading.Event()

    def office() -> None:
        with app.app_context():
            for turn in range(15):
                write(f"kasus:{turn % 5}")
                seals.seal_what_is_due(at + turn * MENIT)
            store.session.remove()
            done.set()

    thread = threading.Thread(target=office)
    thread.start()
    rounds = 0
    while not done.is_set() or rounds == 0:
        assert list(audit.verify(SYSTEM).findings) == []
        rounds += 1
    thread.join()
    assert rounds > 1


def test_segel_tidak_memuat_data_pribadi(sqlite_app: Flask, at: datetime) -> None:
    write(trail.case_stream("23456789abcdefghjkmnpq"))
    seals.seal_what_is_due(at)
    line = json.loads(lines()[0])
    assert set(line) == {"kepala", "ujung", "tanda", "tanda_baru"}
    assert [len(leaf) for leaf in line["ujung"]] == [3]


def test_hanya_sistem_yang_menyegel(app: Flask, at: datetime) -> None:
    for who in ("bu_tuti", "pak_eko"):
        with pytest.raises(Forbidden):
            seals.seal_now(factories.actor(who), at)
        with pytest.raises(Forbidden):
            seals.rotate_key(factories.actor(who), at)
