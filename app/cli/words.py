"""A refusal of the services, as a command says it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.domain.errors import AlurError, InvalidInput
from app.domain.tanggal import InvalidDate


@contextmanager
def in_words() -> Iterator[None]:
    """Every field with what is wrong with it, a line each."""
    try:
        yield
    except InvalidInput as problem:
        said = [f"{field}: {why}" for field, sentences in problem.errors.items() for why in sentences]
        raise click.ClickException("\n".join(said)) from problem
    except (AlurError, InvalidDate) as problem:
        raise click.ClickException(str(problem)) from problem
