"""What a signatory decides of papers that Alur does not sign itself, and of those that go back to the kasi."""

from collections.abc import Sequence

from app.adapters.signer import SIAK
from app.domain.actors import Actor
from app.domain.errors import AlurError, NotFound
from app.procedures.actions import DECISION, REASON, SENT_BACK, SIGNED
from app.procedures.answers import prefill
from app.services import store
from app.services.desk.duties import duties_of
from app.services.flow import form_context, keys, tasks
from app.services.flow.remarks import remark
from app.services.flow.tasks import Completed
from app.services.signing import sightings

Outcome = tuple[str, Completed | AlurError]


def mark(actor: Actor, step: str, chosen: Sequence[tuple[str, int]], key: str) -> list[Outcome]:
    """These were signed in SIAK: what was seen, and is still as it was, goes on. Each stands or falls alone.

    Raises NotFound where such papers are not signed in SIAK, StaleForm for a key that is none.
    """
    keys.check(key)
    if duties_of(actor).signing.get(step, ("", "", ""))[1] != SIAK:
        raise NotFound
    return [(task_id, _mark_one(actor, step, task_id, version, key)) for task_id, version in chosen]


def send_back(actor: Actor, step: str, chosen: Sequence[tuple[str, int]], key: str, reason: str) -> list[Outcome]:
    """To the kasi, unsigned, with why. Raises NotFound; InvalidInput before anything is claimed; StaleForm."""
    keys.check(key)
    if step not in duties_of(actor).signing:
        raise NotFound
    said = remark(reason, "alasan", missing="Tulis alasan untuk kasi.")
    return [
        (task_id, _complete(actor, step, task_id, version, key, {DECISION: SENT_BACK, REASON: said}))
        for task_id, version in chosen
    ]


def _mark_one(actor: Actor, step: str, task_id: str, version: int, key: str) -> Completed | AlurError:
    try:
        view = tasks.load(actor, task_id)
        if view.step.id != step:
            return NotFound()
        if view.task.closed_at is None:
            sightings.demand(actor, task_id, view.case.id, step)
        context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    except AlurError as problem:
        return problem
    if view.form is None:
        return NotFound()
    stated = {
        field.id: True for section in view.form.sections for field in section.fields if field.kind == "pernyataan"
    }
    raw = {**prefill(view.form, context), DECISION: SIGNED, **stated}
    return _complete(actor, step, task_id, version, key, raw)


def _complete(
    actor: Actor, step: str, task_id: str, version: int, key: str, raw: dict[str, object]
) -> Completed | AlurError:
    try:
        view = tasks.load(actor, task_id)
        if view.step.id != step:
            return NotFound()
        if view.claimable and view.task.version == version:
            tasks.claim(actor, task_id)
            version += 1
        return tasks.complete(actor, task_id, version, key, raw)
    except AlurError as problem:
        return problem
