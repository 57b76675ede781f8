"""`flask --app wsgi demo …`: the people of a demonstration."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from app.services.rehearsal import demo

demo_group = AppGroup("demo", help="Orang dan keluarga peragaan (semuanya rekaan).")


@demo_group.command("seed")
@click.option("--json", "as_json", is_flag=True, help="Cetak daftar JSON saja: role, email, password, name.")
def seed(as_json: bool) -> None:
    """Buat orang peragaan yang belum ada; aman dijalankan berulang."""
    if not current_app.config["ALUR"].is_demo:
        raise click.ClickException("Orang peragaan tidak boleh ada pada ALUR_MODE=production.")
    people = demo.seed()
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False))
        return
    for person in people:
        click.echo(f"{person['role']:16} {person['email']:20} {person['name']}")
    click.echo(f"Kata sandi semuanya: {demo.PASSWORD}")
