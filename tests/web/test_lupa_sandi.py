"""The forgotten password: the same answer for everybody, a link that works once, and nobody left signed in."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import Event, Mail
from app.services import store
from app.services.accounts import rights
from tests import factories
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, run_all
from tests.support.peramban import isi, sign_in
from tests.support.tantangan import answered

NEW = "kalimat sandi yang baru"


def _ask(visitor: FlaskClient, jam: Jam, email: str = "sari@contoh.id") -> TestResponse:
    page = isi(visitor.get("/lupa-sandi"))
    jam.lewat(seconds=4)
    return visitor.post("/lupa-sandi", data={"email": email, **answered(page)})


def _letters(site: Flask) -> list[Mail]:
    with site.app_context():
        run_all()
        store.session.rollback()
        found = list(store.session.scalars(select(Mail).order_by(Mail.sent_at, Mail.message_id)))
        store.session.expunge_all()
        return found


def _link(site: Flask, jam: Jam) -> str:
    _ask(site.test_client(), jam)
    found = re.search(r"http://localhost(/sandi-baru/[\w-]{43})\s", _letters(site)[-1].body)
    assert found is not None
    return found[1]


def _save(visitor: FlaskClient, link: str, new: str = NEW, repeated: str = "") -> TestResponse:
    return visitor.post(link, data={"sandi_baru": new, "sandi_ulang": repeated or new})


def _may_sign_in(site: Flask, password: str) -> bool:
    data = {"email": "sari@contoh.id", "password": password}
    return site.test_client().post("/masuk", data=data).status_code == 302


def test_dari_lupa_sampai_masuk_lagi(situs: Flask, jam: Jam) -> None:
    there = sign_in(situs, "bu_sari")
    assert 'href="/peragaan/surat"' in isi(there.get("/lupa-sandi/terkirim"))
    link, owner = _link(situs, jam), situs.test_client()
    assert "Buat kata sandi baru" in isi(owner.get(link))
    assert "tersimpan" in isi(owner.get(_save(owner, link).location))
    assert there.get("/pengaturan").status_code == 302, "every session has ended"
    assert (_may_sign_in(situs, factories.PASSWORD), _may_sign_in(situs, NEW)) == (False, True)
    told = _letters(situs)
    assert sorted(one.subject for one in told) == ["Buat kata sandi baru", "Kata sandi Anda diganti"]
    assert {one.to for one in told} == {"sari@contoh.id"}
    with situs.app_context():
        verbs = store.session.scalars(select(Event.verb).where(Event.stream == "akun:uji-bu-sari").order_by(Event.seq))
        assert list(verbs)[:3] == ["masuk", "lupa_kata_sandi", "kata_sandi_dipulihkan"]
        assert link.rpartition("/")[2] not in repr(snapshot()["mail_tokens"])


def test_jawabannya_sama_untuk_email_yang_dikenal_tidak_dikenal_dan_nonaktif(situs: Flask, jam: Jam) -> None:
    with situs.app_context():
        rights.switch_off(factories.actor("pak_eko"), factories.actor("pak_joko").id)
    seen = []
    for email in ("sari@contoh.id", "tidak-ada@contoh.id", "joko@contoh.id", "SARI@contoh.id "):
        visitor = situs.test_client()
        answer = _ask(visitor, jam, email)
        page = re.sub(r'name="csrf_token" value="[^"]+"', "", isi(visitor.get(answer.location)))
        seen.append((answer.status_code, answer.location, page))
    assert len(set(seen)) == 1
    asked = [one.to for one in _letters(situs) if one.subject == "Buat kata sandi baru"]
    assert asked == ["sari@contoh.id"] * 2


def test_yang_ditulis_sama_banyaknya_supaya_lamanya_tidak_menunjukkan_akun(situs: Flask, jam: Jam) -> None:
    written = []
    for email in ("sari@contoh.id", "tidak-ada@contoh.id"):
        with situs.app_context():
            before = {name: len(rows) for name, rows in snapshot().items()}
        _ask(situs.test_client(), jam, email)
        with situs.app_context():
            written.append({name: len(rows) - before[name] for name, rows in snapshot().items()})
        jam.lewat(minutes=16)
    known, unknown = ({name: grown for name, grown in one.items() if name != "counters"} for one in written)
    assert known == unknown
    assert (known["jobs"], known["mail_tokens"], known["events"]) == (1, 1, 1)


def test_permintaan_dibatasi_tiap_akun_sama_juga_yang_tidak_ada(situs: Flask, jam: Jam) -> None:
    heard = []
    for email in ("sari@contoh.id", "tidak-ada@contoh.id"):
        answers = [_ask(situs.test_client(), jam, email) for _ in range(4)]
        heard.append([(answer.status_code, "Coba lagi pukul 08.15." in isi(answer)) for answer in answers])
    assert heard == [[(302, False)] * 3 + [(429, True)]] * 2
    assert len(_letters(situs)) == 3


def test_satu_alamat_tidak_dapat_menyurati_semua_orang(situs: Flask, jam: Jam) -> None:
    answers = [_ask(situs.test_client(), jam, f"orang-{number}@contoh.id") for number in range(31)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429]


def test_tanpa_jawaban_yang_benar_tidak_ada_surat(situs: Flask, jam: Jam) -> None:
    visitor = situs.test_client()
    page = isi(visitor.get("/lupa-sandi"))
    jam.lewat(seconds=4)
    wrong = visitor.post("/lupa-sandi", data={"email": "sari@contoh.id", **answered(page), "jawaban": "entah"})
    assert (wrong.status_code, "belum cocok" in isi(wrong)) == (422, True)
    assert 'value="sari@contoh.id"' in isi(wrong)
    assert visitor.post("/lupa-sandi", data={"email": "sari@contoh.id"}).status_code == 422
    assert _letters(situs) == []


def test_email_yang_keliru_tidak_menghabiskan_pertanyaannya(situs: Flask, jam: Jam) -> None:
    visitor = situs.test_client()
    page = isi(visitor.get("/lupa-sandi"))
    jam.lewat(seconds=4)
    sent = answered(page)
    again = visitor.post("/lupa-sandi", data={"email": "sari", **sent})
    assert (again.status_code, answered(isi(again))) == (422, sent)
    assert visitor.post("/lupa-sandi", data={"email": "sari@contoh.id", **sent}).status_code == 302


def test_klik_ganda_mengirim_satu_surat_dan_menyimpan_sekali(situs: Flask, jam: Jam) -> None:
    visitor = situs.test_client()
    page = isi(visitor.get("/lupa-sandi"))
    jam.lewat(seconds=4)
    sent = {"email": "sari@contoh.id", **answered(page)}
    assert [visitor.post("/lupa-sandi", data=sent).location for _ in range(2)] == ["/lupa-sandi/terkirim"] * 2
    (letter,) = _letters(situs)
    link = "/sandi-baru/" + letter.body.partition("/sandi-baru/")[2][:43]
    assert [_save(visitor, link).location for _ in range(2)] == ["/masuk"] * 2
    assert len(_letters(situs)) == 2
    assert _save(visitor, link, "kalimat lain sama sekali").location == "/lupa-sandi", "another password is another try"
    jam.lewat(minutes=2)
    assert _save(visitor, link).location == "/lupa-sandi"


def test_membuka_tautan_tidak_memakainya_dan_tidak_menulis(situs: Flask, jam: Jam) -> None:
    link = _link(situs, jam)
    with situs.app_context():
        before = snapshot()
    for _ in range(3):
        assert situs.test_client().get(link).status_code == 200
    with situs.app_context():
        assert snapshot() == before
    assert _save(situs.test_client(), link).location == "/masuk"


def test_tautan_terpakai_terlambat_lama_atau_karangan_mengarah_ke_permintaan_baru(situs: Flask, jam: Jam) -> None:
    first = _link(situs, jam)
    second = _link(situs, jam)
    for link in (first, "/sandi-baru/" + "a" * 43, "/sandi-baru/x"):
        visitor = situs.test_client()
        assert [visitor.get(link).location, _save(visitor, link).location] == ["/lupa-sandi"] * 2
        assert "Minta tautan baru" in isi(visitor.get("/lupa-sandi"))
    jam.lewat(minutes=46)
    assert situs.test_client().get(second).location == "/lupa-sandi"
    assert _may_sign_in(situs, factories.PASSWORD)


def test_kata_sandi_yang_diganti_mematikan_tautan_yang_beredar(situs: Flask, jam: Jam) -> None:
    link = _link(situs, jam)
    sent = {"sandi_lama": factories.PASSWORD, "sandi_baru": NEW, "sandi_ulang": NEW}
    assert sign_in(situs, "bu_sari").post("/pengaturan/kata-sandi", data=sent).status_code == 302
    assert situs.test_client().get(link).location == "/lupa-sandi"


def test_kata_sandi_yang_tidak_boleh_tidak_memakai_tautannya(situs: Flask, jam: Jam) -> None:
    link, visitor = _link(situs, jam), situs.test_client()
    for new, repeated, said in (
        ("pendek", "", "12 sampai"),
        (NEW, NEW + "x", "berbeda"),
        ("sari@contoh.id", "", "tidak boleh sama"),
    ):
        answer = _save(visitor, link, new, repeated)
        assert (answer.status_code, said in isi(answer)) == (422, True)
    assert _save(visitor, link).location == "/masuk"


def test_yang_ditahan_karena_lupa_dapat_masuk_dengan_kata_sandi_baru(situs: Flask, jam: Jam) -> None:
    visitor, page = situs.test_client(), ""
    for _ in range(11):
        jam.lewat(seconds=3)
        sent = answered(page) if "tantangan" in page else {}
        page = isi(visitor.post("/masuk", data={"email": "sari@contoh.id", "password": "salah", **sent}))
    assert "Terlalu banyak percobaan masuk" in page
    _save(visitor, _link(situs, jam))
    sent = {"email": "sari@contoh.id", "password": NEW}
    asked = isi(visitor.post("/masuk", data=sent))
    jam.lewat(seconds=3)
    assert visitor.post("/masuk", data={**sent, **answered(asked)}).status_code == 302
