"""Where a file that is handed in belongs, and whether it may stand there: its format, its numbers, its signature."""

from dataclasses import dataclass

from app.adapters.apart import read_pdf_apart
from app.adapters.cleaning import Cleaned
from app.domain.actors import Actor
from app.domain.errors import Forbidden, NotFound, TaskNotYours, UploadRefused
from app.models import Draft
from app.models.base import JsonDict
from app.procedures.berkas import looked_up
from app.procedures.model.form import Field, Form
from app.procedures.values import FORMATS
from app.services import signatures, store
from app.services.flow import published, tasks
from app.services.flow.tasks import TaskView

LONGEST_PATH = 120


@dataclass(frozen=True)
class Place:
    """Where a file belongs: a draft, or the case of a task. `expected`: the number that must stand in it, "" = none."""

    step: str
    requirement: str
    field: Field
    draft_id: str | None = None
    case_id: str | None = None
    expected: str = ""


def in_draft(actor: Actor, draft_id: str, path: str) -> Place:
    """The field of the actor's own draft. Raises NotFound, Forbidden (sent already)."""
    draft = store.session.get(Draft, draft_id)
    if draft is None or draft.owner_id != actor.id:
        raise NotFound
    if draft.submitted_at is not None:
        raise Forbidden("Permohonan ini sudah terkirim, jadi berkasnya tidak dapat ditambah di sini.")
    procedure = published.compiled(draft.version_id)
    form = procedure.forms[procedure.first_step]
    field, requirement = find(form, path)
    return Place(procedure.first_step, requirement, field, draft_id=draft_id)


def in_task(actor: Actor, task_id: str, path: str) -> Place:
    """The field of a task in the actor's hands. Raises NotFound, TaskNotYours."""
    view = tasks.load(actor, task_id)
    if not view.mine:
        raise TaskNotYours
    return of_view(view, path)


def of_view(view: TaskView, path: str) -> Place:
    """The same for a task that may still be free. Raises NotFound, TaskNotYours (a step without a form)."""
    if view.form is None:
        raise TaskNotYours
    field, requirement = find(view.form, path)
    numbers = (looked_up(source, view.case.answers) for source in field.extra.get("cocok_dengan", ()))
    expected = next((str(number) for number in numbers if number), "")
    return Place(view.step.id, requirement, field, case_id=view.case.id, expected=expected)


def find(form: Form, path: str) -> tuple[Field, str]:
    """The berkas field at `path` and the persyaratan it is for ("" = none). Raises NotFound."""
    name, *rest = path.split(".")
    field = form.field(name) if len(path) <= LONGEST_PATH else None
    if field is not None and field.kind == "tabel" and len(rest) == 2 and rest[0].isdigit():
        field = next((column for column in field.columns if column.id == rest[1]), None)
    elif field is not None and field.kind == "berkas_diminta" and len(rest) == 1:
        return field, rest[0][:60]
    elif rest:
        field = None
    if field is None or field.kind != "berkas":
        raise NotFound("Isian untuk berkas ini tidak ada. Muat ulang halaman, lalu coba lagi.")
    return field, field.requirement


def examine(place: Place, cleaned: Cleaned) -> JsonDict | None:
    """What the file says that its field asks about; None where nothing is asked. Raises UploadRefused."""
    _check_format(place.field, cleaned)
    found = _compare(place, cleaned)
    if place.field.extra.get("bertanda_tangan"):
        store.session.rollback()  # issuers may be asked over the network, and no transaction waits for them
        return {"cocok": True, "bertanda_tangan": False, **(found or {}), **signatures.examine(cleaned.data)}
    return found


def _check_format(field: Field, cleaned: Cleaned) -> None:
    wanted = field.extra.get("format") or ()
    if wanted and cleaned.mime not in {FORMATS[each] for each in wanted}:
        raise UploadRefused(
            f"{field.label}: hanya {' atau '.join(each.upper() for each in wanted)} yang diterima di sini."
        )


def _compare(place: Place, cleaned: Cleaned) -> JsonDict | None:
    """What a file that must fit the case says; None where it need not. Raises UploadRefused for another's paper."""
    if not place.expected:
        return None
    if cleaned.mime != FORMATS["pdf"]:
        return {"cocok": None, "bertanda_tangan": False}
    found = read_pdf_apart(cleaned.data)
    if found.numbers and place.expected not in found.numbers:
        other = found.title or found.numbers[0]
        raise UploadRefused(f"Nomor KK di PDF (…{other[-4:]}) bukan nomor kasus ini. PDF tidak dilampirkan.")
    if found.title and found.title != place.expected:
        raise UploadRefused(f"Nomor KK di PDF (…{found.title[-4:]}) bukan nomor kasus ini. PDF tidak dilampirkan.")
    # A number that merely stands in it may be that of a family somebody moved from: an officer looks.
    return {"cocok": True if found.title else None, "bertanda_tangan": found.signed}
