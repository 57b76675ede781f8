"""The server that sends mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.settings.envs import choice, number

MAIL_SECURITY = ("starttls", "ssl", "none")


@dataclass(frozen=True)
class Mail:
    """SMTP settings; `server` empty: nothing is sent, the demo mailbox page shows what would be."""

    server: str = ""
    port: int = 587
    username: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"
    sender: str = ""


def mail_from_env(env: Mapping[str, str]) -> Mail:
    return Mail(
        server=env.get("MAIL_SERVER", "").strip(),
        port=number(env, "MAIL_PORT", 587, 1, 65535),
        username=env.get("MAIL_USERNAME", ""),
        password=env.get("MAIL_PASSWORD", ""),
        security=choice(env, "MAIL_SECURITY", "starttls", MAIL_SECURITY),
        sender=env.get("MAIL_SENDER", "").strip(),
    )
