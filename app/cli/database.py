"""`flask --app wsgi db …`: the tables, by Alembic's own commands over the application's engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from filelock import FileLock
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

import app
from app.extensions import db

db_group = AppGroup("db", help="Tabel basis data: naikkan versi, buat revisi, periksa.")

# Any fixed number: PostgreSQL's advisory lock that keeps two starting servers from migrating at once.
_LOCK = 340299


def alembic_config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(app.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, data_dir: Path) -> None:
    """Bring the tables to the newest revision. Safe when several processes start at once."""
    with FileLock(data_dir / "migrate.lock"), _migrating(engine) as connection:
        command.upgrade(alembic_config(connection), "head")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for changing tables.

    SQLite gets a connection of its own without foreign keys: Alembic copies a table and drops the old one, which
    would take along every row that refers to it.
    """
    if engine.dialect.name == "sqlite":
        engine = create_engine(engine.url, poolclass=NullPool)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


@db_group.command("upgrade")
def upgrade_command() -> None:
    """Naikkan tabel ke versi terbaru."""
    upgrade(db.engine, current_app.config["ALUR"].data_dir)


@db_group.command("revision")
@click.option("-m", "--message", required=True, help="Judul revisi.")
def revision(message: str) -> None:
    """Tulis revisi baru dari beda antara model dan tabel."""
    upgrade(db.engine, current_app.config["ALUR"].data_dir)
    with db.engine.begin() as connection:
        config = alembic_config(connection)
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")


@db_group.command("check")
def check() -> None:
    """Keluar dengan galat bila model dan revisi tidak sama."""
    with db.engine.begin() as connection:
        try:
            command.check(alembic_config(connection))
        except CommandError as problem:
            raise click.ClickException(str(problem)) from problem
