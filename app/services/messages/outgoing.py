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


def name_office(name: str) -> None:
    """Letters are signed so from now on; "" = by the name that comes with Alur."""
    globals()["office"] = name or OFFICE


def link(path: str) -> str:
    """The full address of a path on the site."""
    return f"{base_url}{path}"


def message_id(job_id: str, round: int = 1) -> str:
    """The Message-ID of a job's mail: the same on every attempt, another one when it came back and is sent anew."""
    return f"<{reference(job_id, round)}@{_host()}>"


def reference(job_id: str, round: int = 1) -> str:
    """What names one sending to carriers that report about it."""
    return job_id if round == 1 else f"{job_id}.{round}"


def read_reference(text: str) -> tuple[str, int]:
    """Job id and round of a reference; for anything else, what is no job's id."""
    job_id, _, number = text.partition(".")
    return job_id, int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1


def read_message_id(text: str) -> tuple[str, int] | None:
    """As read_reference, of a Message-ID that we gave; None for somebody else's."""
    name, _, host = text.strip().removeprefix("<").removesuffix(">").rpartition("@")
    return read_reference(name) if name and host.casefold() == _host().casefold() else None


def _host() -> str:
    return urlsplit(base_url).hostname or "localhost"


def letter(body: str, path: str) -> str:
    """A plain-text mail: the notice, where to read on ("" = nowhere), who writes."""
    where = link(path)
    pointer = "" if not path or where in body else f"Lihat di situs {office}:\n{where}\n\n"
    return f"{body}\n\n{pointer}-- \n{office}\n{base_url}\nSurat ini dikirim otomatis; balasan tidak dibaca.\n"
