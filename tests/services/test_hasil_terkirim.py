"""The pemohon has what was sent to them and nothing else; what was somebody else's is dead, all of it, at once."""

import io
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import DealtWith, DownloadCut, InvalidInput, NotFound
from app.models import Task, Upload, new_id
from app.services import store
from app.services.delivery import data_incidents, results
from app.services.flow import tasks
from app.services.portal import portal_views, uploads
from app.services.privacy import own_data
from app.services.records import riwayat
from tests.support import tanda
from tests.support.jalur import Jalur
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji

BAD = {"hasil": "bermasalah", "masalah": "tidak_bisa_dibuka"}


@pytest.fixture
def kasus(sqlite_app: Flask) -> Iterator[Jalur]:
    with jam_uji() as jam:
        kantor = Kantor.open()
        yield Jalur(kantor, jam, kantor.case())


def put(kasus: Jalur, task: Task) -> str:
    """A PDF that Pak Agus puts on the task, which he holds."""
    answers = kasus.view().answers["isi_permohonan"]
    pdf = tanda.signed_kk(str(answers.get("diwakili_nomor_kk") or answers["nomor_kk"]))
    agus = kasus.kantor.people["pak_agus"]
    return uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(pdf), task_id=task.id).id


def held(kasus: Jalur, step: str = "kirim_kk") -> Task:
    tasks.claim(kasus.kantor.people["pak_agus"], kasus.task(step).id)
    return kasus.task(step)


def seen(kasus: Jalur) -> set[str]:
    """Delivered files that the pemohon is shown, or opens, or finds in her own data."""
    sari = kasus.kantor.people["bu_sari"]
    shown = {one.id for one in portal_views.files(kasus.view()) if one.label.startswith("PDF KK")}
    told = {str(file["alamat"]).rpartition("/")[2] for case in own_data.cases(sari) for file in case["berkas"]}
    store.session.rollback()
    every = list(store.session.scalars(select(Upload.id).where(Upload.field == "kk_pdf")))
    opened = set()
    for upload_id in every:
        with suppress(NotFound, DownloadCut):
            uploads.open_for(sari, upload_id).stream.close()
            opened.add(upload_id)
    assert shown == opened == told & set(every)
    return opened


def test_pdf_yang_belum_dikirim_tidak_terlihat_pemohon_dan_pergi_bila_tugasnya_dilepas(kasus: Jalur) -> None:
    kasus.to("kirim_kk")
    task = held(kasus)
    wrong = put(kasus, task)
    agus = kasus.kantor.people["pak_agus"]
    assert seen(kasus) == set()
    uploads.open_for(agus, wrong).stream.close()
    tasks.release(agus, task.id, task.version, "Salah unggah.")
    assert store.session.get(Upload, wrong) is None and "berkas_dibuang" in kasus.verbs()
    told = [entry.sentence for entry in riwayat.timeline(agus, kasus.view("pak_agus")).entries]
    assert any("belum dikirim dibuang" in sentence for sentence in told)
    other = put(kasus, held(kasus))
    kasus.do("kirim_kk")  # with another PDF: that one alone is sent
    assert seen(kasus) == set(portal_views.delivered(kasus.view())) and other not in seen(kasus)


def test_kk_salah_orang_mematikan_semua_yang_pernah_dikirim(kasus: Jalur) -> None:
    kasus.to("terima_kk")
    sent = list(portal_views.delivered(kasus.view()))
    for _ in range(2):
        kasus.do("terima_kk", **BAD)
        kasus.do("tangani_keluhan", keputusan="kirim_ulang", pesan_pemohon="Coba lagi.")
        sent += portal_views.delivered(kasus.view())
    assert len(set(sent)) == 3 and seen(kasus) == set(sent)
    agus = kasus.kantor.people["pak_agus"]
    data_incidents.report(agus, kasus.id, "KK kedua milik keluarga lain.")
    assert seen(kasus) == set()
    found = results.of(agus, kasus.view("pak_agus"))
    assert found is not None and [one.cut_at is None for one in found.papers] == [False] * 3
    with pytest.raises(DealtWith):
        data_incidents.report(agus, kasus.id, "Sekali lagi.")


def test_kk_salah_orang_mematikan_juga_yang_terunggah_dan_tidak_dikirim(kasus: Jalur) -> None:
    kasus.to("kirim_kk")
    task, agus = held(kasus), kasus.kantor.people["pak_agus"]
    with pytest.raises(DealtWith):  # nothing was sent yet
        data_incidents.report(agus, kasus.id, "Belum dikirim.")
    wrong = put(kasus, task)
    kasus.do("kirim_kk")
    data_incidents.report(agus, kasus.id, "PDF pertama milik keluarga lain.")
    assert seen(kasus) == set()
    with pytest.raises(DownloadCut):
        uploads.open_for(agus, wrong, as_download=True)


def test_pdf_yang_sudah_dimatikan_tidak_dapat_dikirim(kasus: Jalur) -> None:
    kasus.to("terima_kk")
    kasus.do("terima_kk", **BAD)
    again = held(kasus, "tangani_keluhan")
    pending, agus = put(kasus, again), kasus.kantor.people["pak_agus"]
    data_incidents.report(agus, kasus.id, "KK milik keluarga lain.")
    task = kasus.task("tangani_keluhan")
    raw = {"keputusan": "kirim_ulang", "kk_pdf": [pending], "pesan_pemohon": "Maaf."}
    with pytest.raises(InvalidInput):
        tasks.complete(agus, task.id, task.version, new_id(), raw)
