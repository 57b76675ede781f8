"""The office's own data and the days of retention, from the environment."""

from pathlib import Path

import pytest

from app.config import Config
from app.settings.envs import ConfigError
from app.settings.kantor import Kantor
from app.settings.retention import Retention


def test_peragaan_memakai_kantor_karangan_dan_produksi_hanya_yang_disetel() -> None:
    assert "contoh.id" in Kantor.from_env({}, is_demo=True).email
    assert Kantor.from_env({}, is_demo=False) == Kantor()


def test_setelan_kantor_dibaca_dan_dirapikan() -> None:
    env = {
        "ALUR_KANTOR_NAMA": "Disdukcapil  Uji",
        "ALUR_KANTOR_WHATSAPP": "0811 0000 0009",
        "ALUR_KANTOR_MEDSOS": "Instagram=https://contoh.id/a, YouTube=https://contoh.id/b",
        "ALUR_KEAMANAN": "celah@contoh.id",
    }
    found = Kantor.from_env(env, is_demo=False)
    assert (found.nama, found.whatsapp, found.keamanan) == (
        "Disdukcapil Uji",
        "6281100000009",
        "mailto:celah@contoh.id",
    )
    assert found.medsos == (("Instagram", "https://contoh.id/a"), ("YouTube", "https://contoh.id/b"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALUR_KANTOR_WHATSAPP", "123"),
        ("ALUR_KANTOR_EMAIL", "bukan alamat"),
        ("ALUR_KANTOR_SITUS", "http://contoh.id"),
        ("ALUR_KANTOR_MEDSOS", "Instagram"),
        ("ALUR_KEAMANAN", "javascript:alert(1)"),
        ("ALUR_PELINDUNG_DATA", "x@y"),
        ("ALUR_UNFINISHED_DAYS", "1"),
        ("ALUR_SELFIE_DAYS", "0"),
        ("ALUR_FINISHED_DAYS", "selamanya"),
    ],
)
def test_setelan_kantor_yang_ngawur_ditolak_dengan_namanya(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_env({"ALUR_DATA": str(tmp_path / "var"), name: value})


def test_masa_simpan_bawaan_seperti_dicatat_di_ranah() -> None:
    assert Retention.from_env({}) == Retention(draft=90, unfinished=90, finished=365, selfie=30, access=1825)
