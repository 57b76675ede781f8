"""`flask --app wsgi backup …`: everything into one folder, and back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app

from app.adapters import seal_key
from app.cli import audit, database
from app.cli.office import OfficeGroup
from app.domain.errors import AlurError
from app.extensions import db
from app.services import clock
from app.services.operations import backup, manifest, records, restore, seal_copies
from app.services.operations.manifest import Manifest
from app.services.signin import sessions

backup_group = OfficeGroup("backup", help="Cadangan: simpan basis data dan berkas ke satu folder, dan pulihkan.")

FOLDER = click.argument("folder", type=click.Path(path_type=Path))
KEY_NOT_HERE = (
    "kunci segel tidak terbaca di mesin ini; segel diperiksa dengan kunci umum dari cadangan. Pasang kuncinya sebelum "
    "menyalakan sweeper."
)
KEYS = "SECRET_KEY dan kunci privat segel tidak ada di dalamnya; simpan di tempat lain."


@backup_group.command("create", names_office=True)
@FOLDER
def create(folder: Path) -> None:
    """Simpan semuanya ke FOLDER (harus belum ada), sambil situs tetap dipakai. Keluar 1 bila ada berkas yang hilang."""
    with _in_words():
        made = backup.create(folder, clock.now())
    click.echo(f"Cadangan di {folder}: {_counted(made)}.\n{KEYS}")
    lost = backup.still_named(made.missing)
    if lost:
        named = "\n".join(lost[:20])
        raise click.ClickException(
            f"{len(lost)} berkas yang disebut basis data tidak ada di penyimpanan atau rusak:\n{named}\n"
            "Yang lain sudah dicadangkan. Pulihkan berkas itu dari cadangan sebelumnya."
        )


@backup_group.command("nightly")
@FOLDER
@click.option("--simpan", type=click.IntRange(1, 10_000), default=14, show_default=True, help="Berapa yang disimpan.")
@click.pass_context
def nightly(context: click.Context, folder: Path, simpan: int) -> None:
    """Buat cadangan baru di dalam FOLDER, lalu buang yang tertua bila lebih dari --simpan. Untuk cron."""
    context.invoke(create, folder=folder / f"alur-{clock.now():%Y%m%d-%H%M%S}")
    for old in sorted(path.parent for path in folder.glob(f"alur-*/{manifest.NAME}"))[:-simpan]:
        shutil.rmtree(old)


@backup_group.command("verify", needs_tables=False)
@FOLDER
def verify_backup(folder: Path) -> None:
    """Periksa cadangan tanpa memulihkannya: semua ada dan tidak berubah."""
    with _in_words():
        found = manifest.read(folder)
    click.echo(f"Cadangan utuh: {_counted(found)}.")


@backup_group.command("restore", needs_tables=False, names_office=True)
@FOLDER
@click.option("--timpa", is_flag=True, help="Buang isi basis data tujuan dan ganti dengan cadangan ini.")
def restore_command(folder: Path, timpa: bool) -> None:
    """Pulihkan FOLDER ke DATABASE_URL dan ALUR_DATA. Hentikan semua proses Alur dulu."""
    with _in_words():
        found = restore.restore(folder, clock.now(), overwrite=timpa)
    click.echo(f"Dipulihkan: {_counted(found)}.")
    database.upgrade(db.engine, current_app.config["ALUR"].data_dir)
    records.note_restore(found, clock.now())
    sessions.end_everyones("pemulihan", clock.now())  # what was open at the backup may have been ended since
    if seal_copies.goes_on_here(folder):
        click.echo(
            "Segel di sini lebih panjang dari cadangan: catatan sesudahnya ikut hilang, dan disebut di bawah ini."
        )
    public = seal_copies.key_for_verifying(folder)
    audit.show(seal_key.read_public(public) if public else None)
    if public:
        click.echo(f"keterangan: {KEY_NOT_HERE}")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except AlurError as problem:
        raise click.ClickException(problem.pesan) from problem
    except OSError as problem:
        raise click.ClickException(f"{problem.filename or 'Penyimpanan'}: {problem.strerror}.") from problem


def _counted(made: Manifest) -> str:
    size = sum(made.files.values()) / 1_000_000
    rows = sum(made.rows.values())
    cases = made.rows.get("cases", 0)
    return f"{rows} baris ({cases} kasus) dan {len(made.files)} berkas ({size:.1f} MB), tabel {made.revision}"
