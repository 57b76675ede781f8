"""Writing to a pemohon by WhatsApp from the task screen: a link with the text ready, for those who agreed to it.

The officer's own WhatsApp sends it. It says what the notice says that went out when the case came to wait for the
pemohon, with the page to go on at; the message itself is never kept here.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.adapters.whatsapp import chat_link
from app.domain.masking import mask_in_text, mask_phone
from app.models import Notice, Task, User
from app.services import store
from app.services.messages import outgoing, preferences


@dataclass(frozen=True)
class Chat:
    """`link` opens WhatsApp with `text` ready; `number` is masked. All "" where the pemohon did not agree to it."""

    link: str = ""
    text: str = ""
    number: str = ""


def offer(task: Task, subject_id: str) -> Chat | None:
    """For an open task of the pemohon's; None for any other."""
    if task.closed_at is not None or task.queue != "pemohon":
        return None
    user = store.session.get(User, subject_id)
    number = preferences.number_of(user) if user is not None and user.active and user.whatsapp_consent else ""
    if not number:
        return Chat()
    text = _text(subject_id, task.case_id, task.opened_at)
    return Chat(chat_link(number, text), text, mask_phone(number))


def waiting(case_id: str, subject_id: str) -> str:
    """The task for which `offer` has a link now, "" for none."""
    query = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.queue == "pemohon")
    for task in store.session.scalars(query):
        found = offer(task, subject_id)
        if found is not None and found.link:
            return task.id
    return ""


def _text(subject_id: str, case_id: str, opened_at: datetime) -> str:
    """The notice of that moment, with the address of its page at the end."""
    query = select(Notice).where(Notice.user_id == subject_id, Notice.created_at == opened_at)
    said = next((one for one in store.session.scalars(query) if one.case_id == case_id), None)
    words = [said.title, said.body] if said else ["Permohonan Anda menunggu Anda."]
    path = said.path if said and said.path else f"/permohonan/{case_id}"
    return mask_in_text("\n".join([outgoing.office, *words, outgoing.link(path)]))
