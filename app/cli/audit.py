"""`flask --app wsgi audit …`: is the trail what was written?"""

import click
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.services.records import audit

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
