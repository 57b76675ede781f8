"""A signature as it is asked for: whose, of which letter, bound to what was seen; and the order to the signer."""

from datetime import datetime
from typing import Any

from app.adapters.signature_look import Look
from app.adapters.signer import BSRE, Box, Order
from app.domain.actors import Actor
from app.domain.errors import AlurError, NotFound
from app.domain.tanggal import format_moment
from app.models import OfficeLetter, Signature
from app.services import clock, store
from app.services.files import file_store
from app.services.flow import published, tasks
from app.services.flow.tasks import TaskView
from app.services.messages import outgoing
from app.services.signing import capacity, letters, sightings

WAITING, FAILED = "menunggu", "gagal"
RENEWED = ("batch", "user_id", "capacity", "way", "digest", "draft", "letter_id", "state", "cause", "asked_at")
"""What a signature takes over when it is asked for anew."""

_NOTES = {
    BSRE: "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh "
    "Balai Sertifikasi Elektronik (BSrE), BSSN.",
}
_OWN = "Dokumen ini telah ditandatangani secara elektronik dengan sertifikat elektronik {office}."


def row(actor: Actor, step: str, task_id: str, version: int | None, batch: str, at: datetime) -> dict[str, Any] | None:
    """The signature to ask for, a failed one where it may not be; None where there is nothing to say of it.

    `version`: of the task as the page showed it; None: as it is.
    """
    try:
        view = tasks.load(actor, task_id)
    except NotFound:
        return None
    letter = letters.current(view.case.id)
    if view.step.id != step or letter is None:
        return None
    cause, digest = "", ""
    try:
        if not (view.mine or view.claimable) or (version is not None and view.task.version != version):
            raise NotFound("Surat ini berubah atau sudah dikerjakan. Muat ulang daftarnya.")
        digest = sightings.demand(actor, task_id, view.case.id, step)
    except AlurError as problem:
        cause = problem.pesan[:200]
    return {
        "task_id": task_id,
        "case_id": view.case.id,
        "letter_id": letter.id,
        "batch": batch,
        "user_id": actor.id,
        "capacity": capacity.of(actor, view.step, view.case.unit),
        "way": str(view.case.procedure.signing.get("cara", "")),
        "digest": digest,
        "draft": letter.digest,
        "state": FAILED if cause else WAITING,
        "attempts": 0,
        "cause": cause,
        "asked_at": at,
        "upload_id": "",
        "signed_digest": "",
    }


def order(signature: Signature, name: str) -> Order:
    """The very bytes that were drawn, and how the signature looks on them. No transaction is open afterwards."""
    letter = store.session.get_one(OfficeLetter, signature.letter_id)
    way, as_what, title, box, digest = signature.way, signature.capacity, letter.title, letter.box, signature.draft
    store.session.rollback()
    with file_store().open(digest) as stream:
        pdf = stream.read()
    note = _NOTES.get(way) or _OWN.format(office=outgoing.office)
    look = Look(name, as_what, format_moment(clock.now()), note)
    return Order(pdf, Box(**box), look.png(), title, letters.place())


def file_field(view: TaskView) -> str:
    """The field of the signing step that takes the signed letter."""
    fields = [field for section in view.form.sections for field in section.fields] if view.form else []
    return next(field.id for field in fields if field.kind == "berkas")


def step_of(version_id: str) -> str:
    return str(published.compiled(version_id).signing.get("langkah", ""))
