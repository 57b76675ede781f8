"""The NIK and nomor KK of somebody of the office, as an admin records them: whose household they must not work on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.actors import Actor, demand
from app.domain.errors import Forbidden, InvalidInput
from app.domain.identity import InvalidIdentity, parse_nik, parse_nomor_kk
from app.domain.masking import mask_nik
from app.models import OfficerIdentity, User
from app.services import clock, store
from app.services.accounts import directory, marks, rights, telling
from app.services.flow import handing_back
from app.services.records import trail
from app.services.work import unit_of_work

TAKEN = "NIK ini sudah dicatat pada petugas lain. Periksa di daftar petugas."
NIK_FIRST = "Tulis NIK-nya juga; nomor KK saja tidak dicatat."


@dataclass(frozen=True)
class Known:
    """Both masked, "" = not recorded."""

    nik: str
    nomor_kk: str


def of(actor: Actor, user_id: str) -> Known:
    """Raises Forbidden."""
    demand(actor, "administer")
    found = store.session.get(OfficerIdentity, user_id)
    return Known(mask_nik(found.nik), mask_nik(found.nomor_kk) if found.nomor_kk else "") if found else Known("", "")


def record(actor: Actor, user_id: str, *, nik: str, nomor_kk: str, seen: str = "") -> bool:
    """False where nothing differs. Both empty: forgotten. Tasks of such cases in their hands go back to the queue.

    `seen`: the mark of what the page showed, masked. Raises Forbidden, NotFound, InvalidInput (`nik`, `nomor_kk`),
    StaleForm.
    """
    demand(actor, "administer")
    if actor.id == user_id:
        raise Forbidden(rights.OWN_ACCOUNT)
    directory.demand_officer(user_id)
    wanted = _read(nik, nomor_kk)
    at = clock.now()
    try:
        with unit_of_work() as session:
            session.get_one(User, user_id, with_for_update=True)
            known = session.scalar(select(OfficerIdentity).where(OfficerIdentity.user_id == user_id))
            before = (known.nik, known.nomor_kk) if known else ("", "")
            if before == wanted:
                return False
            shown = [mask_nik(number) if number else "" for number in before]
            marks.compare(seen, marks.mark(shown), ", ".join(filter(None, shown)) or "belum dicatat")
            if known is not None and not wanted[0]:
                session.delete(known)
            elif known is not None:
                known.nik, known.nomor_kk = wanted
            else:
                session.add(OfficerIdentity(user_id=user_id, nik=wanted[0], nomor_kk=wanted[1]))
            session.flush()
            changed = [word for word, old, new in zip(("nik", "nomor_kk"), before, wanted, strict=True) if old != new]
            verb = "identitas_petugas_dicatat" if wanted[0] else "identitas_petugas_dihapus"
            seq = trail.append(session, trail.account_stream(user_id), actor.id, verb, {"apa": changed}, at)
            handing_back.ask(session, user_id, at)
            said = "dicatat" if wanted[0] else "dihapus"
            body = (
                f"NIK dan nomor KK Anda {said} admin, agar permohonan Anda dan keluarga serumah ditangani orang lain."
            )
            key = f"nik-petugas:{user_id}:{seq}"
            telling.tell(session, [user_id], f"NIK Anda {said} admin", body, key=key, at=at)
    except IntegrityError as taken:
        raise InvalidInput({"nik": [TAKEN]}) from taken
    return True


def _read(nik: str, nomor_kk: str) -> tuple[str, str]:
    """Raises InvalidInput."""
    errors: dict[str, list[str]] = {}
    number = card = ""
    try:
        number = parse_nik(nik, clock.today()).number if nik.strip() else ""
    except InvalidIdentity as problem:
        errors["nik"] = [problem.pesan]
    try:
        card = parse_nomor_kk(nomor_kk, clock.today()).number if nomor_kk.strip() else ""
    except InvalidIdentity as problem:
        errors["nomor_kk"] = [problem.pesan]
    if card and not nik.strip():
        errors["nik"] = [NIK_FIRST]
    if errors:
        raise InvalidInput(errors)
    return number, card
