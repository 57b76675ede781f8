"""Two thousand broken procedures: each is refused in sentences one can act on, or a case of it runs to an end."""

import random
import re
import time
from functools import cache

import pytest

from app.domain.condition_parser import ALLOWED
from app.domain.errors import Fault
from app.procedures.check import check
from app.procedures.checks.ground import ground
from app.procedures.checks.subject import Subject
from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles
from app.procedures.places import Findings
from app.procedures.sources import read_sources
from tests.procedures import kk
from tests.procedures.drive import drive
from tests.procedures.mutation import mutate

CHUNKS, EACH = 20, 100
MAX_SECONDS = 5
_QUOTED = re.compile(r"'[^']*'|\{[^}]*\}|\"[^\"]*\"|<[^>]*>")
_ENGLISH = re.compile(r"\b(the|is|are|not|expected|invalid|must|unknown|error|found|of|for|at line|type)\b", re.I)


_driven: dict[tuple[object, ...], str] = {}


@cache
def _original() -> ProcedureFiles:
    return kk.files()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_berkas_yang_dirusak_acak_ditolak_dengan_jelas_atau_benar_benar_jalan(chunk: int) -> None:
    for number in range(EACH):
        judge(f"{chunk}-{number}")


def judge(seed: str) -> bool:
    """Was it refused? AssertionError, with the seed, when it was neither refused well nor run to an end."""
    rng = random.Random(seed)
    files = mutate(_original(), rng)
    begun = time.thread_time()
    faults = check(files)
    assert time.thread_time() - begun < MAX_SECONDS, seed
    for fault in faults:
        assert_sentence(fault, files, seed)
    if any(not fault.warning for fault in faults):
        return True
    assert run_to_end(files, rng), seed
    return False


def assert_sentence(fault: Fault, files: ProcedureFiles, seed: str) -> None:
    assert fault.file in files.files and fault.line > 0, (seed, fault)
    assert fault.line <= max(files.files[fault.file].count(b"\n"), files.files[fault.file].count(b"\r")) + 1, (
        seed,
        fault,
    )
    assert fault.message.endswith((".", "?", "!", ")", "]")), (seed, fault)
    assert not _ENGLISH.search(_QUOTED.sub("", fault.message.replace(ALLOWED, ""))), (seed, fault)


def run_to_end(files: ProcedureFiles, rng: random.Random) -> str:
    procedure = compile_procedure(files)
    way = ground(Subject(read_sources(files, Findings()), procedure, Findings()))
    screens = tuple(raw for path, raw in sorted(files.files.items()) if path.startswith("forms/"))
    opened = frozenset(step.id for step in procedure.steps.values() if step.done_when_opened)
    key = (way, screens, opened, repr(procedure.requirements))
    if key not in _driven:  # most changes of the document's words change neither the flow nor a screen
        _driven[key] = drive(procedure, way, rng)
    return _driven[key]
