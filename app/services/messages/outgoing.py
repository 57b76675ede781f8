"""How the office reaches people, handed over once by create_app(): mailer, WhatsApp, the site's address, its name."""

from urllib.parse import urlsplit

from app.adapters.mailer import Mailer
from app.adapters.whatsapp import WhatsApp

OFFICE = "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Bantul"

mailer: Mailer
whatsapp: WhatsApp | None = None
base_url: str = "http://localhost:8000"
office: str = OFFICE


def bind(*, mailer: Mailer, base_url: str, office: str = OFFICE, whatsapp: WhatsApp | None = None) -> None:
    """`base_url`: where people reach the site, no slash at the end. `whatsapp`: None = officers write by hand."""
    values = globals()
    values["mailer"], values["base_url"], values["office"] = mailer, base_url, office
    values["whatsapp"] = whatsapp


def link(path: str) -> str:
    """The full address of a path on the site."""
    return f"{base_url}{path}"


def message_id(job_id: str) -> str:
    """The Message-ID of a job's mail: the same on every attempt."""
    return f"<{job_id}@{urlsplit(base_url).hostname or 'localhost'}>"


def letter(body: str, path: str) -> str:
    """A plain-text mail: the notice, where to read on, who writes."""
    where = link(path)
    pointer = "" if where in body else f"Lihat di Alur:\n{where}\n\n"
    return f"{body}\n\n{pointer}-- \n{office}\n{base_url}\nSurat ini dikirim otomatis; balasan tidak dibaca.\n"
