"""The check: everything that is wrong with a procedure, as `file:line: pesan`. What passes runs.

Every look is taken whatever the others find, so that one run says all there is to mend. A look whose subject could not
be read (a form that is no YAML, a diagram with a loose end) leaves out only what would follow from that.
"""

from functools import lru_cache

from app.domain.errors import Fault, ProcedureInvalid
from app.procedures.checks.flow import check_drawing, check_flow
from app.procedures.checks.prints import check_prints
from app.procedures.checks.rows import check_rows
from app.procedures.checks.screens import check_screens
from app.procedures.checks.sending import check_sending
from app.procedures.checks.signing import check_signing
from app.procedures.checks.subject import Subject
from app.procedures.checks.walk import check_walk
from app.procedures.compile import ByHash, build, compile_procedure
from app.procedures.files import ProcedureFiles
from app.procedures.model.procedure import Procedure
from app.procedures.places import Findings
from app.procedures.sources import read_sources

ALWAYS = (check_drawing, check_screens, check_prints)
WITH_DOCUMENT = (check_flow, check_rows, check_sending, check_signing)


def check(files: ProcedureFiles) -> list[Fault]:
    """Every fault and warning, sorted by file and line; no bytes make it raise."""
    findings = Findings()
    sources = read_sources(files, findings)
    procedure = build(sources, findings)
    if procedure is not None:
        subject = Subject(sources, procedure, findings)
        for look in ALWAYS:
            look(subject)
        if subject.has_document:
            for look in WITH_DOCUMENT:
                look(subject)
        if subject.can_be_walked:
            check_walk(subject)
    return sorted(findings.faults)


def ensure_valid(files: ProcedureFiles) -> Procedure:
    """The compiled procedure, fit to be published. Raises ProcedureInvalid with every fault (and warning) otherwise."""
    return _valid(ByHash(files))


@lru_cache(maxsize=16)
def _valid(key: ByHash) -> Procedure:
    """What passed once need not be walked through again: the same bytes pass."""
    faults = check(key.files)
    if any(not fault.warning for fault in faults):
        raise ProcedureInvalid(faults)
    return compile_procedure(key.files)
