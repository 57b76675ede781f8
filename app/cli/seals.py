"""`flask --app wsgi audit export|seal|create-key|rotate-key|public-key`: sealing by hand, its key, the export."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.adapters import seal_key
from app.cli.office import OfficeGroup
from app.domain.actors import SYSTEM
from app.domain.errors import AlurError
from app.services import clock
from app.services.records import export, seal_keys, seals

# Part of `audit`, which takes these commands over.
seal_group = OfficeGroup("segel")


@seal_group.command("export", names_office=True)
@click.argument("path", type=click.Path(path_type=Path))
def export_trail(path: Path) -> None:
    """Tulis riwayat, segel, kunci umum, dan pemeriksanya ke folder baru PATH (atau PATH.zip), untuk auditor."""
    with _told():
        made = export.export(SYSTEM, path, clock.now())
    click.echo(f"{path}: {made.entries} catatan dalam {made.streams} rangkaian, sampai segel {made.last_seal}.")
    click.echo("Serahkan kunci umum lewat jalan lain: flask audit public-key")


@seal_group.command("seal", names_office=True)
@click.option("--continue", "go_on", is_flag=True, help="Baris segel hilang selamanya: teruskan; lubangnya dicatat.")
def seal(go_on: bool) -> None:
    """Segel sekarang, tanpa menunggu sweeper."""
    with _told():
        made = seals.seal_now(SYSTEM, clock.now(), continue_after_loss=go_on)
    click.echo(f"{len(made)} segel dibuat." if made else "Tidak ada yang perlu disegel.")


@seal_group.command("create-key", names_office=True)
def create_key() -> None:
    """Buat kunci segel kantor yang pertama (di produksi tidak dibuat sendiri)."""
    with _told():
        key = seal_keys.create(SYSTEM)
    _show(key.public)


@seal_group.command("rotate-key", names_office=True)
def rotate_key() -> None:
    """Ganti kunci segel: satu segel menyebut kunci baru dan ditandatangani keduanya."""
    with _told():
        turn = seals.rotate_key(SYSTEM, clock.now())
    click.echo(f"Kunci berganti pada segel {turn.number}. Salin kunci baru ke mesin lain yang menyegel.")
    _show(turn.next_key)


@seal_group.command("public-key")
def public_key() -> None:
    """Cetak kunci umum, untuk diserahkan kepada auditor lewat jalan lain."""
    with _told():
        _show(seal_keys.public())


def _show(public: str) -> None:
    click.echo(seal_key.public_pem(public).decode().strip())


@contextmanager
def _told() -> Iterator[None]:
    """What a person must put right is said, without a traceback."""
    try:
        yield
    except AlurError as problem:
        raise click.ClickException(problem.pesan) from problem
    except OSError as problem:
        raise click.ClickException(str(problem)) from problem
