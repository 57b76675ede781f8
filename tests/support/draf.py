"""A KK draft filled in through the services, page by page, as Bu Sari would."""

import io
from typing import Any

from app.domain.actors import Actor
from app.services.portal import drafts, uploads
from tests import factories
from tests.support.kasus import SLUG

FAMILY = [
    {"nama": "Sari Puspitarini", "nik": "3402995207900001", "shdk": "3"},
    {"nama": "Bagas Ŝetiawán", "nik": "3402990107850002", "shdk": "1"},
]
JOB = {"elemen": "pekerjaan", "semula": "2", "menjadi": "Karyawan Swasta", "dasar": "Surat keterangan kerja"}
REGION = {"kapanewon": "340299", "kalurahan": "3402992001"}
APPLICANT = {
    "alamat": "Padukuhan Contoh Asri",
    "rt": "03",
    "wilayah": REGION,
    "nomor_hp": "0811 0000 0001",
    "email": "sari@contoh.id",
}


def upload(actor: Actor, draft_id: str, field: str, data: bytes | None = None) -> str:
    """One page for a berkas field; its id."""
    stream = io.BytesIO(factories.photo() if data is None else data)
    return uploads.receive(actor, field=field, stream=stream, draft_id=draft_id).id


def save(actor: Actor, draft_id: str, section: str, raw: dict[str, Any]) -> drafts.Reminders:
    return drafts.save_section(actor, draft_id, drafts.load(actor, draft_id).version, section, raw)


def fill_hilang(actor: Actor, ktp: bytes | None = None) -> str:
    """KK hilang, ready to be sent; the draft's id. `ktp`: the bytes of that file, else a photograph."""
    draft_id = drafts.start(actor, SLUG)
    save(actor, draft_id, "jenis", {"jenis": "hilang"})
    save(actor, draft_id, "pemohon", APPLICANT)
    save(actor, draft_id, "untuk", {"untuk": "diri_sendiri"})
    papers = {"surat_hilang": [upload(actor, draft_id, "surat_hilang")], "ktp": [upload(actor, draft_id, "ktp", ktp)]}
    save(actor, draft_id, "berkas", papers)
    save(actor, draft_id, "kirim", {"bisa_cetak": "ya"})
    save(actor, draft_id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})
    return draft_id


def fill_perubahan(actor: Actor) -> str:
    """A perubahan with one change, up to the photographs, so that its form can be printed; the draft's id."""
    draft_id = drafts.start(actor, SLUG)
    save(actor, draft_id, "jenis", {"jenis": "perubahan"})
    save(actor, draft_id, "jenis_kk_lama", {"kk_lama": "ada"})
    save(actor, draft_id, "pemohon", APPLICANT)
    save(actor, draft_id, "untuk", {"untuk": "diri_sendiri"})
    save(actor, draft_id, "keluarga", {"anggota": FAMILY})
    proof = upload(actor, draft_id, "perubahan.0.bukti")
    save(actor, draft_id, "perubahan", {"perubahan": [{**JOB, "anggota": FAMILY[0]["nama"], "bukti": [proof]}]})
    return draft_id


def fill_perubahan_lengkap(actor: Actor) -> str:
    """The same with its papers, ready to be sent."""
    draft_id = fill_perubahan(actor)
    save(actor, draft_id, "berkas", {field: [upload(actor, draft_id, field)] for field in ("f106", "kk_lama_foto")})
    save(actor, draft_id, "kirim", {"bisa_cetak": "ya"})
    save(actor, draft_id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})
    return draft_id
