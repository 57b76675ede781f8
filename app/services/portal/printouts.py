"""Forms made from a draft's answers, for their pemohon to print, sign and photograph."""

from collections.abc import Mapping
from typing import Any

from app.adapters.pdf import NO_DATE, Letterhead, Paper
from app.adapters.pdf_table import Column
from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound
from app.procedures.answers import visible_fields
from app.procedures.model.form import Form
from app.procedures.model.prints import PrintBlock, PrintColumn, PrintForm
from app.procedures.model.procedure import Procedure
from app.procedures.printing import filled, table_rows, used_fields
from app.services.portal import drafts
from app.services.portal.drafts import DraftView


def form_for_draft(actor: Actor, draft_id: str, name: str, head: Letterhead) -> bytes:
    """The form `name` as a PDF, filled with what was accepted so far; personal numbers in full, as the form needs.

    Raises NotFound (also for anybody but the draft's owner, and where the answers do not call for this form),
    AlreadySubmitted, InvalidInput when pages that it shows are not finished.
    """
    view = drafts.load(actor, draft_id)
    form = view.procedure.prints.get(name)
    if form is None or not _is_called_for(view, name):
        raise NotFound("Formulir ini tidak diperlukan untuk permohonan Anda. Kembali ke permohonan, lalu lanjutkan.")
    _refuse_unfinished(view, form)
    return draw(form, view.procedure, view.context.own, view, head)


def draw(form: PrintForm, procedure: Procedure, answers: Mapping[str, Any], view: DraftView, head: Letterhead) -> bytes:
    """The form on paper; equal answers saved at the same time give equal bytes."""
    asked = procedure.forms[procedure.first_step]
    paper = Paper(form.title, view.saved_at, head, landscape=form.landscape)
    if form.code:
        paper.code(form.code)
    for block in form.blocks:
        _BLOCKS[block.kind](paper, block, asked, answers)
    return paper.to_bytes()


def _is_called_for(view: DraftView, name: str) -> bool:
    return any(
        field.extra.get("unduhan") == name
        for section in view.sections
        for field in visible_fields(view.form, section, view.context.own, view.context)
    )


def _refuse_unfinished(view: DraftView, form: PrintForm) -> None:
    used = used_fields(form)
    for section in view.sections:
        if section.id not in view.done and any(field.id in used for field in section.fields):
            message = f'Isi dulu halaman "{section.title}" sampai tersimpan tanpa kesalahan, lalu unduh lagi.'
            raise InvalidInput({"": [message]}, message)


def _heading(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    paper.heading(filled(block.text, form, answers))


def _subheading(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    paper.subheading(filled(block.text, form, answers))


def _paragraph(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    paper.paragraph(filled(block.text, form, answers), small=block.kind == "catatan")


def _details(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    paper.details([(label, filled(text, form, answers)) for label, text in block.lines])


def _table(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    assert block.table is not None
    paper.table([_column(column) for column in block.table.columns], table_rows(block.table, form, answers))


def _column(column: PrintColumn) -> Column:
    return Column(column.title, column.width, columns=tuple(_column(leaf) for leaf in column.columns))


def _signature(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any]) -> None:
    given = block.signature
    name = filled(given["nama"], form, answers)
    when = f"{given['kota']}, {NO_DATE}"
    paper.signature(when, given["sebutan"], f"( {name} )", stamp=given["meterai"] == "ya")


_BLOCKS = {
    "judul": _heading,
    "sub_judul": _subheading,
    "paragraf": _paragraph,
    "catatan": _paragraph,
    "rincian": _details,
    "tabel": _table,
    "tanda_tangan": _signature,
}
