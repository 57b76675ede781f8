"""The three files as one immutable model.Procedure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.domain.errors import ProcedureInvalid
from app.domain.tanggal import InvalidDate, parse_date
from app.procedures.document import (
    read_automation,
    read_cut,
    read_deadlines,
    read_follow_up,
    read_front,
    read_noted,
    read_notices,
    read_outcomes,
    read_reopenings,
    read_requirements,
    read_rows,
    read_service,
    read_templates,
    read_withdrawal,
)
from app.procedures.files import ProcedureFiles
from app.procedures.forms import read_form
from app.procedures.model.procedure import Procedure
from app.procedures.places import Findings, Place
from app.procedures.prints import read_print
from app.procedures.sources import Sources, read_sources
from app.procedures.steps import read_steps
from app.workflow.spec import Spec


@dataclass(frozen=True)
class ByHash:
    """Files that compare by their hash, so that a version is compiled once per process."""

    files: ProcedureFiles

    def __hash__(self) -> int:
        return hash(self.files.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByHash) and other.files.hash == self.files.hash


def compile_procedure(files: ProcedureFiles) -> Procedure:
    """Compile; the same bytes give the same object. Raises ProcedureInvalid with every fault met on the way.

    Compiling says whether the files can be read together. Whether they make sense together (and so may be
    published) is for `check.ensure_valid`; a version that was published stays compilable.
    """
    return _compile(ByHash(files))


@lru_cache(maxsize=64)
def _compile(key: ByHash) -> Procedure:
    findings = Findings()
    procedure = build(read_sources(key.files, findings), findings)
    if procedure is None or findings.broken:
        raise ProcedureInvalid(sorted(findings.faults))
    return procedure


def build(sources: Sources, findings: Findings) -> Procedure | None:
    """Build what can be built; None when the diagram could not be read at all."""
    if sources.spec is None:
        return None
    spec, root = sources.spec, Place(sources.document)
    lanes = {lane: place_roles.texts(lane) for lane, place_roles in _lanes(root)}
    steps = read_steps(root, spec, lanes, findings)
    first = first_step(spec)
    return Procedure(
        slug=root.text("slug"),
        hash=sources.files.hash,
        service=read_service(root),
        document=read_front(root),
        valid_from=_valid_from(root, findings),
        lanes=lanes,
        steps=steps,
        rows=read_rows(root, spec, findings),
        forms={step: read_form(document, step, sources.shared, findings) for step, document in sources.forms.items()},
        requirements=read_requirements(root, first, findings),
        kinds={kind: str(place.data) for kind, place in root.items("jenis_permohonan")},
        notices=read_notices(root, findings),
        automation=read_automation(root),
        deadlines=read_deadlines(root, findings),
        outcomes=read_outcomes(root),
        signing=root.data.get("tanda_tangan", {}),
        delivery=root.data.get("pengiriman", {}),
        cut_when=read_cut(root, findings),
        withdrawal=read_withdrawal(root, spec),
        follow_up=read_follow_up(root, findings),
        reopenings=read_reopenings(root),
        noted=read_noted(root, findings),
        first_step=first,
        bpmn=sources.files.files[sources.files.bpmn_path],
        spec=spec,
        about=root.text("jenis_kasus") or "permohonan",
        templates=read_templates(root, first, findings),
        prints={name: read_print(document, name) for name, document in sources.prints.items()},
    )


def first_step(spec: Spec) -> str:
    """The user task that the start event leads to; "" when something else comes first."""
    start = next((element.id for element in spec.elements.values() if element.kind == "start"), "")
    target = next((flow.target for flow in spec.flows if flow.source == start), "")
    return target if target and spec.elements[target].kind == "user" else ""


def _lanes(root: Place) -> list[tuple[str, Place]]:
    return [(lane, root.at("pelaksana")) for lane, _ in root.items("pelaksana")]


def _valid_from(root: Place, findings: Findings) -> date:
    if not root.has("berlaku_mulai"):
        return date.max
    try:
        return parse_date(root.text("berlaku_mulai"))
    except InvalidDate as error:
        findings.at(root.at("berlaku_mulai"), str(error))
        return date.max
