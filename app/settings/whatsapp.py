"""The account at the Cloud API of WhatsApp."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.adapters.whatsapp_cloud import API, Account
from app.settings.envs import ConfigError, secret

_SHAPES = {
    "WHATSAPP_PHONE_ID": (r"[0-9]{5,20}", "angka (Phone number ID, bukan nomor ponselnya)"),
    "WHATSAPP_TEMPLATE": (r"[a-z0-9_]{1,512}", "nama templat: huruf kecil, angka, dan garis bawah"),
    "WHATSAPP_LANGUAGE": (r"[a-z]{2,3}(_[A-Z]{2})?", "kode bahasa seperti id"),
    "WHATSAPP_VERSION": (r"v[0-9]{1,3}\.[0-9]", "versi seperti v25.0"),
}
_SECRETS = ("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")


def whatsapp_from_env(env: Mapping[str, str], mode: str) -> Account | None:
    """The Cloud API account, None where nothing is set. Half an account is refused: what is missing would be missed
    only when a resident waits for a message."""
    given = {name: text for name in (*_SECRETS, *_SHAPES) if (text := env.get(name, "").strip())}
    if not given:
        return None
    missing = [name for name in (*_SECRETS, "WHATSAPP_PHONE_ID", "WHATSAPP_TEMPLATE") if name not in given]
    if missing:
        raise ConfigError(f"WhatsApp membutuhkan juga {', '.join(missing)}; atau kosongkan semua WHATSAPP_….")
    for name, (shape, words) in _SHAPES.items():
        if name in given and re.fullmatch(shape, given[name]) is None:
            raise ConfigError(f"{name} harus {words}; sekarang {given[name][:60]!r}.")
    token, app_secret, verify_token = (secret(env, name, mode) for name in _SECRETS)
    return Account(
        token=token,
        phone_id=given["WHATSAPP_PHONE_ID"],
        template=given["WHATSAPP_TEMPLATE"],
        app_secret=app_secret,
        verify_token=verify_token,
        version=given.get("WHATSAPP_VERSION", "v25.0"),
        language=given.get("WHATSAPP_LANGUAGE", "id"),
        api=_api(env.get("WHATSAPP_API", ""), mode),
    )


def _api(text: str, mode: str) -> str:
    url = text.strip().rstrip("/")
    parts = urlsplit(url)
    if not url:
        return API
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query:
        raise ConfigError("WHATSAPP_API harus alamat seperti https://graph.facebook.com.")
    if mode == "production" and parts.scheme != "https":
        raise ConfigError("WHATSAPP_API harus https:// pada ALUR_MODE=production: tokennya ikut terkirim.")
    return url
