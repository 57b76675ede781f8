"""What a backup says of itself: `manifest.json`, and `SIDIK.txt` that `sha256sum -c` understands."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from app.adapters.storage import FolderStore
from app.domain.errors import BackupRefused

FORMAT = 1
NAME, DIGESTS, FILES, EXTRAS = "manifest.json", "SIDIK.txt", "berkas", "segel"


@dataclass(frozen=True)
class Manifest:
    """`made_at` ISO, UTC; `rows`: table -> how many; `files`: digest -> bytes; `missing`: digests not in the store."""

    made_at: str
    version: str
    revision: str
    database: str
    rows: Mapping[str, int]
    files: Mapping[str, int]
    missing: tuple[str, ...] = ()
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    """The last thing to be written into a backup."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
    lines = [f"{_digest(path)}  {path.relative_to(folder)}\n" for path in _sealed(folder)]
    (folder / DIGESTS).write_text("".join(lines), encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest, after everything that it and SIDIK.txt name was found unchanged. Raises BackupRefused."""
    _verify_digests(folder)
    try:
        fields = json.loads((folder / NAME).read_text(encoding="utf-8"))
        manifest = Manifest(**{**fields, "missing": tuple(fields["missing"])})
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise BackupRefused(f"{NAME} tidak dapat dibaca. Pakai cadangan lain.") from problem
    if manifest.format != FORMAT:
        raise BackupRefused("Cadangan ini dibuat Alur yang lebih baru. Perbarui program dulu, lalu ulangi.")
    files = FolderStore(folder / FILES)
    broken = [digest for digest in manifest.files if not files.verify(digest)]
    if broken:
        raise BackupRefused(f"{len(broken)} berkas di cadangan ini hilang atau berubah. Pakai cadangan lain.")
    return manifest


def _verify_digests(folder: Path) -> None:
    try:
        lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        raise BackupRefused(f"{folder} bukan folder cadangan Alur ({DIGESTS} tidak ada).") from problem
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {str(path.relative_to(folder)): _digest(path) for path in _sealed(folder)}
    wrong = sorted(name for name in told.keys() | found.keys() if told.get(name) != found.get(name))
    if wrong:
        raise BackupRefused(f"Isi cadangan berubah atau hilang: {', '.join(wrong)}. Pakai cadangan lain.")


def _sealed(folder: Path) -> Iterator[Path]:
    """Everything but the stored files, which carry their digest as their name, and the list itself."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] != FILES and str(inside) != DIGESTS:
            yield path


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
