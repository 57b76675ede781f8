"""Pages as WTForms, and the round trip: drawn, posted, read, cleaned."""

import re
from html import unescape
from typing import Any

from werkzeug.datastructures import MultiDict

from app.procedures.answers import clean, clean_section, visible_sections
from app.procedures.inputs import Group, Page
from app.procedures.wtforms import FIELD_BUILDERS, build, build_row, put_errors, read
from tests.procedures import kk

FORM = kk.procedure().forms["isi_permohonan"]
OWN = clean(FORM, {**kk.changed(), "kanal": ["whatsapp"]}, kk.context())
ROW = {"anggota": "Sari Contoh", "dasar": "Ijazah", "bukti": ["foto-bukti"]}


def section(name: str) -> Any:
    return next(each for each in FORM.sections if each.id == name)


def row_page(row: dict[str, Any]) -> Page:
    return build_row(FORM, FORM.field("perubahan"), 0, row, OWN, kk.context())


def drawn(page: Any) -> str:
    """The HTML of every field that has some of its own."""
    return "".join(drawn(one.form) if isinstance(one, Group) else str(one()) for one in page if one.widget)


def submitted(html: str) -> list[tuple[str, str]]:
    """What a browser would post of this HTML: values of inputs, checked boxes, chosen options, text areas."""
    found = []
    for tag in re.findall(r"<input[^>]*>", html):
        kind, name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("type", "name", "value"))
        if name and ((kind and kind[1] not in ("radio", "checkbox")) or " checked" in tag):
            found.append((name[1], unescape(value[1]) if value else ""))
    for attributes, inner in re.findall(r"<select([^>]*)>(.*?)</select>", html, re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        for option in re.findall(r"<option[^>]*selected[^>]*>", inner):
            found.append((name[1], unescape(re.search(r'value="([^"]*)"', option)[1])))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL):
        found.append((name, unescape(inner)))
    return found


def test_setiap_halaman_yang_digambar_lalu_dikirim_memberi_jawaban_yang_sama() -> None:
    for each in visible_sections(FORM, OWN, kk.context()):
        others = {key: value for key, value in OWN.items() if key not in {field.id for field in each.fields}}
        posted = MultiDict(submitted(drawn(build(FORM, each, OWN, kk.context()))))
        raw = read(each.fields, posted, FORM, OWN, kk.context())
        again = clean_section(FORM, each, raw, kk.context(own=others))
        assert again == {field.id: OWN[field.id] for field in each.fields if field.id in OWN}, each.id


def test_baris_yang_digambar_lalu_dikirim_tetap_sama() -> None:
    row = OWN["perubahan"][0]
    posted = MultiDict(submitted(drawn(row_page(row))))
    again = read(FORM.field("perubahan").columns, posted, FORM, {}, kk.context(), "perubahan.0.")
    assert {name: value for name, value in again.items() if value} == row


def test_penilaian_yang_digambar_lalu_dikirim_tetap_sama() -> None:
    form = kk.procedure().forms["periksa_berkas"]
    own = {
        "jenis_ditetapkan": "perubahan",
        "keputusan": "kurang",
        "berkas": kk.all_good("bukti", "f106") | {"kk_lama": {"nilai": "tidak_terbaca", "catatan": "Foto ulang."}},
    }
    context = kk.context(answers={"isi_permohonan": OWN})
    fields = [field for each in form.sections for field in each.fields]
    html = "".join(drawn(build(form, each, own, context)) for each in form.sections)
    assert read(fields, MultiDict(submitted(html)), form, {}, context)["berkas"] == own["berkas"]


def test_yang_diketik_keliru_tetap_ada_dan_yang_terkunci_tidak_dibaca() -> None:
    posted = MultiDict([("rt", "bukan angka"), ("nik", "3402990000000009"), ("wilayah", ""), ("asing", "x")])
    pemohon = section("pemohon")
    raw = read(pemohon.fields, posted, FORM, {"nik": kk.BU_SARI["nik"]}, kk.context())
    assert raw == {"rt": "bukan angka", "nik": kk.BU_SARI["nik"]}
    page = build(FORM, pemohon, raw, kk.context())
    assert page["rt"].data == "bukan angka"
    assert page["nik"].shown == "************0001"
    assert build(FORM, pemohon, raw, kk.context(), masked=False)["nik"].shown == kk.BU_SARI["nik"]


def test_setiap_jenis_isian_punya_pembuat() -> None:
    for step, form in kk.procedure().forms.items():
        context = kk.context(answers={"isi_permohonan": OWN})
        for each in form.sections:
            assert {field.kind for field in each.fields} <= FIELD_BUILDERS.keys()
            assert type(build(form, each, {}, context)).__name__.startswith(step)


def test_kolom_mengikuti_elemen_di_barisnya() -> None:
    pages = {each: row_page({**ROW, "elemen": each}) for each in ("agama", "tanggal_lahir", "lainnya")}
    assert pages["agama"]["menjadi"].options[0].label == "Islam"
    assert 'type="date"' in pages["tanggal_lahir"]["menjadi"]()
    assert 'type="text"' in pages["lainnya"]["menjadi"]()
    assert [("elemen_lainnya" in page) for page in pages.values()] == [False, False, True]
    assert "menjadi" not in row_page(ROW)


def test_kesalahan_kembali_ke_isiannya() -> None:
    page = row_page(OWN["perubahan"][0])
    summary = put_errors([page], {"perubahan.0.menjadi": ["Masih sama."], "": ["Umum."], "nik": ["Lain."]})
    assert summary == [("i-perubahan-0-menjadi", "Seharusnya: Masih sama."), ("", "Umum."), ("", "Lain.")]
    assert 'aria-describedby="i-perubahan-0-menjadi-galat"' in page["menjadi"]()
    assert 'aria-invalid="true"' in page["menjadi"]()


def test_kesalahan_baris_penilaian_dan_wilayah_kembali_ke_tempatnya() -> None:
    table = build(FORM, section("perubahan"), OWN, kk.context())
    assert put_errors([table], {"perubahan.0.menjadi": ["Sama."]})[0][0] == "i-perubahan-0"
    assert table["perubahan"].cards[0].errors == ["Sama."]
    form = kk.procedure().forms["periksa_berkas"]
    context = kk.context(answers={"isi_permohonan": OWN})
    page = build(form, form.sections[1], {"jenis_ditetapkan": "perubahan"}, context)
    put_errors([page], {"berkas.f106.catatan": ["Tulis."], "berkas": ["Nilai."]})
    assert list(page["berkas"].form["f106"].errors) == ["Tulis."]
    assert list(page["berkas"].errors) == ["Nilai."]
    home = build(FORM, section("pemohon"), OWN, kk.context())
    put_errors([home], {"wilayah.kalurahan": ["Pilih."]})
    assert list(home["wilayah"].errors) == ["Pilih."]
