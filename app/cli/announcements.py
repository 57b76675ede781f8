"""`flask --app wsgi announcement …`: what residents read on their front page after signing in."""

import click

from app.cli.office import OfficeGroup
from app.cli.words import in_words
from app.domain.actors import SYSTEM
from app.domain.tanggal import format_date, parse_date
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
    with in_words():
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
    with in_words():
        announcements.take_down(SYSTEM, announcement_id)
    click.echo("Pengumuman diturunkan.")
