"""What stands behind the `{words}` of a notice: taken from the case, never from the procedure's Python."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from app.procedures.actions import GOOD
from app.procedures.model.form import Field, Form
from app.procedures.model.procedure import Procedure
from app.services.messages import outgoing
from app.services.records.trail import Chain

# The field by which any form speaks to the pemohon, as `keputusan` is the one that decides.
MESSAGE = "pesan_pemohon"
# The field that says on what a decision rests.
BASIS = "dasar"


class Known(Protocol):
    id: str
    number: str
    procedure: Procedure
    status: str
    data: dict[str, Any]
    now: datetime
    facts: dict[str, str]

    @property
    def chain(self) -> Chain | None: ...


def case_path(case_id: str, about: str = "permohonan") -> str:
    """Where its resident sees the case; `about`: of its procedure."""
    return {"akun": "/akun"}.get(about, f"/{about}/{case_id}")


def desk_path(procedure: Procedure, tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Where officers see the case: its newest open task of theirs, else the inbox."""
    theirs = [task["id"] for task in tasks.values() if not procedure.steps[task["step"]].by_applicant]
    return f"/tugas/{theirs[-1]}" if theirs else "/inbox"


def gather(run: Known, step_id: str, speaker: str = "") -> dict[str, str]:
    """Every word but `nama` and `tautan`, which differ by reader.

    `pesan`, `dasar` and `berkas` come from the answers of `speaker`, else of the step just done.
    """
    step = run.procedure.steps.get(step_id)
    speaker = speaker or last_done(run)
    answers = run.data["answers"].get(speaker, {})
    to_mend = documents_to_mend(run.procedure, speaker, answers)
    return {
        "nomor": run.number,
        "layanan": run.procedure.service.title,
        "langkah": step.name if step else "",
        "status": run.status,
        "janji": run.procedure.service.promise,
        "kantor": outgoing.office,
        "pesan": str(answers.get(MESSAGE) or to_mend),  # without a message, what is wrong with which document
        "dasar": str(answers.get(BASIS, "")),
        "berkas": to_mend,
        **run.facts,
    }


def last_done(run: Known) -> str:
    """The step whose completion is being told of, as the trail of this transaction names it; "" outside a step."""
    rows = run.chain.rows if run.chain is not None else ()
    return str(rows[-1]["payload"].get("langkah", "")) if rows else ""


def documents_to_mend(procedure: Procedure, step_id: str, answers: Mapping[str, Any]) -> str:
    """Each document that was judged wanting, a line each: its name, what is wrong, the officer's note."""
    form = procedure.forms.get(step_id)
    if form is None:
        return ""
    names = {requirement.code: requirement.name for requirement in procedure.requirements}
    lines = []
    for field in _judging(form):
        labels = {option.value: option.label for option in field.options}
        for code, judged in answers.get(field.id, {}).items():
            if judged["nilai"] != GOOD:
                note = f" ({judged['catatan']})" if judged.get("catatan") else ""
                lines.append(f"- {names.get(code, code)}: {labels.get(judged['nilai'], judged['nilai'])}{note}")
    return "\n".join(lines)


def _judging(form: Form) -> list[Field]:
    return [field for section in form.sections for field in section.fields if field.kind == "penilaian_berkas"]
