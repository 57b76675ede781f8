"""A step in which Alur itself signs is done as "ditandatangani" only with the letter that was really signed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, StaleForm
from app.models import Signature
from app.procedures.actions import DECISION, SIGNED, SIGNS_HERE
from app.procedures.model.procedure import Procedure

SENT, KEPT, DONE = "dikirim", "ditandatangani", "selesai"
LEASE = timedelta(seconds=90)
"""Longer than any signer is waited for."""


class BeingSigned(StaleForm):
    pesan = (
        "Surat ini sedang ditandatangani, jadi tidak dapat dikembalikan. Tunggu dua menit, lalu muat ulang daftarnya. "
        "Bila surat ini masih ada di sana, pilih lagi, lalu tandatangani atau kembalikan."
    )


def settle(
    session: Session,
    procedure: Procedure,
    step: str,
    task_id: str,
    answers: Mapping[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The actor ends the task with `answers`, under the lock of its case: with the signed letter, whose signing is
    over with it, or without one.

    Raises InvalidInput where it is not that letter, BeingSigned where the actor's signer is at it. Nothing is asked of
    the database for any other step.
    """
    signing = procedure.signing
    if step != signing.get("langkah") or signing.get("cara") not in SIGNS_HERE:
        return
    if answers is None or answers.get(DECISION) != SIGNED:
        _refuse_meanwhile(session, task_id, actor, now)
        return
    upload = session.scalar(
        update(Signature)
        .where(Signature.task_id == task_id, Signature.user_id == actor.id, Signature.state.in_((KEPT, DONE)))
        .values(state=DONE)
        .returning(Signature.upload_id),
        execution_options={"synchronize_session": False},
    )
    given = [value for value in answers.values() if isinstance(value, list)]
    if not upload or given != [[upload]]:
        raise InvalidInput({"": ["Surat ini ditandatangani di halaman Tanda tangan. Buka halaman itu dari inbox."]})


def _refuse_meanwhile(session: Session, task_id: str, actor: Actor, now: datetime) -> None:
    under_way = or_(Signature.state == KEPT, and_(Signature.state == SENT, Signature.sent_at > now - LEASE))
    mine = (Signature.task_id == task_id, Signature.user_id == actor.id)
    if session.scalar(select(Signature.task_id).where(*mine, under_way)) is not None:
        raise BeingSigned
