"""`flask --app wsgi audit …`: is the trail what was written, and who looked at what?"""

import click
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.domain.errors import NotFound
from app.domain.tanggal import format_moment
from app.services.records import audit, reads

audit_group = AppGroup("audit", help="Riwayat: periksa bahwa tidak ada catatan yang diubah, dihapus, atau ditukar.")


@audit_group.command("verify")
def verify() -> None:
    """Periksa tiap rangkaian riwayat; sebut catatan pertama yang rusak. Keluar 1 bila ada yang rusak."""
    report = audit.verify(SYSTEM)
    broken = 0
    for finding in report.findings:
        broken += 1
        click.echo(f"{finding.stream}: catatan {finding.seq}: {finding.why}")
    counted = f"{report.entries} catatan dalam {report.streams} rangkaian diperiksa"
    if broken:
        raise click.ClickException(f"{counted}; {broken} rangkaian rusak. Simpan basis data ini dan panggil auditor.")
    click.echo(f"Riwayat utuh: {counted}.")


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
