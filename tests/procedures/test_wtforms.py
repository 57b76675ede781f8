"""Pages as WTForms, and the round trip: drawn, posted, read, cleaned."""

import re
from html import unescape

from werkzeug.datastructures import MultiDict

from app.procedures.answers import clean, clean_section, visible_sections
from app.procedures.posted import apply_action, raw_from
from app.procedures.wtforms import FIELD_BUILDERS, build, form_class, put_errors
from tests.procedures import kk

FORM = kk.procedure().forms["isi_permohonan"]
OWN = clean(FORM, kk.changed(), kk.context())


def page(name: str):
    return next(section for section in FORM.sections if section.id == name)


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
    return found


def test_setiap_halaman_yang_digambar_lalu_dikirim_memberi_jawaban_yang_sama() -> None:
    for section in visible_sections(FORM, OWN, kk.context()):
        others = {key: value for key, value in OWN.items() if key not in {field.id for field in section.fields}}
        drawn = build(FORM, section, kk.context(own=OWN), OWN)
        html = "".join(str(field()) for field in drawn)
        raw = raw_from(MultiDict(submitted(html)), FORM, section, kk.context(own=OWN))
        again = clean_section(FORM, section, raw, kk.context(own=others))
        assert again == {field.id: OWN[field.id] for field in section.fields if field.id in OWN}, section.id


def test_setiap_jenis_isian_punya_pembuat() -> None:
    kinds = {field.kind for form in kk.procedure().forms.values() for part in form.sections for field in part.fields}
    assert kinds <= FIELD_BUILDERS.keys()
    for step, form in kk.procedure().forms.items():
        for section in form.sections:
            assert form_class(form, section, kk.context(answers={"isi_permohonan": OWN})).__name__.startswith(step)


def test_kolom_mengikuti_elemen_di_barisnya() -> None:
    rows = [{"elemen": "agama"}, {"elemen": "tanggal_lahir"}, {"elemen": "lainnya"}]
    drawn = build(FORM, page("perubahan"), kk.context(own=OWN), {"perubahan": rows})
    entries = [entry.form for entry in drawn["perubahan"].entries]
    assert [entry["menjadi"].way for entry in entries] == ["kode/agama", "tanggal", "teks"]
    assert entries[0]["menjadi"].choices[0] == ("1", "Islam")
    assert [entry["elemen_lainnya"].shown for entry in entries] == [False, False, True]


def test_kesalahan_kembali_ke_isiannya() -> None:
    drawn = build(FORM, page("perubahan"), kk.context(own=OWN), OWN)
    wrong = {"perubahan.0.menjadi": ["sama"], "perubahan.9.x": ["jauh"], "": ["umum"], "nik": ["lain"]}
    left = put_errors(drawn, wrong)
    assert drawn["perubahan"].entries[0].form["menjadi"].errors == ["sama"]
    assert list(drawn["perubahan"].errors) == ["jauh"]
    assert left == ["umum", "lain"]


def test_kesalahan_penilaian_dan_wilayah_kembali_ke_isiannya() -> None:
    form = kk.procedure().forms["periksa_berkas"]
    context = kk.context(answers={"isi_permohonan": OWN}, own={"jenis_ditetapkan": "perubahan"})
    drawn = build(form, form.sections[1], context, {})
    assert put_errors(drawn, {"berkas.f106.catatan": ["Tulis."], "berkas": ["Nilai."]}) == []
    assert drawn["berkas"].form["f106"].form["catatan"].errors == ["Tulis."]
    assert "Nilai." in drawn["berkas"].form.form_errors


def test_baris_ditambah_dan_dihapus_dengan_tombol() -> None:
    raw = {"perubahan": [{"elemen": "agama"}, {"elemen": "nama"}]}
    assert apply_action(raw, "tambah:perubahan")["perubahan"][2] == {}
    assert apply_action(raw, "hapus:perubahan:0")["perubahan"] == [{"elemen": "nama"}]
    for action in ("", "hapus:perubahan:x", "hapus:perubahan:99999999999", "tambah:lain", "lanjut"):
        assert apply_action(raw, action) == raw


def test_nomor_baris_yang_bolong_dirapatkan() -> None:
    posted = MultiDict([("perubahan-2-elemen", "nama"), ("perubahan-0-elemen", "agama"), ("perubahan-x-elemen", "y")])
    rows = raw_from(posted, FORM, page("perubahan"), kk.context(own=OWN))["perubahan"]
    assert [row["elemen"] for row in rows] == ["agama", "nama"]
