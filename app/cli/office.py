"""Which office does a command work on? Typed in a plain shell it would be an empty demonstration: that is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from app.services import store
from app.services.office import taking
from app.services.operations import revision

WHAT_TO_DO = (
    "Pakai `sudo alur …`, atau muat dulu setelan kantor (`set -a; . /etc/alur/alur.env; set +a`); bila memang basis "
    "data ini yang dimaksud, {instead}."
)
_SAID = "alur.office.said"


class OfficeGroup(AppGroup):
    """Commands that begin with a look at the office: `needs_tables` ours, at this revision; `names_office` first."""

    def command(  # type: ignore[override]  # two words of our own
        self, *args: Any, needs_tables: bool = True, names_office: bool = False, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        register = super().command(*args, **kwargs)

        def decorate(function: Callable[..., Any]) -> click.Command:
            @wraps(function)
            def run(*given: Any, **named: Any) -> Any:
                if names_office:
                    say()
                if needs_tables:
                    demand_tables()
                    taking.refresh(at_once=True)
                return function(*given, **named)

            return register(run)

        return decorate


def name() -> str:
    """Mode and database, without password."""
    return f"ALUR_MODE={current_app.config['ALUR'].mode}, basis data {address(store.engine().url)}"


def address(url: URL) -> str:
    """What may be shown of a database's address: neither password nor options, which may hold one."""
    return URL.create(
        url.get_backend_name(), username=url.username, host=url.host, port=url.port, database=url.database
    ).render_as_string()


def say() -> None:
    """Once per command, beside its output, which may go into a file."""
    said = click.get_current_context().meta
    if not said.get(_SAID):
        said[_SAID] = True
        click.echo(f"Kantor ini: {name()}.", err=True)


def demand_tables() -> None:
    """Ends the command unless the database answers and has our tables as this program knows them."""
    try:
        here = revision.current()
    except SQLAlchemyError as problem:
        raise click.ClickException(
            f"Basis data tidak menjawab ({name()}). {WHAT_TO_DO.format(instead='nyalakan basis datanya')}"
        ) from problem
    finally:
        store.session.rollback()
    if here == revision.head():
        return
    if here and here not in revision.known():
        raise click.ClickException(
            f"Tabelnya ({here}) lebih baru daripada program ini ({revision.head()}; {name()}). Pasang Alur yang sama "
            "dengan yang menaikkan tabel itu."
        )
    what = f"Tabelnya ({here}) belum dinaikkan ke {revision.head()}" if here else "Belum ada tabel Alur"
    todo = WHAT_TO_DO.format(instead="jalankan `flask --app wsgi db upgrade`")
    raise click.ClickException(f"{what} ({name()}). {todo}")
