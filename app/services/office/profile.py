"""The office's profile and logo: what the admin keeps counts, else the environment. Read by pages, papers and mail."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from app.adapters.apart import clean_apart
from app.adapters.pictures import preview_of
from app.domain.actors import Actor
from app.domain.errors import InvalidInput, UploadRefused
from app.services import clock
from app.services.messages import outgoing
from app.services.office import versions
from app.services.work import unit_of_work
from app.settings.kantor import KEPT, Kantor

LOGO_SIDE = 400
MOST_LOGO_BYTES = 5 * 1024 * 1024

_base = Kantor()
_current = Kantor()
_logo = b""
_logo_number = 0


def bind(base: Kantor) -> None:
    """`base`: what the environment says. Called once by create_app()."""
    global _base
    _base = base
    follow({})
    follow_logo({})


def current() -> Kantor:
    """The office as it is now."""
    return _current


def logo() -> bytes:
    """A JPEG, b"" where there is none."""
    return _logo


def logo_number() -> int:
    """Changes with the logo; 0 where there is none."""
    return _logo_number


def follow(data: Mapping[str, Any]) -> None:
    """From now on this process shows the office so; nothing kept: as the environment says."""
    global _current
    _current = _base.with_kept(data)
    outgoing.name_office(_current.nama)


def follow_logo(data: Mapping[str, Any]) -> None:
    global _logo, _logo_number
    _logo = b64decode(data.get("jpeg", ""))
    _logo_number = int(data.get("nomor", 0)) if _logo else 0


def kept(actor: Actor) -> tuple[int, int]:
    """The versions of profile and logo that count. Raises Forbidden."""
    versions.demand_admin(actor)
    return versions.current(versions.PROFILE)[0], versions.current(versions.LOGO)[0]


def judged(typed: Mapping[str, str]) -> Kantor:
    """The office as it would be. Raises InvalidInput, a field at a time."""
    faults, clean = Kantor.judge(typed)
    if faults:
        raise InvalidInput({name: [sentence] for name, sentence in faults.items()})
    return _base.with_kept(clean)


def save(actor: Actor, typed: Mapping[str, str], base: int, reason: str) -> int:
    """The new version's number. Raises Forbidden, InvalidInput, StaleForm."""
    versions.demand_admin(actor)
    wanted, before = judged(typed), current()
    changed = [label for name, label in KEPT.items() if getattr(wanted, name) != getattr(before, name)]
    if not changed:
        raise InvalidInput({"": ["Tidak ada yang berubah."]})
    reason, at = versions.clean_reason(reason), clock.now()
    data = {name: getattr(wanted, name) for name in KEPT}
    with unit_of_work() as session:
        return versions.add(
            session, actor, versions.PROFILE, base, data, f"Profil diubah: {', '.join(changed)}", reason, at
        )


def save_logo(actor: Actor, data: bytes, base: int, reason: str) -> int:
    """`data`: the picture as it was uploaded, b"" = no logo any more. Raises Forbidden, InvalidInput, StaleForm."""
    versions.demand_admin(actor)
    reason, at = versions.clean_reason(reason), clock.now()
    kept = {"jpeg": b64encode(_clean(data)).decode(), "nomor": base + 1} if data else {}
    about = "Logo diganti" if data else "Logo dihapus"
    with unit_of_work() as session:
        return versions.add(session, actor, versions.LOGO, base, kept, about, reason, at)


def _clean(data: bytes) -> bytes:
    if len(data) > MOST_LOGO_BYTES:
        raise InvalidInput({"logo": ["Logo paling besar 5 MB."]})
    try:
        cleaned = clean_apart(data)
    except UploadRefused as refused:
        raise InvalidInput({"logo": [refused.pesan]}) from refused
    if not cleaned.mime.startswith("image/"):
        raise InvalidInput({"logo": ["Logo harus gambar: PNG atau JPG."]})
    return preview_of(cleaned.data, LOGO_SIDE)
