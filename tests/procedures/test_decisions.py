"""The decision as buttons: which answers each of them waits for, read off the form's own rules."""

from app.procedures import decisions
from app.procedures.decisions import Choice
from tests.procedures import kk


def waits(step: str) -> dict[str, Choice]:
    return {one.option.value: one for one in decisions.choices(kk.procedure().forms[step])}


def test_teruskan_menunggu_semua_sesuai_dan_semua_dicentang() -> None:
    found = waits("periksa_berkas")
    assert list(found) == ["lengkap", "kurang", "usul_tolak"]
    lengkap, kurang, usul = found.values()
    assert (lengkap.all_good, lengkap.some_wanting, lengkap.all_ticked) == (("berkas",), (), ("dicocokkan",))
    assert (kurang.all_good, kurang.some_wanting, kurang.all_ticked) == ((), ("berkas",), ())
    assert (usul.all_good, usul.some_wanting, usul.all_ticked) == ((), (), ())
    assert [one.option.key for one in found.values()] == ["t", "k", "u"]


def test_aturan_yang_melihat_isian_lain_diserahkan_kepada_server() -> None:
    """tidak_valid is also right with no paper marked, when an answer is opened instead."""
    found = waits("verifikasi_draft")
    assert found["valid"].all_ticked == ("elemen_cocok", "isi_sama")
    assert found["tidak_valid"].some_wanting == ()


def test_formulir_tanpa_huruf_tidak_punya_putusan() -> None:
    form = kk.procedure().forms["ajukan_cetak"]
    assert decisions.decision(form) is None
    assert decisions.choices(form) == ()
