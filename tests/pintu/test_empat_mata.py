"""Two pairs of eyes and the limits of a unit, tried through every way in, by people who hold several roles."""

import re
from collections.abc import Iterator

import pytest

from app.domain.actors import Actor
from app.models import Case, Event, Task
from app.services import store
from app.services.accounts import rights
from tests import factories
from tests.pintu.dunia import OTHER_UNIT, PERSON, Dunia
from tests.support.kasus import finish, open_kk

pytestmark = pytest.mark.xdist_group("pintu")

TWO_ROLES = "dua_peran"
KEY = {"kunci": "kunci-empat-mata"}
VERIFIED = {
    "keputusan": "valid",
    "catatan": "",
    "ditampilkan": "keputusan catatan",
    "aksi": "lanjut",
    "versi": "1",
    **KEY,
}
SIGNED = {
    "keputusan": "ditandatangani",
    "tanggal_ttd": "2026-11-23",
    "jam_ttd": "08:00",
    "sudah_ttd": "ya",
    "ditampilkan": "keputusan tanggal_ttd jam_ttd sudah_ttd",
    **KEY,
}
MARKED = {"aksi": "tandai", "sudah": "ya", **KEY}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def sign_in(dunia: Dunia, who: str, key: str) -> None:
    """Somebody of the cast signs in again, as `who`, since their roles were changed."""
    client = dunia.site.test_client()
    token = _TOKEN.findall(client.get("/masuk").text)[0]
    sent = {"email": factories.CAST[key].email, "password": factories.PASSWORD, "csrf_token": token}
    assert client.post("/masuk", data=sent).status_code == 302
    token = _TOKEN.findall(client.get("/tentang").text)[0]
    cookie = client.get_cookie("alur")
    assert cookie is not None
    dunia.cookies = {**dunia.cookies, who: (cookie.value, token)}


@pytest.fixture
def kantor(utuh: Dunia) -> Iterator[Dunia]:
    """Pak Budi also has the roles of kasi and kepala dinas; Pak Tarno has them for his own unit only."""
    eko = factories.actor("pak_eko")
    before = utuh.cookies
    with utuh.site.app_context():
        every = ("petugas_layanan", "kasi", "kepala_dinas", "petugas_cetak", "supervisor")
        rights.set_roles(eko, factories.actor("pak_budi").id, [(role, "") for role in every])
        rights.set_roles(eko, factories.actor("pak_tarno").id, [(role, "340210") for role in every])
    sign_in(utuh, TWO_ROLES, "pak_budi")
    sign_in(utuh, OTHER_UNIT, PERSON[OTHER_UNIT])
    yield utuh
    utuh.cookies = before


def entered_by_budi(dunia: Dunia, *, verified_by: str = "") -> tuple[str, str]:
    """A case that Pak Budi entered, waiting to be verified, or with `verified_by` to be signed; (case, task)."""
    people: dict[str, Actor] = {key: factories.actor(key) for key in factories.CAST}
    with dunia.site.app_context():
        version = store.session.query(Case.version_id).filter_by(about="permohonan").first()
        assert version is not None
        case_id = open_kk(people, version[0])
        finish(case_id, "buka_permohonan", people["pak_budi"])
        finish(case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
        finish(case_id, "ajukan_cetak", people["pak_budi"])
        if verified_by:
            finish(case_id, "verifikasi_draft", people[verified_by], {"keputusan": "valid"})
        return case_id, store.session.query(Task.id).filter_by(case_id=case_id, closed_at=None).one()[0]


def held(dunia: Dunia, task_id: str) -> tuple[str | None, bool]:
    """(who holds it, is it closed)."""
    with dunia.site.app_context():
        task = store.session.get_one(Task, task_id)
        return task.claimed_by, task.closed_at is not None


WAYS = {
    "ambil": ("/tugas/{task}/ambil", KEY, {403}),
    "ambil berikutnya": ("/inbox/berikutnya", {**KEY, "tugas": "{task}"}, {302}),
    "selesai tanpa mengambil": ("/tugas/{task}", VERIFIED, {403, 409, 422}),
    "simpan": ("/tugas/{task}/simpan", VERIFIED, {409}),
    "lepas": ("/tugas/{task}/lepas", {"versi": "1", "alasan": "x"}, {403, 409}),
    "jeda": ("/tugas/{task}/jeda", {}, {403, 409}),
    "sekaligus": ("/tanda-tangan/tanda_tangan_kk", {**MARKED, "pilih": "{task}:1"}, {200, 404, 422}),
}


@pytest.mark.parametrize("way", WAYS)
def test_yang_mengentri_tidak_memverifikasi_lewat_jalan_mana_pun(kantor: Dunia, way: str) -> None:
    case_id, task_id = entered_by_budi(kantor)
    address, sent, allowed = WAYS[way]
    fields = {name: value.format(task=task_id) for name, value in sent.items()}
    answer = kantor.knock(TWO_ROLES, "POST", address.format(task=task_id), fields)
    assert answer.status_code in allowed
    assert held(kantor, task_id) == (None, False)
    with kantor.site.app_context():
        assert store.session.query(Event).filter_by(stream=f"kasus:{case_id}", verb="tugas_diambil").count() == 0


def test_penolakan_empat_mata_menyebut_sebabnya_dan_tidak_ada_di_antreannya(kantor: Dunia) -> None:
    _, task_id = entered_by_budi(kantor)
    assert task_id not in kantor.knock(TWO_ROLES, "GET", "/inbox").text
    answer = kantor.knock(TWO_ROLES, "POST", f"/tugas/{task_id}/ambil", KEY)
    assert "jadi orang lain yang memverifikasi" in answer.text
    assert f"/tugas/{task_id}/ambil" not in kantor.knock(TWO_ROLES, "GET", f"/tugas/{task_id}").text
    assert kantor.knock("kasi", "POST", f"/tugas/{task_id}/ambil", KEY).status_code == 302


@pytest.mark.parametrize("way", WAYS)
def test_unit_lain_tidak_menyentuh_tugas_lewat_jalan_mana_pun(kantor: Dunia, way: str) -> None:
    """With every role there is, but for another kapanewon."""
    _, task_id = entered_by_budi(kantor, verified_by="bu_wulan")
    address, sent, _ = WAYS[way]
    fields = {name: value.format(task=task_id) for name, value in sent.items()}
    before = kantor.state()
    answer = kantor.knock(OTHER_UNIT, "POST", address.format(task=task_id), fields)
    assert answer.status_code in ({302} if "berikutnya" in way else {404, 422})
    assert kantor.state() == before


def test_unit_lain_tidak_melihat_nama_nomor_atau_berkas_di_mana_pun(kantor: Dunia) -> None:
    case_id, task_id = entered_by_budi(kantor, verified_by="bu_wulan")
    with kantor.site.app_context():
        number = store.session.get_one(Case, case_id).number
    lists = [f"/inbox?tampil={view}" for view in ("antrean", "tugas-saya", "menunggu-pemohon", "selesai-hari-ini")]
    for address in (*lists, "/inbox/cari?q=Sari", f"/inbox/cari?q={number}", "/tanda-tangan/tanda_tangan_kk"):
        page = kantor.knock(OTHER_UNIT, "GET", address)
        assert page.status_code == 200
        assert "Sari Puspitarini" not in page.text and task_id not in page.text, address
        assert number not in page.text or f"q={number}" in address, address
    for rule in (
        "/tugas/<task_id>",
        "/tugas/<task_id>/diagram.bpmn",
        "/berkas/<upload_id>",
        "/berkas/<upload_id>/kecil",
    ):
        assert kantor.knock(OTHER_UNIT, "GET", kantor.address(rule)).status_code == 404
    assert kantor.knock(OTHER_UNIT, "GET", kantor.address("/permohonan/<case_id>/bukti.pdf")).status_code == 404


def test_unit_atau_peran_yang_dicabut_menghilangkan_tugas_yang_sedang_dipegang_dari_daftar(kantor: Dunia) -> None:
    task_id = kantor.sari["tugas_dipegang"]
    mine = "/inbox?tampil=tugas-saya"
    assert task_id in kantor.knock(TWO_ROLES, "GET", mine).text
    for roles in ([("petugas_layanan", "340210")], [("kepala_dinas", "")]):
        with kantor.site.app_context():
            rights.set_roles(factories.actor("pak_eko"), factories.actor("pak_budi").id, roles)
        assert kantor.knock(TWO_ROLES, "GET", mine).status_code == 302, "the old session is over"
        sign_in(kantor, TWO_ROLES, "pak_budi")
        page = kantor.knock(TWO_ROLES, "GET", mine)
        assert page.status_code == 200 and task_id not in page.text and "Sari Puspitarini" not in page.text
