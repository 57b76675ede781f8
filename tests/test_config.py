"""Settings: defaults of a demonstration, what production demands, and the nonsense that is refused."""

import stat
from pathlib import Path

import pytest

from app.config import Config
from app.settings.envs import ConfigError

PRODUCTION = {
    "ALUR_MODE": "production",
    "SECRET_KEY": "k" * 64,
    "DATABASE_URL": "postgres://alur:rahasia@db/alur",
    "REDIS_URL": "redis://redis:6379/0",
    "MAIL_SERVER": "smtp.contoh.id",
    "MAIL_SENDER": "dukcapil@contoh.id",
    "ALUR_URL": "https://alur.contoh.id/",
}


def read(folder: Path, **env: str) -> Config:
    return Config.from_env({"ALUR_DATA": str(folder / "var"), **env})


def test_tanpa_setelan_menjadi_peragaan_pada_sqlite(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert config.is_demo
    assert config.is_sqlite
    assert config.database_url == f"sqlite:///{tmp_path / 'var' / 'alur.db'}"
    assert (config.port, config.host, config.processes, config.redis_url) == (8000, "127.0.0.1", 1, "")


def test_kunci_peragaan_dibuat_sekali_dan_hanya_terbaca_pemilik(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "var" / "secret-key").stat().st_mode) == 0o600


def test_kunci_dan_alamat_tidak_tercetak(tmp_path: Path) -> None:
    config = read(tmp_path, **PRODUCTION)
    assert config.secret_key not in repr(config)
    assert "rahasia" not in repr(config)


def test_produksi_lengkap_diterima(tmp_path: Path) -> None:
    config = read(tmp_path, **PRODUCTION)
    assert config.database_url == "postgresql+psycopg://alur:rahasia@db/alur"
    assert config.base_url == "https://alur.contoh.id"
    assert config.flask_settings()["SESSION_COOKIE_SECURE"] is True
    assert config.processes == 2


def test_langkah_kedua_wajib_di_produksi_dan_tidak_di_peragaan_kecuali_disetel(tmp_path: Path) -> None:
    settings = [{}, PRODUCTION, {"ALUR_SECOND_FACTOR": "required"}, {**PRODUCTION, "ALUR_SECOND_FACTOR": "optional"}]
    assert [read(tmp_path, **each).demands_second_factor for each in settings] == [False, True, True, False]


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "ALUR_MODE"])
def test_produksi_menolak_setelan_yang_kurang(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{**PRODUCTION, name: " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALUR_MODE", "prod"),
        ("ALUR_SECOND_FACTOR", "ya"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "delapan"),
        ("PORT", "²"),
        ("DATABASE_URL", "mysql://db/alur"),
        ("DATABASE_URL", "sqlite:///"),
        ("REDIS_URL", "localhost:6379"),
        ("ALUR_URL", "alur.contoh.id"),
        ("ALUR_URL", "https://contoh.id/alur"),
        ("MAIL_SECURITY", "tls"),
        ("WEB_CONCURRENCY", "4"),
        ("ALUR_THREADS", "1000"),
        ("LOG_LEVEL", "verbose"),
    ],
)
def test_nilai_yang_tidak_masuk_akal_ditolak_dengan_nama_setelannya(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "pendek"),
        ("SECRET_KEY", "ganti-dengan-keluaran-openssl-rand-hex-32-di-semua-mesin-sama"),
        ("ALUR_METRICS_TOKEN", "ganti-dengan-token-acak"),
        ("ALUR_URL", "http://alur.contoh.id"),
        ("DATABASE_URL", "sqlite:////srv/alur/alur.db"),
    ],
)
def test_produksi_menolak_yang_tidak_aman(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{**PRODUCTION, name: value})


def test_semua_yang_salah_disebut_sekaligus_dan_masing_masing_sekali(tmp_path: Path) -> None:
    wrong = {"SECRET_KEY": "", "ALUR_URL": "", "PORT": "0", "LOG_LEVEL": "ramai", "DATABASE_URL": "mysql://db/alur"}
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, **{**PRODUCTION, **wrong})
    said = str(refused.value).splitlines()
    assert len(said) == 4, said
    assert "SECRET_KEY, ALUR_URL" in said[0]
    assert [line.split()[0] for line in said[1:]] == ["PORT", "DATABASE_URL", "LOG_LEVEL"]
    assert not (tmp_path / "var" / "secret-key").exists()


def test_contoh_setelan_di_pasang_ditolak_sebelum_diisi(tmp_path: Path) -> None:
    lines = (Path(__file__).parents[1] / "pasang" / "alur.env.contoh").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, **{**example, "ALUR_DATA": str(tmp_path / "var"), "ALUR_FILES": str(tmp_path)})
    assert [line.split()[0] for line in str(refused.value).splitlines()] == ["SECRET_KEY", "ALUR_METRICS_TOKEN"]


def test_folder_data_yang_tidak_dapat_dibuat_disebut(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    with pytest.raises(ConfigError, match="ALUR_DATA"):
        Config.from_env({"ALUR_DATA": str(tmp_path / "berkas" / "var")})


def test_kunci_dan_berkas_segel_di_alur_data_kecuali_disebut_tempat_lain(tmp_path: Path) -> None:
    default = read(tmp_path)
    assert default.seal_key == tmp_path / "var" / "segel" / "kunci.pem"
    assert default.seal_file == tmp_path / "var" / "segel" / "segel.jsonl"
    named = read(tmp_path, ALUR_SEAL_KEY=f"{tmp_path}/k.pem", ALUR_SEAL_FILE=f"{tmp_path}/s.jsonl")
    assert (named.seal_key, named.seal_file) == (tmp_path / "k.pem", tmp_path / "s.jsonl")
    for nonsense in ("segel.jsonl", str(tmp_path)):
        with pytest.raises(ConfigError, match="ALUR_SEAL_FILE"):
            read(tmp_path, ALUR_SEAL_FILE=nonsense)


WHATSAPP = {
    "WHATSAPP_TOKEN": "EAAG" + "x" * 40,
    "WHATSAPP_PHONE_ID": "106540352242922",
    "WHATSAPP_TEMPLATE": "kabar_permohonan",
    "WHATSAPP_APP_SECRET": "r" * 32,
    "WHATSAPP_VERIFY_TOKEN": "v" * 32,
}


def test_whatsapp_lengkap_atau_tidak_sama_sekali(tmp_path: Path) -> None:
    assert read(tmp_path).whatsapp is None
    account = read(tmp_path, **PRODUCTION, **WHATSAPP).whatsapp
    assert account is not None
    assert (account.version, account.language, account.api) == ("v25.0", "id", "https://graph.facebook.com")
    assert not any(WHATSAPP[name] in repr(account) for name in WHATSAPP if "TOKEN" in name or "SECRET" in name)
    for name in WHATSAPP:
        with pytest.raises(ConfigError, match=name):
            read(tmp_path, **{**WHATSAPP, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHATSAPP_PHONE_ID", "+62 811 0000 0001"),
        ("WHATSAPP_TEMPLATE", "Kabar Permohonan"),
        ("WHATSAPP_VERSION", "25"),
        ("WHATSAPP_LANGUAGE", "Indonesia"),
        ("WHATSAPP_APP_SECRET", "pendek"),
        ("WHATSAPP_VERIFY_TOKEN", "ganti-dengan-rahasia"),
        ("WHATSAPP_API", "graph.facebook.com"),
        ("WHATSAPP_API", "http://graph.facebook.com"),
    ],
)
def test_setelan_whatsapp_yang_salah_ditolak(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{**PRODUCTION, **WHATSAPP, name: value})


BSRE = {
    "ALUR_BSRE_URL": "https://esign.contoh.go.id/",
    "ALUR_BSRE_USER": "alur",
    "ALUR_BSRE_PASSWORD": "sandi-dari-bsre",
}


def test_bsre_lengkap_atau_tidak_sama_sekali(tmp_path: Path) -> None:
    assert read(tmp_path).bsre is None
    account = read(tmp_path, **PRODUCTION, **BSRE).bsre
    assert account is not None and account.url == "https://esign.contoh.go.id"
    assert BSRE["ALUR_BSRE_PASSWORD"] not in repr(account)
    for name in BSRE:
        with pytest.raises(ConfigError, match=name):
            read(tmp_path, **{**BSRE, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALUR_BSRE_URL", "http://esign.contoh.go.id"),
        ("ALUR_BSRE_URL", "esign.contoh.go.id"),
        ("ALUR_BSRE_URL", "https://nama:sandi@esign.contoh.go.id"),
        ("ALUR_BSRE_PASSWORD", "ganti-dengan-sandi"),
        ("ALUR_BSRE_CA", "/tidak/ada/ca.pem"),
    ],
)
def test_setelan_bsre_yang_salah_ditolak(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{**PRODUCTION, **BSRE, name: value})


def test_pencabutan_sertifikat_hanya_ditanyakan_bila_ada_akarnya(tmp_path: Path) -> None:
    assert read(tmp_path).signature_revocation == "embedded"
    with pytest.raises(ConfigError, match="ALUR_SIGNATURE_ROOTS"):
        read(tmp_path, ALUR_SIGNATURE_REVOCATION="online")
    with pytest.raises(ConfigError, match="harus salah satu dari"):
        read(tmp_path, ALUR_SIGNATURE_REVOCATION="ya")


def test_layanan_stempel_waktu_harus_alamat(tmp_path: Path) -> None:
    assert read(tmp_path, ALUR_TSA_URL="http://tsa.contoh.go.id/tsr").tsa_url == "http://tsa.contoh.go.id/tsr"
    with pytest.raises(ConfigError, match="ALUR_TSA_URL"):
        read(tmp_path, ALUR_TSA_URL="tsa.contoh.go.id")
