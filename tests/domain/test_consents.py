"""The versions of what people agree to."""

from app.domain import consents


def test_tiap_naskah_punya_versi_sendiri_yang_muat_di_kolomnya() -> None:
    versions = [text.version for text in consents.EVERY]
    assert len(set(versions)) == len(versions)
    assert all(1 <= len(version) <= 20 for version in versions)


def test_versi_lama_tidak_disangka_naskah_hari_ini() -> None:
    assert consents.by_version(consents.WHATSAPP.version) is consents.WHATSAPP
    assert consents.by_version("whatsapp-2025-1") is None
