"""The papers of a case: in the order an officer wants, with what was replaced marked."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.models import Upload, new_id
from app.services import store
from app.services.desk import papers
from app.services.flow import cases
from app.services.portal import drafts, submissions
from app.services.work import unit_of_work
from tests.support.draf import fill_hilang
from tests.support.kasus import cast, finish, jam_uji, publish, return_to_applicant

KTP, POLICE = "ktp", "surat_hilang"


@pytest.fixture
def office(sqlite_app: Flask) -> Iterator[dict[str, Any]]:
    with jam_uji() as jam:
        people = cast()
        publish()
        sari = people["bu_sari"]
        draft_id = fill_hilang(sari)
        case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id
        yield {"people": people, "case_id": case_id, "jam": jam}


def _copy(case_id: str, requirement: str, **changes: str) -> str:
    """Another upload of the same bytes, as if handed in at another step."""
    query = select(Upload).where(Upload.case_id == case_id, Upload.requirement == requirement)
    old = store.session.scalars(query).one()
    values = {column.key: getattr(old, column.key) for column in Upload.__table__.columns} | changes
    values["id"] = new_id()
    with unit_of_work() as session:
        session.add(Upload(**values))
    return str(values["id"])


def test_berkas_menurut_persyaratan(office: dict[str, Any]) -> None:
    found = papers.papers(cases.load(office["people"]["pak_budi"], office["case_id"]))
    assert [paper.requirement for paper in found] == [POLICE, KTP]
    assert all(not sheet.replaced for paper in found for sheet in paper.sheets)
    assert found[0].label == "Foto Surat Keterangan Hilang dari Kepolisian"


def test_yang_diganti_di_belakang_dan_ditandai(office: dict[str, Any]) -> None:
    people, case_id, jam = office["people"], office["case_id"], office["jam"]
    finish(case_id, "buka_permohonan", people["pak_budi"])
    jam.lewat(minutes=1)
    return_to_applicant(case_id, people)
    new = _copy(case_id, KTP, step="lengkapi_berkas", field="berkas.ktp")
    jam.lewat(minutes=1)
    finish(case_id, "lengkapi_berkas", people["bu_sari"], {"berkas": {KTP: [new]}})
    found = {paper.requirement: paper for paper in papers.papers(cases.load(people["pak_budi"], case_id))}
    assert [(sheet.id == new, sheet.replaced) for sheet in found[KTP].sheets] == [(True, False), (False, True)]
    assert [sheet.replaced for sheet in found[POLICE].sheets] == [False]


def test_berkas_kantor_di_depan(office: dict[str, Any]) -> None:
    people, case_id, jam = office["people"], office["case_id"], office["jam"]
    finish(case_id, "buka_permohonan", people["pak_budi"])
    finish(case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
    draft = _copy(case_id, KTP, step="ajukan_cetak", field="draft_kk")
    with unit_of_work() as session:
        session.execute(update(Upload).where(Upload.id == draft).values(requirement=""))
    jam.lewat(minutes=1)
    finish(case_id, "ajukan_cetak", people["pak_budi"], {"draft_kk": [draft]})
    found = papers.papers(cases.load(people["bu_wulan"], case_id))
    assert found[0].label == "Draft KK dari SIAK"
    assert len(found) == 3
