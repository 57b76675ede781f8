"""The door: where one returns after logging in, and nowhere else."""

import pytest

from app.web.access import roles, safe_next


@pytest.mark.parametrize("target", ["/permohonan", "/tugas/abc?tab=berkas", "/"])
def test_kembali_ke_halaman_situs_ini(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://jahat.contoh",
        "//jahat.contoh",
        "/\\jahat.contoh",
        "/x\\..\\jahat",
        "/\t/jahat.contoh",
        "/\n/jahat.contoh",
        "javascript:alert(1)",
        "permohonan",
    ],
)
def test_tidak_pernah_ke_situs_lain(target: str | None) -> None:
    assert safe_next(target) == "/"


def test_peran_yang_tidak_dikenal_ketahuan_saat_ditulis() -> None:
    with pytest.raises(ValueError, match="kasie"):
        roles("kasie")
