"""What must hold of the source text itself: who commits, who imports what, what may never stand in the repository."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"

# A worker's edge: whatever an attempt raised, its row must say so and the other jobs go on.
BROAD_EXCEPTS_ALLOWED = {"app/services/background/jobs.py": 1}


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".jpg", ".jpeg", ".webp", ".pdf", ".ttf", ".woff2", ".heic"}:
            continue
        yield name, path.read_text(encoding="utf-8", errors="replace")


def test_hanya_services_yang_commit() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules(APP)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit" and not name.startswith("app/services/")
    ]
    assert found == []


def test_hanya_workflow_mengimpor_spiffworkflow() -> None:
    found = [
        name
        for name, tree in modules(APP)
        if any(module.split(".")[0] == "SpiffWorkflow" for module in imported(tree))
        and not name.startswith("app/workflow/")
    ]
    assert found == []


@pytest.mark.parametrize("room", ["services", "procedures", "workflow", "models", "adapters", "domain"])
def test_di_bawah_web_tidak_ada_flask(room: str) -> None:
    found = [
        name
        for name, tree in modules(APP / room)
        if any(re.match(r"(flask|werkzeug)(\b|_)", module) for module in imported(tree))
    ]
    assert found == []


def test_domain_hanya_memakai_pustaka_baku() -> None:
    outside = {"flask", "sqlalchemy", "yaml", "ruamel", "lxml", "SpiffWorkflow", "pydantic", "orjson", "jsonschema"}
    found = [
        (name, module)
        for name, tree in modules(APP / "domain")
        for module in imported(tree)
        if module.split(".")[0] in outside or (module.startswith("app.") and not module.startswith("app.domain"))
    ]
    assert found == []


def test_tidak_ada_impor_di_dalam_fungsi() -> None:
    found = [
        f"{name}:{inner.lineno}"
        for name, tree in modules(APP)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_tidak_ada_except_yang_menelan_semua() -> None:
    found: dict[str, int] = {}
    for name, tree in modules(APP):
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                found[name] = found.get(name, 0) + 1
    assert found == {name: count for name, count in BROAD_EXCEPTS_ALLOWED.items() if name in found}


def _is_broad(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}) for name in names
    )


def test_tidak_ada_alamat_registri_paket() -> None:
    hosts = "|".join(
        [r"pypi\.o" + "rg", "pythonhosted" + r"\.org", r"registry\.npmjs" + r"\.org", "deb\\.debian" + r"\.org"]
    )
    found = [name for name, text in tracked_texts() if re.search(hosts, text)]
    assert found == []


def test_tidak_ada_jalur_mesin_tertentu() -> None:
    machine = re.compile(r"(?<![\w.])/(wo" + r"rk|fa" + r"rm|ro" + r"ot|ho" + r"me/\w+)/")
    found = [name for name, text in tracked_texts() if machine.search(text)]
    assert found == []


def test_nik_di_repositori_hanya_wilayah_uji() -> None:
    """Every 16-digit number that could be a NIK or nomor KK belongs to the made-up region of test people."""
    number = re.compile(r"(?<![\dA-Za-z.])\d{16}(?![\dA-Za-z])")
    found = [
        (name, value[:6])
        for name, text in tracked_texts()
        if not name.endswith(("lock.json", ".svg", ".txt"))
        for value in number.findall(text)
        if not value.startswith("340299") and _could_be_a_nik(value)
    ]
    assert found == []


def _could_be_a_nik(value: str) -> bool:
    """Province and kecamatan exist (there is no kecamatan 99), and digits 7-12 are a date (a woman's day plus 40)."""
    day, month = int(value[6:8]) % 40, int(value[8:10])
    return 11 <= int(value[:2]) <= 96 and value[4:6] != "99" and 1 <= day <= 31 and 1 <= month <= 12
