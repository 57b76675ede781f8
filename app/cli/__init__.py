"""What operators type: `flask --app wsgi <group> <command>`. Thin, like views: parse, call one service, print."""

import click
from flask import Flask

from app.cli.database import db_group

GROUPS: tuple[click.Group, ...] = (db_group,)


def init_app(app: Flask) -> None:
    for group in GROUPS:
        app.cli.add_command(group)
