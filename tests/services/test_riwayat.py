"""The history in sentences: honest about returns, names for officers, roles for the pemohon."""

from collections.abc import Sequence

import pytest
from flask import Flask

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.services.background import timers
from app.services.flow import cases, tasks
from app.services.records import riwayat
from app.services.records.riwayat import Entry
from tests.support.kasus import cast, finish, go_to_signed, jam_uji, open_kk, open_steps, publish, return_to_applicant


def told_to(actor: Actor, case_id: str) -> Sequence[Entry]:
    return riwayat.timeline(actor, cases.load(actor, case_id)).entries


def test_pengembalian_diceritakan_apa_adanya(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return_to_applicant(case_id, people, "Foto KTP buram.")
        finish(case_id, "lengkapi_berkas", people["bu_sari"])

        told = [(entry.sentence, entry.who) for entry in told_to(people["bu_sari"], case_id)]
        assert ("Dikembalikan kepada Anda untuk dilengkapi: Foto KTP buram.", "Petugas Unit Layanan & Entri") in told
        assert told[-1] == ("Melengkapi berkas: selesai.", "Anda")
        assert not any("Budi" in who for _, who in told)
        returns = [entry for entry in told_to(people["bu_sari"], case_id) if entry.is_return]
        assert len(returns) == 1

        officers = [(entry.sentence, entry.who) for entry in told_to(people["bu_rini"], case_id)]
        assert ("Dikembalikan kepada pemohon untuk dilengkapi: Foto KTP buram.", "Budi Prakosa") in officers
        assert officers[-1] == ("Melengkapi berkas: selesai.", "Sari Puspitarini")


def test_urusan_dalam_kantor_hanya_dibaca_petugas(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        timers.sweep(jam.lewat(minutes=121))
        opened = cases.load(people["pak_budi"], case_id).open_tasks[0]
        held = tasks.claim(people["pak_budi"], opened.id)
        task = tasks.load(people["pak_budi"], held.task_id).task
        tasks.release(people["pak_budi"], task.id, task.version, "Harus rapat")
        assert open_steps(case_id) == ["periksa_berkas"]

        officers = " ".join(entry.sentence for entry in told_to(people["pak_budi"], case_id))
        assert "lewat batas" in officers
        assert "Alasan: Harus rapat" in officers
        resident = " ".join(entry.sentence for entry in told_to(people["bu_sari"], case_id))
        assert "lewat batas" not in resident
        assert "Harus rapat" not in resident


def test_petugas_membaca_keputusan_pada_langkah_yang_selesai_pemohon_tidak(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        officers = [entry.sentence for entry in told_to(people["bu_rini"], case_id)]
        assert "Memverifikasi draft KK: selesai, keputusan: Valid, teruskan ke Kepala Dinas." in officers
        assert not any("keputusan:" in entry.sentence for entry in told_to(people["bu_sari"], case_id))


def test_orang_lain_tidak_melihat_riwayat(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        with pytest.raises(NotFound):
            riwayat.timeline(people["pak_joko"], cases.load(people["bu_sari"], case_id))


def test_riwayat_panjang_dibaca_halaman_demi_halaman(app: Flask) -> None:
    """Thirty returns: every act exactly once, however the pages fall."""
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        for number in range(30):
            jam.lewat(seconds=1)
            return_to_applicant(case_id, people, f"Pesan ke-{number}.")
            finish(case_id, "lengkapi_berkas", people["bu_sari"])
        view = cases.load(people["bu_sari"], case_id)
        newest = riwayat.timeline(people["bu_sari"], view)
        assert len(newest.entries) == riwayat.PAGE
        assert newest.entries[-2].sentence.endswith("Pesan ke-29.")
        older = riwayat.timeline(people["bu_sari"], view, newest.before)
        assert older.before is None
        told = [entry.sentence for entry in (*older.entries, *newest.entries)]
        assert told[0].endswith("dibuat.")
        assert [text.rsplit(" ", 1)[-1] for text in told if "Dikembalikan" in text] == [f"ke-{n}." for n in range(30)]
