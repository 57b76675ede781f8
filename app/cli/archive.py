"""`flask --app wsgi archive …`: are the archives of finished cases whole?"""

import click

from app.cli.office import OfficeGroup
from app.services.records import archive_check

archive_group = OfficeGroup("archive", help="Arsip: periksa bahwa tiap arsip permohonan masih utuh.")


@archive_group.command("verify", names_office=True)
def verify() -> None:
    """Baca ulang tiap arsip dan bandingkan dengan sidiknya; keluar 1 bila ada yang hilang atau berubah."""
    count = broken = 0
    for looked in archive_check.look_through():
        count += 1
        if looked.why:
            broken += 1
            click.echo(f"{looked.digest}: {looked.why}")
    if broken:
        raise click.ClickException(
            f"{count} arsip diperiksa; {broken} tidak utuh. Kembalikan berkas itu dari cadangan yang masih utuh."
        )
    click.echo(f"Arsip utuh: {count} diperiksa.")
