"""A letter whose task goes elsewhere while its signer is at it is not signed, whatever the signer says afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.adapters.signer_local import LocalSigner
from app.domain.actors import SYSTEM
from app.domain.errors import StaleForm
from app.models import Event, OfficeLetter, User
from app.services import store
from app.services.accounts import acting, rights
from app.services.flow import cases, handing_over, tasks
from app.services.flow.signed_only import BeingSigned
from app.services.portal import portal_views
from app.services.records import audit, riwayat
from app.services.signing import batches, deciding, incoming, shown, sightings, signers, verifying
from tests.support.kasus import Jam, open_steps
from tests.support.surat import PASSPHRASE, STEP, Surat, signed_letters, states

KEY = "kunci-halaman-"


@pytest.fixture
def surat(sqlite_app: Flask, jam: Jam) -> Surat:
    return Surat.open()


@pytest.fixture
def meanwhile(surat: Surat, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """What happens while the signer is at it, once."""

    def happens(then: Callable[[], object]) -> None:
        waiting = [then]

        class Slow(LocalSigner):
            def sign(self, *given: Any) -> bytes:
                for once in [waiting.pop()] if waiting else []:
                    once()
                    store.session.rollback()
                return super().sign(*given)

        monkeypatch.setattr(signers, "local", lambda: Slow(store.data_dir / signers.FOLDER))

    return happens


def begin(surat: Surat, case_id: str) -> str:
    return batches.begin(surat.head, STEP, surat.see(case_id), KEY + case_id)


def second_head(surat: Surat) -> str:
    """Somebody else who may sign."""
    heru = surat.people["pak_heru"].id
    rights.set_roles(surat.people["pak_eko"], heru, [("kepala_dinas", "")])
    return heru


def send_back(surat: Surat, case_id: str) -> object:
    task = surat.task(case_id)
    ((_, came),) = deciding.send_back(surat.head, STEP, [(task.id, task.version)], KEY + "kembali", "Alamatnya salah.")
    return came


def assert_unsigned(surat: Surat, case_id: str, batch: str) -> None:
    """Nobody signed it: not to whoever asks, not to its pemohon, and the page that signed says why."""
    found = batches.look(surat.head, batch)
    assert (found.done, found.failed, found.left) == (0, 1, 0)
    assert "tidak dipakai" in found.lines[0].cause or "tidak sedang Anda pegang" in found.lines[0].cause
    assert signed_letters(case_id) == [] and incoming.find(found.lines[0].task_id) is None
    letter = store.session.scalars(select(OfficeLetter).where(OfficeLetter.case_id == case_id)).one()
    said = verifying.letter(letter.token)
    assert said is not None and (said.signed_at, said.intact) == (None, False)
    sari = surat.people["bu_sari"]
    assert portal_views.delivered(cases.load(sari, case_id)) == []
    thrown = store.session.scalars(select(Event).where(Event.verb == incoming.THROWN_AWAY)).all()
    assert len(thrown) == 1 and list(audit.verify(SYSTEM).findings) == []
    told = " ".join(entry.sentence for entry in riwayat.timeline(sari, cases.load(sari, case_id)).entries)
    assert "Tanda tangan tidak dipakai" in told


def test_selama_ditandatangani_surat_tidak_dapat_dikembalikan(
    surat: Surat, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    (case_id,), came = surat.waiting(1), []
    batch = begin(surat, case_id)
    meanwhile(lambda: came.append(send_back(surat, case_id)))
    assert batches.proceed(surat.head, batch, PASSPHRASE).done == 1
    assert [type(one) for one in came] == [BeingSigned]
    assert "verifikasi_surat" not in open_steps(case_id) and states() == {"selesai": 1}


def test_yang_dikembalikan_sesudah_layanan_terlalu_lama_tidak_jadi_ditandatangani(
    surat: Surat, jam: Jam, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    (case_id,) = surat.waiting(1)
    batch = begin(surat, case_id)

    def give_up() -> None:
        jam.lewat(minutes=2)
        assert isinstance(send_back(surat, case_id), tasks.Completed)

    meanwhile(give_up)
    done = batches.proceed(surat.head, batch, PASSPHRASE)
    assert (done.done, done.left, done.stopped) == (0, 0, "")
    assert open_steps(case_id) == ["verifikasi_surat"]
    assert_unsigned(surat, case_id, batch)


@pytest.mark.parametrize("way", ["dialihkan", "dilepas", "peran_dicabut"])
def test_yang_berpindah_selama_ditandatangani_tidak_jadi_ditandatangani(
    surat: Surat, meanwhile: Callable[[Callable[[], object]], None], way: str
) -> None:
    (case_id,), other = surat.waiting(1), second_head(surat)
    batch = begin(surat, case_id)

    def go_elsewhere() -> None:
        task = surat.task(case_id)
        if way == "dialihkan":
            handing_over.assign(surat.people["pak_dwi"], task.id, task.version, other, "Bu Kartika rapat.")
        elif way == "dilepas":
            tasks.release(surat.head, task.id, task.version, "Salah ambil.")
        else:
            rights.set_roles(surat.people["pak_eko"], surat.head.id, [("kabid", "")])

    meanwhile(go_elsewhere)
    batches.proceed(surat.head, batch, PASSPHRASE)
    assert open_steps(case_id) == [STEP]
    assert_unsigned(surat, case_id, batch)


def test_yang_dialihkan_sesudah_disimpan_gagal_dengan_sebab_dan_tidak_berputar_terus(
    surat: Surat, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case_id,), other = surat.waiting(1), second_head(surat)
    batch, keep = begin(surat, case_id), incoming.keep

    def kept_then_assigned(actor: Any, task_id: str) -> None:
        keep(actor, task_id)
        assert states() == {"ditandatangani": 1}
        task = surat.task(case_id)
        handing_over.assign(surat.people["pak_dwi"], task.id, task.version, other, "Bu Kartika rapat.")

    monkeypatch.setattr(incoming, "keep", kept_then_assigned)
    assert batches.proceed(surat.head, batch, PASSPHRASE).left == 0
    assert_unsigned(surat, case_id, batch)


def test_yang_tidak_maju_berhenti_dengan_sebab(surat: Surat, monkeypatch: pytest.MonkeyPatch) -> None:
    (case_id,) = surat.waiting(1)
    batch = begin(surat, case_id)
    monkeypatch.setattr(batches, "_sign_one", lambda *_: None)
    stuck = batches.proceed(surat.head, batch, PASSPHRASE)
    assert stuck.left == 1 and "Muat ulang daftarnya" in stuck.stopped


def test_yang_menunggu_di_halaman_orang_lain_tidak_diambil_selama_halamannya_jalan(surat: Surat, jam: Jam) -> None:
    ids, heru = surat.waiting(3), second_head(surat)
    other = acting.actor_of(store.session(), store.session.get_one(User, heru))
    chosen, ids = zip(*sorted(zip(surat.see(*ids), ids, strict=True)), strict=True)  # in the order of signing
    batch = batches.begin(surat.head, STEP, chosen, KEY + "a")
    assert batches.proceed(surat.head, batch, PASSPHRASE, budget_s=0).done == 1
    with pytest.raises(StaleForm):  # he has seen none of them
        batches.begin(other, STEP, chosen[1:], KEY + "b")
    for case_id, (task_id, _) in zip(ids[1:], chosen[1:], strict=True):
        sightings.note(other, STEP, task_id, shown.digests([case_id], STEP)[case_id])
    with pytest.raises(StaleForm, match="sedang ditandatangani"):
        batches.begin(other, STEP, chosen[1:], KEY + "c")
    going = batches.proceed(surat.head, batch, PASSPHRASE, budget_s=0)
    assert (going.total, going.done, going.left) == (3, 2, 1)
    jam.lewat(seconds=batches.LEASE.total_seconds() + 1)  # she left it at that
    assert batches.look(other, batches.begin(other, STEP, chosen[2:], KEY + "d")).left == 1
    assert batches.look(surat.head, batch).total == 2
