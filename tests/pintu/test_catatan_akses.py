"""The log of readings and refusals: cheap, without personal data, kept for a time, shown to the auditor."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.domain.actors import SYSTEM
from app.domain.errors import Forbidden, NotFound
from app.extensions import db
from app.models import Access, Case
from app.services import clock, store
from app.services.records import reads
from tests import factories
from tests.pintu.dunia import OTHER_UNIT, OWNER, Dunia
from tests.support.kasus import Jam, finish, open_kk

pytestmark = pytest.mark.xdist_group("pintu")


def lines(dunia: Dunia, case_id: str = "") -> list[tuple[str, str, str, str]]:
    """(actor, kind, purpose, object) of everything written (of one case), oldest first."""
    query = select(Access.actor, Access.kind, Access.purpose, Access.object_id).order_by(Access.id)
    with dunia.site.app_context():
        rows = store.session.execute(query.where(Access.case_id == case_id) if case_id else query).all()
        return [tuple(row) for row in rows]


def test_membuka_lagi_dalam_seperempat_jam_tidak_ditulis_lagi(utuh: Dunia) -> None:
    address, jam = utuh.address("/tugas/<task_id>"), Jam(clock.now())
    with clock.using(jam):
        for _ in range(3):
            assert utuh.knock("petugas_layanan", "GET", address).status_code == 200
        case_id = utuh.sari["case_id"]
        assert lines(utuh, case_id) == [("uji-pak-budi", "dibaca", "tugas", "")]
        twins = {utuh.sari["kasus_kembali"], utuh.sari["kasus_dipegang"]}
        assert all(lines(utuh, each) == [("uji-pak-budi", "dibaca", "riwayat", "")] for each in twins)
        jam.lewat(minutes=15)
        utuh.knock("petugas_layanan", "GET", address)
        utuh.knock("auditor", "GET", address)
    read_again = [("uji-pak-budi", "dibaca", "tugas", ""), ("uji-bu-tuti", "dibaca", "riwayat", "")]
    assert lines(utuh, case_id)[1:] == read_again


def test_satu_halaman_inbox_satu_tulisan_dan_sekali_sehari(utuh: Dunia) -> None:
    jam, statements = Jam(clock.now()), []
    with utuh.site.app_context():
        engine = db.engine

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with clock.using(jam):
        utuh.knock("petugas_layanan", "GET", "/inbox")
        assert len(statements) == 1 and statements[0].startswith("INSERT INTO access_log")
        found = lines(utuh)
        assert len(found) >= 2 and {line[2] for line in found} == {"inbox"}
        jam.lewat(hours=3)
        utuh.knock("petugas_layanan", "GET", "/inbox")
        assert lines(utuh) == found
        event.remove(engine, "before_cursor_execute", note)


def test_berkas_dibuka_satu_per_satu_dan_gambar_kecil_sekali(utuh: Dunia) -> None:
    upload = utuh.sari["upload_id"]
    for address in (f"/berkas/{upload}", f"/berkas/{upload}?unduh=1", f"/berkas/{upload}/kecil"):
        assert utuh.knock("kasi", "GET", address).status_code == 200
    assert [line[2:] for line in lines(utuh)] == [("berkas", upload), ("unduhan", upload), ("pratinjau", "")]


def test_daftar_massal_tercatat_dan_tugas_palsu_di_dalamnya_ditolak_dan_tercatat(utuh: Dunia) -> None:
    with utuh.site.app_context():
        people = {key: factories.actor(key) for key in factories.CAST}
        version = store.session.scalars(select(Case.version_id).where(Case.about == "permohonan")).first()
        case_id = open_kk(people, str(version))
        finish(case_id, "buka_permohonan", people["pak_budi"])
        finish(case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
        finish(case_id, "ajukan_cetak", people["pak_budi"])
        finish(case_id, "verifikasi_draft", people["bu_wulan"], {"keputusan": "valid"})
    address = "/tanda-tangan/tanda_tangan_kk"
    real = re.search(r'value="([a-z0-9]{22}):[0-9]+"', utuh.knock("kepala_dinas", "GET", address).text)
    assert real is not None and ("uji-bu-kartika", "dibaca", "massal", "") in lines(utuh)
    page = utuh.knock("kepala_dinas", "GET", f"{address}/{real[1]}")
    assert ("uji-bu-kartika", "dibaca", "tugas", "") in lines(utuh)
    seen = {"aksi": "dilihat", "sidik": _field(page.text, "sidik")}
    assert utuh.knock("kepala_dinas", "POST", f"{address}/{real[1]}", seen).status_code == 302
    foreign = utuh.sari["task_id"]
    chosen = {"pilih": [f"{real[1]}:{_field(page.text, 'versi')}", f"{foreign}:1"]}
    sent = {"kunci": "k" * 16, "aksi": "tandai", "sudah": "ya", **chosen}
    answer = utuh.knock("kepala_dinas", "POST", address, sent)
    assert "1 ditandai sudah ditandatangani, 1 gagal" in answer.text
    assert ("uji-bu-kartika", "ditolak", "", foreign) in lines(utuh)


def test_isi_catatan_tanpa_data_pribadi(utuh: Dunia) -> None:
    sari = factories.CAST["bu_sari"]
    utuh.knock("petugas_layanan", "GET", utuh.address("/tugas/<task_id>"))
    utuh.knock("petugas_layanan", "GET", f"/tugas/{sari.nik}")
    utuh.knock("petugas_layanan", "GET", f"/tugas/{sari.email}")
    utuh.knock("petugas_layanan", "GET", "/tugas/" + "x" * 5000)
    written = repr(lines(utuh))
    assert written.count("ditolak") == 1, "three addresses that hold none of our ids are one refusal"
    assert str(sari.nik) not in written and sari.email not in written and "xxxx" not in written


def test_pengunjung_tanpa_akun_tidak_mengisi_tabel(utuh: Dunia) -> None:
    for address in ("/tidak-ada", "/layanan/tidak-ada", "/verifikasi?t=tiada", utuh.address("/tugas/<task_id>")):
        utuh.knock("anonim", "GET", address)
    utuh.knock(OWNER, "GET", "/tidak-ada")
    assert lines(utuh) == []


def test_yang_mencoba_coba_alamat_ditulis_paling_banyak_sekian(utuh: Dunia, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "MOST_REFUSALS", 5)
    jam = Jam(clock.now())
    with clock.using(jam):
        for number in range(20):
            utuh.knock(OTHER_UNIT, "GET", f"/tugas/{number:022d}".replace("0", "a").replace("1", "b"))
        assert len(lines(utuh)) == 5
        jam.lewat(minutes=15)
        utuh.knock(OTHER_UNIT, "GET", utuh.address("/tugas/<task_id>"))
    assert len(lines(utuh)) == 6


def test_halaman_yang_bacaannya_tidak_dapat_ditulis_tidak_ditampilkan(utuh: Dunia) -> None:
    utuh.site.config["PROPAGATE_EXCEPTIONS"] = False
    with utuh.site.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE access_log RENAME TO hilang")
    answer = utuh.knock("petugas_layanan", "GET", utuh.address("/tugas/<task_id>"))
    assert answer.status_code >= 500
    assert "Sari" not in answer.text


def test_yang_lama_dihapus_sesudah_masa_simpannya(utuh: Dunia) -> None:
    jam = Jam(clock.now())
    with clock.using(jam), utuh.site.app_context():
        reads.note(factories.actor("pak_budi"), [reads.Reading("a", reads.TASK)], "GET /x", 200)
        jam.at += timedelta(days=29)
        reads.note(factories.actor("pak_budi"), [reads.Reading("b", reads.TASK)], "GET /x", 200)
        assert reads.forget_older_than(30) == 0
        jam.at += timedelta(days=2)
        assert reads.forget_older_than(30) == 1
        assert list(store.session.scalars(select(Access.case_id))) == ["b"]


def test_auditor_melihat_siapa_membaca_satu_permohonan(utuh: Dunia) -> None:
    utuh.knock("petugas_layanan", "GET", utuh.address("/tugas/<task_id>"))
    utuh.knock(OTHER_UNIT, "GET", utuh.address("/tugas/<task_id>"))
    utuh.knock(OTHER_UNIT, "GET", utuh.address("/berkas/<upload_id>"))
    with utuh.site.app_context():
        number = store.session.get_one(Case, utuh.sari["case_id"]).number
        found = reads.of_case(factories.actor("bu_tuti"), number)
        assert {(line.name, line.kind) for line in found} == {("Budi Prakosa", "dibaca"), ("Tarno Mulya", "ditolak")}
        assert found == reads.of_case(SYSTEM, utuh.sari["case_id"])
        for other in ("pak_budi", "pak_eko", "bu_sari", "pak_dwi"):
            with pytest.raises(Forbidden):
                reads.of_case(factories.actor(other), number)
        with pytest.raises(NotFound):
            reads.of_case(SYSTEM, "KK-2026-999999")
    run = utuh.site.test_cli_runner()
    shown = run.invoke(args=["audit", "reads", "--case", number])
    assert shown.exit_code == 0
    assert "Budi Prakosa (uji-pak-budi): mengerjakan tugas" in shown.output
    assert "Tarno Mulya (uji-pak-tarno): ditolak (404)" in shown.output
    assert run.invoke(args=["audit", "reads", "--case", "tiada"]).exit_code == 1


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
