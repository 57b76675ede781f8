"""Every kind of field, with and without tampil_jika, alone and in rows, against whatever can be sent."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from werkzeug.datastructures import MultiDict

from app.domain.errors import InvalidInput
from app.procedures.answers import clean, clean_section, form_context, visible_fields, visible_sections
from app.procedures.check import check
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form
from app.procedures.wtforms import build, build_row, put_errors, read
from tests.procedures import kk
from tests.support import masukan, serba

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FORM = serba.procedure().forms[serba.FIRST]
UNSTORABLE = [chr(code) for code in (*range(9), *range(0x0E, 0x20), 0x7F, 0xD800)]


def _context(**given: Any) -> FormContext:
    prefill = {"akun": kk.BU_SARI, "penduduk": kk.HOME}
    return form_context(serba.procedure(), kk.NOW, prefill=prefill, uploads=kk.UPLOADS, **given)


def _fits(form: Form, data: dict[str, Any], context: FormContext) -> None:
    """Storable, and nothing that the form does not show."""
    text = json.dumps(data, allow_nan=False, ensure_ascii=False)
    assert not [sign for sign in UNSTORABLE if sign in text]
    shown = {one.id for part in form.sections for one in visible_fields(form, part, data, context)}
    assert data.keys() <= shown
    missing = [one for part in form.sections for one in visible_fields(form, part, data, context) if _must(one)]
    assert all(one.id in data for one in missing)


def _must(field: Field) -> bool:
    return field.required and field.kind not in ("salin", "tabel")


@QUIET
@given(masukan.raw(FORM, ""))
def test_jawaban_apa_pun_ditolak_dengan_kalimat_atau_menjadi_bersih(raw: dict[str, Any]) -> None:
    context = _context()
    try:
        data = clean(FORM, {**kk.lost(), **raw}, context)
    except InvalidInput as refused:
        assert all(text and isinstance(text, str) for texts in refused.errors.values() for text in texts)
        return
    _fits(FORM, data, context)
    assert clean(FORM, data, context) == data
    assert clean(FORM, json.loads(json.dumps(data)), context) == data


@QUIET
@given(masukan.raw(FORM, "s_"))
def test_satu_isian_yang_salah_tidak_membuat_isian_lain_ditolak(raw: dict[str, Any]) -> None:
    """Field by field: what is refused is refused alone, so that the others can be accepted."""
    context, base = _context(), clean(FORM, kk.lost(), _context())
    for name, value in raw.items():
        if name == "s_saklar":
            continue  # this one brings others into view
        try:
            data = clean(FORM, {**kk.lost(), name: value}, context)
        except InvalidInput as refused:
            assert {path.split(".")[0] for path in refused.errors} == {name}
        else:
            assert {key for key in data if data[key] != base.get(key)} <= {name}


@QUIET
@given(masukan.posted(FORM, "s_"))
def test_kiriman_apa_pun_dapat_dibaca_dan_digambar_kembali(pairs: list[tuple[str, str]]) -> None:
    context = _context()
    for section in visible_sections(FORM, {"s_saklar": True}, context):
        if not section.id.startswith("s_"):
            continue
        own: dict[str, Any] = {"s_saklar": True}
        raw = read(section.fields, MultiDict(pairs), FORM, own, context)
        page = build(FORM, section, {**own, **raw}, context)
        try:
            data = clean_section(FORM, section, raw, _context(own=own))
        except InvalidInput as refused:
            assert put_errors([page], refused.errors)
        else:
            json.dumps(data, allow_nan=False)
        for field in page:
            if field.widget and field.type not in ("Group", "Table"):
                str(field())


@QUIET
@given(masukan.posted(FORM, "s_tabel"))
def test_baris_apa_pun_dapat_dibaca_dan_digambar_kembali(pairs: list[tuple[str, str]]) -> None:
    context, table = _context(), FORM.field("s_tabel")
    for number in (0, 7):
        row = read(table.columns, MultiDict(pairs), FORM, {}, context, f"s_tabel.{number}.")
        for field in build_row(FORM, table, number, row, {}, context):
            if field.widget:
                str(field())


def test_teks_satu_megabita_ditolak_dengan_batasnya() -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(FORM, {**kk.lost(), "s_teks": "x" * 1_000_000, "s_panjang": "y" * 1_000_000}, _context())
    assert "paling banyak 30 huruf" in caught.value.errors["s_teks"][0]
    assert "paling banyak 300 huruf" in caught.value.errors["s_panjang"][0]


def test_isian_tersembunyi_yang_tetap_dikirim_tidak_ikut_dan_yang_wajib_tidak_ditagih() -> None:
    hidden = {field.id: "a" for part in FORM.sections for field in part.fields if field.id.startswith("s_w_")}
    data = clean(FORM, {**kk.lost(), **hidden, "s_saklar": "tidak"}, _context())
    assert not hidden.keys() & data.keys()
    row = {"T_teks": "A", "T_pilihan": "a", "T_rahasia": "bocor"}
    data = clean(FORM, {**kk.lost(), "s_tabel": [row]}, _context())
    assert data["s_tabel"] == [{"T_teks": "A", "T_pilihan": "a"}]


def _named(word: str) -> list[str]:
    """What the check says of a form with a field called `word`, as `line: message`."""
    files = kk.files()
    path = files.form_path(serba.FIRST)
    text = (
        files.files[path]
        .decode()
        .replace("- id: bisa_cetak", f"- {{id: {word}, jenis: teks, label: Kata}}\n      - id: bisa_cetak")
    )
    changed = type(files)(files.slug, {**files.files, path: text.encode()})
    line = next(n for n, each in enumerate(text.splitlines(), 1) if f"id: {word}," in each)
    return [fault.message for fault in check(changed) if not fault.warning and (fault.file, fault.line) == (path, line)]


@pytest.mark.parametrize(
    "word",
    [
        *("data", "errors", "form_errors", "meta", "Meta", "process", "validate", "populate_obj", "post_process"),
        *("csrf_token", "_fields", "__class__", "__init__", "aksi", "versi", "kunci", "ditampilkan"),
        *("filter_alamat", "validate_alamat"),
    ],
)
def test_nama_isian_yang_dipakai_mesin_formulir_ditolak_dengan_baris(word: str) -> None:
    assert any("dipakai sistem" in said for said in _named(word))


@pytest.mark.parametrize("word", ["typename", "name", "type", "self", "class", "True", "None", "in", "kasus", "mro"])
def test_nama_isian_lain_boleh_dipakai_dan_berjalan(word: str) -> None:
    assert _named(word) == []
