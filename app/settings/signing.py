"""How letters of the office are signed electronically, from the environment."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from app.adapters.signer_bsre import Account
from app.settings.envs import PLACEHOLDER, ConfigError, choice

REVOCATION = ("embedded", "online", "required")
"""Of certificates behind uploaded PDFs: what the file brings along; their issuers asked, too; and refused if unsure."""

_NEEDED = ("ALUR_BSRE_URL", "ALUR_BSRE_USER", "ALUR_BSRE_PASSWORD")


def bsre_from_env(env: Mapping[str, str], mode: str) -> Account | None:
    """The application's account at the e-Sign service; None where nothing is set. Raises ConfigError.

    Half an account is refused: what is missing would be missed only when somebody signs.
    """
    given = {name: text for name in (*_NEEDED, "ALUR_BSRE_CA") if (text := env.get(name, "").strip())}
    if not given:
        return None
    missing = [name for name in _NEEDED if name not in given]
    if missing:
        raise ConfigError(f"BSrE membutuhkan juga {', '.join(missing)}; atau kosongkan semua ALUR_BSRE_….")
    if mode == "production" and given["ALUR_BSRE_PASSWORD"].casefold().startswith(PLACEHOLDER):
        raise ConfigError(f"ALUR_BSRE_PASSWORD masih contoh ({PLACEHOLDER}…). Isi dengan yang diberikan BSrE.")
    return Account(
        url=_url(given["ALUR_BSRE_URL"], mode),
        user=given["ALUR_BSRE_USER"],
        password=given["ALUR_BSRE_PASSWORD"],
        ca=_ca(given.get("ALUR_BSRE_CA", "")),
    )


def revocation_from_env(env: Mapping[str, str]) -> str:
    """One of REVOCATION. Raises ConfigError."""
    name = "ALUR_SIGNATURE_REVOCATION"
    asked = choice(env, name, REVOCATION[0], REVOCATION)
    if asked != REVOCATION[0] and not env.get("ALUR_SIGNATURE_ROOTS", "").strip():
        raise ConfigError(f"{name}={asked} membutuhkan ALUR_SIGNATURE_ROOTS: tanpa akar tidak ada yang dapat ditanya.")
    return asked


def tsa_from_env(env: Mapping[str, str]) -> str:
    """Where timestamps come from (RFC 3161), "" = signatures carry none. Raises ConfigError."""
    url = env.get("ALUR_TSA_URL", "").strip()
    parts = urlsplit(url)
    if url and (parts.scheme not in ("https", "http") or not parts.netloc or parts.username):
        raise ConfigError(
            "ALUR_TSA_URL harus alamat layanan stempel waktu (RFC 3161), contoh https://tsa.contoh.go.id."
        )
    return url


def _url(text: str, mode: str) -> str:
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.username:
        raise ConfigError("ALUR_BSRE_URL harus alamat layanan e-Sign, contoh https://esign.contoh.go.id.")
    if mode == "production" and parts.scheme != "https":
        raise ConfigError("ALUR_BSRE_URL harus https:// pada ALUR_MODE=production: frasa sandi ikut terkirim.")
    return text.rstrip("/")


def _ca(text: str) -> str:
    if text and not Path(text).is_file():
        raise ConfigError(f"ALUR_BSRE_CA: berkas {text} tidak ada.")
    return text
