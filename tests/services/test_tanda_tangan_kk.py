"""The signed KK as it is handed in for kirim_kk: what is refused and why, what the record says of the rest."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import UploadRefused
from app.models import Event, Upload
from app.services import signatures, store
from app.services.flow import tasks
from app.services.portal import uploads
from tests.support import tanda
from tests.support.jalur import Jalur, kk_pdf
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji
from tests.support.penerbit import DOWN, GOOD, REVOKED, issuer


@pytest.fixture(autouse=True)
def _policy() -> Iterator[None]:
    before = signatures.policy
    yield
    signatures.policy = before


@dataclass
class Kirim:
    """A kirim_kk task in Pak Agus's hands; `number`: the KK number of its case."""

    number: str
    send: Callable[[bytes], Upload]


@pytest.fixture
def kirim(sqlite_app: Flask) -> Iterator[Kirim]:
    with jam_uji() as jam:
        kantor = Kantor.open()
        kasus = Jalur(kantor, jam, kantor.case())
        kasus.to("kirim_kk")
        agus, task = kantor.people["pak_agus"], kasus.task("kirim_kk").id
        tasks.claim(agus, task)
        number = str(kasus.view().answers["isi_permohonan"]["nomor_kk"])
        yield Kirim(number, lambda data: uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(data), task_id=task))


def test_pdf_bertanda_tangan_utuh_dicatat_tanpa_nama_di_riwayat(kirim: Kirim) -> None:
    number, send = kirim.number, kirim.send
    kept = send(tanda.signed_kk(number))
    assert kept.findings and kept.findings["cocok"] is True and kept.findings["tanda_tangan"] == "utuh"
    assert f"oleh {tanda.KADIS} pada" in signatures.told(kept.findings)
    assert signatures.told(kept.findings).endswith("penerbit tidak dikenal di sini.")
    payload = store.session.scalars(select(Event.payload).where(Event.verb == "berkas_diterima")).all()[-1]
    assert payload["tanda_tangan"] == "utuh" and tanda.KADIS not in str(payload)


def test_yang_rusak_dan_yang_berubah_ditolak_dengan_sebab_juga_di_peragaan(kirim: Kirim) -> None:
    number, send = kirim.number, kirim.send
    with pytest.raises(UploadRefused, match="berubah sesudah ditandatangani"):
        send(tanda.changed_kk(number))
    with pytest.raises(UploadRefused, match="rusak atau tidak dapat dibaca"):
        send(tanda.broken_kk(number))


def test_tanpa_tanda_tangan_diterima_di_peragaan_dengan_peringatan_dan_ditolak_di_produksi(kirim: Kirim) -> None:
    number, send = kirim.number, kirim.send
    kept = send(kk_pdf(number))
    assert signatures.warns(kept.findings)
    assert signatures.told(kept.findings) == "Tanpa tanda tangan elektronik (peragaan)."
    signatures.bind(roots=None, takes_unsigned=False)
    with pytest.raises(UploadRefused, match="tidak bertanda tangan elektronik"):
        send(kk_pdf(number))


def test_bila_akar_dipasang_penerbit_lain_ditolak(kirim: Kirim, tmp_path: Path) -> None:
    number, send = kirim.number, kirim.send
    signer, root = tanda.office()
    (tmp_path / "akar.pem").write_bytes(root)
    signatures.bind(roots=tmp_path, takes_unsigned=False)
    with pytest.raises(UploadRefused, match="bukan dari penerbit yang dikenal"):
        send(tanda.signed_kk(number))
    assert "; penerbit dikenal, " in signatures.told(send(tanda.signed_kk(number, signer)).findings)


def test_sertifikat_berlaku_dicabut_atau_tidak_dapat_dipastikan(kirim: Kirim, tmp_path: Path) -> None:
    number, send = kirim.number, kirim.send
    with issuer() as penerbit:
        (tmp_path / "akar.der").write_bytes(penerbit.roots[0])

        def sent(revocation: str, listed: str) -> Upload:
            signatures.bind(roots=tmp_path, takes_unsigned=False, revocation=revocation)
            penerbit.renew()  # another certificate, of which no helper knows anything
            penerbit.listed = listed
            return send(penerbit.signed(kk_pdf(number)))

        kept = sent("embedded", REVOKED)
        assert signatures.warns(kept.findings) and "dicabut tidak dapat dipastikan" in signatures.told(kept.findings)
        assert penerbit.asked == []
        kept = sent("online", GOOD)
        assert not signatures.warns(kept.findings)
        assert signatures.told(kept.findings).endswith("penerbit dikenal, sertifikat berlaku.")
        with pytest.raises(UploadRefused, match="sudah dicabut penerbitnya"):
            sent("online", REVOKED)
        assert signatures.warns(sent("online", DOWN).findings)
        with pytest.raises(UploadRefused, match="tidak dapat dipastikan sekarang"):
            sent("required", DOWN)
