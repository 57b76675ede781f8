"""What an auditor takes home: the trail, its seals, the public key and a program that holds them against each other."""

import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from app.adapters import private, seal_key
from app.adapters.seal_file import SealFile
from app.domain.actors import Actor, demand
from app.domain.chain import canonical, written_moment
from app.domain.seals import Seal
from app.models import Stream
from app.services import store
from app.services.records import trail, trail_rows
from app.services.records.seal_standing import last_seal
from app.services.work import unit_of_work

VERIFIER = Path(__file__).parents[3] / "tools" / "periksa_riwayat.py"
EVENTS, HEADS, SEALS = "catatan.jsonl", "kepala.jsonl", "segel.jsonl"
KEY, DESCRIPTION, READ_ME = "kunci-umum.pem", "keterangan.json", "BACA-DULU.txt"
_PURPOSE = b"alur-ekspor-1\n"
_EXPLANATION = """\
Ekspor riwayat Alur. Berkas di sini tidak memuat nama, NIK, atau jawaban; data pribadi hanya sebagai sidik bergaram.

Memeriksa (Python 3.11 atau lebih baru, tanpa pustaka lain, tanpa jaringan):
    python3 periksa_riwayat.py . --kunci KUNCI-UMUM-DARI-KANTOR.pem

Mintalah kunci umum langsung dari kantor: yang dapat mengganti catatan dapat juga mengganti kunci di folder ini.
Catat segel terakhir yang dicetak; pada ekspor berikutnya sebutkan dengan --segel.
"""
Progress = Callable[[int], None]
_DRAFT = ".alur-ekspor-"


@dataclass(frozen=True)
class Exported:
    entries: int
    streams: int
    last_seal: int


def export(actor: Actor, target: Path, now: datetime, progress: Progress | None = None) -> Exported:
    """Write a folder, or a ZIP where the name ends in .zip; whole or not at all. The trail says that it was taken.

    `progress` hears, every so many entries, how many were written.

    Raises Forbidden, OSError (FileExistsError where it is there already).
    """
    demand(actor, "audit")
    return as_asked(actor.id, target, now, progress)


def as_asked(asked_by: str, target: Path, now: datetime, progress: Progress | None = None) -> Exported:
    """The same for an account whose right was looked at when it asked; it may have lost it since. Raises OSError."""
    if target.exists():
        raise FileExistsError(f"{target} sudah ada. Sebutkan nama baru, supaya ekspor lama tidak tertimpa.")
    with unit_of_work() as session:
        trail.append(session, trail.OFFICE, asked_by, "riwayat_diekspor", {}, now)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=target.parent) as draft:
        folder = Path(draft) / "ekspor"
        private.folder(folder)
        made = _fill(folder, now, progress)
        if target.suffix == ".zip":
            folder = _packed(folder)
        folder.rename(target)
    return made


def forget_drafts(folder: Path, before: float) -> int:
    """Delete what killed exports left behind: untouched since `before` (seconds since the epoch); how many."""
    old = [draft for draft in folder.glob(f"{_DRAFT}*") if _touched(draft) < before]
    for draft in old:
        shutil.rmtree(draft, ignore_errors=True)
    return len(old)


def _touched(draft: Path) -> float:
    """When anything in it was written last; now for what has just gone."""
    try:
        return max(path.stat().st_mtime for path in [draft, *draft.rglob("*")])
    except FileNotFoundError:
        return time.time()


def _fill(folder: Path, now: datetime, progress: Progress | None) -> Exported:
    """Seals first: none of them may name an entry that the snapshot does not hold."""
    last = _copy_seals(folder / SEALS)
    with trail_rows.snapshot() as connection:
        entries = _write(folder / EVENTS, _events(connection), progress)
        streams = _write(folder / HEADS, _heads(connection))
    key = seal_key.load(store.seals.key)
    public = key.public if key else last.next_key if last else ""
    if public:
        (folder / KEY).write_bytes(seal_key.public_pem(public))
    said: dict[str, Any] = {
        "pada": written_moment(now),
        "catatan": entries,
        "rangkaian": streams,
        "segel": last.number if last else 0,
        "sidik_segel": last.hash if last else "",
        "kunci": public,
    }
    said["tanda"] = key.sign(_PURPOSE + canonical(said)) if key else ""
    (folder / DESCRIPTION).write_bytes(canonical(said))
    (folder / READ_ME).write_text(_EXPLANATION, encoding="utf-8")
    shutil.copyfile(VERIFIER, folder / VERIFIER.name)
    return Exported(entries, streams, said["segel"])


def _copy_seals(target: Path) -> Seal | None:
    source = SealFile(store.seals.file)
    _write(target, source.lines())
    return last_seal(SealFile(target))


def _events(connection: Connection) -> Iterator[bytes]:
    query = trail_rows.entries(connection.dialect.name)
    for row in connection.execute(query, execution_options={"yield_per": trail_rows.BATCH}):
        entry = trail_rows.entry(row)
        yield _line(
            {
                "aliran": row.stream,
                "nomor": entry.seq,
                "pada": written_moment(entry.at),
                "pelaku": entry.actor,
                "kata_kerja": entry.verb,
                "isi": entry.payload,
                "sidik": entry.hash,
            }
        )


def _heads(connection: Connection) -> Iterator[bytes]:
    for name, seq, head in connection.execute(select(Stream.name, Stream.seq, Stream.head).order_by(Stream.name)):
        yield _line({"aliran": name, "nomor": seq, "sidik": head})


def _line(content: object) -> bytes:
    """ASCII, so that even what is not valid text goes out and is found."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def _write(path: Path, lines: Iterable[bytes], progress: Progress | None = None) -> int:
    count = 0
    with path.open("wb") as stream:
        for line in lines:
            stream.write(line + b"\n")
            count += 1
            if progress is not None and count % trail_rows.BATCH == 0:
                progress(count)
        stream.flush()
        os.fsync(stream.fileno())
    return count


def _packed(folder: Path) -> Path:
    bundle = folder.with_suffix(".zip")
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, path.name)
    bundle.chmod(0o600)
    return bundle
