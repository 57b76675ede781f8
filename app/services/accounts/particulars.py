"""An officer's name and how they are reached, as an admin corrects them."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import Forbidden, InvalidInput
from app.domain.masking import mask_email
from app.domain.tanggal import format_moment
from app.models import User
from app.services import clock
from app.services.accounts import directory, inviting, marks, people, rights, staff, telling
from app.services.messages import letters
from app.services.records import trail
from app.services.signin import sessions, tokens
from app.services.work import unit_of_work

_MOVED = (
    "Pada {waktu} admin mengganti email akun Anda menjadi {baru}. Masuk dengan alamat itu mulai sekarang; semua "
    "perangkat sudah keluar.\n\nBila Anda tidak memintanya, segera hubungi admin kantor."
)


def change(actor: Actor, user_id: str, *, name: str, email: str, phone: str, seen: str = "") -> bool:
    """False where nothing differs. With another address every session ends, and both addresses are told.

    `seen`: the mark of what the form showed. Raises Forbidden, NotFound, InvalidInput (`nama`, `email`, `ponsel`),
    StaleForm.
    """
    demand(actor, "administer")
    if actor.id == user_id:
        raise Forbidden(rights.OWN_ACCOUNT)
    directory.demand_officer(user_id)
    name, email = " ".join(name.split()), people.normal_email(email)
    number, errors = inviting.read_phone(phone)
    errors |= staff.person_faults(email, name)
    if errors:
        raise InvalidInput(errors)
    at = clock.now()
    try:
        with unit_of_work() as session:
            user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
            before, wanted = (user.name, user.email, user.phone), (name, email, number)
            words = ("nama", "email", "ponsel")
            changed = [word for word, old, new in zip(words, before, wanted, strict=True) if old != new]
            if not changed:
                return False
            held = [word or "" for word in before]
            marks.compare(seen, marks.mark(held), ", ".join(filter(None, held)))
            user.name, user.email, user.phone = wanted
            session.flush()
            what = {"apa": changed}
            seq = trail.append(session, trail.account_stream(user.id), actor.id, "data_petugas_diubah", what, at)
            _tell(session, user, before[1], changed, seq, at)
    except IntegrityError as taken:
        raise InvalidInput({"email": [inviting.TAKEN]}) from taken
    return True


def _tell(session: Session, user: User, old_email: str, changed: list[str], number: int, at: datetime) -> None:
    key = f"data-petugas:{user.id}:{number}"
    telling.tell(
        session, [user.id], "Data akun Anda diubah admin", f"Yang diubah: {', '.join(changed)}.", key=key, at=at
    )
    if "email" not in changed:
        return
    tokens.cancel_all(session, user.id, at)
    sessions.end_all(session, user.id, "diakhiri", at)
    body = _MOVED.format(waktu=format_moment(at), baru=mask_email(user.email))
    for where, address in (("lama", old_email), ("baru", user.email)):
        letters.write(
            session,
            key=f"{key}:{where}",
            address=address,
            title="Email akun Anda diganti",
            body=body,
            path="/masuk",
            at=at,
        )
