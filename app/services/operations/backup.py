"""A backup: the database at one moment, then every file that it names. Others go on working meanwhile.

Files are written before the rows that name them and are never changed, so whatever the snapshot names is there when
it is copied afterwards. Keys stay out of it: whoever finds a backup must not be able to sign or sign in.
"""

import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from app.adapters import dumps, private
from app.adapters.storage import FileStore, FolderStore, digest_of
from app.domain.errors import BackupRefused, NotFound
from app.domain.version import VERSION
from app.services import store
from app.services.files import file_store
from app.services.operations import manifest, records, seal_copies
from app.services.operations.manifest import Manifest
from app.services.records.seal_standing import read_tip


def create(target: Path, now: datetime) -> Manifest:
    """Make the folder `target`; it appears whole or not at all. Raises BackupRefused, OSError (no room).

    `missing` of the result: files that the database names and the store has lost; the rest is in the backup.
    """
    if target.exists():
        raise BackupRefused(f"{target} sudah ada. Sebutkan folder baru, supaya cadangan lama tidak tertimpa.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}-belum-selesai")
    shutil.rmtree(draft, ignore_errors=True)
    private.folder(draft)
    try:
        made = _fill(draft, now)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    records.note_backup(made, now)
    return made


def count_rows(connection: Connection) -> Mapping[str, int]:
    """Table -> how many rows."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def named_files(connection: Connection) -> Mapping[str, int]:
    """Digest -> bytes of every file that the database names."""
    return {row.digest: row.size for row in connection.execute(text("SELECT digest, size FROM stored_files"))}


def still_named(digests: Iterable[str]) -> list[str]:
    """Of the missing ones, those that the database names now too; the others were tidied away meanwhile."""
    with store.engine().connect() as connection:
        return sorted(named_files(connection).keys() & set(digests))


def _fill(folder: Path, now: datetime) -> Manifest:
    engine = store.engine()
    kind = engine.dialect.name
    with dumps.dumped(engine, folder / dumps.NAMES[kind]) as connection:
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        rows, files = count_rows(connection), named_files(connection)
        sealed = read_tip(Session(connection)).number if "seal_tip" in rows else 0
    missing = _copy(files, file_store(), FolderStore(folder / manifest.FILES))
    seal_copies.keep(folder, sealed)
    kept = {digest: size for digest, size in files.items() if digest not in missing}
    made = Manifest(now.isoformat(timespec="seconds"), VERSION, revision, kind, rows, kept, missing)
    manifest.write(folder, made)
    return made


def _copy(digests: Iterable[str], source: FileStore, target: FileStore) -> tuple[str, ...]:
    """The digests whose bytes are gone or are others; those are not copied."""
    lost = []
    for digest in sorted(digests):
        try:
            with source.open(digest) as stream:
                data = stream.read()
        except NotFound:
            data = b""
        if digest_of(data) != digest:
            lost.append(digest)
        else:
            target.put(data)
    return tuple(lost)
