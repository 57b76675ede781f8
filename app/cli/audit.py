"""`flask --app wsgi audit …`: is the trail what was written, and who looked at what?"""

from pathlib import Path

import click

from app.adapters import seal_key
from app.cli.office import OfficeGroup
from app.cli.seals import seal_group
from app.domain.actors import SYSTEM
from app.domain.errors import NotFound
from app.domain.tanggal import format_moment
from app.services.records import audit, reads

# Neither whole nor broken: a setting must be put right first.
WITHOUT_KEY = 2

audit_group = OfficeGroup(
    "audit",
    help="Riwayat: periksa bahwa tidak ada catatan yang diubah, dihapus, atau ditukar.",
    commands=dict(seal_group.commands),
)


@audit_group.command("verify", names_office=True)
@click.option("--public-key", type=click.Path(path_type=Path), help="Kunci umum kantor (PEM), bila kunci tak di sini.")
def verify(public_key: Path | None) -> None:
    """Periksa tiap rangkaian riwayat dan semua segel; sebut yang pertama rusak.

    Keluar 1 bila ada yang rusak, 2 bila kunci kantor tidak ada atau tidak terbaca.
    """
    if show(_public(public_key)):
        raise click.exceptions.Exit(WITHOUT_KEY)


def show(public_key: str | None) -> str:
    """Verify and say what was found; why it was done without the office's key, "" when with it. Findings end it."""
    report = audit.verify(SYSTEM, public_key)
    broken = 0
    for finding in report.findings:
        broken += 1
        click.echo(f"{finding.place}: {finding.why}")
    for note in report.notes:
        click.echo(f"keterangan: {note.place}: {note.why}")
    counted = f"{report.entries} catatan dalam {report.streams} rangkaian dan {report.seals} segel diperiksa"
    if broken:
        raise click.ClickException(f"{counted}; {broken} temuan. Simpan basis data dan berkas segel, panggil auditor.")
    if report.key_problem:
        click.echo(f"Setelan: {report.key_problem}", err=True)
    click.echo(f"Riwayat utuh: {counted}{', tanpa kunci kantor' if report.key_problem else ''}.")
    if report.last is None:
        click.echo("Belum ada segel; sweeper membuatnya tiap menit.")
    else:
        click.echo(f"Segel terakhir: {report.last.number}, {format_moment(report.last.at)}, sidik {report.last.hash}")
    return report.key_problem


@audit_group.command("reads")
@click.option("--case", "case", required=True, help="Id atau nomor permohonan.")
def who_read(case: str) -> None:
    """Siapa dari kantor yang membaca permohonan ini dan untuk apa, dan siapa yang ditolak; terbaru lebih dulu."""
    try:
        lines = reads.of_case(SYSTEM, case)
    except NotFound as error:
        raise click.ClickException(error.pesan) from error
    for line in lines:
        what = reads.PURPOSES.get(line.purpose, f"ditolak ({line.status})")
        file = f" {line.object_id}" if line.object_id else ""
        click.echo(f"{format_moment(line.at)}  {line.name or line.actor} ({line.actor}): {what}{file}  [{line.route}]")
    if not lines:
        click.echo("Belum ada yang tercatat membaca permohonan ini.")


def _public(path: Path | None) -> str | None:
    try:
        return None if path is None else seal_key.read_public(path)
    except OSError as problem:
        click.echo(f"Setelan: {problem}", err=True)
        raise click.exceptions.Exit(WITHOUT_KEY) from problem
