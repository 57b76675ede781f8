"""The discussion of a case, for both sides: read it, write, say that it was read."""

import secrets
from collections.abc import Mapping, Sequence
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, StaleForm, UploadRefused
from app.services.discussion import attachments, canned, marks, posting, views
from app.services.flow import cases
from app.services.flow.cases import CaseView
from app.services.messages import notice_facts
from app.services.records import reads
from app.web import lembar, reading
from app.web.access import current_actor, safe_next, signed_in
from app.web.portal import kiriman

diskusi = Blueprint("diskusi", __name__)

SEND, FILL, DROP = "kirim", "isi", "lepas"
FILE_INPUT = "berkas"
MOST_TRIED = attachments.MOST * 3
"""Files looked at in one request; more than a message may have are refused, but not without end."""


@diskusi.get("/diskusi/<case_id>")
@signed_in
def buka(case_id: str) -> ResponseReturnValue:
    return _page(_load(case_id))


@diskusi.post("/diskusi/<case_id>")
@signed_in
def tulis(case_id: str) -> ResponseReturnValue:
    """Every button keeps text and files; only one sends."""
    view, button = _load(case_id), kiriman.press(request.form)
    actor, key = current_actor(), request.form.get("kunci", "")
    sends = button.verb in (SEND, "lanjut")
    if sends and posting.was_posted(actor, case_id, key):
        return redirect(_back(case_id, "pesan-akhir"))
    text, kept = request.form.get("teks", ""), request.form.getlist("lampiran")
    errors = _receive(case_id, kept)
    if button.verb == DROP:
        kept = _without(case_id, kept, button.name)
    if button.verb == FILL:
        text = _filled(case_id, text)
    if errors or not sends:
        return _page(view, text, kept, errors)
    try:
        posting.post(actor, case_id, text, kept, key, _number("sampai"))
    except InvalidInput as problem:
        return _page(view, text, kept, problem.errors)
    except StaleForm as problem:
        return _page(view, text, kept, {"": [problem.pesan]})
    flash("Pesan terkirim.", "success")
    return redirect(_back(case_id, "pesan-akhir"))


@diskusi.post("/diskusi/<case_id>/dibaca")
@signed_in
def dibaca(case_id: str) -> ResponseReturnValue:
    """Pressed, or sent by the page itself once the messages have been before the reader's eyes."""
    marks.mark_read(current_actor(), case_id, _number("sampai"))
    if request.headers.get("HX-Request"):
        return render_template("diskusi/_dibaca.html")
    return redirect(_back(case_id, "diskusi"))


def _load(case_id: str) -> CaseView:
    """Whoever of the office gets it has read it. Raises NotFound."""
    view = cases.load(current_actor(), case_id)
    reading.showing([(view.id, view.subject_id)], reads.DISCUSSION)
    return view


def _page(
    view: CaseView, text: str = "", files: Sequence[str] = (), errors: Mapping[str, Sequence[str]] | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    before = lembar.number()
    talk = views.look(actor, view, before)
    page = render_template(
        "diskusi/halaman.html",
        k=view,
        diskusi=talk,
        lama=before is not None,
        kembali=_case_page(view),
        teks=text,
        lampiran=attachments.waiting(actor, view.id, files),
        salah=errors or {},
        jawaban_siap=canned.offered(actor) if talk.for_office else (),
        kunci=request.form.get("kunci") or secrets.token_urlsafe(16),
        ke=request.form.get("ke", ""),
    )
    return page, 422 if errors else 200


def _receive(case_id: str, kept: list[str]) -> dict[str, list[str]]:
    """Take the files that came along into `kept`; what was refused: field -> sentences."""
    refused: list[str] = []
    for file in [one for one in request.files.getlist(FILE_INPUT) if one.filename][:MOST_TRIED]:
        if len(kept) >= attachments.MOST:
            refused.append(attachments.TOO_MANY)
            break
        try:
            kept.append(attachments.receive(current_actor(), case_id, cast(BinaryIO, file.stream)))
        except UploadRefused as problem:
            refused.append(problem.pesan)
    return {posting.FILES: refused} if refused else {}


def _without(case_id: str, kept: Sequence[str], upload_id: str) -> list[str]:
    """Take one back that was not sent. One that is gone already (a second click) is gone."""
    if upload_id in kept:
        attachments.take_back(current_actor(), case_id, upload_id)
    return [one for one in kept if one != upload_id]


def _filled(case_id: str, text: str) -> str:
    """What was typed stays; the ready answer comes below it."""
    chosen = request.form.get("jawaban", "")
    if not chosen:
        return text
    return "\n\n".join(part for part in (text.strip(), canned.filled(current_actor(), case_id, chosen)) if part)


def _number(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _back(case_id: str, where: str) -> str:
    """To the page that the form stood on, where the discussion (or its newest message) is."""
    return f"{safe_next(request.form.get('ke'), url_for('diskusi.buka', case_id=case_id))}#{where}"


def _case_page(view: CaseView) -> str:
    if view.subject_id == current_actor().id:
        return notice_facts.case_path(view.id, view.procedure.about)
    return url_for("desk_task.show", task_id=view.tasks[-1].id)
