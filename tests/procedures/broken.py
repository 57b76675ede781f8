"""The real files with one thing broken, and where it stands."""

from dataclasses import replace

from app.procedures.check import check
from app.procedures.files import ProcedureFiles
from tests.procedures import kk

BPMN = "bpmn/kk-perubahan-data.bpmn"
IKMT = "ikmt/kk-perubahan-data.yaml"
FORMS = "forms/kk-perubahan-data"
ISI = f"{FORMS}/isi_permohonan.yaml"
PERIKSA = f"{FORMS}/periksa_berkas.yaml"

Case = tuple[str, str, str, str, str, str]
"""What is broken: file, old text, new text; where it is said: file, text of the line; what is said."""


def changed(*edits: tuple[str, str, str], files: ProcedureFiles | None = None) -> ProcedureFiles:
    """The KK files with each (path, old text, new text) replaced once."""
    found = dict((files or kk.files()).files)
    for path, old, new in edits:
        text = found[path].decode()
        assert old in text, f"{old!r} is not in {path}: the test would change nothing"
        found[path] = text.replace(old, new, 1).encode()
    return replace(kk.files(), files=found)


def without(path: str) -> ProcedureFiles:
    files = kk.files()
    return replace(files, files={name: raw for name, raw in files.files.items() if name != path})


def line_of(files: ProcedureFiles, path: str, text: str) -> int:
    lines = files.files[path].decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def errors(files: ProcedureFiles) -> list[str]:
    """The faults as they are printed, without the warnings."""
    return [str(fault) for fault in check(files) if not fault.warning]


def warnings(files: ProcedureFiles) -> list[str]:
    return [str(fault) for fault in check(files) if fault.warning]


def assert_said(case: Case, found: list[str], files: ProcedureFiles) -> None:
    _, _, _, at, text, message = case
    wanted = f"{at}:{line_of(files, at, text)}: "
    assert [each for each in found if each.startswith(wanted) and message in each], found
