"""The files of a procedure, read but not yet understood: the spec of the diagram and the YAML documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.domain.errors import Fault, ProcedureInvalid
from app.procedures.files import ProcedureFiles
from app.procedures.places import Findings
from app.procedures.schema import check_schema
from app.procedures.yamltext import Document, load
from app.workflow.spec import Draft, Spec, draft_spec


@dataclass(frozen=True)
class Sources:
    """None, or missing from a mapping: it could not be read, and a fault says why.

    `is_whole`: the diagram has no fault of its own, so `spec` can be run; otherwise it can only be looked at.
    """

    files: ProcedureFiles
    spec: Spec | None
    is_whole: bool
    ikmt: Document | None
    forms: Mapping[str, Document]
    shared: Mapping[str, Document]
    prints: Mapping[str, Document]

    @property
    def document(self) -> Document:
        """The ikmt; an empty one where it could not be read."""
        return self.ikmt or Document(self.files.ikmt_path, {})

    @property
    def all_forms_read(self) -> bool:
        return self.forms.keys() == self.files.form_steps.keys() and self.shared.keys() == self.files.shared.keys()


def read_sources(files: ProcedureFiles, findings: Findings) -> Sources:
    """Read everything; what is wrong goes to `findings`."""
    diagram = _diagram(files, findings)
    return Sources(
        files=files,
        spec=diagram.spec,
        is_whole=diagram.spec is not None and not diagram.broken,
        ikmt=_document(files, files.ikmt_path, "ikmt", findings),
        forms=_documents(files, files.form_steps, "formulir", findings),
        shared=_documents(files, files.shared, "formulir#bersama", findings),
        prints=_documents(files, files.prints, "cetak", findings),
    )


def _diagram(files: ProcedureFiles, findings: Findings) -> Draft:
    path = files.bpmn_path
    if path not in files.files:
        findings.add(path, 0, "Diagram belum ada. Simpan diagram BPMN dengan nama ini.")
        return Draft(None, ())
    draft = _draft(files.files[path], path)
    findings.extend(draft.faults)
    return draft


@lru_cache(maxsize=32)
def _draft(bpmn: bytes, file: str) -> Draft:
    return draft_spec(bpmn, file)


def _documents(files: ProcedureFiles, paths: Mapping[str, str], schema: str, findings: Findings) -> dict[str, Document]:
    found = ((name, _document(files, path, schema, findings)) for name, path in paths.items())
    return {name: document for name, document in found if document is not None}


def _document(files: ProcedureFiles, path: str, schema: str, findings: Findings) -> Document | None:
    if path not in files.files:
        findings.add(path, 0, "Dokumen IKMT belum ada. Simpan dengan nama ini.")
        return None
    document, faults = _checked(files.files[path], path, schema)
    findings.extend(faults)
    return document


@lru_cache(maxsize=256)
def _checked(raw: bytes, file: str, schema: str) -> tuple[Document | None, tuple[Fault, ...]]:
    """The document, if its shape can be relied on, and its faults. Most of a procedure stays the same between two
    checks, so the same bytes are read once."""
    findings = Findings()
    try:
        document = load(raw, file)
    except ProcedureInvalid as error:
        return None, tuple(error.faults)
    fits = check_schema(document, schema, findings)
    return (document if fits else None), tuple(findings.faults)
