"""Finding a case by number, name, or exactly a NIK."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, TooManyAttempts
from app.domain.names import words
from app.models import Case, CaseNik, Event, NameWord, User
from app.services import clock, store
from app.services.desk import finding
from app.services.portal import drafts, submissions
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI
from tests.support.draf import fill_hilang
from tests.support.kasus import cast, publish

NIK_SARI = factories.CAST["bu_sari"].nik or ""
NIK_DIWAKILI = "3402994507700005"


@pytest.fixture
def orang(app: Flask) -> Iterator[dict[str, Actor]]:
    with clock.using(lambda: SENIN_PAGI):
        people = cast()
        publish()
        yield people


def _sent(actor: Actor, nik: str = "") -> str:
    draft_id = fill_hilang(actor)
    case_id = submissions.submit(actor, draft_id, drafts.load(actor, draft_id).version, confirmed=True).case_id
    if nik:
        with unit_of_work() as session:
            session.add(CaseNik(nik=nik, case_id=case_id))
    return case_id


def _ids(result: finding.Result) -> list[str]:
    return [case.case_id for case in result.cases]


def test_menurut_nomor_utuh_awalnya_atau_angka_di_belakangnya(orang: dict[str, Actor]) -> None:
    one, two = _sent(orang["bu_sari"]), _sent(orang["bu_sari"])
    number = store.session.get_one(Case, two).number
    budi = orang["pak_budi"]
    assert _ids(finding.by_text(budi, number.lower())) == [two]
    assert set(_ids(finding.by_text(budi, number[:8]))) == {one, two}
    assert _ids(finding.by_text(budi, str(int(number.rpartition("-")[2])))) == [two]
    assert _ids(finding.by_text(budi, "987654")) == _ids(finding.by_text(budi, "KK-1999-000001")) == []


def test_menurut_awal_kata_nama_mana_pun_dan_nama_yang_berganti(orang: dict[str, Actor]) -> None:
    case_id = _sent(orang["bu_sari"])
    budi = orang["pak_budi"]
    for said in ("sari", "PUSPI", "pus sar", "Sári"):
        assert _ids(finding.by_text(budi, said)) == [case_id], said
    for said in ("ari", "sari wira", "%", "", "'"):
        assert _ids(finding.by_text(budi, said)) == [], said
    with unit_of_work() as session:
        session.get_one(User, orang["bu_sari"].id).name = "Dyah Ayu"
    assert _ids(finding.by_text(budi, "sari")) == []
    assert _ids(finding.by_text(budi, "dyah")) == [case_id]
    assert {row.word for row in store.session.query(NameWord).filter_by(user_id=orang["bu_sari"].id)} == {"dyah", "ayu"}


def test_hanya_yang_boleh_dilihat_dan_bukan_milik_sendiri(orang: dict[str, Actor]) -> None:
    _sent(orang["bu_sari"])
    assert _ids(finding.by_text(orang["pak_tarno"], "sari")) == []  # another kapanewon
    assert _ids(finding.by_text(orang["pak_eko"], "sari")) == []  # no lane in this procedure
    itself = Actor(orang["bu_sari"].id, "Sari", frozenset({"pemohon", "petugas_layanan"}))
    assert _ids(finding.by_text(itself, "sari")) == []
    with pytest.raises(Forbidden):
        finding.by_text(orang["bu_sari"], "sari")


def test_nik_menemukan_permohonannya_dan_yang_menyebutnya(orang: dict[str, Actor]) -> None:
    own, other = _sent(orang["bu_sari"]), _sent(orang["pak_joko"], NIK_DIWAKILI)
    budi = orang["pak_budi"]
    assert _ids(finding.by_nik(budi, f"{NIK_SARI[:6]} {NIK_SARI[6:]}", "telepon")) == [own]
    assert _ids(finding.by_nik(budi, NIK_DIWAKILI, "loket")) == [other]
    assert {row.nik for row in store.session.query(CaseNik).filter_by(case_id=own)} == {NIK_SARI}


def test_tiap_pencarian_nik_ada_di_jejak_dengan_tujuannya_tanpa_nik(orang: dict[str, Actor]) -> None:
    _sent(orang["bu_sari"])
    budi = orang["pak_budi"]
    for purpose in ("telepon", "aduan"):
        finding.by_nik(budi, NIK_SARI, purpose)
    finding.by_nik(budi, NIK_DIWAKILI, "loket")
    events = store.session.query(Event).filter_by(verb=finding.FOUND).order_by(Event.id).all()
    sari = f"akun:{orang['bu_sari'].id}"
    assert [(event.stream, event.payload) for event in events] == [
        (sari, {"tujuan": "telepon", "ditemukan": 1}),
        (sari, {"tujuan": "aduan", "ditemukan": 1}),
        ("kantor", {"tujuan": "loket", "ditemukan": 0}),
    ]


def test_nik_harus_lengkap_bertujuan_dan_tidak_untuk_menyisir(
    orang: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    budi = orang["pak_budi"]
    with pytest.raises(InvalidInput):
        finding.by_nik(budi, NIK_SARI, "iseng")
    with pytest.raises(InvalidInput):
        finding.by_nik(budi, "3402999999900001", "loket")
    monkeypatch.setattr(finding, "MOST_NIK_SEARCHES", 2)
    for _ in range(2):
        finding.by_nik(budi, NIK_SARI, "loket")
    with pytest.raises(TooManyAttempts):
        finding.by_nik(budi, NIK_SARI, "loket")


def test_kata_sebuah_nama() -> None:
    assert words("Sari Dwi Puspitarini, S.E.") == ("sari", "dwi", "puspitarini", "s", "e")
    assert words("Nu'man  nu'man É") == ("numan", "e")
    assert words("—") == ()
