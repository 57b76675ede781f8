"""The bytes of one procedure: its diagram, its document, its forms, and the shared blocks the forms use."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.domain.errors import Fault, ProcedureInvalid

SHARED = "forms/_bersama"
PRINTS = "cetak"
MAX_FILE = 2_000_000

_USES = re.compile(rb"pakai:\s*[\"']?([a-z0-9_]+)")


@dataclass(frozen=True)
class ProcedureFiles:
    """`files`: path relative to the folder (always with /) -> bytes; everything a version needs, nothing else."""

    slug: str
    files: Mapping[str, bytes]

    @cached_property
    def hash(self) -> str:
        """sha256 hex over the slug, the paths and the bytes."""
        digest = hashlib.sha256(self.slug.encode())
        for path in sorted(self.files):
            content = self.files[path]
            digest.update(f"\0{path}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    @property
    def bpmn_path(self) -> str:
        return f"bpmn/{self.slug}.bpmn"

    @property
    def ikmt_path(self) -> str:
        return f"ikmt/{self.slug}.yaml"

    def form_path(self, step: str) -> str:
        return f"forms/{self.slug}/{step}.yaml"

    @property
    def form_steps(self) -> dict[str, str]:
        """Step id -> path of its form."""
        return self._in(f"forms/{self.slug}")

    @property
    def prints(self) -> dict[str, str]:
        """Name of a form to print -> its path."""
        return self._in(f"forms/{self.slug}/{PRINTS}")

    @property
    def shared(self) -> dict[str, str]:
        """Name of a shared block -> its path."""
        return self._in(SHARED)

    def _in(self, folder: str) -> dict[str, str]:
        """Stem -> path of what lies directly in `folder`."""
        return {Path(path).stem: path for path in sorted(self.files) if path.rpartition("/")[0] == folder}

    def to_bundle(self) -> bytes:
        """One blob to store; equal files give equal bytes."""
        files = {path: base64.b64encode(content).decode() for path, content in self.files.items()}
        return json.dumps({"slug": self.slug, "files": files}, sort_keys=True).encode()

    @classmethod
    def from_bundle(cls, bundle: bytes) -> "ProcedureFiles":
        """Raises ProcedureInvalid when the blob is not one that `to_bundle` made."""
        try:
            content = json.loads(bundle)
            files = {path: base64.b64decode(text, validate=True) for path, text in content["files"].items()}
            return cls(str(content["slug"]), files)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise ProcedureInvalid([Fault("bundel", 0, "Versi prosedur yang tersimpan rusak.")]) from error


def read_folder(root: Path) -> dict[str, ProcedureFiles]:
    """Every procedure of a folder that holds bpmn/, ikmt/ and forms/, by slug, incomplete ones too.

    Raises ProcedureInvalid when there is no such folder or a file cannot be read.
    """
    slugs = sorted(_slugs(root))
    if not slugs:
        raise ProcedureInvalid([Fault(str(root), 0, "Folder ini tidak memuat bpmn/, ikmt/ dan forms/.")])
    return {slug: _read(root, slug) for slug in slugs}


def _slugs(root: Path) -> set[str]:
    diagrams = {path.stem for path in (root / "bpmn").glob("*.bpmn")}
    documents = {path.stem for path in (root / "ikmt").glob("*.yaml")}
    forms = {path.parent.name for path in (root / "forms").glob("*/*.yaml") if path.parent.name[0] != "_"}
    return diagrams | documents | forms


def _read(root: Path, slug: str) -> ProcedureFiles:
    files = dict(_contents(root, slug))
    used = {name.decode() for content in files.values() for name in _USES.findall(content)}
    for path in sorted((root / SHARED).glob("*.yaml")):
        if path.stem in used:
            files[f"{SHARED}/{path.name}"] = _bytes(path, f"{SHARED}/{path.name}")
    return ProcedureFiles(slug, files)


def _contents(root: Path, slug: str) -> Iterator[tuple[str, bytes]]:
    folder = root / "forms" / slug
    forms = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob(f"{PRINTS}/*.yaml"))]
    for path in (root / "bpmn" / f"{slug}.bpmn", root / "ikmt" / f"{slug}.yaml", *forms):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            yield name, _bytes(path, name)


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise ProcedureInvalid([Fault(name, 0, f"Berkas terlalu besar; paling besar {MAX_FILE // 1_000_000} MB.")])
        return path.read_bytes()
    except OSError as error:
        raise ProcedureInvalid([Fault(name, 0, "Berkas tidak dapat dibaca. Periksa hak aksesnya.")]) from error
