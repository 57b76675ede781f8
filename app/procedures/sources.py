"""The files of a procedure, read but not yet understood: the spec of the diagram and the YAML documents."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import ProcedureInvalid
from app.procedures.files import ProcedureFiles
from app.procedures.places import Findings
from app.procedures.schema import check_schema
from app.procedures.yamltext import Document, load
from app.workflow.spec import Spec, compile_spec


@dataclass(frozen=True)
class Sources:
    """None, or missing from a mapping: it could not be read, and a fault says why."""

    files: ProcedureFiles
    spec: Spec | None
    ikmt: Document | None
    forms: Mapping[str, Document]
    shared: Mapping[str, Document]
    prints: Mapping[str, Document]


def read_sources(files: ProcedureFiles, findings: Findings) -> Sources:
    """Read everything; what is wrong goes to `findings`."""
    return Sources(
        files=files,
        spec=_spec(files, findings),
        ikmt=_document(files, files.ikmt_path, "ikmt", findings),
        forms=_documents(files, files.form_steps, "formulir", findings),
        shared=_documents(files, files.shared, "formulir#bersama", findings),
        prints=_documents(files, files.prints, "cetak", findings),
    )


def _spec(files: ProcedureFiles, findings: Findings) -> Spec | None:
    path = files.bpmn_path
    if path not in files.files:
        findings.add(path, 0, "Diagram belum ada. Simpan diagram BPMN dengan nama ini.")
        return None
    try:
        return compile_spec(files.files[path], path)
    except ProcedureInvalid as error:
        findings.faults.extend(error.faults)
        return None


def _documents(files: ProcedureFiles, paths: Mapping[str, str], schema: str, findings: Findings) -> dict[str, Document]:
    found = ((name, _document(files, path, schema, findings)) for name, path in paths.items())
    return {name: document for name, document in found if document is not None}


def _document(files: ProcedureFiles, path: str, schema: str, findings: Findings) -> Document | None:
    if path not in files.files:
        findings.add(path, 0, "Dokumen IKMT belum ada. Simpan dengan nama ini.")
        return None
    try:
        document = load(files.files[path], path)
    except ProcedureInvalid as error:
        findings.faults.extend(error.faults)
        return None
    return document if check_schema(document, schema, findings) else None
