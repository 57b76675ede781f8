"""`flask --app wsgi announcement …`: what residents read on their front page after signing in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.cli.office import OfficeGroup
from app.domain.actors import SYSTEM
from app.domain.errors import AlurError, InvalidInput
from app.domain.tanggal import InvalidDate, format_date, parse_date
from app.services import clock
from app.services.portal import announcements

announcement_group = OfficeGroup("announcement", help="Pengumuman di beranda pemohon: pasang, daftar, turunkan.")


@announcement_group.command("add", names_office=True)
@click.option("--title", required=True, help="Judul, paling banyak 120 huruf.")
@click.option("--text", required=True, help="Isi, paling banyak 600 huruf.")
@click.option("--from", "start", default="", help="Hari pertama, misalnya 24 November 2026. Bawaan: hari ini.")
@click.option("--until", "end", required=True, help="Hari terakhir.")
def add(title: str, text: str, start: str, end: str) -> None:
    """Pasang pengumuman."""
    with _in_words():
        first = parse_date(start) if start else clock.today()
        made = announcements.put_up(SYSTEM, title=title, body=text, shown_from=first, shown_until=parse_date(end))
    click.echo(f"Pengumuman {made} dipasang. Beranda menampilkan {announcements.SHOWN} yang terbaru.")


@announcement_group.command("list")
def list_announcements() -> None:
    """Pengumuman, yang terbaru dulu."""
    found = announcements.every(SYSTEM)
    for one in found:
        days = f"{format_date(one.shown_from)} sampai {format_date(one.shown_until)}"
        click.echo(f"{one.id}  {days}{' (diturunkan)' if one.ended else ''}  {one.title}")
    if not found:
        click.echo("Belum ada pengumuman.")


@announcement_group.command("end", names_office=True)
@click.argument("announcement_id")
def end(announcement_id: str) -> None:
    """Turunkan pengumuman sebelum hari terakhirnya."""
    with _in_words():
        announcements.take_down(SYSTEM, announcement_id)
    click.echo("Pengumuman diturunkan.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except InvalidInput as problem:
        said = [f"{field}: {why}" for field, sentences in problem.errors.items() for why in sentences]
        raise click.ClickException("\n".join(said)) from problem
    except (AlurError, InvalidDate) as problem:
        raise click.ClickException(str(problem)) from problem
