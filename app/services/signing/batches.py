"""Many letters signed with one passphrase: each stands or falls alone, none is signed twice, what stops goes on.

A signature's row says what is known of it before the signer is asked and after. The network is never touched inside a
transaction, and the passphrase lives only as long as the call. What a signer answered is on disk under the signature's
own name before anything else happens, so that a kill at that very moment is found again (`incoming`). A kill while the
signer was still at it is asked again after LEASE, by whoever the task is for by then (`left_behind`): the earlier
signature, if there was one, never reached us, so there is one signed letter all the same.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.adapters.signer import Signatory, Signer, SigningFailed, WrongPassphrase
from app.domain.actors import Actor
from app.domain.errors import AlurError, InvalidInput, NotFound, StaleForm, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Case, Signature
from app.procedures.actions import DECISION, SIGNED
from app.services import clock, store
from app.services.flow import keys, tasks
from app.services.flow.signed_only import DONE, KEPT, LEASE, SENT
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.signing import asking, incoming, left_behind, sightings, signers
from app.services.signing.asking import FAILED, WAITING
from app.services.work import unit_of_work

MOST_WRONG = 10
"""Passphrases of one person in a quarter of an hour."""
BUDGET_S = 20.0
_NOBODY = "Tidak ada dokumen yang dipilih."
_STUCK = "Tidak ada surat yang maju sekarang. Muat ulang daftarnya, lalu pilih lagi yang masih menunggu."
_ELSEWHERE = "Dokumen ini sudah atau sedang ditandatangani. Muat ulang daftarnya dua menit lagi."


@dataclass(frozen=True)
class Line:
    """One letter of a batch. `state`: menunggu, dikirim, ditandatangani, selesai or gagal; `cause`: why it failed."""

    task_id: str
    number: str
    state: str
    cause: str


@dataclass(frozen=True)
class Batch:
    id: str
    step: str
    lines: tuple[Line, ...]
    stopped: str = ""

    def _count(self, *states: str) -> int:
        return sum(line.state in states for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def done(self) -> int:
        return self._count(DONE)

    @property
    def failed(self) -> int:
        return self._count(FAILED)

    @property
    def left(self) -> int:
        return self.total - self.done - self.failed


def begin(actor: Actor, step: str, chosen: Sequence[tuple[str, int]], key: str) -> str:
    """Ask for the signatures; nothing is signed yet. The same form again is the same batch. Returns its id.

    What cannot be signed (not seen, taken by somebody else) is a failed line of it, where it can be told at all.
    Raises InvalidInput (nothing chosen), StaleForm, NotFound.
    """
    keys.check(key)
    if not chosen:
        raise InvalidInput({"": [_NOBODY]}, _NOBODY)
    batch = hashlib.sha256(f"{actor.id} {key}".encode()).hexdigest()
    at = clock.now()
    rows = [asking.row(actor, step, task_id, version, batch, at) for task_id, version in dict(chosen).items()]
    found = [row for row in rows if row is not None]
    if not found:
        raise StaleForm("Daftar ini sudah berubah. Muat ulang halaman, lalu pilih lagi.")
    with unit_of_work() as session:
        left_behind.free(session, actor, [row["task_id"] for row in found if row["state"] == WAITING], at - LEASE)
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        insert = dialect.insert(Signature)
        renewed = {name: insert.excluded[name] for name in asking.RENEWED}
        # What another's page counts stays there, as long as that page is alive (left_behind) and until they fail.
        theirs = and_(Signature.user_id == actor.id, Signature.state.in_((WAITING, FAILED)))
        nobodys = and_(or_(Signature.state == FAILED, Signature.batch == ""), insert.excluded.state == WAITING)
        again = and_(Signature.batch != batch, or_(theirs, nobodys))
        for row in found:
            session.execute(
                insert.values(row).on_conflict_do_update(index_elements=["task_id"], set_=renewed, where=again)
            )
        # One that was interrupted goes on in this batch, from where it is.
        session.execute(
            update(Signature)
            .where(Signature.task_id.in_([row["task_id"] for row in found]), Signature.user_id == actor.id)
            .where(Signature.state.in_((SENT, KEPT)))
            .values(batch=batch),
            execution_options={"synchronize_session": False},
        )
        if session.scalar(select(Signature.task_id).where(Signature.batch == batch).limit(1)) is None:
            raise StaleForm(next((row["cause"] for row in found if row["cause"]), _ELSEWHERE))
    return batch


def look(actor: Actor, batch: str) -> Batch:
    """How far it is. Raises NotFound, for anybody else's too."""
    rows = store.session.execute(
        select(Signature, Case.number, Case.version_id)
        .join(Case, Case.id == Signature.case_id)
        .where(Signature.batch == batch, Signature.user_id == actor.id)
        .order_by(Signature.asked_at, Signature.task_id)
    ).all()
    if not rows:
        raise NotFound
    lines = [Line(row.Signature.task_id, row.number, row.Signature.state, row.Signature.cause) for row in rows]
    return Batch(batch, asking.step_of(rows[0].version_id), tuple(lines))


def subjects(actor: Actor, batch: str) -> list[tuple[str, str]]:
    """(case id, id of its resident) of every letter of the batch."""
    rows = store.session.execute(
        select(Case.id, Case.subject_id)
        .join(Signature, Signature.case_id == Case.id)
        .where(Signature.batch == batch, Signature.user_id == actor.id)
    )
    return [(row.id, row.subject_id) for row in rows]


def again(actor: Actor, batch: str) -> None:
    """What failed is asked for once more, bound to what was seen since."""
    for line in look(actor, batch).lines:
        if line.state != FAILED:
            continue
        row = asking.row(actor, look(actor, batch).step, line.task_id, None, batch, clock.now())
        if row is None or row["state"] == FAILED:
            continue
        values = {name: row[name] for name in asking.RENEWED}
        with unit_of_work() as session:
            session.execute(
                update(Signature).where(Signature.task_id == line.task_id, Signature.state == FAILED).values(**values)
            )


def proceed(actor: Actor, batch: str, passphrase: str, *, budget_s: float = BUDGET_S) -> Batch:
    """Sign what is left, at least one letter, as long as `budget_s` lasts. `stopped` says why it did not go on.

    Raises NotFound, TooManyAttempts.
    """
    began, stopped, guard = time.monotonic(), "", Limit(f"frasa sandi {actor.id}", MOST_WRONG)
    _refuse_guessing(guard)
    before = look(actor, batch)
    for line in before.lines:
        if line.state in (DONE, FAILED):
            continue
        try:
            _sign_one(actor, line.task_id, passphrase)
        except AlreadyAtIt:
            continue  # the others need not wait for it
        except WrongPassphrase as problem:
            with unit_of_work() as session:
                throttle.count(session, [guard], clock.now())
            stopped = problem.pesan
        except SigningFailed as problem:
            stopped = problem.pesan if problem.stops else ""
        if stopped or time.monotonic() - began > budget_s:
            break
    found = look(actor, batch)
    if not stopped and found.left and all(line.state in (SENT, DONE, FAILED) for line in found.lines):
        stopped = AlreadyAtIt.pesan
    elif not stopped and found.left and found.lines == before.lines:
        stopped = _STUCK  # whoever asks again and again would do so for ever
    return Batch(found.id, found.step, found.lines, stopped)


def _refuse_guessing(guard: Limit) -> None:
    at = clock.now()
    if throttle.is_exceeded(store.session(), [guard], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Frasa sandi terlalu sering salah. Coba lagi pukul {format_time(until)}.")


def _sign_one(actor: Actor, task_id: str, passphrase: str) -> None:
    """From wherever it stands to the end; what fails is written on its row. Raises SigningFailed."""
    row = store.session.get_one(Signature, task_id, populate_existing=True)
    if row.user_id != actor.id:
        return  # the task is somebody else's by now, and so is its signing
    try:
        if row.state == WAITING:
            incoming.discard(task_id)  # an answer to an earlier question, if there is any
        if row.state != KEPT and incoming.find(task_id) is None:
            _ask_signer(actor, row, passphrase)
        if store.session.get_one(Signature, task_id, populate_existing=True).state == SENT:
            incoming.keep(actor, task_id)
        _finish(actor, task_id)
    except WrongPassphrase:
        _note(actor, task_id, SENT, WAITING, "")
        raise
    except AlreadyAtIt:
        raise
    except SigningFailed as problem:
        _note(actor, task_id, SENT, WAITING if problem.stops else FAILED, problem.cause)
        raise
    except AlurError as problem:
        _note(actor, task_id, SENT, FAILED, problem.pesan)
        _note(actor, task_id, WAITING, FAILED, problem.pesan)
        incoming.drop(actor, task_id, problem.pesan)


def _ask_signer(actor: Actor, row: Signature, passphrase: str) -> None:
    """Nothing happens where another page of this person's is at it. Raises SigningFailed, AlurError."""
    task_id, way, signature = row.task_id, row.way, row
    view = tasks.load(actor, task_id)
    if sightings.demand(actor, task_id, view.case.id, view.step.id) != row.digest:
        raise sightings.Changed
    if view.claimable:
        tasks.claim(actor, task_id)
    elif not view.mine:
        raise NotFound("Surat ini tidak menunggu tanda tangan Anda lagi.")
    order = asking.order(signature, view.case.names.get(actor.id, actor.name) or actor.name)
    signer: Signer = signers.of(way)
    who: Signatory = signers.signatory(actor.id)
    at = clock.now()
    free = or_(Signature.state == WAITING, and_(Signature.state == SENT, Signature.sent_at <= at - LEASE))
    if not _move(actor, task_id, free, state=SENT, sent_at=at, attempts=Signature.attempts + 1, cause=""):
        raise AlreadyAtIt
    signed = signer.sign(order, who, passphrase)
    # Stays as it is, but for an answer so late that the task has passed to somebody else.
    if not _move(actor, task_id, and_(Signature.state == SENT, Signature.sent_at == at), sent_at=at):
        raise AlreadyAtIt
    incoming.put(task_id, signed)


class AlreadyAtIt(SigningFailed):
    pesan = "Satu surat masih menunggu jawaban layanan tanda tangan. Lanjutkan satu menit lagi."
    cause = "menunggu jawaban layanan tanda tangan"
    stops = True


def _finish(actor: Actor, task_id: str) -> None:
    """The task of a letter that is signed and kept is done with it. Raises AlurError where it went elsewhere."""
    row = store.session.get_one(Signature, task_id, populate_existing=True)
    if row.state != KEPT:
        return
    upload_id, ended = row.upload_id, incoming.is_used(row)
    if not ended:
        view = tasks.load(actor, task_id)
        if view.task.closed_at is not None:
            raise incoming.TooLate
        raw = {DECISION: SIGNED, asking.file_field(view): [upload_id]}
        tasks.complete(actor, task_id, view.task.version, f"tanda-tangan-{task_id}", raw)
    _move(actor, task_id, Signature.state == KEPT, state=DONE)


def _note(actor: Actor, task_id: str, was: str, state: str, cause: str) -> None:
    _move(actor, task_id, Signature.state == was, state=state, cause=cause[:200])


def _move(actor: Actor, task_id: str, when: ColumnElement[bool], **values: object) -> bool:
    with unit_of_work() as session:
        result = session.execute(
            update(Signature).where(Signature.task_id == task_id, Signature.user_id == actor.id, when).values(**values),
            execution_options={"synchronize_session": False},
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]
