"""A draft becomes a case, exactly once."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from app.adapters.registry import DEMO_CSV, TableRegistry, read_csv
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import AlreadySubmitted, DraftOutdated, InvalidInput, PossibleDuplicate, StaleForm
from app.models import Case, Counter, Draft, Permohonan, Upload
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.desk import registered
from app.services.flow import cases, published
from app.services.messages import preferences
from app.services.portal import drafts, submissions
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import fill_hilang, fill_perubahan_lengkap, save, upload
from tests.support.kasus import ROOT, SLUG, Jam, jam_uji, publish


def _submit(actor: Actor, draft_id: str, confirmed: bool = False) -> submissions.Submitted:
    return submissions.submit(actor, draft_id, drafts.load(actor, draft_id).version, confirmed=confirmed)


def _republish(change: tuple[str, str]) -> None:
    files = read_folder(ROOT)[SLUG]
    path = f"forms/{SLUG}/isi_permohonan.yaml"
    text = files.files[path].decode()
    assert change[0] in text
    edited = {**files.files, path: text.replace(*change).encode()}
    published.publish(SYSTEM, type(files)(files.slug, edited))


def test_terkirim_menjadi_kasus_dengan_nomor_pin_dan_unit(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    sent = _submit(sari, draft_id)
    assert sent.number == "KK-2026-000001"
    assert len(sent.pin) == 6 and sent.pin.isdigit()
    view = cases.load(sari, sent.case_id)
    assert (view.status, view.unit, view.subject_id) == ("Menunggu diperiksa", "340299", sari.id)
    assert view.answers["isi_permohonan"]["jenis"] == "hilang"
    assert view.answers["isi_permohonan"]["nik"] == "3402995207900001"
    assert [task.step for task in view.open_tasks] == ["buka_permohonan"]
    permohonan = store.session.get(Permohonan, sent.case_id)
    assert (permohonan.jenis, permohonan.draft_id) == ("hilang", draft_id)
    assert PasswordHasher().verify(permohonan.pin_hash, sent.pin)


def test_nomor_berurutan_dan_mulai_lagi_tiap_tahun(people: dict[str, Actor], jam: Jam) -> None:
    first = _submit(people["bu_sari"], fill_hilang(people["bu_sari"]))
    second = _submit(people["pak_joko"], fill_hilang(people["pak_joko"]))
    # 31 December 17.30 UTC is New Year in the office.
    jam.at = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    third = _submit(people["bu_sari"], fill_hilang(people["bu_sari"]), confirmed=True)
    assert [each.number for each in (first, second, third)] == ["KK-2026-000001", "KK-2026-000002", "KK-2027-000001"]


def test_dikirim_dua_kali_hanya_satu_kasus(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    version = drafts.load(sari, draft_id).version
    sent = submissions.submit(sari, draft_id, version)
    with pytest.raises(AlreadySubmitted, match=r"Permohonan ini sudah terkirim pukul 08\.00\.") as again:
        submissions.submit(sari, draft_id, version)
    assert again.value.case_id == sent.case_id
    assert store.session.scalar(select(func.count()).select_from(Case)) == 1


def test_delapan_kiriman_bersamaan_hanya_satu_kasus(app: Flask, sari: Actor, jam: Jam) -> None:
    draft_id = fill_hilang(sari)
    version = drafts.load(sari, draft_id).version
    store.session.rollback()
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def send() -> None:
        with app.app_context(), jam_uji(jam.at):
            together.wait()
            try:
                outcomes.append(submissions.submit(sari, draft_id, version).number)
            except (AlreadySubmitted, PossibleDuplicate) as error:
                outcomes.append(type(error).__name__)
            finally:
                store.session.remove()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("KK-2026-000001") == 1
    assert len(outcomes) == 8
    assert store.session.scalar(select(func.count()).select_from(Case)) == 1
    assert store.session.get(Counter, "KK-2026").value == 1


def test_yang_kurang_disebut_semua_dan_tidak_ada_yang_berubah(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    with pytest.raises(InvalidInput) as refused:
        _submit(sari, draft_id)
    assert {"kk_lama", "anggota", "perubahan", "f106"} <= set(refused.value.errors)
    view = drafts.load(sari, draft_id)
    assert drafts.section_of(view.form, "perubahan.0.menjadi").id == "perubahan"
    assert drafts.section_of(view.form, "bukan_isian") is None
    assert store.session.scalar(select(func.count()).select_from(Case)) == 0
    assert store.session.scalar(select(func.count()).select_from(Counter)) == 0


def test_jawaban_tersembunyi_tidak_ikut_terkirim(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    save(sari, draft_id, "jenis_kk_lama", {"kk_lama": "ada"})
    assert fill_hilang(sari) == draft_id
    sent = _submit(sari, draft_id)
    assert "kk_lama" not in cases.load(sari, sent.case_id).answers["isi_permohonan"]


def test_halaman_yang_diperiksa_sudah_berubah_di_tab_lain(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    version = drafts.load(sari, draft_id).version
    save(sari, draft_id, "kirim", {"bisa_cetak": "tidak"})
    with pytest.raises(StaleForm):
        submissions.submit(sari, draft_id, version)


def test_berkas_ikut_ke_kasus_dan_yang_tertinggal_dilupakan(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    left_behind = upload(sari, draft_id, "ktp")
    sent = _submit(sari, draft_id)
    files = store.session.scalars(select(Upload).where(Upload.case_id == sent.case_id)).all()
    assert sorted(each.requirement for each in files) == ["ktp", "surat_hilang"]
    assert store.session.get(Upload, left_behind) is None


def test_hal_yang_sama_diajukan_lagi_ditanyakan_dulu(sari: Actor) -> None:
    first = _submit(sari, fill_hilang(sari))
    draft_id = fill_hilang(sari)
    with pytest.raises(PossibleDuplicate, match=r"KK-2026-000001, menunggu diperiksa") as twin:
        _submit(sari, draft_id)
    assert (twin.value.case_id, twin.value.number) == (first.case_id, first.number)
    assert _submit(sari, draft_id, confirmed=True).number == "KK-2026-000002"


def test_jenis_lain_bukan_hal_yang_sama(sari: Actor) -> None:
    """As officers are told: *Ganda?* is of one kind."""
    _submit(sari, fill_hilang(sari))
    assert _submit(sari, fill_perubahan_lengkap(sari)).number == "KK-2026-000002"


def test_whatsapp_yang_dicentang_saat_mengajukan_adalah_persetujuannya(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    save(sari, draft_id, "kirim", {"bisa_cetak": "ya", "kanal": ["whatsapp"]})
    assert not preferences.of(sari).whatsapp
    _submit(sari, draft_id)
    assert preferences.of(sari).whatsapp, "one consent, seen and taken back in Akun"
    preferences.choose(sari, email=True, whatsapp=False)
    assert _submit(sari, fill_hilang(sari), confirmed=True) and not preferences.of(sari).whatsapp


def test_prosedur_berubah_diceritakan_sekali_lalu_memakai_yang_berlaku(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    old = store.session.get(Draft, draft_id).version_id
    _republish(("label: KTP-el pemohon", "label: Foto KTP-el pemohon"))
    with pytest.raises(DraftOutdated) as changed:
        _submit(sari, draft_id)
    assert changed.value.changes == ["Kalimat berubah: KTP-el pemohon menjadi Foto KTP-el pemohon."]
    sent = _submit(sari, draft_id)
    assert store.session.get(Case, sent.case_id).version_id != old


def test_isian_baru_pada_versi_baru_harus_diisi_dulu(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    _republish(("maks_halaman: 2, tampil_jika: {jenis: [hilang, rusak]}}", "maks_halaman: 2}"))
    new_field = "      - id: bisa_cetak\n"
    _republish((new_field, "      - {id: punya_hp, jenis: ya_tidak, label: Punya ponsel pintar}\n" + new_field))
    with pytest.raises(DraftOutdated) as changed:
        _submit(sari, draft_id)
    assert "Isian baru: Punya ponsel pintar." in changed.value.changes
    with pytest.raises(InvalidInput) as refused:
        _submit(sari, draft_id)
    assert set(refused.value.errors) == {"punya_hp"}


def test_perubahan_yang_tidak_menyangkut_pemohon_tidak_menyela(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    publish(lambda text: text.replace("batas_antre: 2 jam", "batas_antre: 3 jam"))
    sent = _submit(sari, draft_id)
    newest = published.in_force(SLUG, datetime(2026, 11, 23).date())
    assert store.session.get(Case, sent.case_id).version_id == newest.id


def test_versi_yang_belum_berlaku_menunggu_tanggalnya_menurut_hari_di_kantor(
    people: dict[str, Actor], jam: Jam
) -> None:
    first = published.in_force(SLUG, clock.today()).id
    later = publish(lambda text: text.replace("berlaku_mulai: 30 Januari 2023", "berlaku_mulai: 1 Desember 2026"))
    for at, who, expected in (
        (datetime(2026, 11, 30, 16, 59, tzinfo=UTC), "bu_sari", first),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), "pak_joko", later),  # midnight in the office
    ):
        jam.at = at
        sent = _submit(people[who], fill_hilang(people[who]))
        assert store.session.get_one(Case, sent.case_id).version_id == expected


def test_untuk_kk_orang_lain_ke_kapanewon_kk_itu_dan_keduanya_dibandingkan(people: dict[str, Actor]) -> None:
    sari, known = people["bu_sari"], read_csv(DEMO_CSV, clock.today())
    other = next(one for one in known if one.nomor_kk != factories.CAST["bu_sari"].nomor_kk)
    with unit_of_work() as session:
        TableRegistry(session).put(
            [replace(one, kapanewon="340210") for one in known if one.nomor_kk == other.nomor_kk]
        )
    draft_id = fill_hilang(sari)
    whom = {"diwakili_nama": "Salah Nama", "diwakili_nik": other.nik, "diwakili_nomor_kk": other.nomor_kk}
    save(sari, draft_id, "untuk", {"untuk": "luar_kk"})
    save(sari, draft_id, "diwakili", {**whom, "hubungan": "saudara", "dasar_mewakili": "surat_kuasa"})
    papers = {one: [upload(sari, draft_id, one)] for one in ("surat_hilang", "ktp", "surat_kuasa")}
    save(sari, draft_id, "berkas", papers)
    sent = _submit(sari, draft_id)
    view = cases.load(people["pak_tarno"], sent.case_id)
    assert view.unit == "340210", "of the card, not of the address of who asks"
    own, represented = registered.beside(view, masked=True)
    assert (own.title, represented.title, represented.is_known) == ("", "Orang yang Anda wakili", True)
    found = {line.label: line.agrees for line in represented.lines}
    assert found == {"Nama lengkapnya": False, "NIK-nya": True, "Nomor KK-nya": True}
    assert all(other.nik not in line.written for line in represented.lines)
