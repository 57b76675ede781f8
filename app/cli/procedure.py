"""`flask --app wsgi procedure …`: check the three files, publish them, list what is published."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.domain.errors import Fault, ProcedureInvalid
from app.domain.tanggal import format_date
from app.procedures.check import check as check_files
from app.procedures.check import ensure_valid
from app.procedures.files import read_folder
from app.services.flow import published

procedure_group = AppGroup("procedure", help="Prosedur: periksa tiga berkasnya, terbitkan, dan lihat daftarnya.")

FOLDERS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@procedure_group.command("check")
@FOLDERS
def check(paths: tuple[Path, ...]) -> None:
    """Sebut tiap kesalahan sebagai berkas:baris: pesan. PATH: folder berisi bpmn/, ikmt/, forms/. Keluar 1 bila ada."""
    wrong = sum(_report(root, _faults(root)) for root in paths or (Path(),))
    if wrong:
        raise click.ClickException(f"{wrong} hal harus diperbaiki sebelum prosedur dapat diterbitkan.")
    click.echo("Tidak ada masalah. Prosedur siap diterbitkan.")


@procedure_group.command("publish")
@click.argument("path", type=click.Path(path_type=Path))
def publish(path: Path) -> None:
    """Terbitkan semua prosedur di folder PATH, atau tidak satu pun bila ada yang salah; yang sama dengan versi terbit
    tidak diterbitkan lagi."""
    try:
        every = list(read_folder(path).values())
        for files in every:
            ensure_valid(files)
        versions = [published.publish(SYSTEM, files) for files in every]
    except ProcedureInvalid as error:
        _report(path, error.faults)
        raise click.ClickException(error.pesan) from error
    for version in versions:
        click.echo(f"{version.slug}: versi {version.number}, berlaku sejak {format_date(version.valid_from)}.")


@procedure_group.command("list")
def list_versions() -> None:
    """Versi yang sudah terbit, satu baris tiap versi."""
    versions = published.all_versions()
    for version in versions:
        when = format_date(version.valid_from)
        click.echo(f"{version.slug}  versi {version.number}  berlaku {when}  {version.hash[:12]}  {version.title}")
    if not versions:
        click.echo("Belum ada prosedur yang terbit. Terbitkan: flask --app wsgi procedure publish .")


def _faults(root: Path) -> list[Fault]:
    try:
        return [fault for files in read_folder(root).values() for fault in check_files(files)]
    except ProcedureInvalid as error:
        return error.faults


def _report(root: Path, faults: Iterable[Fault]) -> int:
    """Print them; how many are not mere warnings."""
    wrong = 0
    for fault in faults:
        wrong += not fault.warning
        where = fault.file if root == Path() else str(root / fault.file)
        click.echo(str(Fault(where, fault.line, fault.message, fault.warning)))
    return wrong
