"""What the site is built from, and under which licences: read from what is installed, never from a list of ours."""

from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from app.web import assets

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
_LONGEST = 60


@dataclass(frozen=True)
class Part:
    """One library. `home`: its page, "" where it names none."""

    name: str
    version: str
    license: str
    home: str


@cache
def browser_parts() -> tuple[Part, ...]:
    """What reaches browsers, as the build noted it."""
    return tuple(Part(**part) for part in assets.parts())


@cache
def server_parts() -> tuple[Part, ...]:
    """What runs on the server: everything that requirements.txt pins and that is installed here."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    names = [line.partition("==")[0].partition("[")[0].strip() for line in lines if line[:1].isalnum()]
    return tuple(part for name in names if (part := _installed(name)))


def _said(name: str) -> dict[str, list[str]]:
    """The fields of its metadata; several of one name stay several."""
    message = metadata.metadata(name)
    return {field: message.get_all(field) or [] for field in set(message)}


def _installed(name: str) -> Part | None:
    try:
        said = _said(name)
    except metadata.PackageNotFoundError:  # for another Python, or another machine
        return None
    links = dict(link.split(", ", 1) for link in said.get("Project-URL", []) if ", " in link)
    named = {label.casefold(): link for label, link in links.items()}
    home = next((named[label] for label in ("homepage", "home", "source", "repository") if label in named), "")
    return Part(said["Name"][0], said["Version"][0], _license(said), "".join(said.get("Home-page", [])) or home)


def _license(said: dict[str, list[str]]) -> str:
    """Its name: the expression, else the classifiers, else a short text that the package gives."""
    kinds = [line.rpartition(":: ")[2] for line in said.get("Classifier", []) if line.startswith("License")]
    named = [kind for kind in kinds if kind != "OSI Approved"]
    text = " ".join(" ".join(said.get("License", [])).split())[:_LONGEST]
    return "".join(said.get("License-Expression", [])) or ", ".join(named) or text or "lihat paketnya"
