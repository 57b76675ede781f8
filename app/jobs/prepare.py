"""Before the site opens: tables at their newest revision, and in a demonstration its procedures and people."""

import contextlib
import io
import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo

import app as alur
from app import create_app
from app.cli import database
from app.config import Config
from app.extensions import db
from app.services.flow import published

ROOT = Path(alur.__file__).parent.parent


def prepare(config: Config) -> list[dict[str, str]]:
    """Returns the demo people: role, email, password, name; none in production."""
    app = create_app(config)
    with app.app_context():
        database.upgrade(db.engine, config.data_dir)
        db.engine.dispose()
    if not config.is_demo:
        return []
    _publish(app)
    return people_of(_command(app, "demo", "seed", "--json"))


def _publish(app: Flask) -> None:
    """A procedure broken while being edited must not close the office: what is published goes on."""
    try:
        _command(app, "procedure", "publish", str(ROOT))
    except SystemExit as refusal:
        with app.app_context():
            if not published.all_versions():
                raise
        click.echo(f"{refusal}\nVersi yang sudah terbit tetap dipakai.", err=True)


def people_of(output: str) -> list[dict[str, str]]:
    """The JSON list that `demo seed --json` prints last."""
    people: list[dict[str, str]] = json.loads(output[output.index("[") :])
    return people


def _command(app: Flask, *arguments: str) -> str:
    """Run one of our own commands in this process; what it printed. A refusal ends the start with its message."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            app.cli.main(
                args=list(arguments),
                prog_name="flask",
                obj=ScriptInfo(create_app=lambda: app),
                standalone_mode=True,
            )
        except SystemExit as end:
            if end.code:
                raise SystemExit(f"{printed.getvalue()}`flask {' '.join(arguments)}` gagal.") from end
    return printed.getvalue()
