"""`flask --app wsgi mail …`: what comes back to the address from which letters go out."""

import mailbox
import sys
from pathlib import Path

import click

from app.adapters import dsn
from app.cli.office import OfficeGroup
from app.services.messages import reports

mail_group = OfficeGroup("mail", help="Email yang kembali.")


@mail_group.command("bounces")
@click.option(
    "--maildir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Baca semua email di Maildir ini, lalu hapus yang sudah dibaca. Tanpa ini: satu email dari masukan.",
)
def bounces(maildir: Path | None) -> None:
    """Catat email yang tidak sampai, dari laporan (RFC 3464) yang kembali ke MAIL_SENDER."""
    taken = _from_maildir(maildir) if maildir else reports.from_mail(sys.stdin.buffer.read(dsn.MOST_BYTES))
    click.echo(f"{taken} email dicatat tidak sampai.")


def _from_maildir(folder: Path) -> int:
    """Each mail is removed once it was read, so that one that stops us is there again the next time."""
    box, taken = mailbox.Maildir(folder, create=False), 0
    for key in list(box.iterkeys()):
        taken += reports.from_mail(box.get_bytes(key)[: dsn.MOST_BYTES])
        box.discard(key)
    return taken
