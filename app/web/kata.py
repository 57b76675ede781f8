"""The words of the residents' screens, kept as data in kata.yaml so that the office can change them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.settings.kantor import Kantor

KATA: dict[str, Any] = YAML(typ="safe", pure=True).load((Path(__file__).parent / "kata.yaml").read_text("utf-8"))

_SLOT = re.compile(r"\{([a-z]+)\}")


def of_office(kantor: Kantor) -> dict[str, Any]:
    """All words, the office's own as the settings say them."""
    said = {name: value for name in ("nama", "singkat", "kota", "aplikasi") if (value := getattr(kantor, name))}
    return {**KATA, "kantor": {**KATA["kantor"], **said}}


def document_name(word: str) -> str:
    """What is signed and delivered, as a button says it: "KK", but "surat"."""
    return word.upper() if len(word) <= len("kia") else word


def tone(status: str) -> str:
    """The tone of a status word (tunggu, jalan, perlu, siap, selesai, tutup): its colour and icon."""
    return str(_status(status).get("nada", KATA["bawaan"]["nada"]))


def stage_reached(status: str) -> str:
    """The stage of the journey that is behind the resident once `status` is reached; "" = none."""
    return str(_status(status).get("tahap", ""))


def sentence(status: str, facts: Mapping[str, str]) -> str:
    """What to tell the resident at `status`: the first wording whose slots are all known."""
    wordings = str(_status(status).get("kalimat", KATA["bawaan"]["kalimat"])).split("|")
    known = {name: value for name, value in facts.items() if value}
    fitting = (wording for wording in wordings if set(_SLOT.findall(wording)) <= known.keys())
    return next(fitting, wordings[-1]).format_map(known)


def following(status: str, *, by_account: bool = True) -> str:
    """What comes after `status`, in a sentence; "" where nothing does. Whoever has no account does it at a counter."""
    entry = _status(status)
    said = entry.get("berikut", "")
    return str(said if by_account else entry.get("berikut_loket", said))


def _status(status: str) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = KATA["status"].get(status, {})
    return entry
