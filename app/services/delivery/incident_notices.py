"""Whoever must know of an incident is told at once: its supervisors and admins, and the pemohon where they do not."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.tanggal import format_moment
from app.models import Case, DataIncident
from app.procedures.model.notices import NoticeTemplate
from app.services import store
from app.services.background import job_rows, lateness
from app.services.background.job_rows import Lease
from app.services.flow import published
from app.services.messages import notice_facts, notices

PATH = "/insiden-data"
_CHANNELS = (notices.IN_APP, notices.MAIL)
_OFFICE = NoticeTemplate(
    "Insiden data pribadi di {nomor}",
    "Dokumen orang lain sampai pada pemohon {nomor}. Unduhannya sudah dimatikan.\n"
    "Laporkan sebelum {batas}, lalu supervisor menulis apa yang dilakukan.\n\n{tautan}",
)
_RESIDENT = NoticeTemplate(
    "Jangan pakai PDF untuk {nomor}",
    "PDF yang kami kirim untuk permohonan {nomor} ternyata bukan milik Anda. Unduhannya sudah kami matikan.\n"
    "Mohon hapus PDF yang terlanjur diunduh dan jangan diteruskan kepada siapa pun. Kami mengirim yang benar.\n\n"
    "{tautan}",
)


def tell(job: Lease) -> None:
    """`insiden_data`: notices to those who watch incidents of that unit. A job of before incidents had a table has
    nothing to tell."""
    one = store.session.get(DataIncident, str(job.payload.get("incident", "")))
    case = store.session.get(Case, one.case_id) if one else None
    if one is None or case is None:
        job_rows.finish(job, lambda session, at: None)
        return
    key, source, subject = f"insiden:{one.id}", one.source, case.subject_id
    facts = {"nomor": case.number, "batas": format_moment(one.due_at)}
    case_id, path = case.id, notice_facts.case_path(case.id, published.compiled(case.version_id).about)
    people = [
        person
        for role in ("supervisor", "admin")
        for person, units in lateness.people_of(role).items()
        if (not units or case.unit in units) and person != subject
    ]

    def effects(session: Session, at: datetime) -> None:
        told = list(dict.fromkeys(people))
        notices.tell(session, told, _OFFICE, facts, _CHANNELS, key=key, case_id=case_id, path=PATH, at=at)
        if source != "pemohon":
            key_of_resident = f"{key}:pemohon"
            notices.tell(
                session, [subject], _RESIDENT, facts, _CHANNELS, key=key_of_resident, case_id=case_id, path=path, at=at
            )

    job_rows.finish(job, effects)
