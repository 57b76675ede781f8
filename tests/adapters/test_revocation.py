"""Is a signer's certificate revoked? From the file, from the issuer, and what is said where neither can tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters import revocation_fetch
from app.adapters.apart import check_signature_apart
from app.adapters.blanks import blank_pdf
from app.adapters.revocation_fetch import Issuers
from app.adapters.signature_check import check_signature
from tests.support.penerbit import DOWN, GOOD, NONSENSE, REVOKED, SLOW, STALE, Issuer, issuer

BERLAKU, DICABUT, TAK_PASTI = "berlaku", "dicabut", "tak-pasti"


@pytest.fixture
def penerbit() -> Iterator[Issuer]:
    with issuer() as found:
        yield found


def told(penerbit: Issuer, pdf: bytes, issuers: Issuers | None = None) -> str:
    found = check_signature(pdf, penerbit.roots, issuers.ask if issuers else None)
    assert (found.verdict, found.known) == ("utuh", True)
    return found.revocation


@pytest.mark.parametrize(("brings", "expected"), [("", TAK_PASTI), (GOOD, BERLAKU), (STALE, TAK_PASTI)])
def test_tanpa_jaringan_yang_dibawa_berkas_dipakai_selama_berlaku(penerbit: Issuer, brings: str, expected: str) -> None:
    listed = penerbit.crl_bytes(brings) if brings else b""
    assert told(penerbit, penerbit.signed(blank_pdf(), brings=listed)) == expected
    assert penerbit.asked == []


def test_daftar_di_berkas_yang_memuat_sertifikatnya_mencabut(penerbit: Issuer) -> None:
    revoked = penerbit.crl_bytes(REVOKED)
    assert told(penerbit, penerbit.signed(blank_pdf(), brings=revoked)) == DICABUT


def test_yang_dicabut_sesudah_daftar_di_berkasnya_dibuat_diketahui_dari_penerbit(penerbit: Issuer) -> None:
    signed = penerbit.signed(blank_pdf(), brings=penerbit.crl_bytes(GOOD))
    answered = penerbit.signed(blank_pdf(), answer=penerbit.ocsp_bytes(GOOD))
    assert (told(penerbit, signed), told(penerbit, answered)) == (BERLAKU, BERLAKU)
    penerbit.asked_one = REVOKED
    assert told(penerbit, signed, Issuers()) == DICABUT
    penerbit.asked_one, penerbit.listed = DOWN, REVOKED
    assert told(penerbit, answered, Issuers()) == DICABUT


@pytest.mark.parametrize(
    ("crl", "ocsp", "expected"),
    [
        (GOOD, DOWN, BERLAKU),
        (REVOKED, DOWN, DICABUT),
        (DOWN, GOOD, BERLAKU),
        (GOOD, REVOKED, DICABUT),
        (STALE, DOWN, TAK_PASTI),
        (NONSENSE, NONSENSE, TAK_PASTI),
        (DOWN, DOWN, TAK_PASTI),
    ],
)
def test_penerbit_ditanya_lewat_ocsp_lalu_daftar_pencabutannya(
    penerbit: Issuer, crl: str, ocsp: str, expected: str
) -> None:
    penerbit.listed, penerbit.asked_one = crl, ocsp
    assert told(penerbit, penerbit.signed(blank_pdf()), Issuers()) == expected


def test_penerbit_yang_diam_ditinggalkan_dan_tidak_ditanya_lagi_sebentar(
    penerbit: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation_fetch, "READ_SECONDS", 0.3)
    penerbit.listed = penerbit.asked_one = SLOW
    issuers, signed = Issuers(), penerbit.signed(blank_pdf())
    assert told(penerbit, signed, issuers) == TAK_PASTI
    assert penerbit.asked == ["/ocsp", "/crl"]
    penerbit.listed = GOOD
    assert told(penerbit, signed, issuers) == TAK_PASTI
    assert len(penerbit.asked) == 2


def test_jawaban_penerbit_disimpan_untuk_berkas_berikutnya(penerbit: Issuer) -> None:
    penerbit.asked_one = GOOD
    issuers = Issuers()
    for _ in range(3):
        assert told(penerbit, penerbit.signed(blank_pdf()), issuers) == BERLAKU
    assert penerbit.asked == ["/ocsp"]


@pytest.mark.parametrize(("before_revoked", "expected"), [(True, BERLAKU), (False, DICABUT)])
def test_stempel_waktu_sebelum_pencabutan_membuat_tanda_tangannya_tetap_berlaku(
    penerbit: Issuer, before_revoked: bool, expected: str
) -> None:
    signed = penerbit.signed(blank_pdf(), stamped=True)
    penerbit.revoked_at = datetime.now(UTC) + timedelta(minutes=1 if before_revoked else -60)
    penerbit.listed = REVOKED
    assert told(penerbit, signed, Issuers()) == expected


def test_yang_penerbitnya_tidak_dikenal_tidak_ditanyakan(penerbit: Issuer) -> None:
    found = check_signature(penerbit.signed(blank_pdf()), (), Issuers().ask)
    assert (found.known, found.revocation, penerbit.asked) == (False, "", [])


def test_proses_pembantu_menanya_hanya_bila_disuruh(penerbit: Issuer) -> None:
    penerbit.listed = REVOKED
    signed = penerbit.signed(blank_pdf())
    assert check_signature_apart(signed, penerbit.roots)["revocation"] == TAK_PASTI
    assert penerbit.asked == []
    assert check_signature_apart(signed, penerbit.roots, fetch=True)["revocation"] == DICABUT
