"""The signers of this office: certificates kept here, and BSrE's service where create_app() handed over an account."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app.adapters.signer import BSRE, LOCAL, NotSetUp, Signatory, Signer
from app.adapters.signer_local import SHORTEST, LocalSigner
from app.adapters.timestamps import Authority
from app.domain.actors import Actor, demand
from app.domain.errors import InvalidInput, NotFound
from app.models import User
from app.services import clock, store
from app.services.accounts import people
from app.services.messages import outgoing
from app.services.records import trail
from app.services.work import unit_of_work

FOLDER = "tanda-tangan"

_bsre: Signer | None = None
_authority: Authority | None = None


def bind(*, bsre: Signer | None, tsa: str = "") -> None:
    """Called once per process. `tsa`: where certificates kept here get a trusted time, "" = nowhere."""
    globals().update(_bsre=bsre, _authority=Authority(tsa) if tsa else None)


@contextmanager
def rehearsing() -> Iterator[None]:
    """Meanwhile whatever is signed is signed with a certificate kept here. Not while other threads work."""
    before = {"_bsre": _bsre, "_authority": _authority}
    bind(bsre=local())
    try:
        yield
    finally:
        globals().update(before)


def local() -> LocalSigner:
    return LocalSigner(store.data_dir / FOLDER, authority=_authority)


def of(way: str) -> Signer:
    """The signer of an ikmt's `tanda_tangan: cara`. Raises NotSetUp."""
    if way == LOCAL:
        return local()
    if way == BSRE and _bsre is not None:
        return _bsre
    raise NotSetUp


def signatory(user_id: str) -> Signatory:
    """Raises NotFound."""
    user = store.session.get(User, user_id)
    if user is None:
        raise NotFound
    return Signatory(user.id, user.name, user.email, user.nik or "")


def create(actor: Actor, email: str, passphrase: str) -> bool:
    """A local certificate for the account; False where it has a valid one, which stays.

    The passphrase is kept nowhere: forgotten, the certificate is of no more use. Raises Forbidden, NotFound,
    InvalidInput, OSError.
    """
    demand(actor, "administer")
    if len(passphrase) < SHORTEST:
        raise InvalidInput({"frasa": [f"Frasa sandi paling sedikit {SHORTEST} huruf."]})
    user_id = store.session.scalar(select(User.id).where(User.email == people.normal_email(email)))
    if user_id is None:
        raise NotFound("Tidak ada akun dengan email itu. Lihat: flask account list")
    who = signatory(user_id)
    store.session.rollback()
    if not local().create(who, passphrase, outgoing.office):
        return False
    at = clock.now()
    with unit_of_work() as session:
        trail.append(session, trail.account_stream(user_id), actor.id, "sertifikat_dibuat", {"cara": LOCAL}, at)
    return True


def status(actor: Actor, email: str, way: str) -> str:
    """What the signer says of the account's certificate. Raises Forbidden, NotFound, SigningFailed."""
    demand(actor, "administer")
    user_id = store.session.scalar(select(User.id).where(User.email == people.normal_email(email)))
    if user_id is None:
        raise NotFound("Tidak ada akun dengan email itu. Lihat: flask account list")
    who = signatory(user_id)
    store.session.rollback()
    return of(way).status(who)
