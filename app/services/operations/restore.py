"""Putting a backup back: into nothing, or, when told so, in the place of what is there."""

from datetime import datetime
from pathlib import Path

from app.adapters import dumps
from app.adapters.storage import FolderStore
from app.domain.errors import BackupRefused
from app.services import store
from app.services.files import file_store
from app.services.operations import backup, heartbeats, manifest, revision, seal_copies
from app.services.operations.manifest import Manifest

# Rows that a database has before anybody has used it.
_OUR_OWN = ("alembic_version", "canned_answers", "heartbeats")


def restore(source: Path, now: datetime, *, overwrite: bool) -> Manifest:
    """First the files, then the database; each checked before anything is written, and counted afterwards.

    Raises BackupRefused: damaged, of another kind of database, of a newer program; or the target is not empty, or
    somebody still works on it.
    """
    found = manifest.read(source)
    _demand_fitting(found)
    dump = source / dumps.NAMES[found.database]
    dumps.check(found.database, dump)
    _demand_free(now, overwrite)
    seals = seal_copies.plan(source)
    for digest in found.files:
        with FolderStore(source / manifest.FILES).open(digest) as stream:
            file_store().put(stream.read())
    store.session.remove()
    with store.writing():
        dumps.load(store.engine(), dump)
    seal_copies.put(seals)
    _demand_same(found)
    return found


def _demand_fitting(found: Manifest) -> None:
    here = store.engine().dialect.name
    if found.database != here:
        raise BackupRefused(f"Cadangan ini dari {found.database}, sedangkan DATABASE_URL menunjuk {here}.")
    if found.revision not in revision.known():
        raise BackupRefused(
            f"Tabel di cadangan ini ({found.revision}) lebih baru dari program ini ({revision.head()}). "
            f"Pasang Alur {found.version} atau lebih baru, lalu ulangi."
        )


def _demand_free(now: datetime, overwrite: bool) -> None:
    """On an empty place nobody loses anything; elsewhere somebody must have said so, and nobody may be at work."""
    with store.engine().connect() as connection:
        rows = backup.count_rows(connection)
    if not any(count for table, count in rows.items() if table not in _OUR_OWN):
        return
    if not overwrite:
        raise BackupRefused(
            "Basis data tujuan sudah berisi. Untuk membuang isinya dan menggantinya dengan cadangan ini, "
            "tambahkan --timpa."
        )
    if "heartbeats" in rows and any(heartbeats.alive(now).values()):
        raise BackupRefused("Worker atau sweeper masih hidup di basis data tujuan. Hentikan semua proses Alur dulu.")


def _demand_same(found: Manifest) -> None:
    with store.engine().connect() as connection:
        rows, files = backup.count_rows(connection), backup.named_files(connection)
    if rows != found.rows or files.keys() != found.files.keys() | set(found.missing):
        raise BackupRefused("Isi basis data sesudah dipulihkan tidak sama dengan daftar di cadangan. Ulangi.")
